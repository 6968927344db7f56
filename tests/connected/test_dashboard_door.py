"""The desk's door: who may come in, for how long, and what a page may load."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from shared.clock import utc_now
from shared.errors import Unavailable
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import Office, a_working_desk, an_office, hidden, state, take_a_look

pytestmark = pytest.mark.connected


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def test_sign_in_is_closed_outside_development(settings: Settings, keyring: Keyring) -> None:
    del keyring
    office = await an_office(settings)
    async with office.wiring.open():
        page = await office.browser().get("/")
        assert (page.status_code, page.url.path) == (503, "/signin")
        assert "로그인이 닫혀 있습니다" in page.text
        assert (await office.browser().post("/signin", data={"official": "sample-0"})).status_code == 403


async def test_every_answer_forbids_what_is_not_ours_and_no_page_needs_it(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    pages = [await official.get(address) for address in ("/queue?class=eligible", "/questions", "/nowhere", "/signin")]
    pages.append(await take_a_look(official, sid))
    for page in pages:
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert '<html lang="ko">' in page.text
        foreign = (" style=", "<style", " onclick=", "<script>", "http://", "https://")
        assert not any(text in page.text for text in foreign)


async def test_a_form_without_our_token_or_from_another_site_is_refused(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    address, form = f"/submissions/{sid}/looks", {"purpose": "심사", "token": "t"}
    csrf = hidden(await official.get("/queue"), "csrf")
    assert (await official.post(address, data=form)).status_code == 403
    assert (await official.post(address, data={**form, "csrf": "wrong"})).status_code == 403
    elsewhere = {"origin": "https://elsewhere.example"}
    assert (await official.post(address, data={**form, "csrf": csrf}, headers=elsewhere)).status_code == 403
    assert await state(office, sid) == "held"
    assert (await official.post(address, data=form, headers={"x-csrf-token": csrf})).status_code == 200


async def test_probes_need_no_session_and_being_ready_needs_the_store(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("store:away")

    probe = office.browser()
    assert [(await probe.get(path)).status_code for path in ("/livez", "/readyz")] == [200, 200]
    monkeypatch.setattr(office.desk.stores.queue, "load", away)
    assert [(await probe.get(path)).status_code for path in ("/livez", "/readyz")] == [200, 503]


async def test_nobody_signed_in_sees_nothing_and_is_led_back_afterwards(office: Office) -> None:
    sid = await office.submission("eligible")
    stranger = office.browser()
    page = await stranger.get(f"/submissions/{sid}")
    assert page.url.path == "/signin"
    assert (await stranger.get("/api/overview")).status_code == 401
    following = {"official": "sample-0", "next": hidden(page, "next")}
    assert (await stranger.post("/signin", data=following)).url.path == f"/submissions/{sid}"
    elsewhere = await stranger.post("/signin", data={"official": "sample-0", "next": "//elsewhere.example/"})
    assert elsewhere.url.host == "desk"


async def test_a_session_ends_when_idle_or_signed_out(settings: Settings, keyring: Keyring) -> None:
    del keyring
    now = [utc_now()]
    async with a_working_desk(settings, lambda: now[0]) as office:
        official = await office.official()
        now[0] += timedelta(minutes=29)
        assert (await official.get("/queue")).url.path == "/queue"
        now[0] += timedelta(minutes=29)
        assert (await official.get("/queue")).url.path == "/queue"
        now[0] += timedelta(minutes=31)
        assert (await official.get("/queue")).url.path == "/signin"
        official = await office.official()
        csrf = hidden(await official.get("/queue"), "csrf")
        cookie = official.cookies["gubi"]
        await official.post("/signout", data={"csrf": csrf})
        stranger = office.browser()
        stranger.cookies.set("gubi", cookie)
        assert (await stranger.get("/queue")).url.path == "/signin"


async def test_a_bug_is_a_plain_page_and_a_log_line_without_values(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise ValueError("김가상 900101")

    official = await office.official()
    monkeypatch.setattr(office.desk.stores.sessions, "find", broken)
    page = await official.get("/queue")
    assert page.status_code == 500
    assert "처리하지 못했습니다" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "김가상" not in page.text + capsys.readouterr().out
