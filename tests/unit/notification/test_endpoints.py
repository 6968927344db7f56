"""The registry of endpoints."""

import json
from pathlib import Path

import pytest

from services.notification.endpoints import FILE, EndpointsError, ensure_webhook_secrets, load_endpoints
from shared.catalog import load


def test_a_new_registry_gives_each_app_a_secret_of_its_own_that_only_the_owner_reads(tmp_path: Path) -> None:
    made = ensure_webhook_secrets(tmp_path, load().wallets)
    assert str(made["naver"].url) == "http://127.0.0.1:8830/wallets/naver/notices"
    assert len(made) == 6
    assert made["naver"].secrets != made["toss"].secrets
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_who_comes_second_loads_what_the_first_wrote(tmp_path: Path) -> None:
    first = ensure_webhook_secrets(tmp_path, ["naver"], "http://a.example")
    assert ensure_webhook_secrets(tmp_path, ["toss"], "http://b.example") == first


def test_a_secret_never_shows_in_print(tmp_path: Path) -> None:
    assert "whsec_" not in repr(ensure_webhook_secrets(tmp_path, load().wallets))


@pytest.mark.parametrize(
    "entries",
    [
        [{"app": "naver", "url": "https://a.example"}],
        [{"app": "naver", "url": "https://a.example", "secrets": []}],
        [{"app": "naver", "url": "https://a.example", "secrets": ["whsec_short"]}],
        [{"app": "naver", "url": "ftp://a.example", "secrets": ["whsec_" + "A" * 44]}],
        [{"app": "naver", "url": "https://a.example", "secrets": ["whsec_" + "A" * 44]}] * 2,
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
