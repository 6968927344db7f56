"""Selection runs at the desk, on a real store: asked for, folded, drafted from, approved by two, and compared."""

import csv
import hashlib
import hmac
import io
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from types import MappingProxyType
from typing import get_args

import httpx
import pytest

from services.dashboard.batch import Batch
from services.dashboard.pages import words
from services.dashboard.people import Person
from services.dashboard.roles import Grant
from services.dashboard.rules import screening_key
from services.eligibility.selection.ranking import Candidate, Draw, rank
from shared.clock import utc_now
from shared.erasures import Ending
from shared.events import SelectionAnnounced, SelectionRequested, SubmissionDecided, SubmissionViewed
from shared.gate.ending import ENDED_AS
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import AS_OF, PROGRAMME, Office, a_working_desk, ended_by, hidden, owed, state, take_back
from tests.builders.runs import fold_shuffled, groups, row, selecting, told

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def said(office: Office) -> list[SelectionRequested]:
    found = await office.desk.stores.runs.owed.before(utc_now() + timedelta(1), [SelectionRequested.topic])
    return [event for event in found if isinstance(event, SelectionRequested)]


async def ask(official: httpx.AsyncClient, **fields: str) -> httpx.Response:
    page = await official.get(f"/runs?programme={PROGRAMME}")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME, **fields}
    return await official.post("/runs", data=form)


async def a_run(office: Office, counts: dict[str, int], run_id: str = "run-1") -> dict[str, list[str]]:
    """A run over real submissions, folded; the submissions by group."""
    of: dict[str, list[str]] = {}
    rows = []
    for group, count in counts.items():
        outcome = group if group in ("ineligible", "review") else "eligible"
        for number in range(count):
            sid = await office.submission(outcome, receipt=f"R-{group}-{number}")
            of.setdefault(group, []).append(sid)
            rows.append(row(sid, group, number + 1 if group == "selected" else None))
    await fold_shuffled(office, told(rows, run_id))
    return of


async def draft(official: httpx.AsyncClient, run_id: str = "run-1", **fields: object) -> httpx.Response:
    page = await official.get(f"/runs/{run_id}")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "group": ["selected", "ineligible"], **fields}
    return await official.post(f"/runs/{run_id}/batches", data=form)


async def press(official: httpx.AsyncClient, page: httpx.Response, step: str) -> httpx.Response:
    return await official.post(f"{page.url}/{step}", data={"csrf": hidden(page, "csrf")})


async def test_a_run_is_asked_for_once_at_the_newest_version_and_the_day_of_the_notice(office: Office) -> None:
    official = await office.official()
    page = await official.get(f"/runs?programme={PROGRAMME}")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME, "as_of": "2030-01-01"}
    first = await official.post("/runs", data=form)
    assert "선별하는 중" in first.text
    assert (await official.post("/runs", data=form)).url == first.url
    [event] = await said(office)
    programme = office.desk.catalog.programmes[PROGRAMME]
    assert (event.programme_id, event.rule_version, event.seed) == (PROGRAMME, programme.version, None)
    assert event.as_of == (programme.as_of.day or date(2030, 1, 1))
    assert event.run_id in str(first.url)


