"""The public keys of notices, as the door shows them to whoever builds a wallet app's endpoint."""

import base64
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.intake import public_keys
from services.intake.guard import tell_problems
from services.intake.links import Links
from services.intake.offers import Offers
from services.intake.rules import Limits
from services.intake.telling import Telling
from services.notification.registering import ensure_endpoints, rotate
from shared.catalog import load
from shared.clock import utc_now
from shared.errors import GubiError
from shared.vault import Keyring
from shared.webhook_keys import FILE, publish, published

APPS = ("naver", "toss")


class Now:
    def __init__(self) -> None:
        self.instant = utc_now()

    def __call__(self) -> datetime:
        return self.instant


def door(folder: Path, clock: Now) -> httpx.AsyncClient:
    api = FastAPI()
    links = Links(Keyring.create(folder), "http://door")
    tell_problems(api, "http://door", Offers(Telling(load(), links, clock), Limits()))
    api.include_router(public_keys.routes({"keys": []}, folder, clock))
    return httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://door")


async def test_keys_are_shown_with_a_rotation_at_once_and_without_those_that_have_ended(tmp_path: Path) -> None:
    now = Now()
    ensure_endpoints(tmp_path, APPS)
    async with door(tmp_path, now) as client:
        [first] = (await client.get("/v1/webhook-keys/naver")).json()["keys"]
        assert len(base64.b64decode(first["public_key"].removeprefix("whpk_"))) == 32
        new = rotate(tmp_path, "naver", timedelta(days=7), now())
        during = (await client.get("/v1/webhook-keys/naver")).json()["keys"]
        assert [key["id"] for key in during] == [new.id, first["id"]]
        assert [key["until"] is None for key in during] == [True, False]
        now.instant += timedelta(days=7)
        answer = await client.get("/v1/webhook-keys/naver")
        assert [key["id"] for key in answer.json()["keys"]] == [new.id]
        assert "max-age" in answer.headers["cache-control"]
        assert "whsk_" not in answer.text


async def test_an_app_without_keys_is_not_found(tmp_path: Path) -> None:
    async with door(tmp_path, Now()) as client:
        assert (await client.get("/v1/webhook-keys/naver")).status_code == 404
        ensure_endpoints(tmp_path, APPS)
        assert (await client.get("/v1/webhook-keys/naver")).status_code == 200
        answer = await client.get("/v1/webhook-keys/nobody")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


def test_what_is_published_can_be_read_by_all_from_the_moment_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A door of another user that looked in between would keep what it knew: a mode that changes is no change."""
    seen: list[int] = []
    put = Path.replace

    def watched(draft: Path, target: Path) -> Path:
        there = put(draft, target)
        seen.append(there.stat().st_mode & 0o777)
        return there

    monkeypatch.setattr(Path, "replace", watched)
    publish(tmp_path, {})
    assert seen == [0o644]


async def test_a_file_that_is_broken_meanwhile_changes_nothing_and_one_broken_before_opens_no_door(
    tmp_path: Path,
) -> None:
    ensure_endpoints(tmp_path, APPS)
    async with door(tmp_path, Now()) as client:
        before = (await client.get("/v1/webhook-keys/naver")).json()
        whole = published(tmp_path / FILE)
        (tmp_path / FILE).write_text("{")
        assert (await client.get("/v1/webhook-keys/naver")).json() == before
        publish(tmp_path, whole)
        assert (await client.get("/v1/webhook-keys/naver")).json() == before
    (tmp_path / FILE).write_text("{")
    with pytest.raises(GubiError):
        door(tmp_path, Now())
