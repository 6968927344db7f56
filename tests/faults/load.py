"""The load: holders who send, who sometimes take back, and who come again until they are answered, or give up."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx

from deploy.gubi.demo.wallets import PROGRAMME
from deploy.gubi.installation import Installation
from gubi_wallet import Certificate, Person, Problem, WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.world import wallet_address
from shared.clock import seoul_date, utc_now
from shared.vault import Keyring
from tests.faults.ledger import Act, Ledger, Sent

NOT_TOLD = "naver"
"""An app that has no endpoint for notices: what it was told cannot be compared."""
LATER = (429, 503)
TAKE_BACK, GIVE_UP = 0.3, 0.15
MOST_AT_ONCE = 60
PATIENCE = 300.0
"""Seconds after which even the patient give up."""


def papers(place: Installation, seed: int) -> Iterator[tuple[Person, Certificate]]:
    """Signed certificates without end, each of another person."""
    issuer = Issuer.open(place.settings.keys / "sample-issuer")
    for number, person in enumerate(population(seed)):
        sample = make("RR_FULL", person=person, seed=number, issued_on=seoul_date(utc_now()), issuer=issuer)
        yield Person(wallet_address(person), person.name, person.birth_date), Certificate("RR_FULL", sample.pdf)


class Load:
    """Sends so many a second, whatever becomes of those before."""

    def __init__(self, place: Installation, ledger: Ledger, dice: random.Random, rate: float) -> None:
        self.ledger = ledger
        self.skipped = 0
        """How often nothing was sent since too many holders waited for an answer."""
        self._dice, self._rate = dice, rate
        self._papers = papers(place, dice.randrange(1 << 30))
        self._keyring = Keyring.load(place.settings.keys)
        keys = [key for key in ensure_wallet_keys(place.settings.keys).values() if key.app != NOT_TOLD]
        self._apps = [(key.app, WalletClient(place.url("intake"), key, tries=1)) for key in keys]
        self._holders: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def going(self) -> AsyncIterator[None]:
        """Send meanwhile; afterwards wait for those who still come again."""
        sending = asyncio.create_task(self._send())
        try:
            yield
        finally:
            sending.cancel()
            await asyncio.wait([sending])
            if self._holders:
                await asyncio.wait(self._holders)
            for holder in self._holders:
                holder.result()
            for _, client in self._apps:
                await client.__aexit__(None, None, None)

    async def _send(self) -> None:
        due = time.monotonic()
        while True:
            due = max(due + 1 / self._rate, time.monotonic() - 1.0)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if sum(not holder.done() for holder in self._holders) >= MOST_AT_ONCE:
                self.skipped += 1
                continue
            person, certificate = await asyncio.to_thread(next, self._papers)
            self._holders.add(asyncio.create_task(self._holder(person, certificate)))

    async def _holder(self, person: Person, certificate: Certificate) -> None:
        app, client = self._dice.choice(self._apps)
        key, at = f"k-{uuid4()}", utc_now()
        patient, takes_back = self._dice.random() > GIVE_UP, self._dice.random() < TAKE_BACK
        sent = Sent(key, f"s-{self._keyring.token('submission', f'{app}|{key}')}")

        async def submit() -> str:
            receipt = await client.submit(PROGRAMME, person, [certificate], idempotency_key=key, consented_at=at)
            return str(receipt["submission_id"])

        async def take_back() -> str:
            await client.take_back(sent.would_be, person.wallet_address)
            return sent.would_be

        if await self._until_answered(sent, "submit", submit, patient) and takes_back:
            await asyncio.sleep(self._dice.uniform(0.0, 3.0))
            await self._until_answered(sent, "take back", take_back, patient)

    async def _until_answered(self, sent: Sent, act: Act, asking, patient: bool) -> bool:
        while True:
            self.ledger.write(sent, act, "asked")
            try:
                self.ledger.write(sent, act, "acknowledged", await asking())
                return True
            except httpx.TransportError:
                pass
            except Problem as problem:
                if problem.status not in LATER:
                    self.ledger.write(sent, act, "refused")
                    return False
            self.ledger.write(sent, act, "no answer")
            if not patient or time.monotonic() - sent.asked_at > PATIENCE:
                self.ledger.write(sent, act, "given up")
                return False
            await asyncio.sleep(self._dice.uniform(0.2, 1.0))
