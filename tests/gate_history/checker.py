"""The checker: what must be true of every history, each law in one sentence and one function.

It looks at a finished history alone, knows nothing of the gate's code, and gives each breach as a sentence about one
submission. The first three laws are the promise to the citizen in its plainest form; the fourth is stronger than all
three, and says of every single answer that it was right at some instant between question and answer.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.gate_history.linearize import Op, Stuck, explain
from tests.gate_history.model import ENDED, OPEN
from tests.gate_history.reading import Submission, calls_to_explain, took_effect


@dataclass(frozen=True)
class Violation:
    """One law broken by one submission."""

    law: str
    submission: str
    what: str


def _shown_to_people(submission: Submission) -> list[Op]:
    return [op for op in submission.ops if op.answer and op.answer[0] in ("shown", "file")]


def _granted(submission: Submission, *calls: str) -> list[Op]:
    return [op for op in submission.ops if op.call in calls and op.answer and op.answer[0] == "accepted"]


def one_winner(submission: Submission) -> Iterator[str]:
    """No submission was both shown to a person, or closed by a decision, and taken back."""
    taken = _granted(submission, "take_back")
    others = [*_shown_to_people(submission), *(op for op in submission.ops if op.answer == ("closed",))]
    if taken and others:
        yield f"two winners: {_line(taken[0])} and {_line(others[0])}"


def nothing_shown_afterwards(submission: Submission) -> Iterator[str]:
    """Nothing is shown, nor read by the machine, once a take-back or a withdrawal was granted, or it has expired."""
    granted = min((op.end for op in _granted(submission, "take_back", "withdraw", "expire")), default=None)
    for op in submission.ops:
        if granted is not None and op.begin > granted and op.answer and op.answer[0] in ("shown", "file", "open"):
            yield f"shown {_ms(op.begin - granted)} after it was granted: {_line(op)}"


def no_take_back_after_a_view(submission: Submission) -> Iterator[str]:
    """No take-back is granted that was asked for after a view had shown something."""
    seen = min((op.end for op in _shown_to_people(submission)), default=None)
    for op in _granted(submission, "take_back"):
        if seen is not None and op.begin > seen:
            yield f"granted, asked {_ms(op.begin - seen)} after a view: {_line(op)}"


def one_order_explains_all(submission: Submission) -> Iterator[str]:
    """The calls can be put in one order, each within its own time, in which the model answers as the gate did."""
    found = explain(calls_to_explain(submission))
    if isinstance(found, Stuck):
        stuck = "; ".join(_line(op) for op in found.cannot[:4])
        yield f"no order explains it; after {found.placed} calls it stands at {found.standing}, and then not: {stuck}"


def every_lost_answer_is_resolved(submission: Submission) -> Iterator[str]:
    """Of each call whose answer was lost it is known whether it took effect, and who asked again was told the same."""
    answered = {
        (op.call, op.request): op for op in submission.ops if op.call in ("take_back", "withdraw", "decide", "view")
    }
    for op in submission.lost:
        again = answered.get((op.call, op.request))
        if (
            again is not None
            and again.answer in (("accepted",), ("accepted", "own"))
            and not took_effect(op, submission.ended)
        ):
            yield f"asked again it was granted, and the store knows nothing of it: {_line(again)}"


def who_looked_is_known(submission: Submission) -> Iterator[str]:
    """Whoever was shown something is marked, and was shown what was handed in."""
    for op in _shown_to_people(submission):
        if op.request not in submission.ended.looks:
            yield f"no look is kept of {_line(op)}"
        if submission.ended.first_view is None:
            yield f"shown, and no first view is marked: {_line(op)}"
    for op in submission.ops:
        if wrong := [value for value in op.shown if value != submission.ended.held_by]:
            yield f"shown what was not handed in ({wrong[0]}): {_line(op)}"


def events_are_said_once(submission: Submission) -> Iterator[str]:
    """Each thing that happened is said, under one id, and nothing that did not."""
    ended = submission.ended
    due = {
        "submission-received-v1": ended.state is not None,
        "submission-viewed-v1": ended.first_view is not None,
        "withdrawal-requested-v1": ended.closing is not None,
        "submission-taken-back-v1": ended.state == "taken_back",
        "submission-withdrawn-v1": ended.state == "withdrawn",
        "submission-expired-v1": ended.state == "expired",
        "submission-decided-v1": ended.closed,
    }
    ids = Counter(topic for topic, _ in {(event["topic"], event["id"]) for event in submission.said})
    for topic, happened in due.items():
        if ids[topic] != happened:
            yield f"{topic} was said under {ids[topic]} ids, and it happened {'once' if happened else 'never'}"
    say_at = {op.request: op.details["say_at"] for op in submission.ops if op.call == "decide"}
    for event in submission.said:
        if event["topic"] == "submission-decided-v1" and event["at"] < say_at.get(event["cause"], ""):
            yield f"the decision {event['cause']} was told before its undo time was over"


def what_was_given_back_opens_nowhere(submission: Submission) -> Iterator[str]:
    """When all is over, no key is left of what was taken back, withdrawn or expired, and no door gives anything."""
    ended = submission.ended
    if ended.state in ENDED and (ended.keys or ended.opens):
        yield f"{ended.state}, and {ended.keys} keys are left" + (", and it opens" if ended.opens else "")
    if ended.state not in (None, *OPEN, *ENDED):
        yield f"it was left {ended.state}"
    if ended.state in OPEN and not ended.opens:
        yield f"{ended.state}, and it does not open"


def nothing_unpromised_is_raised(submission: Submission) -> Iterator[str]:
    """No call ends in what the gate never said it raises."""
    for op in submission.bugs:
        yield f"raised: {_line(op)}"


LAWS: tuple[Callable[[Submission], Iterator[str]], ...] = (
    one_winner,
    nothing_shown_afterwards,
    no_take_back_after_a_view,
    one_order_explains_all,
    every_lost_answer_is_resolved,
    who_looked_is_known,
    events_are_said_once,
    what_was_given_back_opens_nowhere,
    nothing_unpromised_is_raised,
)


def check(submissions: Iterable[Submission]) -> list[Violation]:
    """Give every breach of every law."""
    return [
        Violation(law.__name__, submission.name, what)
        for submission in submissions
        for law in LAWS
        for what in law(submission)
    ]


def _line(op: Op) -> str:
    answer = "no answer" if op.answer is None else " ".join(str(part) for part in op.answer)
    return f"{op.call} {op.request} -> {answer} [{op.op}]"


def _ms(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:.1f} ms"
