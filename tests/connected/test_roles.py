"""Every route, every role: whoever may not is told who may, and nothing is done. No form without our token."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from services.dashboard.pages import attach, queue, routes
from services.dashboard.pages.guard import act_of, needs
from services.dashboard.people import Person
from services.dashboard.roles import ACTS, MAY, ROLES, Grant, Role
from shared.clock import utc_now
from shared.errors import Unavailable
from shared.events import NotificationExhausted
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, Office, a_working_desk, hidden, state, take_a_look, uncover
from tests.builders.runs import fold_shuffled, row, told

pytestmark = pytest.mark.connected

OFFICE = "sonmok9988"
OPEN_TO_ALL = {"/livez", "/readyz", "/signin", "/signin/start", "/signin/back", "/language/{language}"}
NOT_ALLOWED, FORBIDDEN = "할 수 없는 일입니다", "요청을 받을 수 없습니다"


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        made.desk.live.stop()  # a stream would last ten minutes
        yield made


async def holding(office: Office, *grants: Grant, name: str = "someone") -> httpx.AsyncClient:
    """Somebody signed in with these grants and no others."""
    browser = office.browser()
    sessions = office.desk.stores.sessions
    browser.cookies.set("gubi", await sessions.start(Person(name, "정예시 (예시)", OFFICE), grants, utc_now()))
    return browser


def every_route() -> list[tuple[str, str, APIRoute]]:
    """Every method and path of the desk."""
    return [(method, route.path, route) for route in routes() for method in route.methods]


def address(path: str) -> str:
    """An address of a route, about things that are not there."""
    filled = path.replace("{form}", "csv").replace("{part}", "0").replace("{number}", "1")
    return re.sub(r"\{\w+\}", "nothing", filled)


async def ask(browser: httpx.AsyncClient, method: str, path: str, csrf: str | None) -> httpx.Response:
    form = {"csrf": csrf} if csrf else {"nothing": "x"}
    data = form if method != "GET" else None
    return await browser.request(method, address(path), data=data, follow_redirects=False)


async def test_every_route_declares_its_act_and_only_the_door_needs_nobody(office: Office) -> None:
    declared = {(method, path): act_of(route.endpoint) for method, path, route in every_route()}
    assert {act for act in declared.values() if act != "nobody"} == set(ACTS)
    assert {path for (_, path), act in declared.items() if act == "nobody"} == OPEN_TO_ALL
    routers = [getattr(route, "original_router", None) for route in office.app.routes]
    served = [route for router in routers if router for route in router.routes]
    assert served == routes()
    assert [getattr(route, "path", "") for route in office.app.routes if not hasattr(route, "original_router")] == [
        "/static"
    ]


def test_a_route_that_declares_no_act_is_not_served(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forgotten() -> str:
        return "everything"

    router = APIRouter()
    router.get("/forgotten")(forgotten)
    monkeypatch.setattr(queue, "router", router)
    with pytest.raises(ValueError, match="no act is declared for /forgotten"):
        attach(FastAPI())


async def test_a_route_that_forgets_to_ask_who_is_there_is_guarded_all_the_same(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    @needs("reveal")
    async def careless() -> str:
        return "everything"

    router = APIRouter()
    router.get("/careless")(careless)
    monkeypatch.setattr(queue, "router", router)
    app = FastAPI()
    app.state.desk = office.desk
    attach(app)
    browser = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk")
    assert (await browser.get("/careless")).headers["location"].startswith("/signin")
    browser.cookies = (await holding(office, Grant("reader"))).cookies
    assert (await browser.get("/careless")).status_code == 403
    browser.cookies = (await holding(office, Grant("handler"))).cookies
    assert "everything" in (await browser.get("/careless")).text


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_may_what_the_table_says_on_every_route_and_is_told_who_may_the_rest(
    office: Office, role: Role
) -> None:
    browser = await holding(office, Grant(role))
    csrf = hidden(await browser.get("/queue"), "csrf")
    tried = 0
    for method, path, route in every_route():
        act = act_of(route.endpoint)
        if act in ("nobody", "leave") or act is None:
            continue
        answer = await ask(browser, method, path, csrf)
        refused = answer.status_code == 403 and NOT_ALLOWED in answer.text
        assert refused == (role not in MAY[act]), f"{role} {method} {path}: {answer.status_code}"
        if refused:
            assert "역할은 사업과 부서마다" in answer.text
        tried += 1
    assert tried > 20


async def test_a_file_decides_what_was_sent_to_any_office_that_the_grants_cover(office: Office) -> None:
    for receipt, where in (("R-1", OFFICE), ("R-2", "donated_food"), ("R-3", "asset_building")):
        await office.submission("eligible", receipt=receipt, office=where)
    browser = await holding(office, Grant("handler", offices=(OFFICE, "donated_food")))
    page = await browser.get(f"/imports?programme={PROGRAMME}")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME}
    lines = "접수번호,결정\nR-1,적격\nR-2,적격\nR-3,적격\n"
    preview = await browser.post("/imports", data=form, files={"file": ("결정.csv", lines.encode(), "text/csv")})
    assert "2건을 확정할까요?" in preview.text
    assert "받지 않은 줄 <small>1" in preview.text


def given_up(sid: str, at: datetime) -> NotificationExhausted:
    return NotificationExhausted.because_of(f"msg_{sid}", submission_id=sid, at=at, notice="viewed", webhook_id=sid)


async def test_what_others_were_not_told_hides_none_of_the_untold_of_an_official(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.dashboard.pages.failing._SHOWN", 2)
    monkeypatch.setattr("services.dashboard.tending._PART", 2)
    own = await office.submission("eligible", receipt="R-own", office=OFFICE)
    others = [await office.submission("eligible", receipt=f"R-{n}", office="donated_food") for n in range(5)]
    administrator = await holding(office, Grant("administrator", offices=(OFFICE,)))
    before, now, after = (utc_now() + timedelta(minutes=minutes) for minutes in (-1, 0, 1))
    await office.desk.folding.heard([given_up(sid, before) for sid in others[:2]])
    assert "전하지 못한 알림이 없습니다." in (await administrator.get("/failures")).text
    await office.desk.folding.heard([given_up(own, now), *(given_up(sid, after) for sid in others[2:])])
    page = (await administrator.get("/failures")).text
    assert ">R-own<" in page
    assert not any(f">R-{n}<" in page for n in range(5))


async def test_which_wallet_apps_are_told_nothing_is_shown_to_whoever_mends(office: Office) -> None:
    sid = await office.submission("eligible")
    await office.desk.folding.heard([given_up(sid, utc_now())])
    page = await take_a_look(await holding(office, Grant("handler")), sid)
    assert "신청인에게 전하지 못한 알림" in page.text
    handler = await holding(office, Grant("handler"))
    assert "전하지 못한 알림" in (await handler.get("/failures")).text
    assert "알림이 중지된 지갑 앱" not in (await handler.get("/failures")).text
    administrator = await holding(office, Grant("administrator"), name="administrator")
    assert "알림이 중지된 지갑 앱" in (await administrator.get("/failures")).text


async def test_nobody_signed_in_is_led_to_the_door_by_every_route(office: Office) -> None:
    for method, path, route in every_route():
        if act_of(route.endpoint) == "nobody":
            continue
        answer = await ask(office.browser(), method, path, None)
        assert answer.status_code in (303, 401), f"{method} {path}"
        assert answer.status_code == 401 or answer.headers["location"].startswith("/signin")


async def test_no_form_does_anything_without_our_token_or_from_another_site(office: Office) -> None:
    browser = await holding(office, *(Grant(role) for role in ROLES))
    csrf = hidden(await browser.get("/queue"), "csrf")
    accepted, tried = [], 0
    for method, path, route in every_route():
        if method in ("GET", "HEAD") or act_of(route.endpoint) == "nobody":
            continue
        for token, origin in ((None, None), ("wrong", None), (csrf, "https://elsewhere.example"), (csrf, "null")):
            headers = {"origin": origin} if origin else {}
            form = {"csrf": token} if token else {"nothing": "x"}
            answer = await browser.request(method, address(path), data=form, headers=headers)
            if answer.status_code != 403 or FORBIDDEN not in answer.text:
                accepted.append((method, path, token, origin))
            tried += 1
    assert accepted == []
    assert tried >= 4 * 12
    assert (await browser.get("/queue")).url.path == "/queue", "signing out was one of them"


async def test_every_answer_has_the_same_strict_headers(office: Office) -> None:
    browser = await holding(office, *(Grant(role) for role in ROLES))
    for method, path, route in every_route():
        if act_of(route.endpoint) == "leave":
            continue
        answer = await ask(browser, method, path, None)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"


# --- What a reader, a handler and an approver see and do.


async def test_a_reader_sees_the_list_and_no_way_to_what_it_may_not(office: Office) -> None:
    sid = await office.submission("eligible", receipt="R-1")
    reader = await holding(office, Grant("reader"))
    for page in (await reader.get("/queue?class=eligible"), await reader.get("/runs"), await reader.get("/questions")):
        assert page.status_code == 200
        forms = re.findall(r'<form[^>]* action="([^"]*)"', page.text)
        assert set(forms) <= {"/signout", page.url.path, "/queue/find", "/searches"}
        assert not any(way in page.text for way in ("/submissions/", "/reveal", "/export.", "/imports"))
    assert "R-1" in (await reader.get("/queue")).text
    refused = await reader.get(f"/submissions/{sid}")
    assert refused.status_code == 403
    assert "처리 담당자만 할 수 있습니다" in refused.text
    assert "열람자" in refused.text
    assert await state(office, sid) == "held"


async def test_whoever_lost_the_right_since_they_looked_sees_no_more(office: Office) -> None:
    sid = await office.submission("eligible")
    handler = await holding(office, Grant("handler"))
    taken = await uncover(handler, await take_a_look(handler, sid))
    assert "김가상" in taken.text
    elsewhere = await holding(office, Grant("handler", ("FOOD_2023",)))
    for path in (taken.url.path, f"{taken.url.path}/certificates/0/pages/1.png"):
        answer = await elsewhere.get(path)
        assert (answer.status_code, NOT_ALLOWED in answer.text) == (403, True)


async def test_of_many_a_handler_only_proposes_and_an_approver_who_is_another_decides(office: Office) -> None:
    sid = await office.submission("eligible")
    handler = await holding(office, Grant("handler"), name="one")
    page = await handler.get(f"/queue?programme={PROGRAMME}&class=eligible")
    form = {"csrf": hidden(page, "csrf"), "token": "t", "programme": PROGRAMME, "class": "eligible", "pick": sid}
    draft = await handler.post("/batches", data=form)
    proposed = await handler.post(f"{draft.url}/confirm", data={"csrf": form["csrf"]})
    assert "승인 대기" in proposed.text
    assert await state(office, sid) == "held"
    second = await holding(office, Grant("handler"), name="two")
    seen = await second.get(draft.url)
    assert "/approve" not in seen.text
    assert "/decline" not in seen.text
    for way in ("approve", "decline"):
        answer = await second.post(f"{draft.url}/{way}", data={"csrf": hidden(seen, "csrf")})
        assert (answer.status_code, "승인자만 할 수 있습니다" in answer.text) == (403, True)
    assert await state(office, sid) == "held"
    elsewhere = await holding(office, Grant("approver", ("FOOD_2023",)), name="three")
    assert (await elsewhere.get(draft.url)).status_code == 403
    approver = await holding(office, Grant("approver"), name="four")
    seen = await approver.get(draft.url)
    await approver.post(f"{draft.url}/approve", data={"csrf": hidden(seen, "csrf")})
    assert await state(office, sid) == "decided"


async def test_a_draft_made_as_an_approver_is_not_confirmed_by_who_is_none_any_more(office: Office) -> None:
    sid = await office.submission("eligible")
    both = await holding(office, Grant("handler"), Grant("approver"))
    page = await both.get(f"/queue?programme={PROGRAMME}&class=eligible")
    form = {"csrf": hidden(page, "csrf"), "token": "t", "programme": PROGRAMME, "class": "eligible", "pick": sid}
    draft = await both.post("/batches", data=form)
    handler = await holding(office, Grant("handler"))
    csrf = hidden(await handler.get("/queue"), "csrf")
    answer = await handler.post(f"{draft.url}/confirm", data={"csrf": csrf})
    assert (answer.status_code, NOT_ALLOWED in answer.text) == (403, True)
    assert await state(office, sid) == "held"


# --- Only what is one's own.

SCOPES = {
    "a programme": Grant("handler", ("FOOD_2023",)),
    "an office": Grant("handler", None, ("donated_food",)),
    "both": Grant("handler", ("FOOD_2023", PROGRAMME), ("donated_food",)),
}


@pytest.mark.parametrize("grant", SCOPES.values(), ids=SCOPES.keys())
async def test_lists_counts_and_every_address_hold_only_what_is_ones_own(office: Office, grant: Grant) -> None:
    sid = await office.submission("eligible", receipt="R-other")
    handler = await holding(office, grant, Grant("reader", (), ()))
    page = await handler.get("/queue")
    assert "기부식품" in page.text
    assert "R-other" not in page.text
    assert PROGRAMME not in page.text
    assert (await handler.get("/api/overview")).json()["received"] == 0
    csrf = hidden(page, "csrf")
    for path in (
        f"/queue?programme={PROGRAMME}", f"/api/overview?programme={PROGRAMME}", f"/questions?programme={PROGRAMME}",
        f"/runs?programme={PROGRAMME}", f"/imports?programme={PROGRAMME}", f"/reveal?programme={PROGRAMME}",
        f"/queue/export.csv?programme={PROGRAMME}", f"/submissions/{sid}", f"/submissions/{sid}/looks/look-1",
    ):  # fmt: skip
        answer = await handler.get(path)
        assert answer.status_code in (403, 303, 200), path
        assert answer.status_code == 403 or answer.url.path == f"/submissions/{sid}", path
        assert "R-other" not in answer.text
    look = {"csrf": csrf, "token": "t", "purpose": "심사"}
    pick = {"csrf": csrf, "token": "t", "programme": "FOOD_2023", "class": "eligible", "pick": sid}
    reveal = {"csrf": csrf, "token": "t", "purpose": "심사", "count": "1", "programme": PROGRAMME}
    run = {"csrf": csrf, "token": "t", "programme": PROGRAMME, "as_of": "2022-12-12"}
    assert (await handler.post(f"/submissions/{sid}/looks", data=look)).status_code == 403
    assert (await handler.post("/batches", data=pick)).status_code == 403
    assert (await handler.post("/reveal", data=reveal)).status_code == 403
    assert (await handler.post("/runs", data=run)).status_code == 403
    assert await state(office, sid) == "held"
    assert await office.desk.stores.runs.latest(PROGRAMME, 5) == []


async def everything_there_is(office: Office, programme: str, where: str) -> dict[str, str]:
    """A submission, a look, a batch, a run and a question of one programme, all somebody's own; by routes' names."""
    sid = await office.submission("eligible", receipt="R-other", programme_id=programme, office=where)
    one = await holding(office, Grant("handler"), Grant("approver"))
    taken = await uncover(one, await take_a_look(one, sid))
    page = await one.get(f"/queue?programme={programme}&class=eligible")
    form = {"csrf": hidden(page, "csrf"), "token": "t", "programme": programme, "class": "eligible", "pick": sid}
    batch = await one.post("/batches", data=form | {"office": where})
    await one.post(f"{batch.url}/confirm", data={"csrf": form["csrf"]})
    await fold_shuffled(office, told([row(sid, "selected", 1)], programme_id=programme))
    question_id = office.wiring.questions.id_of("workplace|한빛")
    text = {"topic": "workplace_in_seoul", "name": "주식회사 한빛가상", "number": None}
    await office.desk.folding.questions(await office.wiring.questions.raise_new(programme, {question_id: text}))
    administrator = await holding(office, Grant("administrator"))
    draft = await administrator.post(
        "/programmes/drafts",
        data={"csrf": hidden(await administrator.get("/programmes"), "csrf"), "programme": programme},
    )
    return {
        "programme_id": programme, "name": draft.url.path.rpartition("/")[2],
        "submission_id": sid, "look_id": taken.url.path.rpartition("/")[2],
        "batch_id": batch.url.path.rpartition("/")[2], "run_id": "run-1", "question_id": question_id,
        "form": "csv", "part": "0", "number": "1", "code": BY_PERSON[programme],
    }  # fmt: skip


BY_PERSON = {PROGRAMME: "SELF_EMPLOYED_IN_SEOUL", "ASSET_2023": "INCOME_AT_MOST_MEDIAN"}
"""A condition that an official finds out about, in each."""
DISTRICT = ("ASSET_2023", "gangnam_asset")
ELSEWHERE = {
    "another programme": ((PROGRAMME, OFFICE), Grant("reader", ("FOOD_2023",))),
    "another district of the same programme": (DISTRICT, Grant("reader", offices=("gangbuk_asset",))),
    "an office that does not receive for it": (DISTRICT, Grant("reader", offices=(OFFICE, "donated_food"))),
}


def a_form(csrf: str, there: dict[str, str], where: str = "") -> dict[str, str]:
    """Every field of every form, about what is there; with `where`, as of an office."""
    programme, office = there["programme_id"], {"office": where} if where else {}
    return {
        "csrf": csrf, "token": "u", "programme": programme, "class": "eligible", "decision": "eligible",
        "purpose": "심사", "count": "1", "pick": there["submission_id"], "look_id": there["look_id"],
        "as_of": "2022-12-12", "query": urlencode({"programme": programme, **office}),
        "wanted": "R-other", "submission_id": there["submission_id"],
        "value": "yes", "source": "x", "revision": "0", "group": "selected", **office,
    }  # fmt: skip


LEADING = {("GET", "/"), ("GET", "/untold"), ("GET", "/queue/find"), ("GET", "/keys"), ("GET", "/programmes")}
"""Of no programme, or only leading on; the list of programmes holds one's own."""


