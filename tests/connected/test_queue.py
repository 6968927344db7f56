"""The queue: narrowed, searched, claimed and followed; counts and list agree while things move."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from services.dashboard.claims import LEASE
from services.dashboard.filters import Filter
from services.dashboard.listing import list_page
from services.dashboard.live import MOST_OF_ONE, Full
from services.dashboard.store import Generations
from shared.clock import seoul_date, utc_now
from shared.events import SubmissionDecided
from shared.gate import name_tokens
from shared.settings import Settings
from shared.standing import CLASSES
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, hidden, overview, take_a_look, take_back

pytestmark = [pytest.mark.connected]
DAY = timedelta(days=1)


class Hands:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> Any:
        return utc_now() + self.ahead


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture
async def office(settings: Settings, keyring: Keyring, clock: Hands) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings, clock) as made:
        yield made


def receipts(page: httpx.Response) -> list[str]:
    rows = page.text.partition("data-rows")[2].split('<th scope="row">')[1:]
    return [row.split("</")[0].split(">")[-1] for row in rows]


async def listed(official: httpx.AsyncClient, **fields: str) -> list[str]:
    return receipts(await official.get("/queue", params={"programme": PROGRAMME, **fields}))


async def act(official: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    csrf = hidden(await official.get(f"/queue?programme={PROGRAMME}"), "csrf")
    return await official.post(path, data={"csrf": csrf, **fields})


# --- Narrowing.


async def test_a_list_is_narrowed_by_age_office_class_and_mark_at_once(office: Office) -> None:
    now = utc_now()
    await office.submission("eligible", receipt="R-young", received_at=now - DAY, office="a")
    await office.submission("eligible", receipt="R-old", received_at=now - 8 * DAY, office="a")
    await office.submission("review", receipt="R-old-review", received_at=now - 9 * DAY, office="a")
    await office.submission("eligible", receipt="R-elsewhere", received_at=now - 7.5 * DAY, office="b")
    seen = await office.submission("eligible", receipt="R-seen", received_at=now - 10 * DAY, office="a")
    official = await office.official()
    await take_a_look(official, seen)
    assert await listed(official, age="7") == ["R-seen", "R-old-review", "R-old", "R-elsewhere"]
    assert await listed(official, age="7", office="a") == ["R-seen", "R-old-review", "R-old"]
    assert await listed(official, office="b") == ["R-elsewhere"]
    assert await listed(official, age="7", office="a", **{"class": "eligible"}) == ["R-seen", "R-old"]
    assert await listed(official, age="7", office="a", mark="unseen", **{"class": "eligible"}) == ["R-old"]
    assert await listed(official, age="30") == []


async def test_what_expires_soon_is_undecided_and_near_the_end_of_its_retention(office: Office) -> None:
    days, now = office.desk.catalog.programmes[PROGRAMME].retention_days, utc_now()
    await office.submission("eligible", receipt="R-soon", received_at=now - timedelta(days=days - 29))
    await office.submission("eligible", receipt="R-later", received_at=now - timedelta(days=days - 31))
    await office.submission("eligible", receipt="R-over", received_at=now - timedelta(days=days + 1))
    back = await office.submission("eligible", receipt="R-back", received_at=now - timedelta(days=days - 20))
    await office.fold(await take_back(office, back))
    official = await office.official()
    assert await listed(official, only="soon") == ["R-soon"]
    assert await listed(official, only="soon", **{"class": "review"}) == []


@pytest.mark.parametrize(
    ("narrowed", "holds"),
    [
        ({}, ["R-seen", "R-old", "R-soon", "R-new"]),
        ({"age": "7"}, ["R-seen", "R-old", "R-soon"]),
        ({"age": "7", "mark": "unseen"}, ["R-old", "R-soon"]),
        ({"office": "b"}, ["R-old"]),
        ({"only": "soon"}, ["R-soon"]),
        ({"only": "new"}, ["R-new"]),
    ],
    ids=["the whole class", "age", "age and mark", "office", "what expires soon", "what is new"],
)
async def test_all_of_a_narrowed_list_is_drafted_and_nothing_besides(
    office: Office, clock: Hands, narrowed: dict[str, str], holds: list[str]
) -> None:
    days, now = office.desk.catalog.programmes[PROGRAMME].retention_days, utc_now()
    seen = await office.submission("eligible", receipt="R-seen", received_at=now - 10 * DAY, office="a")
    await office.submission("eligible", receipt="R-old", received_at=now - 8 * DAY, office="b")
    await office.submission("eligible", receipt="R-soon", received_at=now - timedelta(days=days - 20), office="a")
    await office.submission("ineligible", receipt="R-other", received_at=now - 9 * DAY, office="b")
    official = await office.official()
    await take_a_look(official, seen)
    clock.ahead = timedelta(hours=1)
    await office.submission("eligible", receipt="R-new", received_at=now - DAY, office="a")
    address = {"programme": PROGRAMME, "class": "eligible", **narrowed}
    page = await (again := await office.official()).get("/queue", params=address)
    form = page.text.split('id="many"')[1].split("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    draft = await again.post("/batches", data=fields | {"all": "1"})
    rows = [row async for some in office.desk.stores.rows.each(draft.url.path.split("/")[2]) for row in some]
    entries = await office.desk.stores.queue.load(row.submission_id for row in rows)
    assert {entry.standing.receipt for entry in entries.values()} == set(holds)
    if "only" not in narrowed:
        listed_there = await again.get("/queue/export.csv", params=address)
        assert re.findall(r"R-\w+", listed_there.text) == await listed(again, **address)


async def test_new_since_i_was_here_is_what_entered_the_desk_after_my_last_stay_however_late_it_came(
    office: Office, clock: Hands
) -> None:
    await office.submission("eligible", receipt="R-known")
    await office.official()
    clock.ahead = timedelta(hours=1)
    await office.submission("eligible", receipt="R-late", received_at=utc_now() - 3 * DAY)
    await office.submission("review", receipt="R-new")
    official = await office.official()
    assert await listed(official, only="new") == ["R-late", "R-new"]
    assert await listed(official, only="new") == ["R-late", "R-new"], "looking again changes nothing"
    assert await listed(official, only="new", **{"class": "review"}) == ["R-new"]
    other = await office.official(2)
    assert await listed(other, only="new") == ["R-known", "R-late", "R-new"], "who was never here has seen nothing"
    shown = await official.get(f"/queue?programme={PROGRAMME}&only=new")
    await office.submission("eligible", receipt="R-since")
    await act(official, "/queue/seen", query=f"programme={PROGRAMME}&only=new", until=hidden(shown, "until"))
    assert await listed(official, only="new") == ["R-since"], "what came after the list was drawn was not seen on it"


async def test_a_narrowed_list_is_paged_in_both_directions(office: Office) -> None:
    now = utc_now()
    for number in range(9):
        at = now - 20 * DAY + number // 2 * timedelta(hours=1)
        await office.submission("eligible", receipt=f"R-{number}", received_at=at, office="ab"[number % 2])
    queue, tally = office.desk.stores.queue, await office.desk.counting.tally(PROGRAMME)
    for wanted in (Filter(PROGRAMME, age=7), Filter(PROGRAMME, office="a"), Filter(PROGRAMME, only="new")):
        asked = wanted.listed(now + DAY, retention_days=365, since=None)
        forth, page = [], await list_page(queue, asked, tally, now, size=2)
        while True:
            forth.append([entry.submission_id for entry in page.entries])
            if page.later is None:
                break
            page = await list_page(queue, asked, tally, now, after=page.later, size=2)
        back = [[entry.submission_id for entry in page.entries]]
        while page.earlier is not None:
            page = await list_page(queue, asked, tally, now, before=page.earlier, size=2)
            back.insert(0, [entry.submission_id for entry in page.entries])
        assert forth == back
        assert len([name for names in forth for name in names]) == (5 if wanted.office else 9)


async def test_a_saved_search_is_ones_own_holds_no_name_and_leads_to_the_same_list(office: Office) -> None:
    await office.submission("eligible", receipt="R-1", received_at=utc_now() - 8 * DAY)
    official, other = await office.official(), await office.official(1)
    query = f"programme={PROGRAMME}&class=eligible&age=7&wanted=김가상&x=1"
    saved = await act(official, "/searches", query=query, name="오래된 적격")
    assert receipts(saved) == ["R-1"]
    assert "김가상" not in str(await office.wiring.database("dashboard").get_collection("searches").find_one({}))
    page = await official.get("/queue")
    assert "오래된 적격" in page.text
    assert "오래된 적격" not in (await other.get("/queue")).text
    link = page.text.partition('aria-label="저장한 검색"')[2].partition('href="')[2].partition('"')[0]
    assert parse_qs(urlsplit(link.replace("&amp;", "&")).query) == {
        "programme": [PROGRAMME], "class": ["eligible"], "age": ["7"],
    }  # fmt: skip
    [search] = await office.desk.stores.searches.of("sample-0")
    await act(other, "/searches/drop", query=query, search_id=search.search_id)
    assert len(await office.desk.stores.searches.of("sample-0")) == 1
    await act(official, "/searches/drop", query=query, search_id=search.search_id)
    assert await office.desk.stores.searches.of("sample-0") == []


# --- Finding.


async def find(official: httpx.AsyncClient, wanted: str) -> httpx.Response:
    return await act(official, "/queue/find", programme=PROGRAMME, wanted=wanted, token="t")


async def named(office: Office, name: str, receipt: str) -> str:
    tokens = name_tokens(office.wiring.keyring.token, PROGRAMME, name)
    return await office.submission("eligible", receipt=receipt, finds=tokens)


async def test_a_receipt_number_is_found_however_it_is_typed(office: Office) -> None:
    await office.submission("eligible", receipt="GB-ABCD-2345-EFGH")
    official = await office.official()
    for typed in ("GB-ABCD-2345-EFGH", " gb-abcd-2345-efgh ", "abcd2345efgh", "ABCD 2345 EFGH"):
        assert receipts(await find(official, typed)) == ["GB-ABCD-2345-EFGH"], typed
    assert receipts(await find(official, "ABCD-2345")) == []


async def test_a_name_finds_its_row_and_neither_shows_the_name_nor_takes_a_right(office: Office) -> None:
    sid = await named(office, "김가상", "R-kim")
    await named(office, "이예시", "R-lee")
    official = await office.official()
    for typed in ("김가상", "ㄱㄱㅅ"):
        page = await find(official, typed)
        assert receipts(page) == ["R-kim"]
        assert "김가상" not in page.text
        assert f'value="{typed}' not in page.text
        assert typed not in str(page.url)
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert case.first_view is None
    found = [one.what for one in await office.wiring.gate.accesses(case, limit=9)]
    assert "found" in found
    await office.fold(await take_back(office, sid))
    assert receipts(await find(official, "김가상")) == []


async def test_who_may_not_open_finds_nobody_by_name(office: Office) -> None:
    await named(office, "김가상", "R-kim")
    reader = await office.official(3)
    assert receipts(await find(reader, "김가상")) == []
    assert receipts(await find(reader, "R-kim")) == ["R-kim"]


# --- Claiming.


async def test_of_two_who_claim_at_once_one_has_it_and_the_other_is_told_who(office: Office) -> None:
    sid = await office.submission("eligible")
    officials = [await office.official(0), await office.official(1)]
    pages = await asyncio.gather(*(act(one, "/claims", submission_id=sid) for one in officials for _ in range(3)))
    first, second = pages[:3], pages[3:]
    told = [{page.status_code for page in some} for some in (first, second)]
    assert sorted(told, key=min) == [{200}, {409}], "a repeat is no conflict"
    winner, lost = ("김예시 (예시)", second) if told[0] == {200} else ("이예시 (예시)", first)
    assert all(f"<strong>{winner}</strong>" in page.text and "까지 맡았습니다" in page.text for page in lost)
    assert all("내려놓기" in page.text for page in pages if page not in lost)
    loser = officials[1 if told[0] == {200} else 0]
    assert winner in (await loser.get("/queue")).text


async def test_a_claim_runs_out_is_told_and_is_then_anybodys(office: Office, clock: Hands) -> None:
    sid = await office.submission("eligible", receipt="R-1")
    one, two = await office.official(0), await office.official(1)
    assert "까지" in (await act(one, "/claims", submission_id=sid)).text
    assert await listed(one, only="mine") == ["R-1"]
    clock.ahead = LEASE - timedelta(minutes=1)
    assert (await act(two, "/claims", submission_id=sid)).status_code == 409
    clock.ahead = LEASE + timedelta(minutes=1)
    assert "맡은 시간이" in (await one.get("/queue?only=mine")).text
    assert "내려놓기" in (await act(two, "/claims", submission_id=sid)).text
    assert (await act(one, "/claims", submission_id=sid)).status_code == 409
    await act(one, "/claims/release", submission_id=sid)
    assert await listed(two, only="mine") == ["R-1"], "nobody gives up another's"
    await act(two, "/claims/release", submission_id=sid)
    assert await listed(two, only="mine") == []
    assert (await act(one, "/claims", submission_id=sid)).status_code == 200


async def test_the_claim_of_what_is_taken_back_ends_and_none_is_made(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    await act(official, "/claims", submission_id=sid)
    await office.fold(await take_back(office, sid))
    assert await office.desk.stores.claims.of([sid]) == {}
    assert (await act(official, "/claims", submission_id=sid)).status_code == 404
    assert await office.desk.stores.claims.of([sid]) == {}


# --- Counts.


async def walk(official: httpx.AsyncClient, **fields: str) -> list[str]:
    found, page = [], await official.get("/queue", params={"programme": PROGRAMME, **fields})
    while True:
        found += receipts(page)
        _, more, rest = page.text.partition('rel="next" href="')
        if not more:
            return found
        page = await official.get(rest.split('"')[0].replace("&amp;", "&"))


async def counted_after(official: httpx.AsyncClient, instant: datetime) -> dict[str, Any]:
    """Counts that are as of an instant, or later: where counting is slow, older ones are shown with theirs."""
    while True:
        counts = await overview(official)
        if datetime.fromisoformat(counts["as_of"]) >= instant:
            return counts
        await asyncio.sleep(0.02)


async def test_counts_and_lists_agree_while_things_move(office: Office) -> None:
    """What a list holds lies between the counts before and after it was read; and at rest they are the same."""
    official, ends = await office.official(), asyncio.Event()

    async def moving() -> None:
        for number in range(160):
            sid = await office.submission(
                ("eligible", "review", "ineligible", None)[number % 4], receipt=f"R-{number:03}"
            )
            if number % 5 == 0:
                await office.fold(await take_back(office, sid))
        ends.set()

    task, looked = asyncio.create_task(moving()), 0
    while not ends.is_set():
        before = await overview(official)
        whole = await walk(official)
        after = await counted_after(official, utc_now())
        assert before["unaccounted"] == after["unaccounted"] == 0
        assert sum(after["classes"].values()) == after["received"]
        assert before["received"] <= len(whole) <= after["received"]
        assert len(whole) == len(set(whole))
        assert whole == sorted(whole)
        looked += 1
    await task
    assert looked > 3
    counts = await counted_after(official, utc_now())
    for name in CLASSES:
        assert len(await walk(official, **{"class": name})) == counts["classes"][name]
    assert counts["received"] == len(await walk(official)) == 160


async def test_counts_are_told_as_they_change_and_no_longer_than_the_session_stands(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dashboard.live.TURN_SECONDS", 0.05)
    monkeypatch.setattr("services.dashboard.live.ASKED_AGAIN_SECONDS", 0)
    desk, stands = office.desk, True

    async def allowed() -> bool:
        return stands

    events = desk.live.events(lambda: desk.counting.tally(PROGRAMME), allowed)
    assert (await anext(events)).startswith("retry:")

    async def counts() -> dict[str, Any]:
        event = await anext(events)
        found: dict[str, Any] = json.loads(event.partition("data: ")[2])
        return found

    await office.submission("eligible")
    assert (await counts())["classes"]["eligible"] == 1
    sid = await office.submission("review")
    told = await counts()
    while told["classes"]["review"] == 0:
        told = await counts()
    assert told["received"] == 2 == sum(told["classes"].values())
    await office.fold(await take_back(office, sid))
    assert (await counts())["classes"]["taken_back"] == 1
    stands = False
    with pytest.raises(StopAsyncIteration):
        await anext(events)


async def test_a_stream_ends_with_the_process_and_one_session_opens_only_some(office: Office) -> None:
    live = office.desk.live
    for _ in range(MOST_OF_ONE):
        live.enter("one")
    with pytest.raises(Full):
        live.enter("one")
    live.enter("two")
    live.leave("one")
    live.enter("one")
    live.stop()
    official = await office.official()
    answer = await official.get(f"/api/overview/live?programme={PROGRAMME}")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == "retry: 2000\n\n"


async def test_an_open_page_that_follows_counts_keeps_nobody_signed_in(office: Office, clock: Hands) -> None:
    office.desk.live.stop()
    official = await office.official()
    for minutes in (10, 20, 29):
        clock.ahead = timedelta(minutes=minutes)
        assert (await official.get("/api/overview/live")).status_code == 200
    clock.ahead = timedelta(minutes=31)
    assert (await official.get("/api/overview/live")).status_code == 401


# --- The overview.


async def test_the_overview_tells_sums_days_waits_and_readings_each_in_a_table(office: Office) -> None:
    for number in range(6):
        await office.submission(("eligible", "review")[number % 2], findings=["unverified"])
    await office.submission(None, unreadable="no_text_layer")
    await office.fold(await take_back(office, await office.submission("eligible")))
    official = await office.official()
    page = (await official.get(f"/overview?programme={PROGRAMME}")).text
    assert "합, 받은 제출과 같음" in page
    assert page.count("<table") >= 6
    assert page.count('<svg class="chart"') == 4
    readings = page.partition('id="readings"')[2].partition("</section>")[0]
    assert '<td class="count">7</td><td class="count">6</td>' in readings
    assert "85.7%" in readings
    assert "미검증 6" in " ".join(readings.split()).replace("진본 ", "")
    assert "김가상" not in page


def rows_of(page: str, table: str) -> dict[str, list[str]]:
    """The cells of a section's table, by what heads each row."""
    found = page.partition(f'id="{table}"')[2].partition("</section>")[0]
    rows = re.findall(r'<tr><th scope="row">(?:<time>)?([^<]*)(?:</time>)?</th>(.*?)</tr>', found)
    return {day: re.findall(r'<td class="count">([^<]*)</td>', cells) for day, cells in rows}