async def test_what_a_draft_of_the_rules_would_do_is_seen_beside_a_run_and_decides_nothing(office: Office) -> None:
    catalog = office.desk.catalog
    second = catalog.programmes[PROGRAMME].model_copy(update={"version": 2, "draft": True})
    catalog.versions = MappingProxyType({**catalog.versions, (PROGRAMME, 2): second})
    official = await office.official()
    assert "2판 (초안)" in (await official.get(f"/runs?programme={PROGRAMME}")).text
    assert (await ask(official, as_of="2022-12-12", rule_version="3")).status_code == 403
    asked = await ask(official, as_of="2022-12-12", rule_version="2")
    run_id = asked.url.path.rpartition("/")[2]
    [event] = await said(office)
    assert (event.run_id, event.rule_version) == (run_id, 2)
    one, two = [await office.submission("eligible", receipt=f"R-{number}") for number in range(2)]
    await fold_shuffled(office, told([row(one, "selected", 1), row(two, "selected", 2)]))
    tried = told([row(one, "selected", 1), row(two, "ineligible")], run_id, rule_version=2)
    await fold_shuffled(office, tried)
    differs = await official.get(f"/runs/run-1/diff?other={run_id}")
    assert "2판" in differs.text
    assert "R-1" in differs.text
    assert "R-0" not in differs.text
    assert "결정하지 않습니다" in (await official.get(f"/runs/{run_id}")).text
    of_one = await official.get("/runs/run-1")
    form = {"csrf": hidden(of_one, "csrf"), "token": hidden(of_one, "token"), "group": ["selected"]}
    assert (await official.post(f"/runs/{run_id}/batches", data=form)).status_code == 403
    assert (await official.post("/runs/run-1/batches", data=form)).status_code == 200


async def test_where_the_notice_names_the_day_of_its_announcement_no_form_names_another(office: Office) -> None:
    house = office.desk.catalog.programmes["DISHOUSE_2023"]
    official = office.browser()
    kim = Person("kim", "김예시 (예시)", house.office)
    official.cookies.set("gubi", await office.desk.stores.sessions.start(kim, (Grant("handler"),), utc_now()))
    page = await official.get(f"/runs?programme={house.id}")
    assert 'name="as_of"' not in page.text
    assert "2023-06-01 (공고일)" in page.text
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": house.id, "as_of": "2030-01-01"}
    await official.post("/runs", data=form | {"announced": "토요일의 번호"})
    [run] = await office.desk.stores.runs.latest(house.id, 10)
    assert run.as_of == house.announced_on == date(2023, 6, 1)


async def test_a_lotterys_seed_is_committed_to_before_anybody_sees_it(office: Office) -> None:
    selecting(office, "lottery", quota=2)
    official = await office.official()
    committed = await ask(official, as_of="2022-12-12", announced="다음 주 토요일의 번호")
    run_id = committed.url.path.rpartition("/")[2]
    run = await office.desk.stores.runs.find(run_id)
    assert run is not None
    assert run.seed is None
    assert run.commitment in committed.text
    assert await said(office) == []
    [promised] = await office.desk.stores.runs.owed.before(utc_now() + timedelta(1), [SelectionAnnounced.topic])
    assert isinstance(promised, SelectionAnnounced)
    assert (promised.run_id, promised.commitment, promised.announced) == (
        run_id,
        run.commitment,
        "다음 주 토요일의 번호",
    )
    form = {"csrf": hidden(committed, "csrf"), "public_value": ""}
    assert (await official.post(f"/runs/{run_id}/request", data=form)).status_code == 403
    shown = await official.post(f"/runs/{run_id}/request", data={**form, "public_value": "1 2 3 4 5 6"})
    await official.post(f"/runs/{run_id}/request", data={**form, "public_value": "6 5 4 3 2 1"})
    [event] = await said(office)
    assert event.seed is not None
    assert event.public_value == "1 2 3 4 5 6"
    assert hashlib.sha256(bytes.fromhex(event.seed)).hexdigest() == run.commitment
    assert event.seed in shown.text


async def test_no_lottery_is_committed_to_without_a_value_that_nobody_can_choose(office: Office) -> None:
    selecting(office, "lottery", quota=2)
    official = await office.official()
    assert (await ask(official, as_of="2022-12-12", announced="")).status_code == 403
    assert await office.desk.stores.runs.latest(PROGRAMME, 10) == []


