"""Screens submissions by the batch: load, decide, save; and again whatever changed under its hands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.eligibility.screenings import Open, Screened, decide, displaced, duplicates, opened, outdated, row
from services.eligibility.store import Screenings
from shared.catalog import Catalog
from shared.errors import Unprocessable
from shared.events import QuestionRaised
from shared.facts import Facts
from shared.vault import SealedRow
from shared.vault.store import row_id
from shared.wiring import Wiring


@dataclass(frozen=True)
class Screener:
    """What screening needs of the world."""

    wiring: Wiring
    catalog: Catalog
    screenings: Screenings

    async def screen(self, submission_ids: Iterable[str]) -> tuple[list[Screened], list[QuestionRaised]]:
        """Screen these; give the screenings and the questions newly raised. What is gone, or not yet read, is left out.

        A question answered meanwhile would not find a screening that is not stored yet; so the answers are looked at
        once more after storing, and those that changed lead to another screening. Raises `Unavailable`,
        `Unprocessable`.
        """
        done: list[Screened] = []
        raised: list[QuestionRaised] = []
        todo = set(submission_ids)
        while todo:
            items = await self._open(todo)
            standing = await self.screenings.enter(_applicants(items))
            second = duplicates(standing)
            question_ids = {name for item in items for name in item.questions}
            asked = await self.wiring.questions.get(question_ids)
            screened = [decide(item, asked, item.submission_id in second) for item in items]
            done += screened
            raised += await self._save(screened)
            late = outdated(screened, asked, await self.wiring.questions.get(question_ids))
            todo = {item.submission_id for item in late} | displaced(standing, todo)
        return done, raised

    async def _open(self, submission_ids: Iterable[str]) -> list[Open]:
        cases = await self.wiring.gate.for_machine(submission_ids)
        facts_at = {name: row_id(name, "facts", case.case.revision) for name, case in cases.items()}
        rows = await self.wiring.vault.get(facts_at.values())
        found = []
        for name, case in cases.items():
            facts = rows.get(facts_at[name])
            if facts is None:
                continue
            programme = self.catalog.programmes.get(case.case.programme_id)
            if programme is None:
                raise Unprocessable("programme:unknown")
            plain = case.seal.open("facts", case.case.revision, facts)
            found.append(opened(case, Facts.model_validate_json(plain), programme, self.wiring.questions.id_of))
        return found

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
        gone = await self.wiring.gate.gone([screened.open.submission_id for screened in done])
        if gone:
            await self.wiring.vault.sweep(list(gone))
            await self.screenings.forget(list(gone))
        return [
            event
            for programme_id, asks in texts.items()
            for event in await self.wiring.questions.raise_new(programme_id, asks)
        ]


def _applicants(items: Iterable[Open]) -> dict[str, list[tuple[str, datetime]]]:
    """Group submissions (id, received) by who submitted them to which programme."""
    found: dict[str, list[tuple[str, datetime]]] = {}
    for item in items:
        case = item.case.case
        found.setdefault(f"{case.programme_id}|{case.holder}", []).append((case.submission_id, case.received_at))
    return found
