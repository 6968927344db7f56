"""The press that sample certificates are issued by: one at a time, beside the event loop."""

import asyncio
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from services.wallet_simulator.samples import KINDS, Issuer, Person, Sample, cases_of, make, town
from services.wallet_simulator.world import INTO_THE_WALLET, No
from shared.clock import Clock, seoul_date


class NewCertificate(BaseModel):
    """What is to be issued, and how it is handed over (수령방법)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = Field(examples=["EI_HIST"])
    case: str = "ordinary"
    seed: int = Field(0, ge=0)
    issued_on: date | None = None
    """By default today in Seoul."""
    employer: int | None = Field(None, ge=0, lt=400)
    """Where the holder works: a place in the made-up town's list of firms. By default the seed decides."""
    delivery: str = Field(INTO_THE_WALLET, max_length=40)


class Press:
    """Issues certificates to whoever asks, in turn."""

    def __init__(self, issuer: Issuer, clock: Clock) -> None:
        """Take who signs them."""
        self._issuer, self._clock, self._turn = issuer, clock, asyncio.Lock()

    async def issue(self, asked: NewCertificate, person: Person) -> Sample:
        """Make one. Raises `No`."""
        if asked.kind not in KINDS or asked.case not in cases_of(asked.kind):
            raise No(
                422,
                "certificate-cannot-be-made",
                f"만들 수 있는 종류는 {', '.join(KINDS)}이고, 사례는 종류마다 다릅니다.",
            )
        async with self._turn:
            return await asyncio.to_thread(
                make,
                asked.kind,
                person=person,
                seed=asked.seed,
                issued_on=asked.issued_on or seoul_date(self._clock()),
                case=asked.case,
                issuer=self._issuer,
                workplace=None if asked.employer is None else town()[asked.employer],
            )