async def test_anybody_can_draw_a_lottery_again_from_its_table_its_seed_and_its_public_value(office: Office) -> None:
    selecting(office, "lottery", quota=4)
    official = await office.official()
    committed = await ask(official, as_of="2022-12-12", announced="다음 주 토요일의 번호")
    run_id = committed.url.path.rpartition("/")[2]
    form = {"csrf": hidden(committed, "csrf"), "public_value": "1 2 3 4 5 6"}
    await official.post(f"/runs/{run_id}/request", data=form)
    [event] = await said(office)
    names = [await office.submission("eligible", receipt=f"R-{number}") for number in range(9)]
    draw = Draw(bytes.fromhex(event.seed or ""), event.public_value)
    selection = office.desk.catalog.programmes[PROGRAMME].selection
    assert selection is not None
    places = rank([Candidate(name, 0, name, "", None, None) for name in names], selection, draw)
    rows = [row(name, places[name].standing, places[name].place) for name in names]
    await fold_shuffled(office, told(rows, run_id))

    answer = await official.get(f"/runs/{run_id}/export.csv")
    table = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    key = bytes.fromhex(event.seed or "") + b"1 2 3 4 5 6"  # and from here on as the lottery's own description has it
    lots = {line["제출번호"]: hmac.digest(key, line["제출번호"].encode(), "sha256") for line in table}
    placed = sorted((line for line in table if line["선정 순위"]), key=lambda line: int(line["선정 순위"]))
    assert [line["제출번호"] for line in placed] == sorted(lots, key=lambda name: lots[name])
    assert [line["선정 구분"] for line in placed] == ["선정"] * 4 + ["대기"] * 5


async def test_rows_and_end_in_any_order_and_twice_make_one_draft_that_sums(office: Office) -> None:
    names = ("selected", "selected", "waiting", "duplicate", "ineligible", "review", "in_flight", "unreadable")
    rows = [row(f"s-{number}", name, number if name == "selected" else None) for number, name in enumerate(names, 1)]
    for seed in range(4):
        await fold_shuffled(office, told(rows, f"run-{seed}", size=3), seed)
        stored = await office.desk.stores.portions.stored(f"run-{seed}")
        assert stored.groups == groups(rows)
        assert [one async for some in office.desk.stores.portions.each(f"run-{seed}") for one in some] == rows
    official = await office.official()
    page = await official.get("/runs/run-1")
    assert "합이 받은 제출과 같습니다" in page.text
    assert "건수가 맞지 않습니다" not in page.text


async def test_a_run_whose_rows_are_not_all_here_is_no_draft_and_one_that_does_not_sum_decides_nothing(
    office: Office,
) -> None:
    rows = [row(f"s-{number}", "ineligible") for number in range(4)]
    *portions, done = told(rows)
    await fold_shuffled(office, [portions[1], done])
    official = await office.official()
    assert "결과를 받는 중" in (await official.get("/runs/run-1")).text
    await office.desk.folding.selection(portions)
    assert "이 초안으로 결정" in (await official.get("/runs/run-1")).text
    *portions, done = told(
        rows, "run-2", classes={"ineligible": 3, "eligible": 1}, standings={"none": 3, "selected": 1}
    )
    await fold_shuffled(office, [*portions, done])
    page = await official.get("/runs/run-2")
    assert "건수가 맞지 않습니다" in page.text
    assert "이 초안으로 결정" not in page.text
    assert (await draft_raw(official, "run-2")).status_code == 403


@pytest.mark.parametrize("end", get_args(Ending))
async def test_what_is_taken_back_withdrawn_or_expired_leaves_every_run_and_draft_whichever_comes_first(
    office: Office, end: Ending
) -> None:
    end_as, why = ENDED_AS[end], words.of(words.REFUSED, ENDED_AS[end])
    of = await a_run(office, {"selected": 2, "ineligible": 1})
    official = await office.official()
    preview = await draft(official)
    batch_id = preview.url.path.rpartition("/")[2]
    first, late = of["selected"]
    await office.fold(await ended_by(office, first, end))
    await office.fold(await ended_by(office, late, end))
    await fold_shuffled(office, told([row(late, "selected", 1)], "run-2"))
    for run_id in ("run-1", "run-2"):
        rows = {one.submission_id: one async for some in office.desk.stores.portions.each(run_id) for one in some}
        assert (rows[late].outcome, rows[late].standing, rows[late].place) == (end_as, "none", None)
        assert rows[late].revision == rows[late].edition == 0
    drafted = [one async for some in office.desk.stores.rows.each(batch_id) for one in some]
    assert {(one.submission_id, one.decision, one.ending) for one in drafted} == {
        (first, None, "dropped"), (late, None, "dropped"), (of["ineligible"][0], "ineligible", None),
    }  # fmt: skip
    page = await official.get(preview.url)
    assert "1건을 확정할까요?" in page.text
    assert page.text.count(why) >= 2
    after = await draft(official)
    assert after.url != preview.url
    assert "1건을 확정할까요?" in after.text, "a draft made since leaves them out, and says so"
    assert after.text.count(why) >= 1


