"""Screens submissions by the batch: load, decide, save; and again whatever changed under its hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from services.eligibility.screenings import Open, Screened, decide, opened, outdated, row
from services.eligibility.store import Screenings
from shared.catalog import Catalog
from shared.errors import GubiError, Unprocessable
from shared.events import QuestionRaised
from shared.facts import Facts
from shared.gate import MachineCase
from shared.vault import SealedRow
from shared.vault.store import row_id
from shared.wiring import Wiring


@dataclass
class Round:
    """What came of screening a batch."""

    done: list[Screened] = field(default_factory=list)
    raised: list[QuestionRaised] = field(default_factory=list)
    """Questions that were not asked before."""
    broken: dict[str, str] = field(default_factory=dict)
    """What does not open, and why, as a code."""


@dataclass(frozen=True)
class Screener:
    """What screening needs of the world."""

    wiring: Wiring
    catalog: Catalog
    screenings: Screenings

    async def screen(self, submission_ids: Iterable[str]) -> Round:
        """Screen these. What is gone, or not yet read, is left out; what does not open is named as broken.

        A question answered meanwhile would not find a screening that is not stored yet; so the answers are looked at
        once more after storing, and those that changed lead to another screening. Raises `Unavailable`.
        """
        whole, todo = Round(), set(submission_ids)
        while todo:
            items = await self._open(todo, whole.broken)
            applicants = await self.screenings.enter(_entries(items))
            question_ids = {name for item in items for name in item.questions}
            asked = await self.wiring.questions.get(question_ids)
            screened = [decide(item, asked, applicants[item.applicant]) for item in items]
            whole.done += screened
            whole.raised += await self._save(screened)
            await self._forget_gone(todo)
            late = outdated(screened, asked, await self.wiring.questions.get(question_ids))
            displaced = {name for applicant in applicants.values() for name in applicant.displaced(todo)}
            todo = {item.submission_id for item in late} | displaced
        return whole

    async def forget(self, submission_ids: Sequence[str]) -> Round:
        """Forget these, and screen again whoever is now their applicant's first submission."""
        left = await self.screenings.forget(submission_ids)
        return await self.screen(name for applicant in left for name in applicant.submissions[:1])

    async def _open(self, submission_ids: Iterable[str], broken: dict[str, str]) -> list[Open]:
        cases = await self.wiring.gate.for_machine(submission_ids)
        facts_at = {name: row_id(name, "facts", case.case.revision) for name, case in cases.items()}
        rows = await self.wiring.vault.get(facts_at.values())
        found = []
        for name, case in cases.items():
            if (sealed := rows.get(facts_at[name])) is None:
                continue
            try:
                found.append(self._opened(case, sealed))
            except GubiError as error:
                broken[name] = error.code
            except ValidationError:
                broken[name] = "facts:invalid"
        return found

    def _opened(self, case: MachineCase, sealed: bytes) -> Open:
        programme = self.catalog.programmes.get(case.case.programme_id)
        if programme is None:
            raise Unprocessable("programme:unknown")
        plain = case.seal.open("facts", case.case.revision, sealed)
        return opened(case, Facts.model_validate_json(plain), programme, self.wiring.questions.id_of)

    async def _forget_gone(self, submission_ids: Iterable[str]) -> None:
        """Sweep what was written after a take-back had swept: by this run, or by one killed before it looked."""
        if gone := await self.wiring.gate.gone(list(submission_ids)):
            await self.wiring.vault.sweep(list(gone))
            await self.screenings.forget(list(gone))

    async def _save(self, done: list[Screened]) -> list[QuestionRaised]:
        now = self.wiring.clock()
        rows = []
        texts: dict[str, dict[str, dict[str, Any]]] = {}
        for screened in done:
            case, seal = screened.open.case.case, screened.open.case.seal
            plain = screened.screening.model_dump_json().encode()
            sealed = seal.seal("screening", case.revision, plain, screened.name)
            rows.append(SealedRow(case.submission_id, "screening", case.revision, sealed, screened.name))
            asks = texts.setdefault(case.programme_id, {})
            waiting = set(screened.waiting_on)
            asks |= {name: text.model_dump() for name, text in screened.open.questions.items() if name in waiting}
        await self.wiring.vault.put(rows)
        await self.screenings.record({screened.key: row(screened, now) for screened in done})
        return [
            event
            for programme_id, asks in texts.items()
            for event in await self.wiring.questions.raise_new(programme_id, asks)
        ]


def _entries(items: Iterable[Open]) -> dict[str, list[tuple[str, datetime]]]:
    """Group submissions (id, received) by their applicant."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    for item in items:
        found.setdefault(item.applicant, []).append((item.submission_id, item.case.case.received_at))
    return found
