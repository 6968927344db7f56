"""Human actions per 1,000 submissions: what a programme cost its officials, and the mix that it was counted over. Pure.

An act is one thing that one official did and that is stored: however many submissions it settles, it counts once. What
the machine and the registers did counts nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from services.dashboard.tally import Tally
from shared.standing import SubmissionClass

Act = Literal[
    "answers", "views", "by_hand", "exports", "runs", "decisions", "confirmations", "approvals", "corrections"
]

ACTS: tuple[Act, ...] = Act.__args__  # type: ignore[attr-defined]
"""Answers to questions, changed and taken back too · submissions opened one by one · values corrected
or read by hand, and better certificates asked for · exports that opened many · runs
asked for · decisions on one submission from its page · confirmations of many, proposals too · approvals and refusals by
a second official, proposals taken back too · decisions undone."""

_UNCONFIRMED = ("drafting", "draft")


class Batches(NamedTuple):
    """Batches of decisions that are alike."""

    one: bool
    """Whether each is of one submission, decided from its page."""
    state: str
    approved: bool
    """Whether a second official has said yes or no, or the first has taken it back."""
    times: int
    undos: int
    """How often something of them was undone, in all."""


@dataclass(frozen=True)
class HumanActions:
    """The figure and its mix."""

    acts: Mapping[Act, int]
    """How many of each kind, in the order of `ACTS`."""
    submissions: int
    """All that were received."""
    classes: Mapping[SubmissionClass, int]
    """How many of them stand in each class."""

    @property
    def total(self) -> int:
        """All acts."""
        return sum(self.acts.values())

    @property
    def per_1000(self) -> float | None:
        """Acts per 1,000 submissions, to one decimal; None where there is no submission."""
        return round(1_000 * self.total / self.submissions, 1) if self.submissions else None


def human_actions(
    tally: Tally, batches: Iterable[Batches], *, answers: int, views: int, by_hand: int, exports: int, runs: int
) -> HumanActions:
    """Count what a programme's submissions took, from what is stored of each kind."""
    confirmed = [one for one in batches if one.state not in _UNCONFIRMED]
    acts: dict[Act, int] = {
        "answers": answers,
        "views": views,
        "by_hand": by_hand,
        "exports": exports,
        "runs": runs,
        "decisions": sum(one.times for one in confirmed if one.one),
        "confirmations": sum(one.times for one in confirmed if not one.one),
        "approvals": sum(one.times for one in confirmed if one.approved),
        "corrections": sum(one.undos for one in confirmed),
    }
    classes = {name: count for name, count in tally.classes.items() if count}
    return HumanActions(acts, tally.received, classes)
