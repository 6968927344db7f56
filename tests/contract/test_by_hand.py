"""What officials do by hand at the gate, on either driver: uncovered, corrected, supplemented, said again, erased."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import seoul_date, utc_now
from shared.events import NoticeAskedAgain, SubmissionReceived, SupplementAsked, ValuesCorrected
from shared.facts import Certificate, Facts, Settled
from shared.gate import Accepted, Awaiting, Gate, HeldCertificate, Official, Opened, Refused
from shared.gate.saying import received
from shared.vault import CertificateFile, Keyring, SealedRow, Vault
from tests.builders.holding import a_hold, held_certificates

pytestmark = pytest.mark.both_drivers

KIM, LEE = Official("kim", "시민건강국", "192.0.2.1"), Official("lee", "건강증진과")
HISTORY = Certificate(
    part=0,
    kind="EI_HIST",
    values={"holder_name": "김가상", "employments": [{"serial": 1, "workplace": "한빛가상", "lost_on": None}]},
)


async def looked(gate: Gate, keyring: Keyring, vault: Vault, *certificates: Certificate) -> Any:
    """A submission that was read and that Kim has looked at."""
    hold, seal = await a_hold(keyring, vault)
    facts = Facts(certificates=certificates or (HISTORY,))
    await vault.put(
        [SealedRow(hold.submission_id, "facts", 1, seal.seal("facts", 1, facts.model_dump_json().encode()))]
    )
    await gate.hold(hold)
    await gate.view(hold.submission_id, official=KIM, purpose="심사", request_id=f"look-{hold.submission_id}")
    return hold


async def correct(gate: Gate, hold: Any, values: Any, *, expects: int = 0, request: str = "c1", **how: Any) -> Any:
    return await gate.correct(
        hold.submission_id, 0, values, how.pop("unknown", ()), reason="그림에 적힌 대로 고침",
        official=how.pop("official", KIM), look_id=how.pop("look_id", f"look-{hold.submission_id}"),
        request_id=request, expects=expects,
    )  # fmt: skip


async def opened(gate: Gate, hold: Any) -> Opened:
    found = await gate.view(hold.submission_id, official=KIM, purpose="심사", request_id=f"look-{hold.submission_id}")
    assert isinstance(found, Opened)
    return found


async def owed(gate: Gate, event: Any) -> list[Any]:
    return await gate.owed.before(utc_now() + timedelta(seconds=1), [event.topic])


async def test_a_correction_counts_and_what_was_read_stays_beside_it(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    done = await correct(gate, hold, {"holder_name": "김나상", "employments[1].workplace": "둘째가상"})
    assert isinstance(done, Accepted)
    found = await opened(gate, hold)
    assert found.facts is not None
    assert found.read is not None
    assert found.facts.certificates[0].values["holder_name"] == "김나상"
    assert found.facts.certificates[0].values["employments"] == [
        {"serial": 1, "workplace": "한빛가상", "lost_on": None},
        {"workplace": "둘째가상"},
    ]
    assert found.read.certificates[0] == HISTORY
    assert [(one.official, one.reason) for one in found.corrections] == [("kim", "그림에 적힌 대로 고침")]
    [event] = await owed(gate, ValuesCorrected)
    assert (event.number, event.readable, event.revision) == (1, True, 1)
    machine = (await gate.for_machine([hold.submission_id]))[hold.submission_id]
    assert machine.corrections == found.corrections
    filed = await gate.filed(hold.programme_id, "", "~")
    one = next(item for item in filed if item.submission_id == hold.submission_id)
    assert gate.corrections(one, machine.seal) == found.corrections


async def test_the_same_correction_twice_is_one_and_another_on_an_old_screen_is_refused(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    assert isinstance(await correct(gate, hold, {"holder_name": "김나상"}), Accepted)
    assert isinstance(await correct(gate, hold, {"holder_name": "김나상"}), Accepted)
    assert await correct(gate, hold, {"holder_name": "김다상"}, request="c2") == Refused("corrected")
    assert isinstance(await correct(gate, hold, {"holder_name": "김다상"}, request="c2", expects=1), Accepted)
    found = await opened(gate, hold)
    assert len(found.corrections) == 2
    assert len(await owed(gate, ValuesCorrected)) == 2


async def test_nobody_corrects_without_a_look_of_their_own_or_while_a_decision_stands(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    assert await correct(gate, hold, {"holder_name": "x"}, official=LEE) == Refused("not_found")
    assert await correct(gate, hold, {"holder_name": "x"}, look_id="look-nothing") == Refused("not_found")
    decided = await gate.decide(
        hold.submission_id, "eligible", official=KIM, request_id="d1", say_at=utc_now() + timedelta(minutes=5)
    )
    assert isinstance(decided, Accepted)
    refused = await correct(gate, hold, {"holder_name": "x"})
    assert isinstance(refused, Refused)
    assert refused.reason == "decided"
    assert (await opened(gate, hold)).corrections == ()


async def test_what_was_read_by_hand_makes_an_unreadable_one_readable(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault, Certificate(part=0, kind="EI_HIST", unreadable="no_text_layer"))
    await correct(gate, hold, {"holder_name": "김가상"})
    [event] = await owed(gate, ValuesCorrected)
    assert event.readable
    assert (await gate.looks(hold.programme_id))[2] == 1, "the log counts what was done by hand"
    found = await opened(gate, hold)
    assert found.facts is not None
    assert found.facts.certificates[0].unreadable is None


async def test_corrections_are_sealed_and_go_with_the_submission(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await looked(gate, keyring, vault)
    await correct(gate, hold, {"holder_name": "김나상"})
    document = await gate._read(hold.submission_id)
    assert document is not None
    assert "김나상".encode() not in bytes(document["corrections"][0]["sealed"])
    assert "그림에" not in str({name: value for name, value in document.items() if name != "owed"})
    asked = await gate.request("withdraw", hold.submission_id, holder=hold.holder, request_id="w1")
    assert isinstance(asked, Accepted)
    assert asked.event is not None
    await gate.finish("withdraw", hold.submission_id, cause=asked.event)
    document = await gate._read(hold.submission_id)
    assert document is not None
    assert "corrections" not in document
    assert isinstance(await correct(gate, hold, {"holder_name": "x"}, request="c2", expects=1), Refused)


async def test_uncovering_and_correcting_and_asking_stand_in_the_access_log(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    look = f"look-{hold.submission_id}"
    for _ in range(2):
        assert await gate.unmask(hold.submission_id, official=KIM, look_id=look, purpose="민원 응대", request_id="u1")
    assert not await gate.unmask(hold.submission_id, official=LEE, look_id=look, purpose="심사", request_id="u2")
    await correct(gate, hold, {"holder_name": "김나상"})
    await ask(gate, hold)
    case = await gate.case(hold.submission_id)
    assert case is not None
    log = await gate.accesses(case, limit=50)
    assert [(one.what, one.official) for one in reversed(log)] == [
        ("viewed", "kim"), ("unmasked", "kim"), ("corrected", "kim"), ("asked", "kim"),
    ]  # fmt: skip
    assert {one.purpose for one in log} == {"심사", "민원 응대", "판독값 정정", "보완 요청"}


TODAY = seoul_date(utc_now())
NO_HOME = Settled(result="met", source="주택소유 전산검색", on=TODAY, by="김담당")


async def settle(gate: Gate, hold: Any, settled: Settled | None, *, expects: int = 0, request: str = "f1") -> Any:
    return await gate.settle(
        hold.submission_id, {"NO_HOME": settled}, reason="조회 결과를 확인함", official=KIM,
        look_id=f"look-{hold.submission_id}", request_id=request, expects=expects,
    )  # fmt: skip


async def test_what_was_found_of_a_condition_counts_for_person_and_machine_and_can_be_taken_back(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    assert isinstance(await settle(gate, hold, NO_HOME), Accepted)
    assert isinstance(await settle(gate, hold, NO_HOME), Accepted)
    assert await settle(gate, hold, None, request="f2") == Refused("corrected")
    found = await opened(gate, hold)
    assert found.facts is not None
    assert found.facts.settled == {"NO_HOME": NO_HOME}
    machine = (await gate.for_machine([hold.submission_id]))[hold.submission_id]
    assert machine.corrections == found.corrections
    [filed] = [one for one in await gate.filed(hold.programme_id, "", "~") if one.submission_id == hold.submission_id]
    assert "NO_HOME" not in str({**filed.document, "submitter": b""})
    assert isinstance(await settle(gate, hold, None, request="f2", expects=1), Accepted)
    assert (await opened(gate, hold)).facts == found.read
    assert [event.number for event in await owed(gate, ValuesCorrected)] == [1, 2]
    case = await gate.case(hold.submission_id)
    assert case is not None
    log = await gate.accesses(case, limit=50)
    by_hand = [(one.what, one.purpose) for one in log if one.what != "read"]
    assert by_hand == [("corrected", "조건 확인")] * 2 + [("viewed", "심사")]


async def ask(gate: Gate, hold: Any, days: int = 14, request: str = "a1") -> Any:
    return await gate.ask(
        hold.submission_id, part=0, why="unreadable", due_on=TODAY + timedelta(days), official=KIM,
        look_id=f"look-{hold.submission_id}", request_id=request,
    )  # fmt: skip


async def longer(gate: Gate, hold: Any, days: int, request: str) -> Any:
    return await gate.give_longer(
        hold.submission_id, due_on=TODAY + timedelta(days), official=KIM,
        look_id=f"look-{hold.submission_id}", request_id=request,
    )  # fmt: skip


async def test_a_better_certificate_is_asked_for_once_and_given_longer_twice_at_most(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    assert (await longer(gate, hold, 20, "l0")) == Refused("not_asked")
    assert isinstance(await ask(gate, hold), Accepted)
    assert isinstance(await ask(gate, hold), Accepted)
    assert (await ask(gate, hold, request="a2")).reason == "supplement"
    with pytest.raises(ValueError, match="not a day"):
        await longer(gate, hold, 14, "l1")
    assert isinstance(await longer(gate, hold, 21, "l1"), Accepted)
    assert isinstance(await longer(gate, hold, 21, "l1"), Accepted)
    assert isinstance(await longer(gate, hold, 28, "l2"), Accepted)
    assert (await longer(gate, hold, 35, "l3")).reason == "supplement"
    case = await gate.case(hold.submission_id)
    assert case is not None
    assert case.awaited is not None
    assert (case.awaited.due_on, case.awaited.extensions) == (TODAY + timedelta(28), 2)
    told = [(event.due_on, event.part, event.why) for event in await owed(gate, SupplementAsked)]
    assert told == [(TODAY + timedelta(days), 0, "unreadable") for days in (14, 21, 28)]


async def test_once_the_day_has_passed_it_is_asked_for_once_more_and_for_ten_days_at_most(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    await ask(gate, hold)
    past = {"asked.due_on": (TODAY - timedelta(1)).isoformat()}
    await gate._submissions.update_one({"_id": hold.submission_id}, {"$set": past})
    with pytest.raises(ValueError, match="not a day"):
        await ask(gate, hold, 11, "a2")
    again = await ask(gate, hold, 10, "a2")
    assert isinstance(again, Accepted)
    assert again.case.awaited is not None
    assert again.case.awaited.again
    await gate._submissions.update_one({"_id": hold.submission_id}, {"$set": past})
    assert (await ask(gate, hold, 5, "a3")).reason == "supplement"


async def more(keyring: Keyring, vault: Vault, awaiting: Awaiting) -> tuple[HeldCertificate, ...]:
    held = await held_certificates(vault, awaiting.seal, ("EI_HIST", CertificateFile(b"%PDF-1.7 better")))
    return tuple(replace(one, revision=awaiting.case.revision + 1) for one in held)


async def test_what_was_asked_for_joins_as_the_next_revision_once_and_keeps_the_place_in_line(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    assert await gate.awaiting(hold.submission_id, holder=hold.holder, request_id="s1") == Refused("not_asked")
    await ask(gate, hold)
    assert await gate.awaiting(hold.submission_id, holder="another", request_id="s1") == Refused("not_found")
    awaiting = await gate.awaiting(hold.submission_id, holder=hold.holder, request_id="s1")
    assert isinstance(awaiting, Awaiting)
    sent = await more(keyring, vault, awaiting)
    done = await gate.supplement(awaiting.case, sent, request_id="s1", digest="d")
    assert isinstance(done, Accepted)
    assert isinstance(done.event, SubmissionReceived)
    assert (done.case.revision, len(done.case.certificates), done.case.newest_part) == (2, 2, 1)
    assert done.case.received_at == awaiting.case.received_at
    assert done.case.awaited is None
    late = await gate.supplement(awaiting.case, await more(keyring, vault, awaiting), request_id="s2", digest="d")
    assert late == Refused("not_asked")
    once_more = await gate.supplement(awaiting.case, await more(keyring, vault, awaiting), request_id="s1", digest="d")
    assert isinstance(once_more, Accepted)
    assert once_more.event is None
    repeat = await gate.awaiting(hold.submission_id, holder=hold.holder, request_id="s1")
    assert isinstance(repeat, Awaiting)
    assert repeat.earlier is not None
    assert repeat.earlier.revision == 2
    case = await gate.case(hold.submission_id)
    assert case is not None
    assert len(case.certificates) == 2
    certificate = await gate.certificate(hold.submission_id, 1, look_id=f"look-{hold.submission_id}", official=KIM)
    assert certificate == b"%PDF-1.7 better"


async def test_what_is_said_again_is_word_for_word_what_was_said_before(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    hold = await looked(gate, keyring, vault)
    await ask(gate, hold)
    first = {event.event_id: event for event in await gate.owed.before(
        utc_now() + timedelta(seconds=1),
        ["submission-received-v1", "submission-viewed-v1", "supplement-asked-v1"])}  # fmt: skip
    await gate.owed.said(list(first.values()))
    assert await owed(gate, SubmissionReceived) == []
    again = await gate.say_again(hold.submission_id)
    assert {event.event_id: event for event in again} == first
    await gate.say_again(hold.submission_id)
    assert await owed(gate, SubmissionReceived) == [one for one in again if isinstance(one, SubmissionReceived)]
    case = await gate.case(hold.submission_id)
    assert case is not None
    assert received(case) == again[0]


async def test_a_notice_is_asked_for_again_under_one_name(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold = await looked(gate, keyring, vault)
    for _ in range(2):
        await gate.tell_again(hold.submission_id, notice="viewed", webhook_id="msg_1", request_id="n1")
    [event] = await owed(gate, NoticeAskedAgain)
    assert (event.webhook_id, event.notice) == ("msg_1", "viewed")
    assert await gate.tell_again("s-nothing", notice="viewed", webhook_id="msg_1", request_id="n1") is None
