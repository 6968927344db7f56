"""Screens submissions by the batch: load, decide, save; and again whatever changed under its hands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from services.eligibility.groups import Group, members_of
from services.eligibility.registers.answering import Answering
from services.eligibility.rules import pages_in
from services.eligibility.screenings import Open, Screened, decide, opened, outdated, portions, row
from services.eligibility.store import Groups, Screenings
from shared.catalog import Catalog
from shared.corrections import laid_over, unreadable_of
from shared.errors import GubiError, Unprocessable
from shared.events import QuestionAnswered, QuestionRaised
from shared.facts import Facts
from shared.gate import MachineCase
from shared.questions import AskedQuestion
from shared.uptake import Uptake
from shared.vault import SealedRow
from shared.vault.store import row_id
from shared.wiring import Wiring


@dataclass
class Round:
    """What came of screening a batch."""

    done: list[Screened] = field(default_factory=list)
    raised: list[QuestionRaised | QuestionAnswered] = field(default_factory=list)
    """Of questions that were not asked before, and of those that a register answered at once."""
    broken: dict[str, str] = field(default_factory=dict)
    """What does not open, and why, as a code."""
    left: set[tuple[str, str]] = field(default_factory=set)
    """Who has gone (group, submission): once all is said, `Screener.release` lets go of them."""


@dataclass(frozen=True)
class Screener:
    """What screening needs of the world."""

    wiring: Wiring
    catalog: Catalog
    screenings: Screenings
    groups: Groups
    answering: Answering

    async def screen(self, submission_ids: Iterable[str], *, entering: bool = False) -> Round:
        """Screen these. What is gone, or not (all) read, is left out; what does not open is named as broken.

        Where they were read just now and so are `entering` their groups, those of whom something else is found since
        are screened again. A question answered meanwhile would not find a screening that is not stored yet; so the
        answers are looked at once more after storing, and those that changed lead to another. Raises `Unavailable`.
        """
        whole, todo = Round(), set(submission_ids)
        coming = set(todo) if entering else set[str]()
        while todo:
            names = next(portions(todo))
            items = await self._open(names, whole.broken)
            groups = await self._groups_of(items, coming)
            screened, asked = await self._decide(items, groups, whole)
            whole.done += screened
            await self._save(screened)
            question_ids = {name for item in items for name in item.questions}
            late = outdated(screened, asked, await self.wiring.questions.get(question_ids))
            touched = {name for group in groups.values() for name in group.touched_by_coming(coming & set(names))}
            todo, coming = (todo | touched) - set(names), coming - set(names)
            todo |= {item.submission_id for item in late} | await self._leave(await self.wiring.gate.gone(names), whole)
        return whole

    async def forget(self, submission_ids: Collection[str]) -> Round:
        """Forget these, and screen again those of whom something else is found without them."""
        left = Round()
        whole = await self.screen(await self._leave(submission_ids, left))
        whole.left |= left.left
        return whole

    async def release(self, screened: Round) -> None:
        """Let go of those who had gone, now that all that came of it is said."""
        if screened.left:
            await self.groups.release(screened.left)

    async def _leave(self, gone: Collection[str], whole: Round) -> set[str]:
        """Sweep what is kept of those who have gone; give those of whom something else is found without them.

        That includes what was written after a take-back had swept: by this run, or by one killed before it looked.
        """
        if not gone:
            return set()
        await self.wiring.vault.sweep(list(gone))
        await self._let_go(await self.screenings.leave(gone))
        await self.screenings.forget(gone)
        groups = await self.groups.leave(gone)
        whole.left |= {(group.key, name) for group in groups for name in group.gone & set(gone)}
        return {name for group in groups for name in group.touched_by_going(gone)}

    async def _let_go(self, question_ids: Collection[str]) -> None:
        """Destroy the text of those of these questions on which nothing rests any more.

        Whoever rests on one says so before raising it. So of the two, this sees that, or that sees the doubt cast here
        and dispels it, or finds the text gone and seals it anew.
        """
        doubts = await self.wiring.questions.doubt(question_ids)
        unneeded = await self.screenings.unneeded(doubts)
        await self.wiring.questions.let_go({name: doubts[name] for name in unneeded})

    async def _groups_of(self, items: Sequence[Open], coming: Collection[str]) -> dict[str, Group]:
        """Give the groups of these by key. Only who is `coming` is entered: another may just have been let go."""
        enter = {one.submission_id: (one.case.case, one.keys) for one in items if one.submission_id in coming}
        groups = await self.groups.enter(members_of(enter))
        return groups | await self.groups.read({str(key) for one in items for key in one.keys} - groups.keys())

    async def _open(self, submission_ids: Iterable[str], broken: dict[str, str]) -> list[Open]:
        cases = await self.wiring.gate.for_machine(submission_ids)
        await Uptake.of(self.wiring, self.catalog).know(case.case.programme_id for case in cases.values())
        facts_at = {name: row_id(name, "facts", case.case.revision) for name, case in cases.items()}
        stood_at = {name: row_id(name, "provenance", case.case.revision) for name, case in cases.items()}
        rows = await self.wiring.vault.get([*facts_at.values(), *stood_at.values()])
        found = []
        for name, case in cases.items():
            if (sealed := rows.get(facts_at[name])) is None:
                continue
            try:
                item = self._opened(case, sealed, rows.get(stood_at[name]))
                if unreadable_of(item.facts.certificates, case.case.newest_part) is None:
                    found.append(item)
            except GubiError as error:
                broken[name] = error.code
            except ValidationError:
                broken[name] = "facts:invalid"
        return found

    def _opened(self, case: MachineCase, sealed: bytes, stood: bytes | None) -> Open:
        programme = self.catalog.programmes.get(case.case.programme_id)
        if programme is None:
            raise Unprocessable("programme:unknown")
        plain = case.seal.open("facts", case.case.revision, sealed)
        facts = laid_over(Facts.model_validate_json(plain), case.corrections)
        pages = pages_in(case.seal.open("provenance", case.case.revision, stood)) if stood else {}
        return opened(case, facts, programme, self.wiring.questions.id_of, self.wiring.keyring.token, pages)

    async def _decide(
        self, items: Sequence[Open], groups: Mapping[str, Group], whole: Round
    ) -> tuple[list[Screened], dict[str, AskedQuestion]]:
        """Screen these on the answers that stand, given too, once the registers have answered what they know.

        Questions are raised before the registers are looked up: one imported meanwhile finds them. What a register said
        of one whose text was gone may be old by now.
        """
        await self.screenings.rest({item.submission_id: item.questions.keys() for item in items})
        while True:
            asked = await self.wiring.questions.get({name for item in items for name in item.questions})
            screened = [decide(item, asked, groups) for item in items]
            whole.raised += await self._raise(screened, asked)
            blank = {name for name, one in asked.items() if one.text is None}
            answered = await self.answering.settle(blank.union(*(one.waiting_on for one in screened)))
            if not answered:
                return screened, asked
            whole.raised += answered

    async def _raise(self, screened: Iterable[Screened], asked: Mapping[str, AskedQuestion]) -> list[QuestionRaised]:
        texts: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        unsure = {name for name, one in asked.items() if one.text is None or one.doubted}
        for one in screened:
            wanted = (set(one.waiting_on) - asked.keys()) | unsure
            found = {name: text.model_dump() for name, text in one.open.questions.items() if name in wanted}
            texts[one.screening.programme_id] |= found
        return [
            event
            for programme_id, asks in texts.items()
            for event in await self.wiring.questions.raise_new(programme_id, asks)
        ]

    async def _save(self, done: list[Screened]) -> None:
        now = self.wiring.clock()
        rows = []
        for screened in done:
            case, seal = screened.open.case.case, screened.open.case.seal
            plain = screened.screening.model_dump_json().encode()
            sealed = seal.seal("screening", case.revision, plain, screened.name)
            rows.append(SealedRow(case.submission_id, "screening", case.revision, sealed, screened.name))
        await self.wiring.vault.put(rows)
        await self.screenings.record({screened.key: row(screened, now) for screened in done})
