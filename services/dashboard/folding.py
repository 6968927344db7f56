"""Keeps the read models: load, fold, save; and again where another writer was quicker."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.dashboard.counting import Counting
from services.dashboard.rules import FOLDED, UNTOLD, folded
from services.dashboard.store import Stores
from shared.clock import Clock
from shared.errors import Unavailable
from shared.events import (
    Event,
    QuestionAnswered,
    QuestionRaised,
    SelectionCompleted,
    SelectionRows,
    SubmissionEvent,
    SubmissionExpired,
    SubmissionParked,
    SubmissionTakenBack,
    SubmissionWithdrawn,
)

_GOING = (SubmissionTakenBack, SubmissionWithdrawn, SubmissionExpired)
_TRIES = 20


@dataclass(frozen=True)
class Folding:
    """Takes events in, from the bus and from the desk's own hand; the same one again changes nothing."""

    stores: Stores
    counting: Counting
    clock: Clock

    async def heard(self, events: Sequence[Event]) -> None:
        """Fold what happened to submissions, and what could not be told of them. Raises `Unavailable`.

        What is gone is looked for after untold notices are written: either we find it here, or its own event does.
        """
        untold = [event for event in events if isinstance(event, UNTOLD)]
        parked = [event for event in events if isinstance(event, SubmissionParked)]
        await self.stores.failures.fold(parked)
        await self.submissions([event for event in events if isinstance(event, FOLDED)])
        if parked:
            gone = await self.stores.queue.gone([event.submission_id for event in parked])
            await self.stores.failures.erase(gone)
        if untold:
            await self.stores.untold.fold(untold)
            about = [event.submission_id for event in untold if isinstance(event, SubmissionEvent)]
            await self.stores.untold.erase(await self.stores.queue.gone(about) if about else ())

    async def submissions(self, events: Sequence[SubmissionEvent]) -> None:
        """Fold events into the queue. Raises `Unavailable`."""
        for _ in range(_TRIES):
            known = await self.stores.queue.load({event.submission_id for event in events})
            changed = folded(known, events, self.clock())
            if await self.stores.queue.save(changed):
                await self._erase([event.submission_id for event in events if isinstance(event, _GOING)])
                self.counting.changed(entry.standing.programme_id for entry in changed)
                return
        raise Unavailable("queue:contended")

    async def questions(self, events: Sequence[QuestionRaised | QuestionAnswered]) -> None:
        """Fold events into the list of questions. Raises `Unavailable`."""
        await self.stores.questions.fold(events)

    async def selection(self, events: Sequence[SelectionRows | SelectionCompleted]) -> None:
        """Fold a run's rows and its end into a draft. Raises `Unavailable`.

        What is gone is looked for after the rows are written: either we find it here, or its own event finds the rows.
        """
        portions = [event for event in events if isinstance(event, SelectionRows)]
        await self.stores.portions.put(portions)
        for portion in portions:
            await self._erase([row.submission_id for row in portion.rows], of_runs_only=True)
        await self.stores.runs.complete([event for event in events if isinstance(event, SelectionCompleted)])

    async def own(self, *events: Event | None) -> None:
        """Fold at once what this desk has just done, without waiting to hear it on the bus."""
        await self.submissions([event for event in events if isinstance(event, SubmissionEvent)])
        await self.questions([event for event in events if isinstance(event, QuestionAnswered)])

    async def _erase(self, submission_ids: Sequence[str], *, of_runs_only: bool = False) -> None:
        gone = await self.stores.queue.gone(submission_ids) if submission_ids else {}
        await self.stores.portions.erase(gone)
        if not of_runs_only:
            await self.stores.rows.erase(gone)
            await self.stores.claims.drop(gone)
            await self.stores.untold.erase(gone)
            await self.stores.failures.erase(gone)
