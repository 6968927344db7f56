"""Two districts of one programme at the desk: what came to the one is never seen, counted or decided at the other."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.dashboard.people import Person
from services.dashboard.roles import Grant, Role
from shared.clock import utc_now
from shared.gate import name_tokens
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import Office, a_working_desk, hidden, state, take_a_look
from tests.builders.runs import fold_shuffled, row, told

pytestmark = pytest.mark.connected

PROGRAMME = "ASSET_2023"
CITY, GANGNAM, GANGBUK, SEONGBUK = "asset_building", "gangnam_asset", "gangbuk_asset", "seongbuk_asset"
NOT_ALLOWED = "할 수 없는 일입니다"
WHOLE = "사업 전체에 대한 것이라"
WORKS: tuple[Role, ...] = ("handler", "approver", "administrator")


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def official(
    office: Office, own: str, *roles: Role, offices: Sequence[str] | None = (), name: str = ""
) -> httpx.AsyncClient:
    """Somebody of an office, signed in, with these roles there, or at `offices`; None: everywhere."""
    browser = office.browser()
    where = None if offices is None else tuple(offices) or (own,)
    grants = tuple(Grant(role, offices=where) for role in roles or WORKS)
    person = Person(name or f"of-{own}", "정예시 (예시)", own)
    browser.cookies.set("gubi", await office.desk.stores.sessions.start(person, grants, utc_now()))
    return browser


async def sent(office: Office, where: str, outcome: str | None = "eligible", **changes: Any) -> str:
    receipt = changes.pop("receipt", f"R-{where}")
    return await office.submission(outcome, programme_id=PROGRAMME, office=where, receipt=receipt, **changes)


async def act(browser: httpx.AsyncClient, path: str, **fields: Any) -> httpx.Response:
    csrf = hidden(await browser.get("/queue"), "csrf")
    return await browser.post(path, data={"csrf": csrf, "token": "t", "programme": PROGRAMME, **fields})


def chooser(page: httpx.Response) -> str:
    """The offices to choose from."""
    return page.text.partition('name="office" data-submits')[2].partition("</select>")[0]


def lines(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


# --- Lists and counts.


async def test_a_district_lists_and_counts_its_own_alone_and_the_counts_sum(office: Office) -> None:
    for where, outcome in ((GANGNAM, "eligible"), (GANGNAM, "review"), (GANGBUK, "eligible"), (CITY, "ineligible")):
        await sent(office, where, outcome, receipt=f"R-{where}-{outcome}")
    gangnam = await official(office, GANGNAM)
    page = await gangnam.get(f"/queue?programme={PROGRAMME}")
    assert "R-gangnam_asset-eligible" in page.text
    assert "R-gangnam_asset-review" in page.text
    assert 'data-count="received">2<' in page.text
    assert chooser(page).count("<option") == 1
    assert [foreign for foreign in (GANGBUK, CITY) if foreign in page.text] == []
    counts = (await gangnam.get(f"/api/overview?programme={PROGRAMME}")).json()
    assert (counts["received"], sum(counts["classes"].values()), counts["unaccounted"]) == (2, 2, 0)
    assert (counts["classes"]["eligible"], counts["classes"]["ineligible"]) == (1, 0)
    figures = await gangnam.get(f"/overview?programme={PROGRAMME}")
    assert "합, 받은 제출과 같음" in figures.text
    assert "제출 1,000건당" not in figures.text, "what officials did is counted for a programme as a whole"
    found = await office.desk.figuring.overview(
        PROGRAMME, (await office.desk.counting.tally(PROGRAMME)).at(GANGNAM), GANGNAM
    )
    assert sum(day.received for day in found.days) == 2


async def test_whoever_may_see_every_office_sees_all_and_narrows_to_one_with_its_counts(office: Office) -> None:
    for where in (GANGNAM, GANGBUK):
        await sent(office, where)
    city = await official(office, CITY, offices=None)
    page = await city.get(f"/queue?programme={PROGRAMME}")
    assert all(f"R-{where}" in page.text for where in (GANGNAM, GANGBUK))
    assert 'data-count="received">2<' in page.text
    assert ">모두</option>" in chooser(page)
    narrowed = await city.get(f"/queue?programme={PROGRAMME}&office={GANGBUK}")
    assert f"R-{GANGNAM}" not in narrowed.text
    assert 'data-count="received">1<' in narrowed.text
    assert f"live?programme={PROGRAMME}&amp;office={GANGBUK}" in narrowed.text
    everyone = await official(office, CITY, offices=(CITY, GANGNAM, GANGBUK, SEONGBUK), name="by-name")
    assert (await everyone.get(f"/api/overview?programme={PROGRAMME}")).json()["received"] == 2


async def test_whoever_works_for_two_of_the_districts_works_on_one_at_a_time(office: Office) -> None:
    for where in (GANGNAM, GANGBUK, SEONGBUK):
        await sent(office, where)
    both = await official(office, GANGBUK, offices=(GANGNAM, GANGBUK))
    page = await both.get(f"/queue?programme={PROGRAMME}")
    assert [one in chooser(page) for one in (GANGBUK, GANGNAM, SEONGBUK, "모두")] == [True, True, False, False]
    assert f"R-{GANGBUK}" in page.text
    assert f"R-{GANGNAM}" not in page.text, "their own office's comes first"
    other = await both.get(f"/queue?programme={PROGRAMME}&office={GANGNAM}")
    assert f"R-{GANGNAM}" in other.text
    assert f"R-{GANGBUK}" not in other.text


GETS = (
    "/queue", "/queue?class=eligible", "/queue?only=mine", "/api/overview", "/api/overview/live", "/overview",
    "/queue/export.csv", "/queue/export.xlsx", "/reveal", "/failures", "/imports", "/runs",
)  # fmt: skip


async def test_an_address_with_another_office_is_refused_and_not_changed_to_ones_own(office: Office) -> None:
    await sent(office, GANGBUK)
    gangnam = await official(office, GANGNAM, *WORKS, "reader")
    for path in GETS:
        for other in (GANGBUK, CITY, "nowhere"):
            address = f"{path}{'&' if '?' in path else '?'}programme={PROGRAMME}&office={other}"
            answer = await gangnam.get(address)
            assert (answer.status_code, NOT_ALLOWED in answer.text) == (403, True), address
    for path in ("/searches", "/searches/drop", "/queue/seen"):
        answer = await act(gangnam, path, query=f"programme={PROGRAMME}&office={GANGBUK}", name="x", search_id="x")
        assert answer.status_code == 403, path
    for path in ("/queue/find", "/batches", "/failures/replay", "/failures/dismiss"):
        answer = await act(gangnam, path, office=GANGBUK, wanted="x", **{"class": "eligible", "all": "1"})
        assert answer.status_code == 403, path
    assert (await act(gangnam, "/reveal", office=GANGBUK, purpose="심사", count="9")).status_code == 403
    assert await office.desk.stores.searches.of(f"of-{GANGNAM}") == []


async def test_the_counts_that_follow_an_open_page_are_the_offices(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dashboard.live.TURN_SECONDS", 0.02)
    monkeypatch.setattr("services.dashboard.live.LONGEST_SECONDS", 0.1)
    for where in (GANGNAM, GANGBUK, GANGBUK):
        await sent(office, where)
    gangnam = await official(office, GANGNAM)
    stream = await gangnam.get(f"/api/overview/live?programme={PROGRAMME}")
    heard = [json.loads(line.removeprefix("data: ")) for line in stream.text.splitlines() if line.startswith("data: ")]
    assert {one["received"] for one in heard} == {1}


# --- Finding.


async def test_neither_a_receipt_number_nor_a_name_finds_what_was_sent_to_another_district(office: Office) -> None:
    finds = name_tokens(office.wiring.keyring.token, PROGRAMME, "김가상")
    names = {where: await sent(office, where, finds=finds) for where in (GANGNAM, GANGBUK)}
    gangnam = await official(office, GANGNAM)
    assert (
        f"R-{GANGBUK}" not in (await act(gangnam, "/queue/find", wanted=f"R-{GANGBUK}")).text.partition("data-rows")[2]
    )
    found = await act(gangnam, "/queue/find", wanted="김가상")
    assert f"R-{GANGNAM}" in found.text
    assert f"R-{GANGBUK}" not in found.text
    logged = {}
    for where, sid in names.items():
        case = await office.wiring.gate.case(sid)
        assert case is not None
        logged[where] = [one.what for one in await office.wiring.gate.accesses(case, limit=9)]
    assert logged == {GANGNAM: ["found"], GANGBUK: []}, "nor is it logged as found"


async def test_more_of_the_same_name_at_another_district_hide_none_of_ones_own(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dashboard.pages.finding.SIZE", 1)
    finds = name_tokens(office.wiring.keyring.token, PROGRAMME, "김가상")
    for number in range(4):
        await sent(office, GANGBUK, finds=finds, receipt=f"R-b{number}")
    await sent(office, GANGNAM, finds=finds)
    page = await act(await official(office, GANGNAM), "/queue/find", wanted="김가상")
    assert f"R-{GANGNAM}" in page.text
    assert "맞는 제출이 더 있습니다" not in page.text


# --- Tables.


async def test_tables_hold_what_came_to_the_office_and_values_of_nothing_else_are_opened(office: Office) -> None:
    names = {where: await sent(office, where) for where in (GANGNAM, GANGBUK)}
    gangnam = await official(office, GANGNAM)
    exported = lines(await gangnam.get(f"/queue/export.csv?programme={PROGRAMME}"))
    assert [line["접수번호"] for line in exported] == [f"R-{GANGNAM}"]
    assert "강남구" in exported[0]["담당"]
    asked = await gangnam.get(f"/reveal?programme={PROGRAMME}")
    assert "1건을 열람할까요?" in asked.text
    fields = {"purpose": "심사", "count": "9", "office": hidden(asked, "office"), "class": "eligible"}
    values = lines(await act(gangnam, "/reveal", **fields))
    assert [line["접수번호"] for line in values] == [f"R-{GANGNAM}"]
    assert [await state(office, names[where]) for where in (GANGNAM, GANGBUK)] == ["viewed", "held"]


# --- Decisions on many.


async def draft(browser: httpx.AsyncClient, where: str, **fields: Any) -> httpx.Response:
    return await act(browser, "/batches", office=where, **{"class": "eligible", **fields})


async def test_a_whole_class_of_a_district_is_its_own_and_only_its_own_approver_decides_it(office: Office) -> None:
    names = {where: await sent(office, where) for where in (GANGNAM, GANGBUK, CITY)}
    one = await official(office, GANGNAM)
    preview = await draft(one, GANGNAM, all="1")
    assert "1건을 적격으로 확정할까요?" in preview.text
    assert "강남구" in preview.text
    csrf = hidden(preview, "csrf")
    assert "승인 대기" in (await one.post(f"{preview.url}/confirm", data={"csrf": csrf})).text
    batch_id = preview.url.path.rpartition("/")[2]
    for own, offices in ((GANGBUK, (GANGBUK,)), (CITY, (CITY,)), (CITY, (CITY, GANGBUK, SEONGBUK))):
        stranger = await official(office, own, offices=offices, name="stranger")
        assert batch_id not in (await stranger.get(f"/runs?programme={PROGRAMME}")).text
        for way in ("", "/export.csv"):
            assert (await stranger.get(f"/batches/{batch_id}{way}")).status_code == 403
        for way in ("approve", "decline", "undo"):
            assert (await act(stranger, f"/batches/{batch_id}/{way}")).status_code in (403, 404)
    second = await official(office, GANGNAM, name="second")
    assert batch_id in (await second.get(f"/runs?programme={PROGRAMME}")).text
    await act(second, f"/batches/{batch_id}/approve")
    states = [await state(office, names[where]) for where in (GANGNAM, GANGBUK, CITY)]
    assert states == ["decided", "held", "held"]
    undone = await act(one, f"/batches/{batch_id}/undo")
    assert undone.status_code == 200
    assert await state(office, names[GANGNAM]) == "held"


async def test_a_form_made_by_hand_with_what_is_another_districts_is_refused_whole(office: Office) -> None:
    names = {where: await sent(office, where) for where in (GANGNAM, GANGBUK)}
    gangnam = await official(office, GANGNAM)
    for where in (GANGNAM, ""):
        answer = await draft(gangnam, where, pick=list(names.values()))
        assert (answer.status_code, NOT_ALLOWED in answer.text) == (403, True)
    assert await office.wiring.database("dashboard").get_collection("batches").count_documents({}) == 0


async def test_of_two_districts_of_ones_own_a_draft_holds_the_one_that_is_worked_on(office: Office) -> None:
    names = {where: await sent(office, where) for where in (GANGNAM, GANGBUK)}
    both = await official(office, GANGBUK, offices=(GANGNAM, GANGBUK))
    preview = await draft(both, GANGNAM, pick=list(names.values()))
    assert "1건을 적격으로 확정할까요?" in preview.text
    batch = await office.desk.stores.batches.find(preview.url.path.rpartition("/")[2])
    assert batch is not None
    assert batch.office == GANGNAM


async def test_whoever_is_of_the_office_no_more_cannot_confirm_what_they_drafted_there(office: Office) -> None:
    sid = await sent(office, GANGNAM)
    one = await official(office, GANGNAM, name="moved")
    preview = await draft(one, GANGNAM, all="1")
    moved = await official(office, GANGBUK, name="moved")
    answer = await act(moved, f"{preview.url.path}/confirm")
    assert (answer.status_code, NOT_ALLOWED in answer.text) == (403, True)
    assert (await act(await official(office, GANGNAM, name="moved"), f"{preview.url.path}/confirm")).status_code == 200
    assert await state(office, sid) == "held", "it waits for a second official"


async def test_a_draft_over_all_offices_is_for_whoever_may_decide_for_every_one(office: Office) -> None:
    names = [await sent(office, where) for where in (GANGNAM, GANGBUK)]
    city = await official(office, CITY, offices=None, name="first")
    preview = await draft(city, "", all="1")
    assert "2건을 적격으로 확정할까요?" in preview.text
    await act(city, f"{preview.url.path}/confirm")
    three = await official(office, CITY, offices=(CITY, GANGNAM, GANGBUK), name="three")
    assert (await act(three, f"{preview.url.path}/approve")).status_code == 403
    assert [await state(office, sid) for sid in names] == ["held", "held"]
    four = await official(office, CITY, offices=(CITY, GANGNAM, GANGBUK, SEONGBUK), name="four")
    await act(four, f"{preview.url.path}/approve")
    assert [await state(office, sid) for sid in names] == ["decided", "decided"]


async def test_a_file_decides_nothing_of_another_district(office: Office) -> None:
    for where in (GANGNAM, GANGBUK):
        await sent(office, where)
    both = await official(office, GANGNAM, offices=(GANGNAM, GANGBUK), name="both")
    for browser in (await official(office, GANGNAM), both):
        page = await browser.get(f"/imports?programme={PROGRAMME}")
        form = {name: hidden(page, name) for name in ("csrf", "token", "office", "programme")}
        table = f"접수번호,결정\nR-{GANGNAM},적격\nR-{GANGBUK},적격\n".encode()
        preview = await browser.post("/imports", data=form, files={"file": ("결정.csv", table, "text/csv")})
        assert "1건을 확정할까요?" in preview.text
        assert "다른 부서가 담당하는" in preview.text


# --- One submission.


async def test_one_submission_is_opened_claimed_decided_and_undone_at_its_own_district_alone(office: Office) -> None:
    sid = await sent(office, GANGNAM)
    gangbuk, gangnam = await official(office, GANGBUK), await official(office, GANGNAM)
    assert (await gangbuk.get(f"/submissions/{sid}")).status_code == 403
    assert (await act(gangbuk, "/claims", submission_id=sid)).status_code == 403
    assert (await act(gangbuk, f"/submissions/{sid}/looks", purpose="심사")).status_code == 403
    assert await state(office, sid) == "held"
    shown = await take_a_look(gangnam, sid)
    assert "보완 요청" in shown.text
    form = {
        "decision": "eligible",
        "look_id": shown.url.path.rpartition("/")[2],
        "screening": hidden(shown, "screening"),
    }
    assert (await act(gangbuk, f"/submissions/{sid}/decision", **form)).status_code == 403
    decided = await act(gangnam, f"/submissions/{sid}/decision", **form)
    assert decided.status_code == 200
    assert await state(office, sid) == "decided"
    [batch] = [one async for one in office.wiring.database("dashboard").get_collection("batches").find({})]
    assert batch["office"] == GANGNAM
    undone = await act(gangnam, f"/batches/{batch['_id']}/undo", submission_id=sid)
    assert undone.status_code == 200
    assert await state(office, sid) == "viewed"


# --- What failed.


async def test_what_failed_is_seen_to_by_the_district_it_was_sent_to(office: Office) -> None:
    names = {where: await sent(office, where, None, unreadable="encrypted") for where in (GANGNAM, GANGBUK)}
    long_ago = utc_now() - timedelta(hours=9)
    for where in (GANGNAM, GANGBUK):
        await sent(office, where, None, receipt=f"R-{where}-stuck", received_at=long_ago)
    gangnam, gangbuk = await official(office, GANGNAM), await official(office, GANGBUK)
    page = await gangnam.get(f"/failures?programme={PROGRAMME}")
    assert [f"R-{where}" in page.text for where in (GANGNAM, GANGBUK)] == [True, False]
    assert f"R-{GANGNAM}-stuck" in page.text
    theirs = await gangbuk.get(f"/failures?programme={PROGRAMME}")
    pick = theirs.text.partition('name="pick" value="unreadable')[2].partition('"')[0]
    await act(gangnam, "/failures/dismiss", pick=f"unreadable{pick}", reason="told")
    assert await office.desk.stores.failures.of(names.values()) == []
    await act(gangbuk, "/failures/dismiss", pick=f"unreadable{pick}", reason="told")
    assert [one.submission_id for one in await office.desk.stores.failures.of(names.values())] == [names[GANGBUK]]
    assert f"R-{GANGBUK}" in (await gangbuk.get(f"/failures?programme={PROGRAMME}")).text
    assert f"R-{GANGBUK}" not in (await gangnam.get(f"/failures?programme={PROGRAMME}")).text, "nor what was done"


# --- The programme as a whole.


async def test_what_is_about_the_whole_programme_is_refused_to_a_district_with_whose_work_it_is(office: Office) -> None:
    sid = await sent(office, GANGNAM)
    await fold_shuffled(office, told([row(sid, "selected", 1)], programme_id=PROGRAMME))
    question_id = office.wiring.questions.id_of("workplace|한빛")
    text = {"topic": "workplace_in_seoul", "name": "주식회사 한빛가상", "number": None}
    await office.desk.folding.questions(await office.wiring.questions.raise_new(PROGRAMME, {question_id: text}))
    gangnam = await official(office, GANGNAM)
    for path in (
        "/questions",
        f"/questions?programme={PROGRAMME}",
        "/runs/run-1",
        "/runs/run-1/diff",
        "/runs/run-1/export.csv",
    ):
        answer = await gangnam.get(path)
        assert (answer.status_code, WHOLE in answer.text) == (403, True), path
        assert "서울특별시 · 자산형성 지원 담당" in answer.text
    answered = await act(gangnam, f"/questions/{question_id}/answer", value="yes", source="x", revision="0")
    assert (answered.status_code, WHOLE in answered.text) == (403, True)
    asked = await act(gangnam, "/runs", as_of="2023-05-02")
    assert (asked.status_code, WHOLE in asked.text) == (403, True)
    assert (await gangnam.get(f"/programmes/{PROGRAMME}")).status_code == 403
    page = await gangnam.get(f"/runs?programme={PROGRAMME}")
    assert "사업 전체를 선별하는 일은 서울특별시 · 자산형성 지원 담당" in page.text
    assert "run-1" not in page.text
    assert 'href="/questions"' not in page.text
    assert 'href="/programmes"' not in page.text
    assert 'href="/failures"' in page.text


async def test_the_responsible_office_runs_and_answers_and_opens_nothing_that_came_to_a_district(
    office: Office,
) -> None:
    sid = await sent(office, GANGNAM)
    await fold_shuffled(office, told([row(sid, "selected", 1)], programme_id=PROGRAMME))
    city = await official(office, CITY)
    for path in (f"/questions?programme={PROGRAMME}", f"/runs?programme={PROGRAMME}", "/runs/run-1", "/programmes"):
        page = await city.get(path)
        assert page.status_code == 200, path
        assert 'href="/questions"' in page.text
    shown = await city.get("/runs/run-1")
    assert f"/submissions/{sid}" not in shown.text
    assert "/reveal" not in shown.text
    assert 'action="/runs/run-1/batches"' not in shown.text
    assert (await city.get("/reveal?run=run-1")).status_code == 403
    assert (await act(city, "/reveal", run="run-1", purpose="심사", count="9")).status_code == 403
    assert (await act(city, "/runs/run-1/batches", group="selected")).status_code == 403
    assert await state(office, sid) == "held"
    everywhere = await official(office, CITY, offices=None, name="everywhere")
    assert 'action="/runs/run-1/batches"' in (await everywhere.get("/runs/run-1")).text


async def test_a_reader_everywhere_who_handles_one_district_sees_all_and_opens_its_own(office: Office) -> None:
    names = {where: await sent(office, where) for where in (GANGNAM, GANGBUK)}
    browser = office.browser()
    grants = (Grant("reader"), Grant("handler", offices=(GANGNAM,)))
    person = Person("mixed", "정예시 (예시)", GANGNAM)
    browser.cookies.set("gubi", await office.desk.stores.sessions.start(person, grants, utc_now()))
    page = await browser.get(f"/queue?programme={PROGRAMME}&class=eligible")
    assert all(f"R-{where}" in page.text for where in names)
    assert [f"/submissions/{names[where]}" in page.text for where in (GANGNAM, GANGBUK)] == [True, False]
    assert 'action="/batches"' not in page.text, "drafting is theirs at one office, which they choose first"
    narrowed = await browser.get(f"/queue?programme={PROGRAMME}&class=eligible&office={GANGNAM}")
    assert 'action="/batches"' in narrowed.text
