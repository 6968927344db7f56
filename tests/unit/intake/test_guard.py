"""Nothing that fails shows its inside, and every answer carries its headers."""

import json

import httpx
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from services.intake.guard import Guard

SECRET = "김예시 880302"


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    raise ValueError(SECRET)


async def failing_half_way(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    raise ValueError(SECRET)


def client(app: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=Guard(app, "https://gubi.example"))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="https://gubi.example")


async def test_a_bug_is_a_problem_without_a_word_of_what_it_was(capfd: pytest.CaptureFixture[str]) -> None:
    async with client(failing) as http:
        answer = await http.get("/", headers={"accept-language": "en"})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "internal"
    written = capfd.readouterr()
    for shown in (answer.text, json.dumps(dict(answer.headers)), written.out, written.err):
        assert SECRET not in shown
        assert "Traceback" not in shown


async def test_an_answer_already_begun_is_cut_short_without_naming_the_bug() -> None:
    async with client(failing_half_way) as http:
        with pytest.raises(ConnectionError, match="answer cut short") as caught:
            await http.get("/")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_every_answer_carries_its_security_headers() -> None:
    async with client(PlainTextResponse("ok")) as http:
        headers = (await http.get("/")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
