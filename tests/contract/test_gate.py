"""What the gate promises, on either driver."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from pymongo.errors import AutoReconnect

from shared.clock import utc_now
from shared.errors import Unavailable
from shared.events import (
    SubmissionDecided,
    SubmissionReceived,
    SubmissionTakenBack,
    SubmissionViewed,
    WithdrawalRequested,
)
from shared.facts import Certificate, Facts
from shared.gate import Accepted, Gate, Hold, Official, Opened, Refused
from shared.mongo import Client, Collection, Document, close, connect, database, inserting
from shared.settings import Settings
from shared.vault import Keyring, SealedRow, Vault
from shared.wiring import access_log
from tests.builders.holding import a_hold
from tests.gate_history.proxy import Proxy, Weather

pytestmark = pytest.mark.both_drivers

OFFICIAL = Official("kim", "시민건강국")


async def held(gate: Gate, keyring: Keyring, vault: Vault) -> Hold:
    hold, seal = await a_hold(keyring, vault)
    facts = Facts(certificates=(Certificate(part=0, kind="EI_HIST", values={"holder_name": "김가상"}),))
    await vault.put(
        [SealedRow(hold.submission_id, "facts", 1, seal.seal("facts", 1, facts.model_dump_json().encode()))]
    )
    await gate.hold(hold)
    return hold


async def test_ten_holds_at_once_are_one_submission(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    first, _ = await a_hold(keyring, vault)
    rivals = [(await a_hold(keyring, vault, submission_id=first.submission_id))[0] for _ in range(10)]
    answers = await asyncio.gather(*(gate.hold(hold) for hold in rivals))
    assert sum(answer.fresh for answer in answers) == 1
    assert len({answer.case.certificates for answer in answers}) == 1
    owed = await gate.owed.before(utc_now() + timedelta(seconds=1), [SubmissionReceived.topic])
    assert [event.subject for event in owed] == [first.submission_id]


async def test_a_look_opens_the_values_and_ends_the_take_back(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await held(gate, keyring, vault)
    opened = await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
    assert isinstance(opened, Opened)
    assert opened.facts is not None
    assert opened.facts.certificates[0].values["holder_name"] == "김가상"
    assert isinstance(opened.event, SubmissionViewed)
    refused = await gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
    assert isinstance(refused, Refused)
    assert (refused.reason, refused.office) == ("viewed", "시민건강국")


async def test_a_second_look_shows_the_same_and_says_nothing_new(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await held(gate, keyring, vault)
    await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
    again = await gate.view(
        hold.submission_id, official=Official("lee", "건강증진과"), purpose="재검토", request_id="v2"
    )
    assert isinstance(again, Opened)
    assert again.event is None
    assert again.case.first_view is not None
    assert again.case.first_view.official == "kim"


async def test_after_a_take_back_nothing_opens(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await held(gate, keyring, vault)
    asked = await gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
    assert isinstance(asked, Accepted)
    assert isinstance(asked.event, WithdrawalRequested)
    assert isinstance(await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1"), Refused)
    done = await gate.finish("take_back", hold.submission_id, cause=asked.event)
    assert isinstance(done, Accepted)
    assert isinstance(done.event, SubmissionTakenBack)
    assert await gate.for_machine([hold.submission_id]) == {}
    assert await gate.gone([hold.submission_id]) == {hold.submission_id}
    case = await gate.case(hold.submission_id)
    assert case is not None
    assert [(held.kind, held.fingerprint, held.key) for held in case.certificates] == [("", "", None)]
    again = await gate.finish("take_back", hold.submission_id, cause=asked.event)
    assert isinstance(again, Accepted)
    assert again.event is not None
    assert again.event.event_id == done.event.event_id


async def test_only_the_holder_may_take_back(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await held(gate, keyring, vault)
    stranger = await gate.request("take_back", hold.submission_id, holder="somebody", request_id="t1")
    assert stranger == Refused("not_holder")
    assert isinstance(await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1"), Opened)


async def test_an_application_can_be_withdrawn_after_it_was_viewed_but_not_once_closed(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await held(gate, keyring, vault)
    await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
    assert isinstance(await gate.request("withdraw", hold.submission_id, holder=hold.holder, request_id="w1"), Accepted)
    other = await held(gate, keyring, vault)
    await gate.decide(other.submission_id, "eligible", official=OFFICIAL, request_id="d1", say_at=utc_now())
    assert [type(event) for event in await gate.close_due()] == [SubmissionDecided]
    refused = await gate.request("withdraw", other.submission_id, holder=other.holder, request_id="w2")
    assert isinstance(refused, Refused)
    assert refused.reason == "closed"


async def test_a_decision_closes_the_take_back_and_undo_gives_it_back(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await held(gate, keyring, vault)
    later = utc_now() + timedelta(minutes=5)
    assert isinstance(
        await gate.decide(hold.submission_id, "eligible", official=OFFICIAL, request_id="d1", say_at=later), Accepted
    )
    refused = await gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
    assert isinstance(refused, Refused)
    assert refused.reason == "decided"
    undone = await gate.undo(hold.submission_id, decided_by="d1")
    assert isinstance(undone, Accepted)
    assert undone.case.state == "held"
    again = await gate.decide(hold.submission_id, "eligible", official=OFFICIAL, request_id="d1", say_at=later)
    assert again == Refused("undone"), "the same request, repeated after it was undone, decides nothing"
    assert isinstance(
        await gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t2"), Accepted
    )


async def test_every_decision_undone_is_remembered(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await held(gate, keyring, vault)
    later = utc_now() + timedelta(minutes=5)

    async def decide(request_id: str) -> Accepted | Refused:
        return await gate.decide(hold.submission_id, "eligible", official=OFFICIAL, request_id=request_id, say_at=later)

    for request_id in ("d1", "d2"):
        assert isinstance(await decide(request_id), Accepted)
        assert isinstance(await gate.undo(hold.submission_id, decided_by=request_id), Accepted)
    assert await decide("d1") == Refused("undone"), "a repetition that comes late decides nothing again"
    assert isinstance(await decide("d3"), Accepted)
    again = await gate.undo(hold.submission_id, decided_by="d1")
    assert isinstance(again, Accepted), "it is undone, whatever was decided since"
    assert again.case.decided is not None
    assert again.case.decided.request_id == "d3"


class Interrupted(Gate):
    """A gate in which something happens between an update and the look at why it did not land."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def _read(self, submission_id: str) -> Document | None:
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            await happens()
        return await super()._read(submission_id)


