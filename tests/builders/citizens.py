"""Citizens with certificates, ready to send, and the wallet apps they send with."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from deploy.gubi.installation import Installation
from gubi_wallet import Certificate, Person, WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.world import wallet_address
from shared.clock import seoul_date, utc_now
from tests.builders.waiting import until

PROGRAMME = "SONMOK9988_2022"


@dataclass(frozen=True)
class Citizen:
    """Somebody fictional, and a certificate of theirs."""

    person: Person
    certificate: Certificate


def citizens(
    place: Installation, count: int, *, seed: int, kind: str = "RR_FULL", case: str = "ordinary"
) -> list[Citizen]:
    issuer = Issuer.open(place.settings.keys / "sample-issuer")
    found = []
    for number, someone in enumerate(islice(population(seed), count)):
        sample = make(kind, person=someone, seed=number, issued_on=seoul_date(utc_now()), case=case, issuer=issuer)
        person = Person(wallet_address(someone), someone.name, someone.birth_date)
        found.append(Citizen(person, Certificate(kind, sample.pdf)))
    return found


@asynccontextmanager
async def wallet_apps(place: Installation) -> AsyncIterator[dict[str, WalletClient]]:
    keys = ensure_wallet_keys(place.settings.keys)
    async with AsyncExitStack() as stack:
        yield {
            app: await stack.enter_async_context(WalletClient(place.url("intake"), key)) for app, key in keys.items()
        }


async def handed_in(
    place: Installation, sending: Sequence[Citizen], programme: str = PROGRAMME
) -> list[dict[str, Any]]:
    """The receipts of these, once each is read and screened, or found unreadable."""
    async with wallet_apps(place) as apps:
        toss, receipts = apps["toss"], []
        for one in sending:
            receipts.append(await toss.submit(programme, one.person, [one.certificate]))
        for one, receipt in zip(sending, receipts, strict=True):

            async def through(name: str = receipt["submission_id"], holder: str = one.person.wallet_address) -> bool:
                return (await toss.status(name, holder))["class"] in ("screened", "unreadable")

            await until(through)
    return receipts
