"""The programme desk on a real store: what is published here is offered at the door without a restart; and closed."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from html import unescape

import httpx
import pytest

from services.dashboard.people import Person
from services.dashboard.roles import Grant
from shared.catalog import load
from shared.clock import utc_now
from shared.ending import ended
from shared.published import AHEAD
from shared.qr import address
from shared.settings import Settings
from shared.uptake import Uptake
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, hidden
from tests.builders.doors import DOOR, HOLDER, SENT, Door, opened, refused
from tests.builders.waiting import until

pytestmark = pytest.mark.connected

OFFICE, NEW = "sonmok9988", "SONMOK9988_2027"
REASON = {"because_ko": "예산이 모두 쓰였습니다.", "because_en": "The budget is used up."}


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring
    async with a_working_desk(settings) as made:
        yield made


@pytest.fixture
async def door(settings: Settings, keyring: Keyring, office: Office) -> AsyncIterator[Door]:
    """The wallets' door on the same store, with the loop that its lifespan has."""
    del keyring, office
    catalog = load()
    async with opened(settings, catalog=catalog) as made:
        keeping = asyncio.create_task(Uptake.of(made.wiring, catalog).ever("intake")())
        yield made
        await ended(keeping)


async def administrator(office: Office, name: str = "one", **where: tuple[str, ...]) -> httpx.AsyncClient:
    browser, sessions = office.browser(), office.desk.stores.sessions
    grant = Grant("administrator", **where)
    browser.cookies.set("gubi", await sessions.start(Person(name, f"{name} (예시)", OFFICE), [grant], utc_now()))
    return browser


def text_of(page: httpx.Response) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*)</textarea>", page.text, re.DOTALL)
    assert found is not None
    return unescape(found[1])


async def begin(browser: httpx.AsyncClient, source: str = PROGRAMME, **new: str) -> httpx.Response:
    csrf = hidden(await browser.get("/programmes"), "csrf")
    return await browser.post("/programmes/drafts", data={"csrf": csrf, "programme": source} | new)


async def save(browser: httpx.AsyncClient, seen: httpx.Response, text: str) -> httpx.Response:
    form = {"csrf": hidden(seen, "csrf"), "revision": hidden(seen, "revision"), "text": text.replace("\n", "\r\n")}
    return await browser.post(seen.url.path, data=form)


def publishing(seen: httpx.Response) -> dict[str, str]:
    return {name: hidden(seen, name) for name in ("csrf", "revision", "token")}


async def publish(browser: httpx.AsyncClient, seen: httpx.Response) -> httpx.Response:
    return await browser.post(f"{seen.url.path}/publish", data=publishing(seen))


def closing(seen: httpx.Response, **changes: str) -> dict[str, str]:
    form = {name: hidden(seen, name) for name in ("csrf", "version", "token")}
    return form | REASON | {"sure": "yes"} | changes


async def offered(door: Door, programme_id: str) -> dict[str, object] | None:
    async with door.plain() as citizen:
        answer = await citizen.get(f"/v1/programmes/{programme_id}")
    found: dict[str, object] | None = answer.json() if answer.status_code == 200 else None
    return found


async def test_what_is_published_here_is_offered_and_taken_at_the_door_without_a_restart(
    office: Office, door: Door
) -> None:
    browser = await administrator(office)
    draft = await begin(browser, id=NEW)
    renamed = text_of(draft).replace("ko: 손목닥터 9988", "ko: 손목닥터 새 사업")
    saved = await save(browser, draft, renamed)
    assert "검사를 통과했습니다" in saved.text
    assert await offered(door, NEW) is None
    page = await publish(browser, saved)
    assert page.url.path == f"/programmes/{NEW}"
    await until(lambda: offered(door, NEW))
    async with door.app() as toss:
        receipt = await toss.submit(NEW, HOLDER, SENT)
    assert receipt["programme"] == NEW
    assert f"{NEW} 1판" not in (await browser.get("/programmes")).text, "the draft is done with"


async def test_intake_ends_at_one_instant_at_every_door_and_the_citizen_is_told_why(office: Office, door: Door) -> None:
    browser = await administrator(office)
    seen = await browser.get(f"/programmes/{PROGRAMME}")
    before = utc_now()
    page = await browser.post(f"/programmes/{PROGRAMME}/close", data=closing(seen))
    assert REASON["because_ko"] in page.text

    async def told() -> dict[str, object] | None:
        answer = await offered(door, PROGRAMME)
        return answer if answer and answer["closed_because"] else None

    answer = await until(told)
    at = datetime.fromisoformat(str(answer["closes_at"]))
    assert before + AHEAD - timedelta(milliseconds=1) <= at <= utc_now() + AHEAD
    assert answer["closed_because"] == {"ko": REASON["because_ko"], "en": REASON["because_en"]}
    async with door.app() as toss:
        if utc_now() < at - timedelta(seconds=2):
            await toss.submit(PROGRAMME, HOLDER, SENT)
        await asyncio.sleep((at - utc_now()).total_seconds())
        problem = await refused(toss.submit(PROGRAMME, HOLDER, SENT))
    assert problem.code == "programme-closed-early"
    assert REASON["because_ko"] in problem.problem["translations"]["ko"]["detail"]
    assert REASON["because_en"] in problem.problem["translations"]["en"]["detail"]


