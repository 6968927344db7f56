"""Signing in with a provider by real HTTP: who comes in, how long, and every attack that must not."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey

from services.dashboard.store.hashing import hashed
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import hidden
from tests.builders.provider import SECRET, Provider, a_key, b64, signed
from tests.builders.signing_in import DESK, Scene, a_scene, addresses, come_in, signed_in

pytestmark = pytest.mark.connected


@pytest.fixture
async def scene(settings: Settings, keyring: Keyring, tmp_path: Path) -> AsyncIterator[Scene]:
    del keyring  # made where the desk loads it from
    async with a_scene(settings, tmp_path) as made:
        yield made


async def test_an_official_signs_in_works_and_signs_out_everywhere_by_real_http(
    settings: Settings, keyring: Keyring, tmp_path: Path
) -> None:
    del keyring
    async with a_scene(settings, tmp_path, real_desk=True) as scene, scene.browser() as browser:
        asked = await browser.get("/queue?class=eligible")
        assert "통합 로그인으로 로그인" in asked.text
        start = httpx.URL(asked.url).join("/signin/start?next=%2Fqueue%3Fclass%3Deligible")
        page = await browser.get(start)
        assert str(page.url) == f"{scene.desk_url}/queue?class=eligible"
        assert "정예시 (예시)" in page.text
        assert scene.provider.asked == [
            "/.well-known/openid-configuration", "/authorize", "/token", "/keys",
        ]  # fmt: skip
        assert "code=" not in str(page.url)
        left = await browser.post("/signout", data={"csrf": hidden(page, "csrf")})
        assert f'content="0; url={scene.provider.issuer}/end?' in left.text
        end = left.text.split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")
        assert str((await browser.get(end)).url) == f"{scene.desk_url}/signin"
        assert not await signed_in(browser)


async def test_cookies_are_out_of_reach_of_scripts_other_hosts_and_plain_http(scene: Scene) -> None:
    browser = scene.browser()
    answer = await browser.get("/signin/start")
    given = [one for step in answer.history for one in step.headers.get_list("set-cookie")]
    for name in ("__Host-gubi-signin=", "__Host-gubi="):
        kept = [one for one in given if one.startswith(name) and "Max-Age=0" not in one]
        assert len(kept) == 1
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(kept[0].split("; "))
        assert "Domain" not in kept[0]
    assert answer.headers["strict-transport-security"]


async def test_a_desk_reached_by_https_says_so_to_browsers_though_its_proxy_speaks_plain_http(scene: Scene) -> None:
    inside = httpx.AsyncClient(transport=httpx.ASGITransport(scene.office.app), base_url="http://desk")
    started = await inside.get("/signin/start")
    assert started.headers["set-cookie"].startswith("__Host-gubi-signin=")
    assert "Secure" in started.headers["set-cookie"]
    assert parse_qs(urlsplit(started.headers["location"]).query)["redirect_uri"] == [f"{DESK}/signin/back"]


async def test_keys_are_fetched_again_for_one_that_is_not_known_but_not_for_each(scene: Scene) -> None:
    await come_in(scene, "reader")
    new = a_key("second")
    scene.provider.key, scene.provider.published = new, [*scene.provider.published, new.as_dict(private=False)]
    provider = scene.office.desk.provider
    assert provider is not None
    provider._keys = (provider._keys[0], provider._keys[1] - 31)  # type: ignore[index]
    await come_in(scene, "reader")
    scene.provider.key = a_key("third")
    for _ in range(3):
        browser = scene.browser()
        await browser.get("/signin/start")
        assert not await signed_in(browser)
    assert scene.provider.asked.count("/keys") == 2


async def test_when_the_provider_is_away_a_page_says_so_and_who_is_in_works_on(scene: Scene) -> None:
    official = await come_in(scene, "handler")
    provider = scene.office.desk.provider
    assert provider is not None
    provider._places = None
    scene.provider.discovery = {"issuer": "https://elsewhere.example"}
    stranger = scene.browser()
    page = await stranger.get("/signin/start")
    assert page.status_code == 503
    assert "통합 로그인이 응답하지 않습니다" in page.text
    assert await signed_in(official)
    token = hidden(await official.get("/queue"), "csrf")
    assert (await official.post("/signout", data={"csrf": token})).url.path == "/signin"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
async def test_while_the_provider_hangs_one_waits_for_it_and_nobody_queues(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr("services.dashboard.oidc.client.SECONDS", 2.0)
    monkeypatch.setattr("services.dashboard.oidc.client.SPARED", 60.0)
    scene.provider.hanging.add(path)
    answers = await asyncio.gather(*(scene.browser().get("/signin/start") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {503}
    assert scene.provider.asked.count(path) == 1
    scene.provider.hanging.clear()
    assert (await scene.browser().get("/signin/start")).status_code == 503
    assert scene.office.desk.provider is not None
    scene.office.desk.provider._spared_until = 0.0
    await come_in(scene, "reader")


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"roles": ["somebody-else"]}, "할 수 있는 역할이 없습니다"),
        ({"roles": {"gubi-handler": True}}, "할 수 있는 역할이 없습니다"),
        ({"office": "nowhere"}, "부서가 이 시스템에 없습니다"),
        ({"office": ["sonmok9988", "donated_food"]}, "부서가 이 시스템에 없습니다"),
        ({"name": ""}, "성명을 알려 주지 않았습니다"),
        ({"name": "이름\n줄"}, "성명을 알려 주지 않았습니다"),
    ],
)
async def test_who_has_no_place_here_is_told_why(scene: Scene, account: dict[str, Any], said: str) -> None:
    scene.provider.account |= account
    browser = scene.browser()
    page = await browser.get("/signin/start")
    assert page.status_code == 403
    assert said in page.text
    assert not await signed_in(browser)


async def test_claims_are_found_where_the_file_says_and_grant_what_it_says(
    settings: Settings, keyring: Keyring, tmp_path: Path
) -> None:
    del keyring
    more = {
        "claims": {"person": "employee", "office": "dept", "roles": "realm_access.roles"},
        "offices": {"복지정책과": "asset_building"},
        "grants": {"welfare": [{"role": "handler", "programmes": ["ASSET_2023"]}]},
    }
    async with a_scene(settings, tmp_path, **more) as scene:
        scene.provider.account |= {
            "employee": "E-1", "dept": "복지정책과", "realm_access": {"roles": ["x", "welfare"]},
        }  # fmt: skip
        browser = scene.browser()
        page = await browser.get("/signin/start")
        assert "자산형성 지원 담당" in page.text
        assert (await browser.get("/queue?programme=SONMOK9988_2022")).status_code == 403


async def test_a_district_official_with_own_offices_sees_what_was_sent_to_the_district_alone(
    settings: Settings, keyring: Keyring, tmp_path: Path
) -> None:
    del keyring
    more = {
        "offices": {"강남구 장애인복지과": "gangnam_asset", "시청": "asset_building"},
        "grants": {
            "gubi-handler": [{"role": "handler", "offices": "own"}],
            "gubi-city": [{"role": "reader", "offices": "all"}],
        },
    }
    async with a_scene(settings, tmp_path, **more) as scene:
        for where in ("gangnam_asset", "gangbuk_asset"):
            await scene.office.submission(programme_id="ASSET_2023", office=where, receipt=f"R-{where}")
        scene.provider.account |= {"office": "강남구 장애인복지과", "roles": ["gubi-handler"]}
        browser = scene.browser()
        await browser.get("/signin/start")
        page = await browser.get("/queue")
        assert [f"R-{where}" in page.text for where in ("gangnam_asset", "gangbuk_asset")] == [True, False]
        assert (await browser.get("/api/overview")).json()["received"] == 1
        assert (await browser.get("/queue?programme=ASSET_2023&office=gangbuk_asset")).status_code == 403
        scene.provider.account |= {"sub": "official-8", "office": "시청", "roles": ["gubi-city"]}
        city = scene.browser()
        await city.get("/signin/start")
        page = await city.get("/queue?programme=ASSET_2023")
        assert [f"R-{where}" in page.text for where in ("gangnam_asset", "gangbuk_asset")] == [True, True]


# --- Attacks. Each is tried on the whole flow; none may end with somebody signed in.

Lie = Callable[[Provider], None]


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> bytes:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}".encode()


def by_hmac(secret: Callable[[Provider], bytes]) -> Lie:
    def lie(provider: Provider) -> None:
        def sign(_: Provider, claims: dict[str, Any]) -> str:
            whole = unsigned({"alg": "HS256", "kid": provider.key.kid}, claims)
            return f"{whole.decode()}.{b64(hmac.digest(secret(provider), whole, hashlib.sha256))}"

        provider.sign = sign

    return lie


def signing(sign: Callable[[Provider, dict[str, Any]], str]) -> Lie:
    def lie(provider: Provider) -> None:
        provider.sign = sign

    return lie


def saying(**changed: Any) -> Lie:
    """Claims changed; None takes one away."""

    def lie(provider: Provider) -> None:
        provider.claims = lambda claims: {
            name: value for name, value in {**claims, **changed}.items() if value is not None
        }

    return lie


def shifted(name: str, seconds: int) -> Lie:
    def lie(provider: Provider) -> None:
        provider.claims = lambda claims: {**claims, name: claims[name] + seconds}

    return lie


def answering(**changed: Any) -> Lie:
    def lie(provider: Provider) -> None:
        provider.answers = changed

    return lie


def published(*more: Callable[[Provider], dict[str, Any]], kid: str | None = None) -> Lie:
    def lie(provider: Provider) -> None:
        provider.published = [*provider.published, *(one(provider) for one in more)]
        provider.sign = lambda _, claims: signed(provider, claims, kid=kid)

    return lie


def only_for_encryption(provider: Provider) -> None:
    provider.published = [provider.key.as_dict(private=False, use="enc")]


def other_discovery(**changed: Any) -> Lie:
    def lie(provider: Provider) -> None:
        provider.discovery = changed

    return lie


def leading_elsewhere(path: str) -> Lie:
    return lambda provider: provider.redirects.add(path)


def with_its_own_key(provider: Provider, claims: dict[str, Any]) -> str:
    key = a_key("first")
    return signed(provider, claims, key, jwk=key.as_dict(private=False))


def with_its_own_short_key(provider: Provider, claims: dict[str, Any]) -> str:
    key = ECKey.generate_key("P-256", {"kid": "first"}, private=True)
    return signed(provider, claims, key, alg="ES256", jwk=key.as_dict(private=False))


LIES: dict[str, Lie] = {
    "the nonce of another": saying(nonce="another"),
    "no nonce": saying(nonce=None),
    "a list of nonces": lambda it: setattr(it, "claims", lambda claims: {**claims, "nonce": [claims["nonce"]]}),
    "alg none": signing(lambda it, claims: unsigned({"alg": "none", "kid": it.key.kid}, claims).decode() + "."),
    "HS256 by the public key": by_hmac(lambda it: it.key.as_pem(private=False)),  # type: ignore[attr-defined]
    "HS256 by the public key in DER": by_hmac(lambda it: it.key.as_der(private=False)),  # type: ignore[attr-defined]
    "HS256 by the client's secret": by_hmac(lambda _: SECRET.encode()),
    "another key of the same name": signing(lambda it, claims: signed(it, claims, a_key("first"))),
    "a key in its own header": signing(with_its_own_key),
    "a short key in its own header": signing(with_its_own_short_key),
    "an unknown key": signing(lambda it, claims: signed(it, claims, a_key("nobody's"))),
    "no key named where there are two": published(lambda _: a_key("second").as_dict(private=False)),
    "a key for encryption": only_for_encryption,
    "another issuer": saying(iss="https://elsewhere.example"),
    "no issuer": saying(iss=None),
    "for another client": saying(aud="another"),
    "for nobody": saying(aud=None),
    "for us among others, asked for by nobody": saying(aud=["gubi-desk", "another"]),
    "for us among others, asked for by another": saying(aud=["gubi-desk", "another"], azp="another"),
    "asked for by another": saying(azp="another"),
    "expired": shifted("exp", -361),
    "without an end": saying(exp=None),
    "an end that is no number": saying(exp="tomorrow"),
    "not yet made": shifted("iat", 120),
    "not yet valid": lambda it: setattr(it, "claims", lambda claims: {**claims, "nbf": claims["iat"] + 120}),
    "without when it was made": saying(iat=None),
    "another access token's": saying(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "about nobody": saying(sub=None),
    "about a number": saying(sub=7),
    "cut off": signing(lambda it, claims: signed(it, claims)[:-8]),
    "no token": signing(lambda *_: ""),
    "not text": signing(lambda *_: {"alg": "none"}),  # type: ignore[arg-type,return-value]
    "endless": lambda it: setattr(it, "claims", lambda claims: {**claims, "more": "x" * 20_000}),
    "beyond all bounds": lambda it: setattr(it, "claims", lambda claims: {**claims, "more": "x" * 300_000}),
    "mixed up: the answer of another issuer": answering(iss="https://elsewhere.example"),
    "mixed up: an answer of no issuer": answering(iss=None),
    "another state": answering(state="another"),
    "no state": answering(state=None),
    "no code": answering(code=None),
    "a code that was never given": answering(code="made-up"),
    "an error": answering(code=None, error="access_denied"),
    "a token place that leads elsewhere": leading_elsewhere("/token"),
    "keys that lead elsewhere": leading_elsewhere("/keys"),
    "a discovery that leads elsewhere": leading_elsewhere("/.well-known/openid-configuration"),
    "another issuer's discovery": other_discovery(issuer="https://elsewhere.example"),
    "a token place without protection": other_discovery(token_endpoint="http://elsewhere.example/token"),
    "a token place that is no address": other_discovery(token_endpoint="javascript:alert(1)"),
}


async def test_the_same_flow_without_a_lie_signs_in(scene: Scene) -> None:
    await come_in(scene, "handler")
    await come_in(scene, "handler", aud=["gubi-desk"], azp="gubi-desk")
    await come_in(scene, "handler", aud=["gubi-desk", "another"], azp="gubi-desk")


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
async def test_no_lie_of_a_provider_signs_anybody_in(scene: Scene, lie: Lie) -> None:
    lie(scene.provider)
    browser = scene.browser()
    page = await browser.get("/signin/start")
    assert page.status_code in (403, 503)
    assert "로그인하지 못했습니다" in page.text
    assert not await signed_in(browser)
    assert await scene.office.desk.stores.sessions._sessions.count_documents({}) == 0
    if any(path.endswith("elsewhere") for path in scene.provider.asked):
        pytest.fail("a redirect was followed")


async def led_back(scene: Scene, browser: httpx.AsyncClient) -> str:
    """The address that the provider leads back to, not yet followed."""
    start = await browser.get("/signin/start", follow_redirects=False)
    return str((await browser.get(start.headers["location"], follow_redirects=False)).headers["location"])


Try = Callable[[Scene, httpx.AsyncClient], Awaitable[httpx.Response]]


async def another_browser_finishes(scene: Scene, browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.get(await led_back(scene, scene.browser()))


async def another_who_has_begun_too_finishes(scene: Scene, browser: httpx.AsyncClient) -> httpx.Response:
    theirs = await led_back(scene, scene.browser())
    await led_back(scene, browser)
    return await browser.get(theirs)


async def a_code_is_put_into_ones_own_attempt(scene: Scene, browser: httpx.AsyncClient) -> httpx.Response:
    stolen = parse_qs(urlsplit(await led_back(scene, scene.browser())).query)["code"][0]
    own = httpx.URL(await led_back(scene, browser))
    return await browser.get(own.copy_set_param("code", stolen))


async def too_late(scene: Scene, browser: httpx.AsyncClient) -> httpx.Response:
    address = await led_back(scene, browser)
    scene.later(timedelta(minutes=11))
    return await browser.get(address)


async def a_badly_ended_attempt_goes_on(scene: Scene, browser: httpx.AsyncClient) -> httpx.Response:
    address = httpx.URL(await led_back(scene, browser))
    await browser.get(address.copy_remove_param("code"))
    return await browser.get(address)


async def nothing_has_begun(_: Scene, browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.get("/signin/back?state=&code=x")


TRIES: dict[str, Try] = {
    "another browser finishes what one began": another_browser_finishes,
    "another browser that has begun too": another_who_has_begun_too_finishes,
    "a stolen code in one's own attempt": a_code_is_put_into_ones_own_attempt,
    "too late": too_late,
    "a badly ended attempt again": a_badly_ended_attempt_goes_on,
    "nothing was begun": nothing_has_begun,
}


@pytest.mark.parametrize("attempt", TRIES.values(), ids=TRIES.keys())
async def test_no_browser_finishes_what_it_did_not_begin(scene: Scene, attempt: Try) -> None:
    browser = scene.browser()
    page = await attempt(scene, browser)
    assert page.status_code == 403
    assert not await signed_in(browser)


async def test_an_answer_is_taken_once(scene: Scene) -> None:
    browser = scene.browser()
    address = await led_back(scene, browser)
    cookies = dict(browser.cookies)
    assert (await browser.get(address)).url.path == "/queue"
    again = scene.browser()
    for name, value in cookies.items():
        again.cookies.set(name, value)
    asked = scene.provider.asked.count("/token")
    assert (await again.get(address)).status_code == 403
    assert not await signed_in(again)
    assert scene.provider.asked.count("/token") == asked


AWAY = (
    "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example/", "\\\\elsewhere.example",
    "///x.example", "javascript:alert(1)", "/\t/elsewhere.example", "/\n/elsewhere.example", " //elsewhere.example",
    "elsewhere.example", "/%0d%0aset-cookie:x=1", "https:elsewhere.example", "/" + "x" * 3_000, "@elsewhere.example",
)  # fmt: skip


@pytest.mark.parametrize("following", AWAY)
async def test_whatever_next_says_nobody_is_led_off_this_site(scene: Scene, following: str) -> None:
    browser = scene.browser()
    await browser.get("/signin", params={"next": following})
    answer = await browser.get("/signin/start", params={"next": following})
    provider = httpx.URL(scene.provider.issuer)
    assert {httpx.URL(one).host for one in addresses(answer)} <= {"desk", provider.host}
    assert answer.url.host == "desk"
    assert "x" not in browser.cookies


async def test_a_session_that_somebody_planted_is_never_signed_in(scene: Scene) -> None:
    browser = scene.browser()
    browser.cookies.set("__Host-gubi", "planted", domain="desk.local", path="/")
    assert not await signed_in(browser)
    await browser.get("/signin/start")
    assert await signed_in(browser)
    thief = scene.browser()
    thief.cookies.set("__Host-gubi", "planted")
    assert not await signed_in(thief)


async def test_signing_in_again_gives_a_new_session_and_ends_the_old(scene: Scene) -> None:
    browser = await come_in(scene, "handler")
    old = browser.cookies["__Host-gubi"]
    await browser.get("/signin/start")
    assert browser.cookies["__Host-gubi"] != old
    thief = scene.browser()
    thief.cookies.set("__Host-gubi", old)
    assert not await signed_in(thief)


async def test_other_sessions_end_when_the_next_sign_in_says_other_roles(scene: Scene) -> None:
    first, second = await come_in(scene, "handler"), await come_in(scene, "handler")
    assert await signed_in(first)
    third = await come_in(scene, "reader")
    assert [await signed_in(one) for one in (first, second, third)] == [False, False, True]
    scene.grant("handler", sub="official-8")
    await scene.browser().get("/signin/start")
    assert await signed_in(third)


async def test_a_session_ends_when_idle_and_after_half_a_day_whatever_is_done(scene: Scene) -> None:
    idle = await come_in(scene, "reader")
    scene.later(timedelta(minutes=31))
    assert not await signed_in(idle)
    busy = await come_in(scene, "reader")
    for _ in range(24):
        assert await signed_in(busy)
        scene.later(timedelta(minutes=29, seconds=59))
    scene.later(timedelta(minutes=1))
    assert not await signed_in(busy)


async def test_the_store_holds_nothing_that_signs_in(scene: Scene) -> None:
    browser = await come_in(scene, "reader")
    await led_back(scene, waiting := scene.browser())
    secrets = [browser.cookies["__Host-gubi"], waiting.cookies["__Host-gubi-signin"]]
    stores = scene.office.desk.stores
    kept = [
        *await stores.sessions._sessions.find({}).to_list(None), *await stores.attempts._attempts.find({}).to_list(None)
    ]  # fmt: skip
    assert len(kept) == 2
    assert kept[0]["_id"] == hashed(secrets[0])
    assert not any(secret in repr(kept) for secret in (*secrets, SECRET, base64.b64encode(SECRET.encode()).decode()))
