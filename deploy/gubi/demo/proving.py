"""What the demo's check proves at its end by the commands that an operator has: the log is whole, nothing opens."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.gubi.audit import examined, reading
from deploy.gubi.erased.command import search
from shared.settings import Settings


async def proven(settings: Settings, logs: Path, taken_back: str) -> dict[str, Any]:
    """Verify the access log as `gubi audit verify` does, and search for a submission as `gubi erased` does.

    Raises `GubiError`, `KafkaError`.
    """
    async with reading(settings) as wiring:
        log = await examined(wiring)
    found = await search(settings, taken_back, logs)
    return {
        "log_whole": not log["findings"] and not log["unlogged"],
        "log_entries": log["entries"],
        "erased": {
            "submission_id": taken_back,
            "searched": sum(one.searched for one in found),
            "more_than_tombstones": sum(one.more for one in found),
            "opens": sum(one.opens for one in found),
        },
    }


def unproven(proof: Mapping[str, Any]) -> list[str]:
    """Give a sentence for each thing that was not as it should be."""
    found, erased = [], proof["erased"]
    if not proof["log_whole"]:
        found.append("The access log is not as it was written.")
    if erased["opens"]:
        found.append(f"{erased['opens']} values of {erased['submission_id']}, which was taken back, still open.")
    if erased["more_than_tombstones"]:
        found.append(f"More than tombstones is left of {erased['submission_id']}, which was taken back.")
    return found
