"""Writes an access log from a process of its own, which a test may kill: python -m tests.builders.logging COMMAND …

append SETTINGS NAME COUNT      append so many accesses, printing the act of each once it is durable
view SETTINGS SUBMISSION        look at a submission, and die between the gate's mark and the log's entry
"""

import asyncio
import os
import signal
import sys
from typing import Any

from shared.audit import Access
from shared.clock import utc_now
from shared.gate import Official
from shared.settings import Settings
from shared.wiring import Wiring

OFFICIAL = Official("kim", "sonmok9988", "192.0.2.7")


def an_access(act: str, **changes: Any) -> Access:
    """A look of somebody at something."""
    fields: dict[str, Any] = {
        "what": "viewed", "at": utc_now(), "act": act, "official": OFFICIAL.id, "office": OFFICIAL.office,
        "address": OFFICIAL.address, "purpose": "심사", "programme_id": "SONMOK9988_2022", "submissions": ("s-1",),
        "holders": ("h-1",),
    }  # fmt: skip
    return Access(**fields | changes)


async def append(wiring: Wiring, name: str, count: int) -> None:
    """Append accesses a few at a time, as requests that come at once would."""
    async with wiring.log.signing():
        for start in range(0, count, 5):
            acts = [f"{name}-{number}" for number in range(start, min(start + 5, count))]
            await asyncio.gather(*(wiring.log.append(an_access(act)) for act in acts))
            print(*acts, sep="\n", flush=True)


async def view(wiring: Wiring, submission_id: str) -> None:
    """Die where the log would be written."""

    async def die(*_: Access) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    wiring.log.append = die  # type: ignore[method-assign]
    await wiring.gate.view(submission_id, official=OFFICIAL, purpose="심사", request_id="killed")


def main(command: str, settings: str, *rest: str) -> None:
    """Run one command."""
    wiring = Wiring.of(Settings.model_validate_json(settings), service="dashboard")
    if command == "append":
        asyncio.run(append(wiring, rest[0], int(rest[1])))
    else:
        asyncio.run(view(wiring, rest[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
