"""A desk whose officials sign in with a provider on a real socket, and browsers that can reach both."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from shared.clock import utc_now
from shared.settings import Settings
from tests.builders.desk import Office, an_office
from tests.builders.provider import CLIENT, SECRET, Provider
from tests.builders.serving import a_socket, served

DESK = "https://desk"


@dataclass
class Scene:
    """The desk, the provider, and a clock that both go by."""

    office: Office
    provider: Provider
    now: list[datetime]
    desk_url: str

    def browser(self) -> httpx.AsyncClient:
        """A browser that knows neither yet: the desk is reached in this process, the provider by its socket."""
        return httpx.AsyncClient(
            mounts={DESK: httpx.ASGITransport(self.office.app)}, base_url=self.desk_url, follow_redirects=True
        )

    def later(self, by: timedelta) -> None:
        self.now[0] += by

    def grant(self, *roles: str, **more: Any) -> None:
        """What the provider says of whoever signs in next."""
        self.provider.account = {**self.provider.account, "roles": [f"gubi-{role}" for role in roles], **more}


def sign_in_file(folder: Path, issuer: str, **more: Any) -> Path:
    path = folder / "sign-in.yaml"
    path.write_text(json.dumps({"issuer": issuer, "client_id": CLIENT, **more}))
    return path


@asynccontextmanager
async def a_scene(settings: Settings, folder: Path, *, real_desk: bool = False, **more: Any) -> AsyncIterator[Scene]:
    """Both, set up for one another; with `real_desk` the desk is served on a socket of its own too."""
    now = [utc_now()]
    taken, issuer = a_socket()
    desk_socket, desk_url = a_socket() if real_desk else (None, DESK)
    provider = Provider(issuer, lambda: now[0])
    changes = {
        "sign_in": sign_in_file(folder, issuer, **more),
        "sign_in_secret": SecretStr(SECRET),
        "desk_url": desk_url,
    }
    async with served(provider.app, taken):
        office = await an_office(settings.model_copy(update=changes), lambda: now[0])
        async with office.wiring.open():
            scene = Scene(office, provider, now, desk_url)
            if desk_socket is None:
                yield scene
            else:
                async with served(office.app, desk_socket):
                    yield scene


async def signed_in(browser: httpx.AsyncClient) -> bool:
    """Whether the desk knows who this is."""
    answer = await browser.get("/api/overview")
    return answer.status_code != 401


async def come_in(scene: Scene, *roles: str, **more: Any) -> httpx.AsyncClient:
    """Somebody with these roles, signed in."""
    scene.grant(*roles, **more)
    browser = scene.browser()
    answer = await browser.get("/signin/start")
    assert await signed_in(browser), answer.text
    return browser


def addresses(answer: httpx.Response) -> Sequence[str]:
    """Every address that the browser was led through."""
    return [str(one.url) for one in (*answer.history, answer)]