async def test_what_ended_after_it_was_confirmed_is_not_decided_and_says_why(office: Office) -> None:
    of = await a_run(office, {"selected": 3})
    official = await office.official()
    preview = await draft(official)
    for sid, end in zip(of["selected"], get_args(Ending), strict=True):
        await ended_by(office, sid, end)  # the desk has not heard of it yet
    done = await press(official, preview, "confirm")
    for sid, end in zip(of["selected"], get_args(Ending), strict=True):
        assert await state(office, sid) == ENDED_AS[end]
        assert words.of(words.REFUSED, ENDED_AS[end]) in done.text


async def test_a_draft_shows_what_fell_out_and_why_and_decides_the_rest_without_a_look(office: Office) -> None:
    of = await a_run(office, {"selected": 3, "ineligible": 2, "review": 2, "waiting": 1})
    await office.fold(office.screened(of["selected"][0], "review", edition=4))
    await office.fold(await take_back(office, of["ineligible"][0]))
    await office.wiring.gate.decide(
        of["selected"][1], "eligible", official=(await person(office)).official, request_id="x", say_at=utc_now()
    )
    await office.desk.done(*await office.wiring.gate.close_due())
    official = await office.official()
    preview = await draft(official)
    assert "2건을 확정할까요?" in preview.text
    for word in (
        "그사이 다시 선별되었습니다",
        "신청인이 먼저 회수했습니다",
        "이미 결정되었습니다",
        "남겨 둠 · 확인필요",
    ):
        assert word in preview.text
    assert re.search(r"<tfoot>.*?<strong>8</strong>", preview.text)
    assert await state(office, of["selected"][2]) == "held"
    done = await press(official, preview, "confirm")
    assert [await state(office, of[group][number]) for group, number in (("selected", 2), ("ineligible", 1))] == [
        "decided", "decided",
    ]  # fmt: skip
    assert [await state(office, sid) for sid in (*of["review"], *of["waiting"], of["selected"][0])] == ["held"] * 4
    assert await owed(office, SubmissionViewed) == []
    assert "남겨 둠 · 대기" in done.text
    undone = await press(official, done, "undo")
    assert "취소됨" in undone.text
    assert await state(office, of["selected"][2]) == "held"


async def person(office: Office):  # type: ignore[no-untyped-def]
    from services.dashboard.pages.signin import fictional

    return fictional(office.desk.catalog)[0]


async def test_only_groups_a_machine_may_recommend_are_ever_drafted(office: Office) -> None:
    await a_run(office, {"selected": 1, "review": 1})
    official = await office.official()
    assert (await draft(official, group=["review", "waiting"])).url.path == "/runs/run-1"
    preview = await draft(official, group=["selected", "review"])
    assert "1건을 확정할까요?" in preview.text


