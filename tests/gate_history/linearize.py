"""The search for an order: can these calls on one submission be put in line so that the model answers as the gate did?

After Wing and Gong (1993) and Lowe (2017): calls are taken one by one, never one that began after another not yet taken
had ended; what was tried once (the same calls taken, the same standing) is not tried again. A call whose answer nobody
got may have had its effect at any time after it began, or never.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.gate_history.model import CALLS, Answer, Standing

NEVER = 1 << 62


@dataclass(frozen=True)
class Op:
    """One call on one submission, as it was seen from outside. Times are of one clock, in nanoseconds."""

    op: str
    call: str
    submission: str
    request: str
    begin: int
    end: int = NEVER
    answer: Answer | None = None
    """None where nobody got one; then `end` is NEVER."""
    shown: tuple[str, ...] = ()
    """Of the values given, which hold they came from."""
    details: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def known(self) -> bool:
        """Whether somebody got an answer."""
        return self.answer is not None


@dataclass(frozen=True)
class Stuck:
    """No order explains the calls: how far the best attempt came, and what it could not place."""

    standing: Standing
    placed: int
    cannot: tuple[Op, ...]


def explain(ops: Sequence[Op]) -> list[Op] | Stuck:
    """Give an order that explains all calls with known answers, or where the search got stuck."""
    line = sorted(ops, key=lambda op: (op.begin, op.end))
    must = sum(1 << at for at, op in enumerate(line) if op.known)
    tried: set[tuple[int, Standing]] = set()
    best = Stuck(Standing(), -1, ())
    stack: list[tuple[int, Standing, tuple[int, ...]]] = [(0, Standing(), ())]
    while stack:
        taken, now, order = stack.pop()
        taken, order = _take_what_changes_nothing(line, taken, now, order)
        if taken & must == must:
            return [line[at] for at in order]
        if (taken, now) in tried:
            continue
        tried.add((taken, now))
        able = _able(line, taken)
        if len(order) > best.placed:
            best = Stuck(now, len(order), tuple(line[at] for at in able if line[at].known))
        for at in reversed(able):
            then, answer = CALLS[line[at].call](now, line[at].request)
            if then != now and line[at].answer in (None, answer):
                stack.append((taken | 1 << at, then, (*order, at)))
    return best


def _able(line: Sequence[Op], taken: int) -> list[int]:
    """Calls not taken that began before every other call not taken had ended."""
    found: list[int] = []
    first_end = NEVER + 1
    for at, op in enumerate(line):
        if op.begin > first_end:
            break
        if not taken >> at & 1:
            found.append(at)
            first_end = min(first_end, op.end)
    return [at for at in found if line[at].begin <= first_end]


def _take_what_changes_nothing(
    line: Sequence[Op], taken: int, now: Standing, order: tuple[int, ...]
) -> tuple[int, tuple[int, ...]]:
    """Take all calls that can come now, change nothing and answer as they did: taking them early never hurts."""
    while True:
        quiet = [at for at in _able(line, taken) if line[at].known and _quiet(line[at], now)]
        if not quiet:
            return taken, order
        taken |= sum(1 << at for at in quiet)
        order = (*order, *quiet)


def _quiet(op: Op, now: Standing) -> bool:
    then, answer = CALLS[op.call](now, op.request)
    return then == now and answer == op.answer
