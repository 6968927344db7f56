"""One ending carried out in a process of its own, which dies by kill -9 at the step it is told to."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pymongo import monitoring

from deploy.gubi.erased.searching import search_store
from services.withdrawal.erasing import Erasing
from services.withdrawal.rules import Backups
from services.withdrawal.store import Progress
from shared.clock import utc_now
from shared.events import (
    BY_TOPIC,
    Event,
    SubmissionExpired,
    SubmissionTakenBack,
    SubmissionWithdrawn,
    WithdrawalRequested,
)
from shared.gate import Accepted
from shared.outbox import LEFT_BEHIND, Outbox
from shared.settings import Settings
from shared.signing import Signer
from shared.wiring import Wiring

ENDINGS = (SubmissionTakenBack, SubmissionWithdrawn, SubmissionExpired)
YEARS = timedelta(days=800)
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["__main__", __name__])


class Steps:
    """Counts what the process does to the store and to files; each is a step before it is done, and one after."""

    def __init__(self, last: int) -> None:
        self.last, self.taken = last, 0

    def step(self) -> None:
        self.taken += 1
        if self.taken == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, module: Any, name: str) -> None:
        original = getattr(module, name)

        def counted(*positional: Any) -> Any:
            self.step()
            done = original(*positional)
            self.step()
            return done

        setattr(module, name, counted)


class _Commands(monitoring.CommandListener):
    """Every command that goes to the store; counted once the service has started."""

    steps: Steps | None = None

    def started(self, event: Any) -> None:
        if self.steps:
            self.steps.step()

    def succeeded(self, event: Any) -> None:
        if self.steps:
            self.steps.step()

    def failed(self, event: Any) -> None:
        if self.steps:
            self.steps.step()


def broker(path: Path) -> Callable[[Iterable[Event]], Awaitable[None]]:
    """Stands in for the broker where none runs: what is said is on the disk when it is confirmed."""

    async def publish(events: Iterable[Event]) -> None:
        with path.open("a") as file:
            for event in events:
                file.write(f"{event.topic} {event.model_dump_json()}\n")
            file.flush()
            os.fsync(file.fileno())

    return publish


def said(path: Path) -> list[Event]:
    """What was said."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [BY_TOPIC[topic].model_validate_json(body) for topic, _, body in (line.partition(" ") for line in lines)]


def withdrawal(wiring: Wiring, topic: Path) -> tuple[Erasing, Outbox]:
    """The service's own parts, on a stand-in for the broker."""
    own = Progress(wiring.database("withdrawal"))
    erasing = Erasing(wiring, own, Signer.load(wiring.settings.keys), Backups(30, None), broker(topic))
    return erasing, Outbox(wiring.gate.owed, erasing.say, ENDINGS, wiring.clock)


async def opens(settings: Settings, name: str) -> int:
    """How many values of a submission open with any key there is."""
    return sum(one.opens for one in await search_store(settings, name))


async def end(wiring: Wiring, kind: str, name: str, holder: str, topic: Path) -> None:
    """Ask for an ending and carry it out, as intake and withdrawal do; asked again, it is the same request."""
    erasing, outbox = withdrawal(wiring, topic)
    if kind == "expire":
        await outbox.deliver(await erasing.due())
    else:
        asked = await wiring.gate.request(kind, name, holder=holder, request_id=f"r-{name}")  # type: ignore[arg-type]
        assert isinstance(asked, Accepted)
        about = {"submission_id": name, "at": utc_now(), "kind": kind}
        await outbox.deliver(await erasing.carry_out([WithdrawalRequested.because_of(f"r-{name}", **about)]))
    await outbox.turn()


def _live(settings: Settings, kind: str, name: str, holder: str, topic: Path, last: int) -> None:
    listener, steps = _Commands(), Steps(last)
    monitoring.register(listener)
    ahead = (YEARS if kind == "expire" else timedelta()) + (LEFT_BEHIND * 2 if not last else timedelta())

    async def live() -> None:
        wiring = Wiring.of(settings, lambda: utc_now() + ahead)
        async with wiring.open():
            listener.steps = steps
            for call in ("write", "fsync", "ftruncate"):
                steps.around(os, call)
            await end(wiring, kind, name, holder, topic)

    asyncio.run(live())
    os._exit(0)


def run(settings: Settings, kind: str, name: str, holder: str, topic: Path, last: int = 0) -> int:
    """Live a process that dies at step `last`, or, with 0, one that lives; give how it ended."""
    process = _PROCESSES.Process(target=_live, args=(settings, kind, name, holder, topic, last))
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode
