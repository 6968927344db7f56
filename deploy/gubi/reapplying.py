"""`gubi reapply-erasures`: after a restore, what the erasure log says was destroyed is destroyed again."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from rich.console import Console
from rich.progress import Progress as Bar

from deploy.trouble import Trouble
from services.withdrawal.rules import progress
from services.withdrawal.store import Progress
from shared.erasures import Erasure, ErasureLog
from shared.settings import Settings
from shared.wiring import Wiring

_AT_ONCE = 100


@dataclass
class Reapplied:
    """What came of it."""

    entries: int = 0
    missing: int = 0
    """Those that the store did not show: destroyed again."""


async def reapply(settings: Settings, told: Callable[[int], None] = lambda _: None) -> Reapplied:
    """Go through the whole log, some at a time; `told` is given how many. Harmless when repeated.

    The keys are destroyed here, so nothing opens when this returns. Every ending is owed once more: withdrawal sweeps
    the ciphertexts and says it when it starts, and every read model that was restored forgets it. Raises `Unavailable`,
    `ErasureLogError`.
    """
    wiring, done = Wiring.of(settings), Reapplied()
    log, known = ErasureLog(settings.erasures), Progress(wiring.database("withdrawal"))
    async with wiring.open(known, restored=True):
        for some in _portions(log.entries()):
            done.missing += await wiring.gate.reapply(some)
            endings = {one.submission_id: progress(one.event, one.at) for one in some if one.ending}
            await known.record(endings)
            done.entries += len(some)
            told(len(some))
        await wiring.erasures.compare(wiring.gate)
    return done


def _portions(entries: Iterable[Erasure]) -> Iterator[list[Erasure]]:
    rest = iter(entries)
    while some := list(islice(rest, _AT_ONCE)):
        yield some


def command() -> None:
    """After restoring a backup: destroy again what was destroyed since it was made. Services refuse to start before.

    Stopped at any point, it begins again when it is run again.

    Exit codes: 0 every erasure is in force; 1 there is no such log, it is damaged or another's, or the store is
    away.
    """
    settings, console = Settings(), Console(highlight=False)
    if not settings.erasures.exists():
        raise Trouble(f"There is no erasure log at {settings.erasures}; set GUBI_ERASURE_LOG to where it is.")
    with Bar(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("erasures", total=None)
        done = asyncio.run(reapply(settings, lambda count: bar.advance(task, count)))
    console.print(
        f"{done.entries:,} erasures are in force; {done.missing:,} of them were not, and are again. "
        "Withdrawal says them when it starts, and everything that was restored is forgotten then.",
        soft_wrap=True,
    )
