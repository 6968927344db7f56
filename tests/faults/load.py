"""The load: holders who send, and sometimes take back; an official who opens some and decides them. They come again
until they are answered, or give up.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Any, Literal
from uuid import uuid4

import httpx

from deploy.gubi.demo.wallets import PROGRAMME
from deploy.gubi.installation import Installation
from gubi_wallet import Certificate, Person, Problem, WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.world import wallet_address
from shared.clock import seoul_date, utc_now
from shared.events import SubmissionScreened
from shared.vault import Keyring
from tests.faults.asking import PATIENCE, NoAnswer, Said, until_answered
from tests.faults.ledger import Act, Ledger, Sent
from tests.faults.official import Official
from tests.faults.watching import Watch

NOT_TOLD = "naver"
"""An app that has no endpoint for notices: what it was told cannot be compared."""
LATER = (429, 503)
GIVE_UP = 0.15
MOST_AT_ONCE = 60
Fate = Literal["kept", "taken back", "opened", "both"]
FATES: tuple[Fate, ...] = (
    "kept", "taken back", "opened", "kept", "taken back", "both", "kept", "opened", "taken back", "kept",
)  # fmt: skip
"""What becomes of one submission after the other, over and over. Both: it is taken back at the very moment at which it
is opened, and the gate must let one of them win. What is opened is decided too."""
APART = 0.2
"""Seconds by which those two may miss each other."""


def papers(place: Installation, seed: int) -> Iterator[tuple[Person, Certificate]]:
    """Signed certificates without end, each of another person."""
    issuer = Issuer.open(place.settings.keys / "sample-issuer")
    for number, person in enumerate(population(seed)):
        sample = make("RR_FULL", person=person, seed=number, issued_on=seoul_date(utc_now()), issuer=issuer)
        yield Person(wallet_address(person), person.name, person.birth_date), Certificate("RR_FULL", sample.pdf)


class Load:
    """Sends so many a second, whatever becomes of those before."""

    def __init__(self, place: Installation, watch: Watch, ledger: Ledger, dice: random.Random, rate: float) -> None:
        self.ledger = ledger
        self.skipped = 0
        """How often nothing was sent since too many holders waited for an answer."""
        self.broken = ""
        """Why the load ended before its time; empty where it did not."""
        self._watch, self._dice, self._rate, self._fates = watch, dice, rate, cycle(FATES)
        self._papers = papers(place, dice.randrange(1 << 30))
        self._keyring = Keyring.load(place.settings.keys)
        keys = [key for key in ensure_wallet_keys(place.settings.keys).values() if key.app != NOT_TOLD]
        self._apps = [(key.app, WalletClient(place.url("intake"), key, tries=1)) for key in keys]
        self._official = Official(place.url("dashboard"))
        self._people: set[asyncio.Task[None]] = set()
        self._waiting = 0
        """How many holders wait for an answer of the door."""

    @asynccontextmanager
    async def going(self) -> AsyncIterator[None]:
        """Send meanwhile; afterwards wait for those who still come again. What broke it then is in `broken`."""
        sending = asyncio.create_task(self._send())
        try:
            yield
        finally:
            sending.cancel()
            await asyncio.wait([sending])
            while waiting := [task for task in self._people if not task.done()]:  # a holder may bring the official
                await asyncio.wait(waiting)
            for task in (sending, *self._people):
                if not task.cancelled() and (error := task.exception()):
                    self.broken = f"the load broke: {type(error).__name__}: {error}"
            for _, client in self._apps:
                await client.__aexit__(None, None, None)
            await self._official.close()

    async def _send(self) -> None:
        due = time.monotonic()
        while True:
            due = max(due + 1 / self._rate, time.monotonic() - 1.0)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self._waiting >= MOST_AT_ONCE:
                self.skipped += 1
                continue
            person, certificate = await asyncio.to_thread(next, self._papers)
            self._go(self._holder(person, certificate, next(self._fates)))

    def _go(self, someone: Coroutine[Any, Any, None]) -> None:
        self._people.add(asyncio.create_task(someone))

    async def _holder(self, person: Person, certificate: Certificate, fate: Fate) -> None:
        app, client = self._dice.choice(self._apps)
        key, at = f"k-{uuid4()}", utc_now()
        patient = self._dice.random() > GIVE_UP
        sent = Sent(key, f"s-{self._keyring.token('submission', f'{app}|{key}')}", app)

        async def submit() -> str:
            receipt = await client.submit(PROGRAMME, person, [certificate], idempotency_key=key, consented_at=at)
            return str(receipt["submission_id"])

        async def take_back() -> str:
            await client.take_back(sent.would_be, person.wallet_address)
            return sent.would_be

        if not await self._at_the_door(sent, "submit", submit, patient) or fate == "kept":
            return
        if fate == "taken back":
            await asyncio.sleep(self._dice.uniform(0.0, 3.0))
            await self._at_the_door(sent, "take back", take_back, patient)
        elif await self._screened(sent):
            self._go(self._opened(sent, patient))
            if fate == "both":
                await asyncio.sleep(self._dice.uniform(0.0, APART))
                await self._at_the_door(sent, "take back", take_back, patient)

    async def _screened(self, sent: Sent) -> bool:
        end = time.monotonic() + PATIENCE
        while (SubmissionScreened.topic, sent.would_be) not in self._watch.first:
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.2)
        return True

    async def _opened(self, sent: Sent, patient: bool) -> None:
        name, decision = sent.would_be, self._dice.choice(("eligible", "ineligible"))
        await asyncio.sleep(self._dice.uniform(0.0, APART))
        if await self._asked(sent, "view", lambda: self._official.look(name), patient):
            await self._asked(sent, "decide", lambda: self._official.decide(name, decision), patient)

    async def _at_the_door(self, sent: Sent, act: Act, asking: Callable[[], Awaitable[str]], patient: bool) -> bool:
        async def by_wallet() -> str:
            try:
                return await asking()
            except httpx.TransportError:
                raise NoAnswer from None
            except Problem as problem:
                raise (NoAnswer if problem.status in LATER else Said) from None

        self._waiting += 1
        try:
            return await self._asked(sent, act, by_wallet, patient)
        finally:
            self._waiting -= 1

    async def _asked(self, sent: Sent, act: Act, asking: Callable[[], Awaitable[str]], patient: bool) -> bool:
        return await until_answered(self.ledger, sent, act, asking, dice=self._dice, patient=patient)
