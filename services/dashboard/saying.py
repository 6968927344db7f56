"""Says what the desk owes: events stand in the document that was just written until the broker has them."""

from services.dashboard.store import Stores
from shared.events import (
    Event,
    NoticeAskedAgain,
    QuestionAnswered,
    QuestionEvent,
    SelectionAnnounced,
    SelectionEvent,
    SelectionRequested,
    SubmissionDecided,
    SubmissionViewed,
    SupplementAsked,
    ValuesCorrected,
)
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.service import Loop
from shared.wiring import Wiring


class Saying:
    """The desk's outboxes: over the gate's documents, the questions, and its own runs."""

    def __init__(self, wiring: Wiring, stores: Stores, bus: Bus) -> None:
        """Take what owes events, and who says them."""
        of_gate: list[type[Event]] = [
            SubmissionViewed,
            SubmissionDecided,
            SupplementAsked,
            ValuesCorrected,
            NoticeAskedAgain,
        ]
        self._gate = Outbox(wiring.gate.owed, bus.say, of_gate, wiring.clock)
        self._questions = Outbox(wiring.questions.owed, bus.say, [QuestionAnswered], wiring.clock)
        self._runs = Outbox(stores.runs.owed, bus.say, [SelectionAnnounced, SelectionRequested], wiring.clock)

    @property
    def loops(self) -> list[Loop]:
        """What is to run for as long as the desk is listening."""
        return [self._gate.run, self._questions.run, self._runs.run]

    def soon(self, *events: Event | None) -> None:
        """Say these, just committed, as soon as may be; None is passed over."""
        for event in events:
            self._of(event).soon(event)

    def _of(self, event: Event | None) -> Outbox:
        if isinstance(event, QuestionEvent):
            return self._questions
        return self._runs if isinstance(event, SelectionEvent) else self._gate
