"""The access log as a holder reads it through a wallet app, and as officials see it at the desk."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.intake.accesses import AccessesAnswer, mark_of, mark_text, viewed_notice
from shared.audit import Access
from shared.catalog import load
from shared.clock import utc_now
from shared.gate import Accepted
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import Office, a_working_desk, hidden, take_a_look, take_back
from tests.builders.doors import HOLDER, KIM, PROGRAMME, SENT, Door

pytestmark = pytest.mark.connected


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def asked(door: Door, sid: str, query: str = "", holder: str = HOLDER.wallet_address) -> httpx.Response:
    async with door.signing("seoul") as http:
        return await http.get(f"/v1/submissions/{sid}/accesses{query}", headers={"gubi-holder": holder})


async def sent(door: Door) -> str:
    async with door.app("toss") as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
    submission_id: str = receipt["submission_id"]
    return submission_id


async def test_the_client_reads_the_log_page_by_page_and_the_timeline(door: Door) -> None:
    sid, gate = await sent(door), door.wiring.gate
    for turn in range(51):  # one more than a page holds
        await gate.view(sid, official=KIM, purpose="심사", request_id=f"v{turn}")
    async with door.app("seoul") as seoul:
        found = await seoul.accesses(sid, HOLDER.wallet_address)
        timeline = await seoul.timeline(sid, HOLDER.wallet_address)
    assert [entry["what"] for entry in found] == ["viewed"] * 51
    assert [step["what"] for step in timeline["steps"]] == ["received", "viewed"]


async def test_a_holder_reads_which_office_looked_when_and_why_and_never_who(door: Door) -> None:
    sid, gate = await sent(door), door.wiring.gate
    assert (await asked(door, sid)).json() == {"submission_id": sid, "entries": [], "next": None}
    await gate.for_machine([sid])
    await gate.view(sid, official=KIM, purpose="감사 · 내보내기", request_id="v1", part_of="export-1")
    answer = await asked(door, sid)
    assert answer.status_code == 200
    seen, read = answer.json()["entries"]
    assert (seen["what"], seen["by"], seen["office"]["id"]) == ("exported", "person", "sonmok9988")
    assert seen["purpose"] == {"ko": "감사 · 내보내기", "en": "audit · export"}
    assert seen["office"]["name"]["ko"] != "sonmok9988"
    assert (read["what"], read["by"], read["office"]) == ("read", "machine", None)
    assert "kim" not in answer.text
    assert "export-1" not in answer.text


async def test_neither_machine_reading_nor_a_decision_made_unseen_is_ever_called_viewed(door: Door) -> None:
    sid, gate = await sent(door), door.wiring.gate
    await gate.for_machine([sid])
    await gate.read_whole(PROGRAMME, "run-1")
    soon = utc_now() + timedelta(milliseconds=20)
    assert isinstance(await gate.decide(sid, "eligible", official=KIM, request_id="d1", say_at=soon), Accepted)
    whats = [one["what"] for one in (await asked(door, sid)).json()["entries"]]
    assert "decided" not in whats, "it can still be undone"
    while not await gate.close_due():
        pass
    entries = (await asked(door, sid)).json()["entries"]
    assert entries[0]["what"] == "decided"
    assert {one["what"] for one in entries} <= {"decided", "read"}


async def test_pages_are_followed_by_next_and_what_is_no_mark_is_refused(door: Door) -> None:
    sid, gate = await sent(door), door.wiring.gate
    for number in range(5):
        await gate.view(sid, official=KIM, purpose=f"심사 {number}", request_id=f"v{number}")
    purposes, query = [], "?limit=2"
    while query:
        answer = (await asked(door, sid, query)).json()
        purposes += [one["purpose"]["ko"] for one in answer["entries"]]
        query = answer["next"] and answer["next"].partition("accesses")[2]
    assert purposes == [f"심사 {number}" for number in (4, 3, 2, 1, 0)]
    for wrong in ("?before=yesterday", "?limit=0", "?limit=201", "?before=9-1.1"):
        refused = await asked(door, sid, wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "query-invalid")
    far = await asked(door, sid, f"?before={'9' * 15}-{'9' * 8}.{'9' * 10}")
    assert far.status_code == 200


async def test_another_holders_log_is_answered_as_one_that_does_not_exist(door: Door) -> None:
    sid = await sent(door)
    stranger = await asked(door, sid, holder="1SomebodyElseAltogether")
    nobody = await asked(door, "s-" + "a" * 26)
    assert (stranger.status_code, nobody.status_code) == (404, 404)
    assert stranger.json() == nobody.json()
    async with door.plain() as http:
        assert (await http.get(f"/v1/submissions/{sid}/accesses")).status_code == 401


async def test_after_a_take_back_the_holder_still_reads_who_had_read_it(door: Door) -> None:
    sid, gate = await sent(door), door.wiring.gate
    await gate.for_machine([sid])
    async with door.app("toss") as toss:
        await toss.take_back(sid, HOLDER.wallet_address)
    [owed] = await gate.owed.before(utc_now() + timedelta(seconds=1), ["withdrawal-requested-v1"])
    done = await gate.finish("take_back", sid, cause=owed)
    assert isinstance(done, Accepted)
    await door.store.record([done.event])  # type: ignore[list-item]
    await gate.read_whole(PROGRAMME, "run-after")
    assert [(one["what"], one["by"]) for one in (await asked(door, sid)).json()["entries"]] == [("read", "machine")]


async def test_the_status_says_how_the_citizen_hears_that_somebody_looked(door: Door) -> None:
    sid = await sent(door)
    async with door.app("toss") as toss:
        assert (await toss.status(sid, HOLDER.wallet_address))["viewed_notice"] == "pushed"
    wallets = load().wallets
    silent = wallets["seoul"].abilities.model_copy(update={"told_of_viewing": False})
    assert viewed_notice(wallets["seoul"].model_copy(update={"abilities": silent})) == "poll"
    assert (viewed_notice(wallets["kakao"]), viewed_notice(None)) == ("unknown", "unknown")


async def test_the_description_of_the_route_has_an_example_that_holds(door: Door) -> None:
    async with door.plain() as http:
        described = (await http.get("/openapi.json")).json()["paths"]["/v1/submissions/{submission_id}/accesses"]["get"]
    assert {one["name"] for one in described["parameters"]} == {"submission_id", "before", "limit", "Gubi-Holder"}
    assert described["security"] == [{"walletSignature": []}]
    example = described["responses"]["200"]["content"]["application/json"]["example"]
    assert AccessesAnswer.model_validate(example).model_dump(mode="json") == example


def test_a_mark_reads_back() -> None:
    access = Access(what="viewed", at=datetime(2026, 11, 30, 1, 2, 3, 4000, tzinfo=UTC), place="00000012.0000000034")
    assert mark_of(mark_text(access)) == access.mark
    assert mark_of("") is None


async def test_an_official_sees_who_looked_when_and_why_and_their_own_look_at_once(office: Office) -> None:
    sid = await office.submission("eligible")
    await office.wiring.gate.for_machine([sid])
    first, second = await office.official(0), await office.official(1)
    before = await first.get(f"/submissions/{sid}")
    assert "기계가 읽음" in before.text
    assert "sample-0" not in rows(before)
    page = await take_a_look(first, sid, "민원 응대")
    assert "sample-0" in rows(page)
    assert "민원 응대" in rows(page)
    assert "sample-0" in rows(await second.get(f"/submissions/{sid}"))
    [look] = [one for one in await log_of(office, sid) if one.what == "viewed"]
    assert look.address == "127.0.0.1"
    await second.get(f"/submissions/{sid}")
    assert [one.what for one in await log_of(office, sid)].count("viewed") == 1, "asking is not looking"


async def test_many_confirmed_unseen_are_logged_as_decided_with_who_and_from_where(office: Office) -> None:
    sids = [await office.submission("eligible") for _ in range(3)]
    official = await office.official()
    page = await official.get(f"/queue?programme={PROGRAMME}&class=eligible")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME, "class": "eligible"}
    draft = await official.post("/batches", data={**form, "all": "1"})
    done = await official.post(f"{draft.url.path}/confirm", data={"csrf": hidden(draft, "csrf")})
    assert done.status_code == 200
    for sid in sids:
        [access] = await log_of(office, sid)
        assert (access.what, access.official, access.address) == ("decided", "sample-0", "127.0.0.1")


async def test_the_history_of_what_was_taken_back_is_still_shown_to_officials(office: Office) -> None:
    sid = await office.submission("eligible")
    await office.wiring.gate.for_machine([sid])
    await office.fold(await take_back(office, sid))
    page = await (await office.official()).get(f"/submissions/{sid}")
    assert "기계가 읽음" in rows(page)
    assert "김가상" not in page.text


def rows(page: httpx.Response) -> str:
    return page.text.partition('id="accesses"')[2].partition("</section>")[0]


async def log_of(office: Office, sid: str) -> list[Any]:
    case = await office.wiring.gate.case(sid)
    assert case is not None
    return await office.wiring.gate.accesses(case, limit=50)
