"""The wallets' door on a real socket and store, without a broker, and a hand for what other services would say."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from gubi_wallet import AppKey, Signing
from services.intake.app import build
from services.intake.links import Links
from services.intake.store import Store
from services.wallet_simulator.keys import ensure_wallet_keys
from shared import events as said
from shared.catalog import Catalog, load
from shared.clock import Clock, utc_now
from shared.gate import Case
from shared.settings import Settings
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.builders.holding import a_hold
from tests.builders.waiting import until
from tests.builders.wallets import register
from tests.conftest import free_port

ADDRESS = "1holder"
"""Whose submissions they are, as `a_hold` has it."""


@dataclass
class Counter:
    """The door as citizens and their apps reach it."""

    url: str
    api: FastAPI
    wiring: Wiring
    store: Store
    keys: dict[str, AppKey]
    server: uvicorn.Server

    async def held(self, **changes: Any) -> Case:
        """A submission that was just received."""
        fields = {"receipt": "GB-7K3F-6QXM-2TRD", "programme_id": "SONMOK9988_2022", "office": "sonmok9988"} | changes
        hold, _ = await a_hold(self.wiring.keyring, self.wiring.vault, **fields)
        return (await self.wiring.gate.hold(hold)).case

    async def hear(self, kind: type[said.SubmissionEvent], case: Case, minutes: float = 0.0, /, **fields: Any) -> None:
        """Record an event of a submission, so long after it was received."""
        at = case.received_at + timedelta(minutes=minutes)
        cause = f"{kind.__name__}{minutes}{case.submission_id}"
        await self.store.record([kind.because_of(cause, submission_id=case.submission_id, at=at, **fields)])

    async def screened(self, case: Case, minutes: float = 2.0) -> None:
        """Record that it was read, found genuine, and screened."""
        await self.hear(said.SubmissionExtracted, case, minutes - 1, revision=1, authenticity={"genuine": 1})
        day = case.received_at.date()
        screening = {"revision": 1, "rule_version": 1, "as_of": day, "outcome": "review"}
        await self.hear(said.SubmissionScreened, case, minutes, **screening)

    def page(self, case: Case) -> str:
        """Its receipt link."""
        return Links(self.wiring.keyring, self.url).page(case.submission_id)

    def signing(self, app: str = "toss", holder: str = ADDRESS) -> httpx.AsyncClient:
        """A wallet app that asks for a holder."""
        return httpx.AsyncClient(
            base_url=self.url, auth=Signing(self.keys[app]), headers={"gubi-holder": holder}, timeout=30
        )


@asynccontextmanager
async def a_counter(
    settings: Settings, keyring: Keyring, *, clock: Clock = utc_now, catalog: Catalog | None = None
) -> AsyncIterator[Counter]:
    """Open a door; `keyring` stands in the settings' folder already."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    keys = ensure_wallet_keys(settings.keys)
    wiring = Wiring.of(settings.model_copy(update={"public_url": url}), clock)
    api = build(wiring, catalog or load())
    store = Store(wiring.database("intake"))
    server = uvicorn.Server(uvicorn.Config(api, port=port, lifespan="off", log_level="error"))
    async with wiring.open(store):
        await register(wiring.database("intake"), keys.values())
        serving = asyncio.create_task(server.serve())
        watching = asyncio.create_task(api.state.watch.run())
        await until(lambda: server.started)
        try:
            yield Counter(url, api, wiring, store, dict(keys), server)
        finally:
            api.state.watch.stop()
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            server.should_exit = True
            await serving


@dataclass
class Heard:
    """One server-sent event."""

    id: str
    event: str
    data: str

    @property
    def timeline(self) -> dict[str, Any]:
        """What it tells."""
        told: dict[str, Any] = json.loads(self.data)
        return told

    @property
    def steps(self) -> list[str]:
        """The steps it tells of."""
        return [step["what"] for step in self.timeline["steps"]]


async def hearing(response: httpx.Response) -> AsyncIterator[Heard | str]:
    """Read a stream (WHATWG HTML §9.2.6): events, and comments as texts."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line.startswith(":"):
            yield line[1:].strip()
        elif line:
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        elif "data" in fields:
            yield Heard(fields.get("id", ""), fields.get("event", "message"), fields.pop("data"))
