"""Eligibility without its bus, on a real store: submissions that were read, and what each was last screened as."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from services.eligibility.registers.answering import Answering
from services.eligibility.screener import Round, Screener
from services.eligibility.store import Groups, Registers, Screenings
from shared.facts import Certificate, Facts
from shared.gate import Accepted
from shared.settings import Settings
from shared.vault import SealedRow
from shared.wiring import Wiring
from tests.builders.holding import a_hold
from tests.unit.eligibility.cases import catalog, programme

FRESH = programme(freshness_days={})


@dataclass(frozen=True)
class Desk:
    """Eligibility without its bus: what each submission was last screened as."""

    wiring: Wiring
    screener: Screener
    last: dict[str, tuple[int, str, tuple[str, ...]]]

    @property
    def answering(self) -> Answering:
        return self.screener.answering

    async def send(self, holder: str, *sent: Certificate, file: str = "", **changes: Any) -> str:
        """A submission that was read, not yet screened; `file` says which bytes."""
        hold, seal = await a_hold(self.wiring.keyring, self.wiring.vault, holder=holder, **changes)
        [held] = hold.certificates
        files = [replace(held, fingerprint=file or f"{hold.submission_id}-{part}") for part, _ in enumerate(sent)]
        await self.wiring.gate.hold(replace(hold, certificates=tuple(files)))
        facts = Facts(certificates=tuple(one.model_copy(update={"part": part}) for part, one in enumerate(sent)))
        row = seal.seal("facts", 1, facts.model_dump_json().encode())
        await self.wiring.vault.put([SealedRow(hold.submission_id, "facts", 1, row)])
        return hold.submission_id

    async def read(self, *names: str) -> Round:
        """Their certificates were read: screen them and whoever stands together with them."""
        return await self.say(await self.screener.screen(names, entering=True))

    async def say(self, screened: Round) -> Round:
        assert screened.broken == {}
        for item in screened.done:
            found = (item.edition, item.screening.outcome, item.findings)
            self.last[item.open.submission_id] = max(self.last.get(item.open.submission_id, found), found)
        await self.screener.release(screened)
        return screened

    async def take_back(self, name: str, holder: str) -> None:
        asked = await self.wiring.gate.request("take_back", name, holder=holder, request_id=f"t-{name}")
        assert isinstance(asked, Accepted)
        assert asked.event is not None
        await self.wiring.gate.finish("take_back", name, cause=asked.event)

    def findings(self, *names: str) -> list[Sequence[str]]:
        return [self.last[name][2] for name in names]

    async def groups(self) -> list[dict[str, Any]]:
        return await self.wiring.database("eligibility").get_collection("groups").find({}).to_list(None)


@asynccontextmanager
async def a_screening_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Two programmes of the same rules, on the keyring that the settings name."""
    wiring = Wiring.of(settings)
    own = wiring.database("eligibility")
    other = FRESH.model_copy(update={"id": "OTHER"})
    both = replace(catalog(), programmes={FRESH.id: FRESH, other.id: other})
    screenings, groups, registers = Screenings(own), Groups(own), Registers(own)
    answering = Answering(wiring.questions, registers, wiring.keyring.token, wiring.clock)
    async with wiring.open(screenings, groups, registers):
        yield Desk(wiring, Screener(wiring, both, screenings, groups, answering), {})
