"""Finds what waits for a person: reads on past what was dismissed, so that no number of those hides one that waits."""

from collections.abc import AsyncGenerator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.dashboard.counting import Counting
from services.dashboard.failures import KINDS, Failure, Kind, failures
from services.dashboard.filters import Listed
from services.dashboard.listing import list_page
from services.dashboard.reach import Reach
from services.dashboard.rules import Entry
from services.dashboard.store import Stores
from services.dashboard.tally import Mark
from shared.clock import Clock
from shared.gate import Case, Gate
from shared.ids import is_submission_id
from shared.questions import AskedQuestion, Questions
from shared.standing import SubmissionClass

_PART = 200
_LOOKED_BACK = timedelta(days=90)
"""What keeps nothing from going on and was parked longer ago is an operator's to find, in the dead letters."""

Part = tuple[Mapping[str, Entry], Sequence[Case]]
"""Submissions read together, with what the gate knows of those whose take-back is overdue."""


@dataclass(frozen=True)
class Waiting:
    """What waits, of each kind the oldest first, and the kinds of which there may be more than is given."""

    found: Mapping[Kind, Sequence[Failure]]
    more: frozenset[Kind]


@dataclass(frozen=True)
class Tending:
    """Finds the failures within a reach, among the submissions that an official `may` tend."""

    stores: Stores
    counting: Counting
    gate: Gate
    questions: Questions
    clock: Clock
    patience: timedelta
    mine: Reach
    may: Callable[[Entry], bool]

    async def waiting(self, most: int) -> Waiting:
        """Give at most so many of each kind. Raises `Unavailable`."""
        before = self.clock() - self.patience
        passes: tuple[tuple[tuple[Kind, ...], AsyncGenerator[Part]], ...] = (
            (("unreadable",), self._listed(self._in("unreadable", "undecided"))),
            (("parked", "stuck"), self._listed(self._in("parked"))),
            (("parked",), self._parked_beside()),
            (("stuck",), self._listed(self._in("in_flight", "undecided", until=before))),
            (("stuck",), self._overdue(before)),
            (("stuck",), self._corrected(before)),
            (("stuck",), self._unsettled(before)),
            (("untold",), self._given_up()),
        )
        found: dict[Kind, dict[str, Failure]] = {kind: {} for kind in KINDS}
        more: set[Kind] = set()
        for kinds, parts in passes:
            some, whole = await self._read_on(kinds, parts, most)
            more.update(() if whole else kinds)
            for one in some:
                found[one.kind][one.name] = one
        more.update(kind for kind, some in found.items() if len(some) > most)
        return Waiting({kind: _oldest(found[kind].values())[:most] for kind in KINDS}, frozenset(more))

    async def named(self, names: Collection[str]) -> list[Failure]:
        """Give those of these failures, by their names, that still wait. Raises `Unavailable`."""
        about = {part for name in names for part in name.split("|")[1:2] if is_submission_id(part)}
        part = (await self.stores.queue.load(about), list((await self.gate.cases(about)).values()))
        return [one for one in await self._of(part, KINDS) if one.name in names]

    async def _read_on(
        self, kinds: Collection[Kind], parts: AsyncGenerator[Part], most: int
    ) -> tuple[list[Failure], bool]:
        """Give what waits in these, part by part until it is more than `most`, and whether that was all."""
        found: dict[str, Failure] = {}
        async with aclosing(parts):
            async for part in parts:
                found |= {one.name: one for one in await self._of(part, kinds)}
                if len(found) > most:
                    return list(found.values()), False
        return list(found.values()), True

    async def _of(self, part: Part, kinds: Collection[Kind]) -> list[Failure]:
        loaded, cases = part
        mine = {name: entry for name, entry in loaded.items() if self.mine.holds(entry.place) and self.may(entry)}
        if not mine:
            return []
        parked = await self.stores.failures.about(mine) if {"parked", "stuck"} & set(kinds) else []
        untold = await self.stores.untold.about(mine) if "untold" in kinds else []
        done = await self.stores.failures.of(mine)
        waited = {name for one in mine.values() if (mark := one.standing.screening) for name in mark.waiting_on}
        answered = _answers(await self.questions.get(waited)) if waited and "stuck" in kinds else {}
        found = failures(mine, parked, untold, cases, answered, done, now=self.clock(), patience=self.patience)
        return [one for one in found if one.kind in kinds]

    def _in(self, of_class: SubmissionClass, mark: Mark = "", until: datetime | None = None) -> Listed:
        return Listed(self.mine.programme.id, of_class, mark, office=self.mine.office, until=until)

    async def _listed(self, listed: Listed) -> AsyncGenerator[Part]:
        tally, after = (await self.counting.tally(self.mine.programme.id)).at(self.mine.office), None
        while True:
            page = await list_page(self.stores.queue, listed, tally, self.clock(), after=after, size=_PART)
            yield {entry.submission_id: entry for entry in page.entries}, ()
            if page.later is None:
                return
            after = page.later

    async def _parked_beside(self) -> AsyncGenerator[Part]:
        """Give what was parked by services that no submission waits for: it may stand in any class by now."""
        async for names in self.stores.failures.beside(self.clock() - _LOOKED_BACK, _PART):
            yield await self.stores.queue.load(names), ()

    async def _overdue(self, before: datetime) -> AsyncGenerator[Part]:
        cases: list[Case] = []
        async with aclosing(self.gate.overdue(before)) as overdue:
            async for case in overdue:
                cases += [case] if case.programme_id == self.mine.programme.id else []
                if len(cases) == _PART:
                    yield await self._entries(cases)
                    cases = []
        yield await self._entries(cases)

    async def _corrected(self, before: datetime) -> AsyncGenerator[Part]:
        async with aclosing(self.stores.queue.overtaken(before)) as parts:
            async for entries in parts:
                yield entries, ()

    async def _unsettled(self, before: datetime) -> AsyncGenerator[Part]:
        """Give what waits on a question that was answered before, of those answered last."""
        names = await self.stores.questions.latest(self.mine.programme.id, answered=True, limit=_PART)
        answered = _answers(await self.questions.get(names))
        yield await self.stores.queue.unsettled(name for name, at in answered.items() if at <= before), ()

    async def _entries(self, cases: Sequence[Case]) -> Part:
        return await self.stores.queue.load(case.submission_id for case in cases), cases

    async def _given_up(self) -> AsyncGenerator[Part]:
        async for names in self.stores.untold.given_up(_PART):
            yield await self.stores.queue.load(names), ()


def _answers(asked: Mapping[str, AskedQuestion]) -> dict[str, datetime]:
    """Tell when these questions were answered, of those that are."""
    return {name: one.answer.at for name, one in asked.items() if one.answer is not None}


def _oldest(found: Iterable[Failure]) -> list[Failure]:
    return sorted(found, key=lambda one: (one.since, one.name))
