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

from gubi_wallet import Signing
from services.intake.links import Links
from shared import events as said
from shared.catalog import Catalog
from shared.clock import Clock, utc_now
from shared.gate import Case
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.doors import Door, opened
from tests.builders.holding import a_hold
from tests.builders.serving import a_socket, served

ADDRESS = "1holder"
"""Whose submissions they are, as `a_hold` has it."""


@dataclass
class Counter(Door):
    """The door as citizens and their apps reach it: on a real socket."""

    url: str

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

    def signing(self, name: str = "toss", holder: str = ADDRESS) -> httpx.AsyncClient:
        """A wallet app that asks for a holder."""
        return httpx.AsyncClient(
            base_url=self.url, auth=Signing(self.keys[name]), headers={"gubi-holder": holder}, timeout=30
        )


@asynccontextmanager
async def a_counter(
    settings: Settings, keyring: Keyring, *, clock: Clock = utc_now, catalog: Catalog | None = None
) -> AsyncIterator[Counter]:
    """Open a door; `keyring` stands in the settings' folder already."""
    at, url = a_socket()
    async with opened(settings, clock=clock, catalog=catalog, public_url=url) as door, served(door.api, at):
        watching = asyncio.create_task(door.api.state.watch.run())
        try:
            yield Counter(**vars(door), url=url)
        finally:
            door.api.state.watch.stop()
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching


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
