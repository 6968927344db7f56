"""A first load of the whole chain: six apps submit signed one-page certificates; how long, how many, at what cost.

Times are from the instant a submission was due to be sent, so that a slow answer does not hide the wait of the next.
The certificates are made beforehand, each with its own bytes, and timed apart. End to end is until its outcome was
appended to the topic, by the broker's clock, which is this machine's.
"""

import asyncio
import json
import platform
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from deploy.gubi.cost import cpu_by_process, idle_cpu_ms, percentiles
from deploy.gubi.installation import Installation, installation
from deploy.gubi.load import Load, Sending, made, offer, settle, wallets, watching
from deploy.gubi.supervisor import stop_on_signals
from deploy.stack import prefer_compiled

WARM_UP = 40
SERVICES = ("intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard")


async def _run(place: Installation, sendings: Sequence[Sending], rate: float) -> tuple[Load, float, dict[str, float]]:
    warm, load = Load(), Load()
    async with wallets(place) as clients:
        async with watching(place.settings, warm):
            await offer(clients, sendings[:WARM_UP], 0, warm)
            await settle(warm)
        async with watching(place.settings, load):
            before = cpu_by_process(place)
            took = await offer(clients, sendings[WARM_UP:], rate, load)
            await settle(load)
            after = cpu_by_process(place)
    return load, took, {name: after[name] - before.get(name, 0.0) for name in after}


def _report(place: Installation, load: Load, cpu: dict[str, float], rate: float) -> dict[str, Any]:
    done = len(load.done)
    servers = {server.name: f"{server.product} {server.version}" for server in place.stack.servers}
    by_process = {name: round(seconds * 1000 / max(1, done), 2) for name, seconds in sorted(cpu.items())}
    return {
        "offered_per_second": rate or "as fast as it goes",
        "submitted": len(load.due),
        "screened": done,
        "refused": dict(load.refused),
        "per_second": round(done / load.seconds, 1) if load.seconds else None,
        "receipt_ms": percentiles(load.receipt_ms),
        "end_to_end_ms": percentiles(load.end_to_end_ms),
        "cpu_ms_per_submission": by_process,
        "cpu_ms_per_submission_services": round(sum(by_process.get(name, 0.0) for name in SERVICES), 2),
        "stack": place.stack.name,
        "versions": {"python": platform.python_version(), **servers},
    }


def run_bench(*, seconds: int, rate: float, out: Path, console: Console) -> None:
    """Run the load on an installation of its own and write the report to `out`."""
    stop_on_signals()
    prefer_compiled(console.print)
    with installation("bench", lambda text: console.print(text, markup=False)) as place:
        count = WARM_UP + int(seconds * (rate or 60))
        began = time.monotonic()
        sendings = list(made(place.settings, count))
        making = count / (time.monotonic() - began)
        console.print(f"{count} certificates made and signed, {making:.0f} a second; now they are sent.")
        idle = idle_cpu_ms(place)
        load, took, cpu = asyncio.run(_run(place, sendings, rate))
        report = _report(place, load, cpu, rate) | {
            "idle_cpu_ms_per_second": idle,
            "samples_made_per_second": round(making, 1),
            "sending_seconds": round(took, 1),
        }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2) + "\n")
    console.print_json(json.dumps(report))
    console.print(f"Written to {out}.")