async def test_each_day_of_the_overview_is_what_was_received_and_decided_on_it(office: Office) -> None:
    now, made = utc_now(), []
    for number in range(12):
        received_at = now - (number % 5) * DAY
        sid = await office.submission(("eligible", "ineligible", "review")[number % 3], received_at=received_at)
        made.append((sid, received_at))
    decided: dict[str, tuple[datetime, str]] = {}
    for number, (sid, received_at) in enumerate(made[:7]):
        at, decision = min(received_at + (number % 3) * DAY, now), ("eligible", "ineligible")[number % 2]
        about = {"submission_id": sid, "at": at, "decision": decision, "office": "과"}
        await office.fold(SubmissionDecided.because_of(sid, **about))
        decided[sid] = (at, decision)
    page = (await (await office.official()).get(f"/overview?programme={PROGRAMME}")).text
    days = rows_of(page, "flow")
    assert len(days) == 14
    received = Counter(seoul_date(at).isoformat() for _, at in made)
    ended = Counter((seoul_date(at).isoformat(), decision) for at, decision in decided.values())
    assert days == {
        day: [str(received[day]), str(ended[day, "eligible"]), str(ended[day, "ineligible"])] for day in days
    }
    assert received.keys() | {day for day, _ in ended} <= days.keys()
    assert sum(int(count) for [count] in rows_of(page, "waits").values()) == len(decided)
    outcomes = rows_of(page, "outcomes")
    assert {day: sum(map(int, counts)) for day, counts in outcomes.items()} == {day: received[day] for day in days}


async def test_what_was_counted_does_not_hold_once_a_read_model_that_was_built_anew_serves(office: Office) -> None:
    """What it holds was written before it served; and of what only the former held, nothing tells that it is gone."""
    official, queue = await office.official(), office.wiring.database("dashboard").get_collection("queue")
    sid = await office.submission("eligible")
    right = await queue.find().to_list(None)
    elsewhen = {"received_at": utc_now() - 9 * DAY, "class": "review", "changed_at": utc_now()}
    await queue.update_one({"_id": sid}, {"$set": elsewhen})
    assert (await counted_after(official, utc_now()))["classes"]["review"] == 1
    generations = Generations(office.wiring.database("dashboard"), "test")
    built = await generations.begin(utc_now())
    long_since = [{**one, "changed_at": utc_now() - DAY} for one in right]
    await office.wiring.database("dashboard").get_collection(f"queue{built.suffix}").insert_many(long_since)
    await generations.note(utc_now(), "swapping", {})
    await generations.swap(built, "queue")
    await generations.note(utc_now(), "done")
    counts = await counted_after(official, utc_now())
    assert (counts["received"], counts["classes"]["eligible"], counts["classes"]["review"]) == (1, 1, 0)