async def test_the_same_form_sent_twice_is_one_draft_and_a_crash_in_it_is_gone_on_from(office: Office) -> None:
    of = await a_run(office, {"selected": 5})
    batch = Batch(
        "b-1", await person(office), PROGRAMME, utc_now(), state="drafting", run_id="run-1", groups=("selected",)
    )
    batches, rows = office.desk.stores.batches, office.desk.stores.rows
    await batches.draft(batch)
    lease = await batches.lease("b-1", utc_now())
    assert lease is not None
    drafting = office.desk.deciding._drafting
    await drafting.step(batch, lease)
    await drafting.step(batch, lease)  # the same portion again, as after a crash before it was counted
    found = await batches.find("b-1")
    assert found is not None
    assert (found.state, found.drafted) == ("drafting", 1)
    await batches.renew("b-1", lease, utc_now())
    await office.desk.deciding.work_all()
    found = await batches.find("b-1")
    assert found is not None
    assert (found.state, found.drafted, dict(found.left)) == ("draft", 3, {})
    drafted = [one async for some in rows.each("b-1") for one in some]
    assert sorted(one.submission_id for one in drafted) == sorted(of["selected"])
    entries = await office.desk.stores.queue.load(of["selected"])
    assert {one.expects for one in drafted} == {screening_key(entries[sid].standing) for sid in of["selected"]}


async def test_the_more_is_decided_at_once_the_longer_it_can_be_undone(office: Office) -> None:
    now = utc_now()
    one, many = (office.desk.say_at(PROGRAMME, now, rows) for rows in (1, 180_000))
    assert one - now == timedelta(minutes=office.desk.catalog.programmes[PROGRAMME].undo_minutes)
    assert many - one == timedelta(hours=1)


async def test_rows_that_a_crash_left_too_late_are_still_to_be_undone(office: Office) -> None:
    of = await a_run(office, {"selected": 2})
    official = await office.official()
    preview = await draft(official)
    batch_id, long_ago = preview.url.path.rpartition("/")[2], utc_now() - timedelta(hours=3)
    await office.desk.stores.batches.confirm(batch_id, long_ago, long_ago + timedelta(minutes=10))
    await office.desk.deciding.work_all()
    assert await office.wiring.gate.close_due() == []
    undone = await press(official, await official.get(preview.url), "undo")
    assert "취소됨" in undone.text
    assert [await state(office, sid) for sid in of["selected"]] == ["held"] * 2


async def test_where_two_must_decide_nobody_approves_their_own_and_nothing_is_decided_before(office: Office) -> None:
    selecting(office, second_approver=True)
    of = await a_run(office, {"selected": 2})
    first, second = await office.official(0), await office.official(1)
    preview = await draft(first)
    assert (await second.get(preview.url)).status_code == 404
    proposed = await press(first, preview, "confirm")
    assert "승인 대기" in proposed.text
    assert (await press(first, proposed, "approve")).status_code == 403
    batch_id = preview.url.path.rpartition("/")[2]
    await office.desk.stores.batches.approve(batch_id, await person(office), utc_now(), utc_now())
    await office.desk.deciding.work_all()
    assert [await state(office, sid) for sid in of["selected"]] == ["held"] * 2
    assert "승인을 기다립니다" in (await second.get(f"/runs?programme={PROGRAMME}")).text
    approved = await press(second, await second.get(preview.url), "approve")
    assert [await state(office, sid) for sid in of["selected"]] == ["decided"] * 2
    assert "승인한 사람" in approved.text
    await press(second, approved, "undo")
    assert [await state(office, sid) for sid in of["selected"]] == ["held"] * 2


async def test_what_a_second_official_declines_decides_nothing(office: Office) -> None:
    selecting(office, second_approver=True)
    of = await a_run(office, {"selected": 1})
    first, second = await office.official(0), await office.official(1)
    proposed = await press(first, await draft(first), "confirm")
    declined = await press(second, await second.get(proposed.url), "decline")
    assert "아무것도 결정되지 않았습니다" in declined.text
    await press(second, declined, "approve")
    await office.desk.deciding.work_all()
    assert await state(office, of["selected"][0]) == "held"


async def test_two_also_decide_many_that_were_picked_from_the_queue(office: Office) -> None:
    selecting(office, second_approver=True)
    sid = await office.submission("eligible")
    official = await office.official()
    page = await official.get(f"/queue?programme={PROGRAMME}&class=eligible")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME, "class": "eligible"}
    preview = await official.post("/batches", data={**form, "pick": sid})
    assert "승인 대기" in (await press(official, preview, "confirm")).text
    assert await state(office, sid) == "held"
    assert await owed(office, SubmissionDecided) == []


