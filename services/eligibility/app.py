"""Eligibility: open the facts, screen them, seal why, say the outcome; ask the questions that many wait on."""

from collections.abc import Mapping, Sequence

from services.eligibility.registers.answering import Answering
from services.eligibility.screener import Round, Screener
from services.eligibility.screenings import event_of, parked, portions
from services.eligibility.selection.running import Selections
from services.eligibility.store import Groups, Registers, Runs, Screenings
from shared.catalog import Catalog, load
from shared.errors import Unprocessable
from shared.events import (
    Event,
    QuestionAnswered,
    QuestionRaised,
    RunClass,
    SelectionRequested,
    SubmissionExpired,
    SubmissionExtracted,
    SubmissionTakenBack,
    SubmissionWithdrawn,
    ValuesCorrected,
)
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.service import Worker
from shared.settings import Settings
from shared.uptake import Uptake
from shared.wiring import Wiring

_WENT: Mapping[type[Event], RunClass] = {
    SubmissionTakenBack: "taken_back",
    SubmissionWithdrawn: "withdrawn",
    SubmissionExpired: "expired",
}
"""How a submission went, by the event that says so."""


def build(wiring: Wiring, catalog: Catalog) -> Worker:
    """Wire the service up on a store, its keys, a bus and a catalogue."""
    bus = Bus(wiring.settings, "eligibility", clock=wiring.clock)
    screenings, groups = Screenings(wiring.database("eligibility")), Groups(wiring.database("eligibility"))
    registers, runs = Registers(wiring.database("eligibility")), Runs(wiring.database("eligibility"))
    answering = Answering(wiring.questions, registers, wiring.keyring.token, wiring.clock)
    uptake = Uptake.of(wiring, catalog)
    screener = Screener(wiring, catalog, screenings, groups, answering)
    selections = Selections(wiring, catalog, runs, groups, bus.say, wiring.settings.selection_workers)
    outbox = Outbox(wiring.questions.owed, bus.say, [QuestionRaised], wiring.clock)

    async def say(screened: Round, causes: Mapping[str, Event], otherwise: Event) -> None:
        at = wiring.clock()
        await bus.say(event_of(item, causes.get(item.open.submission_id, otherwise), at) for item in screened.done)
        await outbox.deliver(screened.raised)
        await bus.say(
            parked(name, reason, otherwise, at) for name, reason in screened.broken.items() if name not in causes
        )
        await screener.release(screened)

    @bus.on(SubmissionExtracted)
    async def on_submission_extracted(events: Sequence[SubmissionExtracted]) -> None:
        """Screen what was read, and again those beside whom it now stands: a second one, a certificate sent by two."""
        causes = {event.submission_id: event for event in events}
        screened = await screener.screen(causes, entering=True)
        await say(screened, causes, events[0])
        for name in causes.keys() & screened.broken.keys():
            raise Unprocessable(screened.broken[name])  # then one by one: only those that do not open are parked

    @bus.on(ValuesCorrected)
    async def on_values_corrected(events: Sequence[ValuesCorrected]) -> None:
        """Screen again what an official has corrected; what was read by hand alone enters its groups by it."""
        causes = {event.submission_id: event for event in events}
        await say(await screener.screen(causes, entering=True), causes, events[0])

    @bus.on(QuestionAnswered)
    async def on_question_answered(events: Sequence[QuestionAnswered]) -> None:
        """Screen again everyone who rests on any of these questions, once, by the hundred."""
        for ids in portions(await screenings.resting_on([event.question_id for event in events])):
            await say(await screener.screen(ids), {}, events[0])

    @bus.on(SelectionRequested)
    async def on_selection_requested(events: Sequence[SelectionRequested]) -> None:
        """Write down what was asked; the run itself is done beside all else, and again after a crash."""
        await selections.request(events)

    @bus.on(*_WENT)
    async def on_submission_gone(
        events: Sequence[SubmissionTakenBack | SubmissionWithdrawn | SubmissionExpired],
    ) -> None:
        """Forget its screenings and whom it stood together with; who was second to it may now be first."""
        await runs.erase({event.submission_id: _WENT[type(event)] for event in events})
        await say(await screener.forget([event.submission_id for event in events]), {}, events[0])

    return Worker(
        bus,
        [outbox.run, selections.run, uptake.ever("eligibility")],
        lambda: wiring.open(screenings, groups, registers, runs, selections, uptake),
        wiring.store_answers,
        wiring.drain,
    )


def app() -> Worker:
    """Give the real one."""
    settings = Settings()
    return build(Wiring.of(settings, service="eligibility"), load(settings.catalog))