async def test_a_mistake_is_shown_with_its_line_beside_the_text_and_cannot_be_published(office: Office) -> None:
    browser = await administrator(office)
    draft = await begin(browser)
    spoilt = text_of(draft).replace("undo_minutes:", "undo_hours:", 1)
    line = 1 + spoilt[: spoilt.index("undo_hours")].count("\n")
    page = await save(browser, draft, spoilt)
    assert f"{line}번째 줄에 고칠 것이 있습니다" in page.text
    assert f"<b>{line} ▶</b> undo_hours" in page.text
    assert text_of(page) == spoilt
    assert "/publish" not in page.text
    assert hidden(page, "revision") == "2"
    forced = {"csrf": hidden(page, "csrf"), "revision": "2", "token": "t"}
    refused_ = await browser.post(f"{draft.url.path}/publish", data=forced)
    assert refused_.status_code == 422
    await office.desk.uptake.look()
    assert (PROGRAMME, 2) not in office.desk.catalog.versions


async def test_of_two_administrators_who_save_one_wins_and_the_other_keeps_their_text_and_is_told(
    office: Office,
) -> None:
    one, two = await administrator(office, "one"), await administrator(office, "two")
    seen_by_one = await begin(one)
    seen_by_two = await two.get(seen_by_one.url.path)
    await save(one, seen_by_one, text_of(seen_by_one) + "# one\n")
    lost = await save(two, seen_by_two, text_of(seen_by_two) + "# two\n")
    assert (lost.status_code, "one (예시) 님이 그 사이" in lost.text) == (409, True)
    assert text_of(lost).endswith("# two\n")
    assert "/publish" not in lost.text
    assert text_of(await two.get(seen_by_one.url.path)).endswith("# one\n")
    again = await save(two, lost, text_of(lost))
    assert again.status_code == 200, "having seen it, they may"


async def test_what_was_changed_since_it_was_seen_is_not_published(office: Office) -> None:
    one, two = await administrator(office, "one"), await administrator(office, "two")
    seen = await begin(one)
    await save(two, await two.get(seen.url.path), text_of(seen) + "# two\n")
    late = await publish(one, seen)
    assert (late.status_code, "two (예시) 님이 그 사이" in late.text) == (409, True)
    assert (PROGRAMME, 2) not in office.desk.catalog.versions


async def test_of_two_who_publish_one_is_first_and_the_same_form_twice_is_done_once(office: Office) -> None:
    one, two = await administrator(office, "one"), await administrator(office, "two")
    seen_by_one = await begin(one)
    seen_by_two = await two.get(seen_by_one.url.path)
    answers = await asyncio.gather(publish(one, seen_by_one), publish(two, seen_by_two), publish(one, seen_by_one))
    names = {unescape(name) for answer in answers for name in re.findall(r"<strong>(\w+) \(예시\) · ", answer.text)}
    [name] = [one_.by.id for one_ in await office.desk.published.publications([f"{PROGRAMME}.v2"])]
    lost = [answer.status_code == 409 for answer in answers]
    assert lost == ([False, True, False] if name == "one" else [True, False, True])
    assert names == {name}
    assert [number for found, number in office.desk.catalog.versions if found == PROGRAMME] == [1, 2]


async def test_of_two_who_close_one_is_first_and_the_same_form_twice_is_done_once(office: Office) -> None:
    one, two = await administrator(office, "one"), await administrator(office, "two")
    path = f"/programmes/{PROGRAMME}"
    by_one, by_two = closing(await one.get(path)), closing(await two.get(path), because_ko="다른 까닭")
    assert (await one.post(f"{path}/close", data=by_one)).status_code == 200
    lost = await two.post(f"{path}/close", data=by_two)
    assert (lost.status_code, "one (예시)" in lost.text) == (409, True)
    assert (await one.post(f"{path}/close", data=by_one)).status_code == 200
    page = await two.get(path)
    assert REASON["because_ko"] in page.text
    assert "다른 까닭" not in page.text
    assert "/close" not in page.text


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sure": ""}, "되돌릴 수 없음을 확인"),
        ({"because_en": " "}, "한국어와 영어로"),
        ({"at": "2020-01-01T00:00"}, "10초 뒤이거나"),
        ({"version": "2"}, "새 판이 게시되어"),
    ],
)
async def test_intake_goes_on_where_the_form_is_not_whole(office: Office, changes: dict[str, str], told: str) -> None:
    browser = await administrator(office)
    path = f"/programmes/{PROGRAMME}"
    answer = await browser.post(f"{path}/close", data=closing(await browser.get(path), **changes))
    assert told in answer.text
    assert office.desk.catalog.programmes[PROGRAMME].closed_because is None