async def test_runs_differ_by_receipt_and_group_and_from_what_holds_now(office: Office) -> None:
    of = await a_run(office, {"selected": 2, "ineligible": 1})
    one, two = of["selected"]
    later = [row(one, "selected", 1), row(two, "waiting", 2), row(of["ineligible"][0], "ineligible")]
    new = await office.submission("eligible", receipt="R-new")
    await fold_shuffled(office, told([*later, row(new, "selected", 3)], "run-2"))
    official = await office.official()
    page = await official.get("/runs/run-1/diff?other=run-2")
    assert "<dt>같음</dt><dd>2건" in page.text
    assert "R-selected-1" in page.text
    assert "R-new" in page.text
    assert "R-selected-0" not in page.text
    await office.fold(office.screened(one, "review", edition=3))
    now = await official.get("/runs/run-1/diff")
    assert "R-selected-0" in now.text
    assert "<dt>그 뒤에 받음</dt><dd>1건" in now.text
    assert (await official.get("/runs/run-1/diff?other=run-9")).status_code == 404


async def test_a_runs_list_goes_by_place_and_shows_no_value_before_the_gate(office: Office) -> None:
    sids = [await office.submission("eligible", receipt=f"R-{number:03}") for number in range(5)]
    ranked = [row(sid, "selected" if place <= 3 else "waiting", place) for place, sid in enumerate(reversed(sids), 1)]
    await fold_shuffled(office, told(ranked))
    official = await office.official()
    page = await official.get("/runs/run-1?group=selected")
    assert re.findall(r">(R-\d{3})</a>", page.text) == ["R-004", "R-003", "R-002"]
    page = await official.get("/runs/run-1?group=waiting")
    assert re.findall(r">(R-\d{3})</a>", page.text) == ["R-001", "R-000"]
    assert "김가상" not in page.text
    assert [await state(office, sid) for sid in sids] == ["held"] * 5


async def test_a_page_of_a_group_holds_each_row_once(office: Office) -> None:
    names = ["ineligible", "review"] * 40
    rows = [row(f"s-{number:03}", name) for number, name in enumerate(names)]
    await fold_shuffled(office, told(rows, size=7))
    portions = office.desk.stores.portions
    found = [
        one.submission_id for start in range(0, 40, 9) for one in await portions.stretch("run-1", "review", start, 9)
    ]
    assert found == [one.submission_id for one in rows if one.outcome == "review"]
    found = [one.submission_id for start in range(0, 80, 9) for one in await portions.stretch("run-1", "", start, 9)]
    assert found == [one.submission_id for one in rows]


async def test_a_run_known_only_from_its_events_is_shown(office: Office) -> None:
    await fold_shuffled(office, told([row("s-1", "ineligible")]))
    run = await office.desk.stores.runs.find("run-1")
    assert run is not None
    assert (run.programme_id, run.rule_version, run.as_of) == (PROGRAMME, 1, AS_OF)
    assert (run.person, run.requested_at, run.seed, run.commitment) == (None, None, None, "")
    assert run.result is not None
    assert (run.result.received, run.result.classes) == (1, {"ineligible": 1})
    official = await office.official()
    assert "이 초안으로 결정" in (await official.get("/runs/run-1")).text
    assert (await official.get("/runs/run-2")).status_code == 404


async def test_a_run_that_failed_says_so(office: Office) -> None:
    await fold_shuffled(office, told([], failed="lottery:no_seed"))
    official = await office.official()
    assert "추첨에 쓸 시드가 없거나" in (await official.get("/runs/run-1")).text
    assert (await draft_raw(official)).status_code == 403


async def draft_raw(official: httpx.AsyncClient, run_id: str = "run-1") -> httpx.Response:
    page = await official.get(f"/runs?programme={PROGRAMME}")
    form = {"csrf": hidden(page, "csrf"), "token": "t", "group": "selected"}
    return await official.post(f"/runs/{run_id}/batches", data=form)
