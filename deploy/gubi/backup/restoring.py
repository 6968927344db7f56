"""Puts a backup back in such an order that a kill at any point leaves a store that no service starts on."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from deploy.gubi.backup import documents
from deploy.gubi.backup.places import nobody_takes, put_back, received_since
from deploy.gubi.reapplying import Reapplied, reapply
from deploy.trouble import Trouble
from shared.clock import utc_now
from shared.errors import GubiError
from shared.mongo import close
from shared.settings import Settings
from shared.wiring import Wiring, checkpoints_folder


@dataclass
class Restored:
    """What came of it."""

    at: datetime
    """When the backup was made."""
    documents: int
    reapplied: Reapplied
    set_aside: int
    """Checkpoint files of strands that the backup does not have."""
    lost: list[str] = field(default_factory=list)
    """Submissions that were acknowledged after the backup, and are not in it."""


async def restore(
    settings: Settings, folder: Path, *, over_others: bool, told: documents.Told = lambda *_: None
) -> Restored:
    """Put the store and the services' places back, and apply the erasure log, before any service may start.

    Killed at any point, no service starts until it was run again to the end. Raises `Trouble`, `KeyringError`,
    `ErasureLogError`, `Unavailable`.
    """
    manifest = await asyncio.to_thread(documents.read_manifest, folder)
    await nobody_takes(settings)
    wiring = Wiring.of(settings)
    try:
        if not over_others and not await _free(wiring):
            raise Trouble("The store is not empty: to put the backup in the place of what is there, say --replace.")
        await wiring.erasures.restoring(over=False)
        await documents.load(settings, folder, manifest, told)
        await put_back(settings, manifest.places)
        aside = _set_aside(checkpoints_folder(settings), await wiring.log.newest_strands(1), utc_now())
        reapplied = await reapply(settings)
        received = list(dict.fromkeys(await received_since(settings, manifest.places)))
        known = await wiring.gate.named(received)
        await wiring.erasures.restoring(over=True)
    finally:
        await close(wiring.client)
    count = sum(one.documents for one in manifest.collections)
    return Restored(manifest.at, count, reapplied, aside, [name for name in received if name not in known])


async def _free(wiring: Wiring) -> bool:
    """Tell whether nothing is there, or a restore was begun."""
    try:
        await wiring.erasures.check(wiring.gate)
    except GubiError as error:
        if error.code == "erasure_log:restoring":
            return True
    return await documents.is_empty(wiring.client, wiring.settings)


def _set_aside(folder: Path, newest: list[tuple[int, int, datetime]], now: datetime) -> int:
    """Move checkpoints of strands that begin after the backup out of the way, as their numbers are given out anew.

    They are kept: with them and the topics it can be told what was done after the backup.
    """
    last = newest[0][0] if newest else 0
    later = [path for path in folder.glob("*.jsonl") if path.stem.isdecimal() and int(path.stem) > last]
    kept = folder / f"before-restore-{now:%Y%m%dT%H%M%SZ}"
    for path in later:
        kept.mkdir(exist_ok=True)
        path.rename(kept / path.name)
    return len(later)
