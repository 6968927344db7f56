"""Histories spoilt on purpose: each takes a true history of one submission and makes it break one law.

Each gives the spoilt submission, or None where this one has nothing to spoil.
"""

from collections.abc import Callable
from dataclasses import replace

from tests.gate_history.linearize import NEVER, Op
from tests.gate_history.model import ENDED
from tests.gate_history.reading import Submission

Spoil = Callable[[Submission], Submission | None]


def _first(submission: Submission, call: str, *answers: tuple[object, ...]) -> Op | None:
    return next((op for op in submission.ops if op.call == call and op.answer in answers), None)


def _with(submission: Submission, *ops: Op, instead_of: Op | None = None) -> Submission:
    kept = (op for op in submission.ops if op is not instead_of)
    return replace(submission, ops=(*kept, *ops))


def _after(one: Submission) -> int:
    return max((op.end for op in one.ops if op.known), default=0) + 1


def _seen_to_have_ended(one: Submission) -> bool:
    """Somebody was told so: an ending of which nobody heard may have come after whatever else is known."""
    held = min((op.end for op in one.ops if op.call == "hold"), default=NEVER)
    gone = any(op.call == "gone" and op.answer == ("gone",) and op.begin > held for op in one.ops)
    return gone or any(op.call.startswith("finish_") and op.answer == ("accepted",) for op in one.ops)


def two_winners(one: Submission) -> Submission | None:
    """A look that was refused is said to have been shown, while the take-back was under way."""
    taken = _first(one, "take_back", ("accepted", "own"))
    if taken is None:
        return None
    look = Op("spoilt", "view", one.name, "v.spoilt", taken.begin, taken.end, ("shown", False))
    return _with(one, look)


def shown_afterwards(one: Submission) -> Submission | None:
    """The machine was given something that had been taken back, or withdrawn, for long."""
    shut = [op for op in one.ops if op.call == "machine_read" and op.answer == ("shut",) and op.begin > _granted(one)]
    return _with(one, replace(shut[-1], answer=("open",)), instead_of=shut[-1]) if shut else None


def _granted(one: Submission) -> int:
    granted = [op.end for op in one.ops if op.call in ("take_back", "withdraw") and op.answer == ("accepted", "own")]
    return min(granted, default=NEVER)


def taken_back_after_a_view(one: Submission) -> Submission | None:
    """A take-back that was refused because of a look is said to have been granted."""
    seen = min((op.end for op in one.ops if op.answer and op.answer[0] == "shown"), default=NEVER)
    late = [op for op in one.ops if op.call == "take_back" and op.answer == ("refused", "viewed") and op.begin > seen]
    return _with(one, replace(late[0], answer=("accepted", "own")), instead_of=late[0]) if late else None


def false_reason(one: Submission) -> Submission | None:
    """A loser is told that the application was withdrawn, which nobody did."""
    refused = _first(one, "take_back", ("refused", "viewed"), ("refused", "decided"))
    if refused is None or one.ended.closing:
        return None
    return _with(one, replace(refused, answer=("refused", "withdrawn")), instead_of=refused)


def stale_read(one: Submission) -> Submission | None:
    """A read gives what had been, although a later one had begun after it was over."""
    reads = sorted((op for op in one.ops if op.call == "case" and op.answer), key=lambda op: op.begin)
    early = next((op for op in reads if op.answer and op.answer[1] == "held"), None)
    late = next((op for op in reads if op.answer and op.answer[1] not in (None, "held", "decided")), None)
    if early is None or late is None:
        return None
    return _with(one, replace(early, op="spoilt", begin=late.end + 1, end=late.end + 2))


def lost_decision(one: Submission) -> Submission | None:
    """A decision was confirmed to an official, and the store knows nothing of it."""
    if one.ended.state not in ("held", "viewed"):
        return None
    begin = _after(one)
    made = Op("spoilt", "decide", one.name, "d.spoilt", begin, begin + 1, ("accepted",), details={"say_at": ""})
    return _with(one, made)


def unresolved(one: Submission) -> Submission | None:
    """An answer was lost, the call was repeated and granted, and the store knows nothing of either."""
    begin = _after(one)
    first = Op("spoilt", "take_back", one.name, "t.spoilt", begin)
    again = replace(first, op="again", begin=begin + 1, end=begin + 2, answer=("accepted", "own"))
    return replace(_with(one, again), lost=(*one.lost, first))


def look_forgotten(one: Submission) -> Submission | None:
    """Somebody looked, and no look is kept."""
    seen = next((op for op in one.ops if op.call == "view" and op.answer and op.answer[0] == "shown"), None)
    if seen is None:
        return None
    return replace(one, ended=replace(one.ended, looks=one.ended.looks - {seen.request}))


def anothers_values(one: Submission) -> Submission | None:
    """Values of another submission were shown."""
    seen = next((op for op in one.ops if op.shown), None)
    return _with(one, replace(seen, shown=("h.another",)), instead_of=seen) if seen else None


def event_unsaid(one: Submission) -> Submission | None:
    """One thing that happened was never said."""
    return replace(one, said=one.said[1:]) if len({event["id"] for event in one.said}) == len(one.said) > 0 else None


def event_twice(one: Submission) -> Submission | None:
    """One thing that happened was said under two ids."""
    return replace(one, said=(*one.said, one.said[0] | {"id": "another"})) if one.said else None


def told_too_early(one: Submission) -> Submission | None:
    """A decision was told before its undo time was over, where the history has who decided and so knows that time."""
    decided = {op.request for op in one.ops if op.call == "decide"}
    told = (event for event in one.said if event["topic"] == "submission-decided-v1")
    said = next((event for event in told if event["cause"] in decided), None)
    early = [event if event is not said else event | {"at": "2000-01-01T00:00:00+00:00"} for event in one.said]
    return replace(one, said=tuple(early)) if said else None


def expired_too_early(one: Submission) -> Submission | None:
    """What was refused, since its retention lasts, is said to have expired."""
    refused = _first(one, "expire", ("refused", "held"), ("refused", "viewed"))
    return _with(one, replace(refused, answer=("accepted",)), instead_of=refused) if refused else None


def wrapped_afterwards(one: Submission) -> Submission | None:
    """The key of what has ended is said to have been wrapped anew."""
    if one.ended.state not in ENDED or not _seen_to_have_ended(one):
        return None
    begin = _after(one)
    return _with(one, Op("spoilt", "rewrap", one.name, "", begin, begin + 1, ("rewrapped",)))


def key_left(one: Submission) -> Submission | None:
    """It has ended, and a key is left."""
    return replace(one, ended=replace(one.ended, keys=1)) if one.ended.state in ENDED else None


SPOILT: dict[Spoil, str] = {
    two_winners: "one_winner",
    shown_afterwards: "nothing_shown_afterwards",
    taken_back_after_a_view: "no_take_back_after_a_view",
    false_reason: "one_order_explains_all",
    stale_read: "one_order_explains_all",
    lost_decision: "one_order_explains_all",
    unresolved: "every_lost_answer_is_resolved",
    look_forgotten: "who_looked_is_known",
    anothers_values: "who_looked_is_known",
    event_unsaid: "events_are_said_once",
    event_twice: "events_are_said_once",
    told_too_early: "events_are_said_once",
    expired_too_early: "one_order_explains_all",
    wrapped_afterwards: "one_order_explains_all",
    key_left: "what_was_given_back_opens_nowhere",
}
"""Each with the law by which it must be noticed."""
