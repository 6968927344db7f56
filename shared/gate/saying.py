"""Saying again what a submission's document proves: the same events under the same ids, which nobody takes twice."""

from collections.abc import AsyncGenerator
from datetime import datetime

from shared.events import (
    Event,
    Notice,
    NoticeAskedAgain,
    SubmissionDecided,
    SubmissionReceived,
    SubmissionViewed,
    WithdrawalRequested,
)
from shared.gate.model import ENDED, Case
from shared.gate.moves import Moves
from shared.gate.supplementing import asked_event
from shared.mongo import adapting
from shared.outbox import owing


def proved(case: Case) -> list[Event]:
    """Give the events that a submission's document proves, as they were first said; none of one that has ended."""
    if case.state in ENDED:
        return []
    about = {"submission_id": case.submission_id}
    events: list[Event] = [received(case)]
    if case.first_view is not None:
        look = case.first_view
        events.append(
            SubmissionViewed.because_of(f"view:{case.submission_id}", **about, at=look.at, office=look.office)
        )
    if case.awaited is not None:
        events.append(asked_event(case.submission_id, case.awaited))
    if case.decided is not None and case.closed_at is not None:
        made = case.decided
        said = {"decision": made.decision, "office": made.office}
        events.append(SubmissionDecided.because_of(made.request_id, **about, at=case.closed_at, **said))
    if case.state in ("taking_back", "withdrawing") and case.request_id is not None:
        kind = "take_back" if case.state == "taking_back" else "withdraw"
        asked = {"at": case.requested_at, "return_until": case.return_until}
        events.append(WithdrawalRequested.because_of(case.request_id, **about, kind=kind, **asked))
    return events


def received(case: Case) -> SubmissionReceived:
    """Give the event of the latest revision's coming."""
    last = case.answered[-1] if case.answered else None
    return SubmissionReceived.because_of(
        last.request_id if last else case.submission_id,
        submission_id=case.submission_id,
        at=last.at if last else case.received_at,
        receipt=case.receipt,
        programme_id=case.programme_id,
        wallet_app=case.wallet_app,
        office=case.office,
        revision=case.revision,
        certificates=len(case.certificates),
    )


class SayingCalls(Moves):
    """What the failure desk asks of the gate."""

    async def tell_again(self, submission_id: str, *, notice: Notice, webhook_id: str, request_id: str) -> Event | None:
        """Owe that a notice which was given up is told again; None where there is no such submission."""
        now = self._clock()
        about = {"submission_id": submission_id, "notice": notice, "webhook_id": webhook_id}
        event = NoticeAskedAgain.because_of(request_id, at=now, **about)
        unsaid = {"_id": submission_id, "owed.event.event_id": {"$ne": str(event.event_id)}}
        async with adapting():
            done = await self._submissions.update_many(unsaid, owing(event, now, {}))
        return event if done.matched_count else None

    async def overdue(self, before: datetime) -> AsyncGenerator[Case]:
        """Give what was to be taken back or withdrawn by then and is not yet, of every programme, the oldest first."""
        chosen = {"end_at": {"$lte": before}, "state": {"$in": ["taking_back", "withdrawing"]}}
        async with adapting():
            async for document in self._submissions.find(chosen).sort("end_at", 1).batch_size(200):
                yield Case.from_document(document)

    async def say_again(self, submission_id: str) -> list[Event]:
        """Owe again what the document proves, so that whatever was left undone is done; give it. Harmless, repeated.

        Nothing is opened and nothing changes; whoever has done their part already says again what came of it.
        """
        case = await self.case(submission_id)
        events = proved(case) if case else []
        if case is None or not events:
            return []
        owed_already = {"$nin": [str(event.event_id) for event in events]}
        as_read = {"_id": submission_id, "state": case.state, "revision": case.revision}
        async with adapting():
            await self._submissions.update_many(
                {**as_read, "owed.event.event_id": owed_already}, owing(events, self._clock(), {})
            )
        return events