async def test_a_programme_that_wants_two_is_published_by_another_than_whoever_saved_it_last(office: Office) -> None:
    one, two = await administrator(office, "one"), await administrator(office, "two")
    seen = await begin(one, "ASSET_2023")
    assert "두 사람이 봅니다" in seen.text
    assert "/publish" not in seen.text
    alone = text_of(seen).replace("second_approver: true", "second_approver: false")
    seen = await save(one, seen, alone)
    assert "/publish" not in seen.text, "nor by taking the rule away"
    form = {"csrf": hidden(seen, "csrf"), "revision": hidden(seen, "revision"), "token": "t"}
    assert (await one.post(f"{seen.url.path}/publish", data=form)).status_code == 422
    done = await publish(two, await two.get(seen.url.path))
    assert done.url.path == "/programmes/ASSET_2023"
    assert ("ASSET_2023", 2) in office.desk.catalog.versions


async def test_an_administrator_sees_and_drafts_only_what_is_theirs(office: Office) -> None:
    everywhere = await administrator(office)
    draft = await begin(everywhere)
    food = await administrator(office, "food", programmes=("FOOD_2023",))
    page = await food.get("/programmes")
    assert "기부식품" in page.text
    assert PROGRAMME not in page.text
    csrf = hidden(page, "csrf")
    for path in (f"/programmes/{PROGRAMME}", f"/programmes/{PROGRAMME}/poster", draft.url.path):
        assert (await food.get(path)).status_code == 403
    other = {"csrf": csrf, "programme": "FOOD_2023", "id": NEW}
    assert (await food.post("/programmes/drafts", data=other)).status_code == 403
    mine = await begin(food, "FOOD_2023")
    stolen = (
        text_of(mine)
        .replace("institution: seongbuk", "institution: seoul")
        .replace("office: donated_food", f"office: {OFFICE}")
    )
    there = await administrator(office, "there", offices=("donated_food",))
    page = await save(there, await there.get(mine.url.path), stolen)
    assert (await publish(there, page)).status_code == 403, "nor is another office's work made theirs"


@pytest.mark.parametrize(("id_", "wrong"), [("lower", "영문 대문자"), ("FOOD_2023", "이미 있는 사업"), ("A", "영문")])
async def test_a_new_programme_has_an_id_of_its_own(office: Office, id_: str, wrong: str) -> None:
    assert wrong in (await begin(await administrator(office), id=id_)).text


async def test_a_text_that_is_too_long_is_not_saved_and_not_lost(office: Office) -> None:
    browser = await administrator(office)
    draft = await begin(browser)
    long = text_of(draft) + "# 가\n" * 20_000
    page = await save(browser, draft, long)
    assert (page.status_code, text_of(page) == long) == (422, True)
    assert hidden(await browser.get(draft.url.path), "revision") == "1"


async def test_a_draft_is_thrown_away_as_it_was_seen(office: Office) -> None:
    browser = await administrator(office)
    seen = await begin(browser)
    form = {"csrf": hidden(seen, "csrf"), "revision": "1"}
    await save(browser, seen, text_of(seen) + "# more\n")
    assert (await browser.post(f"{seen.url.path}/drop", data=form)).status_code == 409
    assert (await browser.post(f"{seen.url.path}/drop", data=form | {"revision": "2"})).url.path == "/programmes"
    assert (await browser.get(seen.url.path)).status_code == 404


async def test_a_draft_left_over_by_a_crash_after_publishing_is_shown_no_more(office: Office) -> None:
    browser = await administrator(office)
    seen = await begin(browser)
    left = await office.desk.stores.drafts.find(f"{PROGRAMME}.v2")
    assert left is not None
    await publish(browser, seen)
    await office.desk.stores.drafts.begin(left)
    assert f"/programmes/drafts/{PROGRAMME}" not in (await browser.get("/programmes")).text
    again = await browser.post(f"{seen.url.path}/publish", data=publishing(seen))
    assert again.url.path == f"/programmes/{PROGRAMME}"


async def test_the_code_on_the_poster_is_the_one_that_the_door_gives(office: Office, door: Door) -> None:
    browser = await administrator(office)
    assert address(PROGRAMME, DOOR) in (await browser.get(f"/programmes/{PROGRAMME}/poster")).text
    async with door.plain() as citizen:
        given = (await citizen.get(f"/v1/programmes/{PROGRAMME}/qr.svg")).content
    assert (await browser.get(f"/programmes/{PROGRAMME}/qr.svg")).content == given
