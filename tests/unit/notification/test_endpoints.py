"""The registry of endpoints."""

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from services.notification.endpoints import FILE, EndpointsError, Registry, load_endpoints
from services.notification.registering import MOST_KEYS, NoEndpoint, TooManyKeys, ensure_endpoints, rotate
from services.notification.signing import public_of
from shared.catalog import load
from shared.clock import utc_now
from shared.webhook_keys import FILE as PUBLIC
from shared.webhook_keys import PublicKey, published

DAYS = timedelta(days=7)
PRIVATE = "whsk_" + "A" * 43 + "="


def public(folder: Path, app: str = "naver") -> tuple[PublicKey, ...]:
    return published(folder / PUBLIC)[app]


def test_a_new_registry_gives_each_app_a_key_of_its_own_that_only_the_owner_reads(tmp_path: Path) -> None:
    made = ensure_endpoints(tmp_path, load().wallets)
    assert str(made["naver"].url) == "http://127.0.0.1:8830/wallets/naver/notices"
    assert len(made) == 6
    assert made["naver"].keys != made["toss"].keys
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {FILE, PUBLIC, f".{FILE}-lock"}


def test_what_is_published_is_the_public_half_and_nothing_secret(tmp_path: Path) -> None:
    made = ensure_endpoints(tmp_path, load().wallets)
    assert public(tmp_path) == (public_of(made["naver"].keys[0]),)
    assert b"whsk_" not in (tmp_path / PUBLIC).read_bytes()
    assert (tmp_path / PUBLIC).stat().st_mode & 0o777 == 0o644


def test_who_comes_second_loads_what_the_first_wrote(tmp_path: Path) -> None:
    first = ensure_endpoints(tmp_path, ["naver"], "http://a.example")
    assert ensure_endpoints(tmp_path, ["toss"], "http://b.example") == first


def test_a_secret_never_shows_in_print(tmp_path: Path) -> None:
    shown = repr(ensure_endpoints(tmp_path, load().wallets))
    assert "whsk_" not in shown
    assert "whsec_" not in shown


@pytest.mark.parametrize(
    "entries",
    [
        [{"app": "naver", "url": "https://a.example"}],
        [{"app": "naver", "url": "https://a.example", "secrets": []}],
        [{"app": "naver", "url": "https://a.example", "secrets": ["whsec_short"]}],
        [{"app": "naver", "url": "ftp://a.example", "secrets": ["whsec_" + "A" * 44]}],
        [{"app": "naver", "url": "https://a.example", "secrets": ["whsec_" + "A" * 44]}] * 2,
        [{"app": "naver", "url": "https://a.example", "keys": [{"private": "whsk_short"}]}],
        [{"app": "naver", "url": "https://a.example", "keys": [{"private": PRIVATE, "until": "2026-01-01T00:00:00Z"}]}],
        [{"app": "naver", "url": "https://a.example", "keys": [{"private": PRIVATE}], "per_second": 0}],
        [{"app": "naver", "url": "https://a.example", "keys": [{"private": PRIVATE}], "typo": 1}],
    ],
)
def test_half_a_registry_is_none(tmp_path: Path, entries: list[dict[str, object]]) -> None:
    (tmp_path / FILE).write_text(json.dumps({"endpoints": entries}))
    with pytest.raises(EndpointsError) as raised:
        load_endpoints(tmp_path)
    assert "whsec_" not in str(raised.value)


def test_a_missing_registry_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EndpointsError):
        load_endpoints(tmp_path)


def test_a_rotated_key_signs_beside_the_new_one_until_the_overlap_has_passed(tmp_path: Path) -> None:
    [old] = ensure_endpoints(tmp_path, ["naver", "toss"])["naver"].keys
    now = utc_now()
    made = rotate(tmp_path, "naver", DAYS, now)
    new, ending = load_endpoints(tmp_path)["naver"].keys
    assert public_of(new) == made
    assert (ending.private, ending.until) == (old.private, now + DAYS)
    assert public(tmp_path) == (made, public_of(ending))
    assert [key.signs(now + DAYS) for key in (new, ending)] == [True, False]
    rotate(tmp_path, "naver", DAYS, now + 2 * DAYS)
    assert [key.id for key in public(tmp_path)][1:] == [made.id]
    assert len(public(tmp_path, "toss")) == 1


def test_a_key_that_leaked_is_replaced_at_once(tmp_path: Path) -> None:
    ensure_endpoints(tmp_path, ["naver"])
    made = rotate(tmp_path, "naver", timedelta(), utc_now())
    assert public(tmp_path) == (made,)


def test_no_endpoint_signs_by_more_than_a_handful_of_keys(tmp_path: Path) -> None:
    ensure_endpoints(tmp_path, ["naver"])
    now = utc_now()
    for _ in range(MOST_KEYS - 1):
        rotate(tmp_path, "naver", DAYS, now)
    with pytest.raises(TooManyKeys):
        rotate(tmp_path, "naver", DAYS, now)
    assert len(public(tmp_path)) == MOST_KEYS
    with pytest.raises(NoEndpoint):
        rotate(tmp_path, "toss", DAYS, now)


def test_two_who_rotate_at_once_lose_neither_key(tmp_path: Path) -> None:
    apps = [f"app{number}" for number in range(8)]
    ensure_endpoints(tmp_path, apps)
    threads = [threading.Thread(target=rotate, args=(tmp_path, app, DAYS, utc_now())) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(endpoint.keys) for endpoint in load_endpoints(tmp_path).values()] == [2] * 8
    assert {app: len(keys) for app, keys in published(tmp_path / PUBLIC).items()} == dict.fromkeys(apps, 2)


def test_a_registry_in_use_takes_up_a_change_and_keeps_what_held_while_the_file_is_half_right(tmp_path: Path) -> None:
    first = ensure_endpoints(tmp_path, ["naver"])
    registry = Registry(tmp_path)
    assert registry.current() == first
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).write_bytes(whole[:-20])
    assert registry.current() == first
    assert registry.current() == first
    (tmp_path / FILE).write_bytes(whole)
    rotate(tmp_path, "naver", DAYS, utc_now())
    assert len(registry.current()["naver"].keys) == 2