class LosesAnswers:
    """A collection whose next writes are done, or never arrive, and whose answer is lost."""

    def __init__(self, real: Collection) -> None:
        self._real = real
        self.loses: list[Literal["answer", "request"]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def update_many(self, *asked: Any) -> Any:
        return await self._lose(self._real.update_many, *asked)

    async def insert_many(self, *asked: Any, **how: Any) -> Any:
        return await self._lose(self._real.insert_many, *asked, **how)

    async def _lose(self, call: Callable[..., Awaitable[Any]], *asked: Any, **how: Any) -> Any:
        lost = self.loses.pop() if self.loses else None
        done = None if lost == "request" else await call(*asked, **how)
        if lost:
            raise AutoReconnect("the answer is lost")
        return done


@pytest.fixture
async def interrupted(client: Client, settings: Settings, vault: Vault, keyring: Keyring) -> Interrupted:
    log = access_log(client, settings, utc_now, "test")
    return Interrupted(database(client, settings, "gate"), vault, keyring, utc_now, log)


async def test_nobody_is_refused_for_what_was_over_before_the_gate_looked(
    gate: Gate, interrupted: Interrupted, keyring: Keyring, vault: Vault
) -> None:
    later = utc_now() + timedelta(minutes=5)
    for call in ("take_back", "decide"):
        hold = await held(gate, keyring, vault)
        name = hold.submission_id
        await gate.decide(name, "eligible", official=OFFICIAL, request_id="d1", say_at=later)
        interrupted.meanwhile = partial(gate.undo, name, decided_by="d1")
        if call == "decide":
            answer = await interrupted.decide(name, "eligible", official=OFFICIAL, request_id="d2", say_at=later)
        else:
            answer = await interrupted.request("take_back", name, holder=hold.holder, request_id="r1")
        assert isinstance(answer, Accepted), call


async def test_what_was_lost_and_may_still_land_is_not_answered(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await held(gate, keyring, vault)
    name, later = hold.submission_id, utc_now() + timedelta(minutes=5)
    await gate.decide(name, "eligible", official=OFFICIAL, request_id="d1", say_at=later)
    gate._submissions = store = LosesAnswers(gate._submissions)
    store.loses = ["request"]
    with pytest.raises(Unavailable):  # were the decision undone, a take-back on its way would still be granted
        await gate.request("take_back", name, holder=hold.holder, request_id="t1")
    store.loses = ["request"]
    with pytest.raises(Unavailable):
        await gate.decide(name, "eligible", official=OFFICIAL, request_id="d2", say_at=later)
    assert isinstance(await gate.undo(name, decided_by="d1"), Accepted)
    store.loses = ["answer"]
    landed = await gate.decide(name, "eligible", official=OFFICIAL, request_id="d2", say_at=later)
    assert isinstance(landed, Accepted), "what shows that it landed is answered"
    await gate.undo(name, decided_by="d2")
    await gate.view(name, official=OFFICIAL, purpose="심사", request_id="v1")
    store.loses = ["request"]
    refused = await gate.request("take_back", name, holder=hold.holder, request_id="t1")
    assert isinstance(refused, Refused), "a look is for ever, so that no take-back can land any more"
    assert refused.reason == "viewed"


class CutsOnce(Weather):
    """Cuts the connection under the first update, which the store is handed a little later."""

    def strikes(self, command: str, frame: bytes) -> str:
        self.counts[command] += 1
        return "late" if (command, self.counts[command]) == ("update", 1) else ""

    def seconds(self, kind: str) -> float:
        return 0.1


async def test_no_driver_repeats_a_call_of_the_gate_unseen(
    gate: Gate, settings: Settings, keyring: Keyring, vault: Vault
) -> None:
    hold = await held(gate, keyring, vault)
    name, later = hold.submission_id, utc_now() + timedelta(minutes=5)
    await gate.decide(name, "eligible", official=OFFICIAL, request_id="d1", say_at=later)
    address = urlsplit(settings.mongo)
    weather = CutsOnce(1)
    door = await asyncio.start_server(Proxy(str(address.hostname), address.port or 0, weather).connection, "127.0.0.1")
    port = door.sockets[0].getsockname()[1]
    client = connect(settings.model_copy(update={"mongo": f"mongodb://127.0.0.1:{port}/?directConnection=true"}))
    log = access_log(client, settings, utc_now, "test")
    far = Gate(database(client, settings, "gate"), vault, keyring, utc_now, log)
    with pytest.raises(Unavailable):  # refused, it could still be granted: by the first try, after an undo
        await far.decide(name, "eligible", official=OFFICIAL, request_id="d2", say_at=later)
    assert weather.counts["update"] == 1
    await close(client)
    door.close()


async def test_a_hold_whose_answer_was_lost_is_known_again_also_when_it_was_withdrawn_meanwhile(
    gate: Gate, interrupted: Interrupted, keyring: Keyring, vault: Vault
) -> None:
    hold, _ = await a_hold(keyring, vault)
    rival, _ = await a_hold(keyring, vault, submission_id=hold.submission_id)

    async def withdraw() -> None:
        asked = await gate.request("withdraw", hold.submission_id, holder=hold.holder, request_id="w1")
        assert isinstance(asked, Accepted)
        assert asked.event is not None
        await gate.finish("withdraw", hold.submission_id, cause=asked.event)

    store = LosesAnswers(interrupted._submissions)
    interrupted._holding = inserting(store)  # type: ignore[arg-type]
    store.loses, interrupted.meanwhile = ["answer"], withdraw
    answer = await interrupted.hold(hold)
    assert (answer.fresh, answer.case.state) == (True, "withdrawn")
    assert not (await gate.hold(rival)).fresh


async def test_a_decision_undone_before_its_answer_came_is_told_so(
    gate: Gate, interrupted: Interrupted, keyring: Keyring, vault: Vault
) -> None:
    hold = await held(gate, keyring, vault)
    name, later = hold.submission_id, utc_now() + timedelta(minutes=5)
    interrupted._submissions = store = LosesAnswers(interrupted._submissions)
    store.loses = ["answer"]
    interrupted.meanwhile = partial(gate.undo, name, decided_by="d1")
    answer = await interrupted.decide(name, "eligible", official=OFFICIAL, request_id="d1", say_at=later)
    assert answer == Refused("undone")


async def test_a_decision_is_said_only_after_its_undo_time_and_then_cannot_be_undone(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await held(gate, keyring, vault)
    await gate.decide(
        hold.submission_id, "eligible", official=OFFICIAL, request_id="d1", say_at=utc_now() + timedelta(seconds=1.5)
    )
    assert await gate.close_due() == []
    await asyncio.sleep(1.6)
    assert len(await gate.close_due()) == 1
    assert await gate.close_due() == []
    assert isinstance(await gate.undo(hold.submission_id, decided_by="d1"), Refused)


async def test_viewing_what_was_decided_unseen_marks_the_first_view_then(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await held(gate, keyring, vault)
    later = utc_now() + timedelta(minutes=5)
    await gate.decide(hold.submission_id, "eligible", official=OFFICIAL, request_id="d1", say_at=later)
    opened = await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
    assert isinstance(opened, Opened)
    assert opened.case.state == "decided"
    assert isinstance(opened.event, SubmissionViewed)
    undone = await gate.undo(hold.submission_id, decided_by="d1")
    assert isinstance(undone, Accepted)
    assert undone.case.state == "viewed"


async def test_a_page_is_shown_only_to_the_official_whose_look_was_recorded(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await held(gate, keyring, vault)
    await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
    assert await gate.certificate(hold.submission_id, 0, look_id="v1", official=OFFICIAL) == b"%PDF-1.7 example"
    assert await gate.certificate(hold.submission_id, 0, look_id="v1", official=Official("lee", "x")) is None
    assert await gate.certificate(hold.submission_id, 0, look_id="made-up", official=OFFICIAL) is None


async def test_of_fifty_looks_and_take_backs_at_once_exactly_one_side_wins(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    for _ in range(50):
        hold = await held(gate, keyring, vault)
        seen, taken = await asyncio.gather(
            gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1"),
            gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1"),
        )
        assert isinstance(seen, Opened) != isinstance(taken, Accepted)


async def test_events_owed_are_struck_off_one_by_one(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await held(gate, keyring, vault)
    await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
    topics = [SubmissionReceived.topic, SubmissionViewed.topic]
    soon = utc_now() + timedelta(seconds=1)
    owed = await gate.owed.before(soon, topics)
    assert [event.topic for event in owed] == topics
    await gate.owed.said(owed[:1])
    assert [event.topic for event in await gate.owed.before(soon, topics)] == topics[1:]
    await gate.owed.said(owed)
    assert await gate.owed.before(soon, topics) == []
