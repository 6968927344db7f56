"""The pages of what services say and take: everything on them, nothing fetched, nothing that runs."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from services.intake import standing
from services.intake.app import build as build_intake
from shared.asyncapi import document
from shared.catalog import load
from shared.events import EVENTS
from shared.reading_page import HEADERS, page, reading_page
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring
from shared.wiring import Wiring

FETCHED = re.compile(r"<(?:script|link|img|iframe|object|embed|base|form)\b|\b(?:src|href|action|style)=|url\(|@import")


@pytest.fixture
async def door(tmp_path: Path) -> FastAPI:
    Keyring.create(tmp_path)
    Signer.create(tmp_path)
    settings = Settings(_env_file=None, keys=tmp_path, public_url="https://door.example.org")
    return build_intake(Wiring.of(settings), load())


def test_every_topic_is_on_the_page_of_messages_and_nothing_is_fetched() -> None:
    html = page(document(Settings(_env_file=None)))
    assert all(f"<code>{event.topic}</code>" in html for event in EVENTS)
    assert "Intake says submission-received-v1." in html
    assert not FETCHED.search(html)


async def test_every_operation_is_on_the_page_of_the_door_and_nothing_is_fetched(door: FastAPI) -> None:
    openapi = door.openapi()
    html = page(openapi)
    for path, operations in openapi["paths"].items():
        for method in operations:
            assert f"<code>{method.upper()} {path}</code>" in html
    assert not FETCHED.search(html)
    assert FETCHED.search('<script src="https://cdn.example.org/x.js">')


async def test_the_page_of_the_door_is_drawn_once_whoever_asks(door: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    drawings: list[str] = []
    monkeypatch.setattr(standing, "page", lambda document: drawings.append(page(document)) or drawings[-1])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(door), base_url="http://door") as client:
        answers = [await client.get("/docs") for _ in range(3)]
    assert [answer.text for answer in answers] == drawings * 3
    assert len(drawings) == 1
    assert answers[0].headers["content-security-policy"] == HEADERS["content-security-policy"]


def test_what_stands_in_a_document_is_text_and_never_markup() -> None:
    odd = '<img src="x" onerror="alert(1)">'
    html = page({"info": {"title": odd, "version": odd}, "paths": {odd: {"get": {"description": odd}}}})
    assert "<img" not in html


def test_its_policy_lets_its_own_style_in_and_nothing_else() -> None:
    answer = reading_page(document(Settings(_env_file=None)))
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
