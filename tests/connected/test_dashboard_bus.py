"""The desk on a real broker: it folds what others say, and says what officials did."""

from collections.abc import Sequence

import pytest

from services.dashboard.app import build
from shared.catalog import load
from shared.clock import utc_now
from shared.events import SubmissionDecided, SubmissionEvent, SubmissionReceived, SubmissionViewed
from shared.kafka import Bus
from shared.service import running
from shared.settings import Settings
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.builders.desk import Office, hidden, overview, state, take_a_look
from tests.builders.holding import a_hold
from tests.builders.waiting import until

pytestmark = pytest.mark.connected


async def test_what_is_received_appears_and_what_an_official_does_is_said(on_kafka: Settings, keyring: Keyring) -> None:
    del keyring
    settings = on_kafka.model_copy(update={"development": True, "undo_seconds": 1})
    wiring = Wiring.of(settings)
    office = Office(wiring, build(wiring, load()))
    heard: list[SubmissionEvent] = []
    others = Bus(settings, "notification")

    @others.on(SubmissionViewed, SubmissionDecided)
    async def on_notice(events: Sequence[SubmissionViewed | SubmissionDecided]) -> None:
        heard.extend(events)

    async def was_heard(event: type[SubmissionEvent]) -> bool:
        return any(isinstance(item, event) for item in heard)

    async with running(others), office.app.router.lifespan_context(office.app):
        hold, _ = await a_hold(wiring.keyring, wiring.vault)
        held = await wiring.gate.hold(hold)
        sid = hold.submission_id
        assert isinstance(held.event, SubmissionReceived)
        await others.say([office.screened(sid, "eligible", at=utc_now()), held.event])
        official = await office.official()

        async def stands(submission_class: str, decided: int) -> bool:
            counts = await overview(official)
            return (counts["classes"][submission_class], counts["decided"]) == (1, decided)

        async def nothing_is_owed() -> bool:
            return not await wiring.gate.owed.before(utc_now(), [SubmissionViewed.topic, SubmissionDecided.topic])

        await until(lambda: stands("eligible", decided=0))
        page = await take_a_look(official, sid)
        await until(lambda: was_heard(SubmissionViewed))
        form = {name: hidden(page, name) for name in ("csrf", "token", "look_id", "screening")}
        await official.post(f"/submissions/{sid}/decision", data={**form, "decision": "eligible"})
        assert await state(office, sid) == "decided"
        await until(lambda: was_heard(SubmissionDecided))
        await until(lambda: stands("eligible", decided=1))
        await until(nothing_is_owed)
