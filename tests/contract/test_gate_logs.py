"""What the gate writes into the access log: before anything is shown, once per act, and by its right name."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from deploy.gubi.audit import accessed, examined
from shared.audit import Access
from shared.clock import utc_now
from shared.errors import Unavailable
from shared.facts import Certificate, Facts
from shared.gate import Accepted, Hold, Official, Opened
from shared.settings import Settings
from shared.vault import Keyring, SealedRow
from shared.wiring import Wiring
from tests.builders.holding import a_hold
from tests.contract.test_audit import process

OFFICIAL = Official("kim", "sonmok9988", "192.0.2.7")


@pytest.fixture
async def wiring(settings: Settings, keyring: Keyring) -> AsyncIterator[Wiring]:
    del keyring  # made where the wiring loads it from
    async with Wiring.of(settings, service="extraction").open() as wiring:
        yield wiring


async def held(wiring: Wiring, **changes: Any) -> Hold:
    hold, seal = await a_hold(wiring.keyring, wiring.vault, **changes)
    facts = Facts(certificates=(Certificate(part=0, kind="EI_HIST", values={"holder_name": "김가상"}),))
    sealed = seal.seal("facts", 1, facts.model_dump_json().encode())
    await wiring.vault.put([SealedRow(hold.submission_id, "facts", 1, sealed)])
    await wiring.gate.hold(hold)
    return hold


async def log_of(wiring: Wiring, hold: Hold) -> list[Access]:
    case = await wiring.gate.case(hold.submission_id)
    assert case is not None
    return await wiring.gate.accesses(case, limit=100)


async def look(wiring: Wiring, hold: Hold, request_id: str, **more: Any) -> Opened:
    opened = await wiring.gate.view(
        hold.submission_id, official=OFFICIAL, purpose="심사", request_id=request_id, **more
    )
    assert isinstance(opened, Opened)
    return opened


async def test_a_look_says_who_from_where_when_why_and_whose_data_and_nothing_read(wiring: Wiring) -> None:
    hold = await held(wiring)
    await look(wiring, hold, "v1")
    await look(wiring, hold, "v1")  # the page, loaded again
    [access] = await log_of(wiring, hold)
    assert (access.what, access.official, access.office, access.address, access.purpose) == (
        "viewed", "kim", "sonmok9988", "192.0.2.7", "심사",
    )  # fmt: skip
    assert (access.submissions, access.holders) == ((hold.submission_id,), (hold.holder,))
    stored = str(await wiring.database("audit").get_collection("entries").find().to_list(None))
    assert "김가상" not in stored
    assert "1holder" not in stored


async def test_an_export_a_page_and_a_decision_are_called_what_they_are(wiring: Wiring) -> None:
    hold, unseen = await held(wiring), await held(wiring)
    await look(wiring, hold, "v1")
    await look(wiring, hold, "v2", part_of="export-1")
    for _ in range(2):
        assert await wiring.gate.certificate(hold.submission_id, 0, look_id="v1", official=OFFICIAL, page=2)
    assert await wiring.gate.certificate(hold.submission_id, 7, look_id="v1", official=OFFICIAL) is None
    later = utc_now() + timedelta(minutes=5)
    for _ in range(2):
        decided = await wiring.gate.decide(
            unseen.submission_id, "eligible", official=OFFICIAL, request_id="d1", say_at=later
        )
        assert isinstance(decided, Accepted)
    found = await log_of(wiring, hold)
    assert sorted((one.what, one.part, one.page) for one in found) == [
        ("exported", -1, 0), ("page", 0, 2), ("viewed", -1, 0),
    ]  # fmt: skip
    assert [one.what for one in await log_of(wiring, unseen)] == ["decided"], "decided without opening is not viewed"
    assert await wiring.gate.looks(hold.programme_id) == (1, 1, 0)


async def test_while_the_log_is_away_nothing_is_shown_and_the_next_call_makes_up_for_the_mark(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await held(wiring)

    async def away(*_: Access) -> None:
        raise Unavailable("store:autoreconnect")

    with monkeypatch.context() as patched:
        patched.setattr(wiring.log, "append", away)
        with pytest.raises(Unavailable):
            await wiring.gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
        with pytest.raises(Unavailable):
            await wiring.gate.for_machine([hold.submission_id])
    case = await wiring.gate.case(hold.submission_id)
    assert case is not None
    assert case.first_view is not None, "marked it is: the citizen may be told too early, never too late"
    assert await wiring.gate.certificate(hold.submission_id, 0, look_id="v1", official=OFFICIAL) is None
    assert (await examined(wiring))["unlogged"] == [hold.submission_id]
    await wiring.gate.view(hold.submission_id, official=Official("lee", "x"), purpose="재검토", request_id="v2")
    assert [(one.official, one.act) for one in await log_of(wiring, hold)] == [("lee", "v2"), ("kim", "v1")]
    report = await examined(wiring)
    assert (report["findings"], report["unlogged"]) == ([], [])


async def test_a_process_killed_between_mark_and_entry_leaves_a_mark_that_the_citizens_own_question_makes_up_for(
    wiring: Wiring,
) -> None:
    hold = await held(wiring)
    killed = process(wiring.settings, "view", hold.submission_id)
    said = (await asyncio.to_thread(killed.communicate))[0]
    assert (killed.returncode, said) == (-9, "")
    assert await accessed(wiring, hold.submission_id) == []
    case = await wiring.gate.case(hold.submission_id)
    assert case is not None
    assert case.first_view is not None
    [access] = await log_of(wiring, hold)
    assert (access.act, access.at, access.address) == ("killed", case.first_view.at, "192.0.2.7")
    assert [one.act for one in await log_of(wiring, hold)] == ["killed"]


async def test_reading_by_the_machine_is_one_entry_for_many_and_never_a_look(wiring: Wiring) -> None:
    holds = [await held(wiring) for _ in range(5)]
    names = [hold.submission_id for hold in holds]
    await wiring.gate.for_machine([*names, "s-nobody"])
    entries = await wiring.database("audit").get_collection("entries").find().to_list(None)
    assert [sorted(entry["submissions"]) for entry in entries] == [sorted(names)]
    [access] = await log_of(wiring, holds[3])
    assert (access.what, access.machine, access.official, access.office) == ("read", "extraction", "", "")
    assert dict(zip(access.submissions, access.holders, strict=True))[names[3]] == holds[3].holder
    assert await wiring.gate.looks(holds[0].programme_id) == (0, 0, 0)


async def test_a_big_batch_of_machine_reading_is_cut_into_entries_of_bounded_size(wiring: Wiring) -> None:
    template, _ = await a_hold(wiring.keyring, wiring.vault)
    case = await wiring.gate.hold(template)
    document = await wiring.database("gate").get_collection("submissions").find_one({"_id": case.case.submission_id})
    assert document is not None
    copies = [f"s-{number:026}" for number in range(450)]
    sealed = {name: wiring.keyring.new_key(name) for name in copies}
    await (
        wiring.database("gate")
        .get_collection("submissions")
        .insert_many(
            [
                {**document, "_id": name, "key": key.to_document(), "submitter": _submitter(seal), "owed": []}
                for name, (seal, key) in sealed.items()
            ]
        )
    )
    assert len(await wiring.gate.for_machine(copies)) == 450
    entries = await wiring.database("audit").get_collection("entries").find().to_list(None)
    assert sorted(len(entry["submissions"]) for entry in entries) == [50, 200, 200]


def _submitter(seal: Any) -> bytes:
    plain = b'{"wallet_address": "1holder", "name": "x", "birth_date": "1990-01-01"}'
    sealed: bytes = seal.seal("submitter", 1, plain)
    return sealed


async def test_a_selection_run_is_one_entry_that_is_of_whoever_was_open_and_read_by_then(wiring: Wiring) -> None:
    read, unread, other = await held(wiring), await held(wiring), await held(wiring, programme_id="FOOD_2023")
    await wiring.gate.for_machine([read.submission_id, other.submission_id])
    await asyncio.sleep(0.002)
    await wiring.gate.read_whole(read.programme_id, "run-1")
    found = [[(one.machine, one.part_of) for one in await log_of(wiring, hold)] for hold in (read, unread, other)]
    assert found == [[("selection", "run-1"), ("extraction", "")], [], [("extraction", "")]]
    case = await wiring.gate.case(read.submission_id)
    assert case is not None
    until = (await log_of(wiring, read))[0].at - timedelta(milliseconds=1)
    assert [one.machine for one in await wiring.gate.accesses(case, limit=9, until=until)] == ["extraction"]


async def test_what_was_taken_back_keeps_its_entries(wiring: Wiring) -> None:
    hold = await held(wiring)
    await wiring.gate.for_machine([hold.submission_id])
    asked = await wiring.gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
    assert isinstance(asked, Accepted)
    assert asked.event is not None
    await wiring.gate.finish("take_back", hold.submission_id, cause=asked.event)
    await wiring.vault.sweep([hold.submission_id])
    assert [one.what for one in await log_of(wiring, hold)] == ["read"]
    assert [one["machine"] for one in await accessed(wiring, hold.submission_id)] == ["extraction"]


async def test_accesses_are_given_page_by_page_newest_first_also_where_they_share_an_instant(wiring: Wiring) -> None:
    hold, now = await held(wiring), utc_now()
    at = [now - timedelta(milliseconds=number // 3) for number in range(20)]
    fields = {"what": "viewed", "official": "kim", "office": "x", "submissions": (hold.submission_id,)}
    for number, instant in enumerate(at):
        await wiring.log.append(Access(at=instant, act=f"a{number}", **fields))  # type: ignore[arg-type]
    whole = await log_of(wiring, hold)
    assert len(whole) == 20
    assert [one.at for one in whole] == sorted(at, reverse=True)
    pages, before = [], None
    while some := await wiring.log.of(hold.submission_id, "", limit=7, before=before):
        pages += some
        before = some[-1].mark
    assert pages == whole