@pytest.mark.parametrize(("place", "grant"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
async def test_no_route_reaches_what_is_of_another_programme_or_office_though_it_was_ones_own_once(
    office: Office, place: tuple[str, str], grant: Grant
) -> None:
    there = await everything_there_is(office, *place)
    moved = await holding(office, *(replace(grant, role=role) for role in ROLES))
    form = a_form(hidden(await moved.get("/queue"), "csrf"), there, place[1])
    tried, reached = 0, []
    for method, path, route in every_route():
        if act_of(route.endpoint) in ("nobody", "leave") or (method, path) in LEADING:
            continue
        answer = await moved.request(
            method,
            path.format(**there),
            params={"programme": place[0], "office": place[1]},
            data=form if method != "GET" else None,
            follow_redirects=False,
        )
        if answer.status_code != 403 or NOT_ALLOWED not in answer.text:
            reached.append((method, path, answer.status_code))
        tried += 1
    assert reached == []
    assert tried > 20
    assert "R-other" not in (await moved.get("/failures")).text
    back = await holding(office, *(Grant(role, (place[0],), (place[1],)) for role in ROLES))
    page = await back.get(f"/submissions/{there['submission_id']}/looks/{there['look_id']}")
    assert "김가상" in page.text, "the very same addresses are there for whom they are"


async def test_where_no_office_is_named_every_route_is_of_ones_own_and_shows_nothing_of_another_district(
    office: Office,
) -> None:
    there = await everything_there_is(office, *DISTRICT)
    sid, batch_id = there["submission_id"], there["batch_id"]
    case, batch = await office.wiring.gate.case(sid), await office.desk.stores.batches.find(batch_id)
    moved = await holding(office, *(Grant(role, offices=("gangbuk_asset",)) for role in ROLES))
    form = a_form(hidden(await moved.get("/queue"), "csrf"), there)
    shown, served = [], 0
    for method, path, route in every_route():
        if act_of(route.endpoint) in ("nobody", "leave"):
            continue
        data = form if method != "GET" else None
        answer = await moved.request(method, path.format(**there), params={"programme": DISTRICT[0]}, data=data)
        if any(secret in answer.text for secret in ("R-other", "김가상")):
            shown.append((method, path))
        served += answer.status_code == 200
    assert shown == []
    assert served > 8, "they do have a place of their own"
    assert await office.wiring.gate.case(sid) == case
    assert await office.desk.stores.batches.find(batch_id) == batch
    assert await office.desk.stores.claims.of([sid]) == {}
    assert await office.desk.stores.failures.of([sid]) == []


async def test_while_the_store_is_away_nobody_is_taken_for_somebody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("store:away")

    reader = await holding(office, Grant("reader"))
    monkeypatch.setattr(office.desk.stores.sessions._sessions, "find_one", away)
    assert (await reader.get("/queue")).status_code == 503


async def test_the_development_sign_in_announces_itself_on_every_page_and_offers_different_roles(
    office: Office,
) -> None:
    door = await office.browser().get("/signin")
    assert all(word in door.text for word in ("처리 담당자, 승인자, 관리자", "열람자"))
    reader = await office.official(3)
    for path in ("/queue", "/runs", "/questions", "/nowhere", "/imports"):
        assert "실제 담당자가 아닌 예시 인물" in (await reader.get(path)).text
    assert (await reader.get("/imports")).status_code == 403
