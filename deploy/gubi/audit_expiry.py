"""Ends the access log's old strands: what `gubi audit expire` does and says.

An operator's command and no service's loop: no service holds the right to delete from the access log.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from shared.wiring import Wiring

_WHY = {
    "young": "not all of it is old enough",
    "newest": "it is the newest, and numbers go on from it",
    "unsigned": "its last entries bear no signature: run 'gubi audit verify --sign'",
    "open": "a process may still write to it",
}


async def expired(wiring: "Wiring", *, dry_run: bool = False) -> dict[str, Any]:
    """Drop every strand that may go, and what an earlier run left; nothing where the log is not as it was written.

    Give what was dropped, or would be, and why what is left stays. Raises `AuditKeyError`, `Unavailable`, `OSError`.
    """
    from shared.audit import CheckpointSigner, checkpoints, drop, examine
    from shared.audit.retention import rule, sorted_out
    from shared.wiring import checkpoints_folder

    settings, database = wiring.settings, wiring.database("audit")
    folder, now, days = checkpoints_folder(settings), wiring.clock(), settings.access_log_days
    examination = await examine(wiring.log, folder, settings.keys)
    may_go, kept = sorted_out(examination.standing(), now, days)
    found: dict[str, Any] = {
        "rule": rule(days),
        "dry_run": dry_run,
        "dropped": [],
        "finished": examination.leftovers,
        "kept": kept,
        "findings": [finding.sentence for finding in examination.findings],
    }
    if examination.findings:
        return {**found, "finished": []}
    signer = CheckpointSigner.load(settings.keys)
    for number in [] if dry_run else examination.leftovers:
        await drop(database, number, examination.dropped[number].entry)
    for strand in may_go:
        head = strand.head
        if not dry_run:
            line = signer.dropping(head, strand.opening, now, rule(days))
            await asyncio.to_thread(checkpoints.append, folder, head.strand, line)
            await drop(database, head.strand, head.entry)
        latest = strand.latest.isoformat(timespec="seconds")
        found["dropped"].append({"strand": head.strand, "entries": head.entry, "hash": head.hash, "latest": latest})
    return found


def print_expired(found: dict[str, Any], console: Console) -> None:
    """Say in sentences what `expired` gave."""
    if found["findings"]:
        console.print(
            f"The access log is NOT as it was written ({len(found['findings'])} findings, which 'gubi audit verify' "
            "lists), so nothing is dropped: it may be evidence.",
            soft_wrap=True,
        )
        return
    done = "would be dropped" if found["dry_run"] else "dropped"
    for one in found["dropped"]:
        console.print(
            f"Strand {one['strand']}: {one['entries']:,} entries, the last of {one['latest']}: {done}.", soft_wrap=True
        )
    for strand in found["finished"]:
        console.print(f"Strand {strand}, signed for earlier: what was left of it {done}.")
    for strand, why in found["kept"].items():
        if why != "young":
            console.print(f"Strand {strand} stays: {_WHY[why]}.", soft_wrap=True)
    young = sum(why == "young" for why in found["kept"].values())
    console.print(
        f"Strands {found['rule']}: {len(found['dropped']):,} {done} and signed for; {young:,} are younger and stay."
    )
