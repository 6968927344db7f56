"""One programme version's rules for one as-of date, put together once for all that are decided by them. Pure.

It is the one definition of a decision: `rules.decide` puts them together for a single case, a selection run for a
whole population.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType
from typing import NamedTuple

from services.eligibility.conditions import shown
from services.eligibility.evidence import Case
from services.eligibility.explaining import Decision
from services.eligibility.household import household
from services.eligibility.joining import join
from services.eligibility.kleene import Result, all_of
from services.eligibility.points import points
from services.eligibility.questions import Answer, Question
from services.eligibility.trust import Doubt, examine
from shared.catalog.conditions import Condition
from shared.catalog.programmes import Programme
from shared.events import Outcome
from shared.facts import Facts, Submitter

_OUTCOME: Mapping[Result, Outcome] = {"met": "eligible", "not_met": "ineligible", "cannot_tell": "review"}
_COMBINATIONS = 4_096
"""Of results that a ruling remembers: a population shares few, whoever its people are."""


class _Verdict(NamedTuple):
    """What the results of all conditions come to."""

    outcome: Outcome
    level: int | None
    open: tuple[Condition, ...]


class Ruling:
    """Decides submissions, any number of them, each on its own."""

    def __init__(self, programme: Programme, as_of: date) -> None:
        """Take the programme version and the date on which its conditions must hold."""
        self._programme, self._as_of = programme, as_of
        self._codes = tuple(leaf.code for leaf in programme.leaves)
        self._shown = tuple(shown(leaf) for leaf in programme.leaves)
        self._verdict = lru_cache(_COMBINATIONS)(partial(_verdict, programme))
        self._by_household = programme.selection is not None and programme.selection.one_per == "household"

    def decide(
        self,
        facts: Facts,
        submitter: Submitter,
        answers: Mapping[Question, Answer],
        elsewhere: Mapping[int, Sequence[Doubt]] = MappingProxyType({}),
    ) -> Decision:
        """Decide one submission; see `rules.screen`. Nothing that a certificate may say raises."""
        programme = self._programme
        sent = examine(facts, submitter, programme, self._as_of, elsewhere)
        case = Case(submitter, self._as_of, answers, sent, programme.median_income, facts.settled)
        counting = sent if len(sent) == 1 else [one for one in sent if one.counts]
        found = [shown(counting, case) for shown in self._shown]
        verdict = self._verdict(tuple([one.result for one in found]))
        scored = points(programme, sent, case) if programme.score_table else {}
        return Decision(
            verdict.outcome,
            dict(zip(self._codes, found, strict=True)),
            verdict.open,
            sent,
            verdict.level,
            sum(known for known in scored.values() if known is not None) if programme.score_table else None,
            household(sent) if self._by_household else None,
            scored,
        )


def _verdict(programme: Programme, results: tuple[Result, ...]) -> _Verdict:
    """Join results, which are in the order of the programme's leaves, along its tree and its list of priorities."""
    by_code = dict(zip((leaf.code for leaf in programme.leaves), results, strict=True))
    nodes, level = [programme.conditions], None
    result = join(programme.conditions, by_code)
    if programme.priorities and result != "not_met":
        first = next((one for one in programme.priorities if join(one.condition, by_code) != "not_met"), None)
        result = all_of((result, join(first.condition, by_code))) if first else "not_met"
        level = first.level if first else None
        nodes += [first.condition] if first else []
    return _Verdict(
        _OUTCOME[result],
        level if result == "met" else None,
        tuple(nodes) if result == "cannot_tell" else (),
    )
