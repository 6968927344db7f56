"""A moderate load for a long time: does what the services hold grow?"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from deploy.gubi.bench import SERVICES
from deploy.gubi.bench_scale.memory import Grown, sample
from deploy.gubi.bench_scale.telling import Say, measured_on
from deploy.gubi.cost import percentiles
from deploy.gubi.installation import Installation, installation
from deploy.gubi.load import Load, Sending, offer_as_made, sendings, settle, wallets, watching
from services.wallet_simulator.samples import Issuer
from shared.clock import seoul_date, utc_now
from shared.ending import ended
from shared.sandbox.limits import Limits

WARM_UP = 0.5
"""Of a soak, the share that is left out: caches fill, pools open, and allocators take what the largest batches need and
keep it, which on a busy machine, where batches come to be large, has taken ten minutes."""
NOT_IN_WORST = (
    f"extraction's readers: each is replaced after {Limits().documents_per_worker:,} documents, so what they hold "
    "rises and falls, and a slope tells where in that they were; memory tells the most they held"
)
SEED = 2024
SAID_EVERY = 60.0


def soak(minutes: float, rate: float, say: Say) -> dict[str, Any]:
    """Run it on an installation of its own and give the report."""
    with installation("bench-scale-soak", say) as place:
        return asyncio.run(_soak(place, minutes, rate, say)) | measured_on(place)


async def _soak(place: Installation, minutes: float, rate: float, say: Say) -> dict[str, Any]:
    load, grown, began = Load(), dict[str, Grown](), time.monotonic()
    before = on_disk(place)
    issuer = Issuer.open(place.settings.keys / "sample-issuer")
    papers = sendings(issuer, seoul_date(utc_now()), SEED)

    async def until_the_end() -> AsyncIterator[Sending]:
        said = began
        while (now := time.monotonic()) - began < minutes * 60:
            if now - said >= SAID_EVERY:
                said = now
                say(f"  {(now - began) / 60:.0f} of {minutes:g} minutes, {len(load.due)} submitted")
            yield await asyncio.to_thread(next, papers)

    sampling = asyncio.create_task(sample(place, grown, began))
    try:
        async with wallets(place) as clients, watching(place.settings, load):
            await offer_as_made(clients, until_the_end(), rate, load)
            await settle(load)
    finally:
        await ended(sampling)
    after, number = on_disk(place), max(1, len(load.due))
    memory = {name: one.report(minutes * 60 * WARM_UP) for name, one in grown.items()}
    slopes = [memory[name]["mb_per_10_min"] for name in SERVICES if name in memory]
    return {
        "minutes": minutes,
        "left_out_minutes": round(minutes * WARM_UP, 1),
        "offered_per_second": rate,
        "submitted": len(load.due),
        "screened": len(load.done),
        "refused": dict(load.refused),
        "end_to_end_ms": percentiles(load.end_to_end_ms),
        "worst_mb_per_10_min": max((one for one in slopes if one is not None), default=None),
        "not_in_worst": NOT_IN_WORST,
        "memory": memory,
        "bytes_per_submission": {name: round((after[name] - before[name]) / number) for name in after},
        "restarts": {name: child.deaths for name, child in place.supervisor.children.items() if child.deaths},
        "points": {name: grown[name].points[:: max(1, len(grown[name].points) // 60)] for name in grown},
    }


def on_disk(place: Installation) -> dict[str, int]:
    """Give the bytes that broker and store keep on this machine's disks; 0 where their data is elsewhere."""
    found = {"broker": 0, "store": 0}
    for file in (place.folder / "stack").rglob("*"):
        if file.is_file():
            found["broker" if "broker-" in str(file) else "store"] += file.stat().st_blocks * 512
    return found
