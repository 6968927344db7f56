"""The gate of one submission as a machine that does one thing at a time: what each call does, and what it then answers.

This is the promise of `shared.gate` written a second time, without a store, without concurrency, in plain Python. A
history is right when every call can be given one instant within its own begin and end, so that this machine, doing
them in that order, answers as the gate answered (linearizability).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

OPEN = ("held", "viewed", "decided")
CLOSING = {"take_back": "taking_back", "withdraw": "withdrawing"}
CLOSED = {"take_back": "taken_back", "withdraw": "withdrawn"}
ENDED = (*CLOSED.values(), "expired")

DUE = "due"
"""How a request to hold is named that keeps what it holds for no time at all: its retention is over at once."""


class Standing(NamedTuple):
    """One submission at one instant."""

    state: str | None = None
    """None: nothing was held yet."""
    held_by: str = ""
    first_view: str | None = None
    decided: str | None = None
    closed: bool = False
    undone: frozenset[str] = frozenset()
    closing: str | None = None
    due: bool = False
    """Its retention is over."""


Answer = tuple[Any, ...]
Step = Callable[[Standing, str], tuple[Standing, Answer]]

NOT_FOUND: Answer = ("refused", "not_found")


def refusal(now: Standing) -> Answer:
    """What a loser is told: to what it lost."""
    if now.state == "decided":
        return ("refused", "closed" if now.closed else "decided")
    return ("refused", now.state)


def hold(now: Standing, request: str) -> tuple[Standing, Answer]:
    """The first hold is kept; a repeat, by whomever, is given what was held before."""
    if now.state is None:
        return now._replace(state="held", held_by=request, due=request.startswith(DUE)), ("held", True)
    return now, ("held", now.held_by == request)


def view(now: Standing, request: str) -> tuple[Standing, Answer]:
    """Marks the first look, and shows; what is being given back is shown to nobody."""
    if now.state is None:
        return now, NOT_FOUND
    if now.state not in OPEN:
        return now, refusal(now)
    if now.first_view is None:
        now = now._replace(first_view=request, state="viewed" if now.state == "held" else now.state)
    return now, ("shown", now.first_view == request)


def told(now: Standing, _: str) -> tuple[Standing, Answer]:
    """What a look is told that was marked, and then found the submission withdrawn before anything was shown."""
    return now, refusal(now)


def certificate(now: Standing, _: str) -> tuple[Standing, Answer]:
    """Gives a file to whoever has looked, while the submission is open."""
    return now, ("file",) if now.state in OPEN else ("nothing",)


def machine_read(now: Standing, _: str) -> tuple[Standing, Answer]:
    """Opens for the machine, which marks nothing."""
    return now, ("open",) if now.state in OPEN else ("shut",)


def gone(now: Standing, _: str) -> tuple[Standing, Answer]:
    """Tells whether the key is destroyed, or was never there."""
    return now, ("gone",) if now.state in (None, *ENDED) else ("there",)


def take_back(now: Standing, request: str) -> tuple[Standing, Answer]:
    """Granted only on what nobody has looked at or decided."""
    return _close(now, request, "take_back", granted=now.state == "held")


def withdraw(now: Standing, request: str) -> tuple[Standing, Answer]:
    """Granted until the case is closed."""
    return _close(now, request, "withdraw", granted=now.state in OPEN and not now.closed)


def _close(now: Standing, request: str, closing: str, *, granted: bool) -> tuple[Standing, Answer]:
    if now.state is None:
        return now, NOT_FOUND
    if granted:
        return now._replace(state=CLOSING[closing], closing=request), ("accepted", "own")
    if now.state in (CLOSING[closing], CLOSED[closing]):
        return now, ("accepted", "own" if now.closing == request else "earlier")
    return now, refusal(now)


def steal(now: Standing, _: str) -> tuple[Standing, Answer]:
    """Somebody else than the holder asks to take it back."""
    return now, NOT_FOUND if now.state is None else ("refused", "not_holder")


def finish_take_back(now: Standing, _: str) -> tuple[Standing, Answer]:
    """The key is destroyed."""
    return _finish(now, "take_back")


def finish_withdraw(now: Standing, _: str) -> tuple[Standing, Answer]:
    """The key is destroyed."""
    return _finish(now, "withdraw")


def _finish(now: Standing, closing: str) -> tuple[Standing, Answer]:
    if now.state is None:
        return now, NOT_FOUND
    if now.state in (CLOSING[closing], CLOSED[closing]):
        return now._replace(state=CLOSED[closing]), ("accepted",)
    return now, refusal(now)


def decide(now: Standing, request: str) -> tuple[Standing, Answer]:
    """Decides what is open and undecided; the same request, undone meanwhile, decides nothing again."""
    if now.state is None:
        return now, NOT_FOUND
    if now.decided == request:
        return now, ("accepted",)
    if request in now.undone:
        return now, ("refused", "undone")
    if now.state in ("held", "viewed"):
        return now._replace(state="decided", decided=request), ("accepted",)
    return now, refusal(now)


def undo(now: Standing, request: str) -> tuple[Standing, Answer]:
    """Restores what was before the decision `request`, until the case is closed."""
    if now.state is None:
        return now, NOT_FOUND
    if now.state == "decided" and now.decided == request and not now.closed:
        before = "viewed" if now.first_view else "held"
        return now._replace(state=before, decided=None, undone=now.undone | {request}), ("accepted",)
    return now, ("accepted",) if request in now.undone else refusal(now)


def close(now: Standing, request: str) -> tuple[Standing, Answer]:
    """The undo time of decision `request` is over."""
    if now.state == "decided" and now.decided == request and not now.closed:
        return now._replace(closed=True), ("closed",)
    return now, ("nothing",)


def expire(now: Standing, _: str) -> tuple[Standing, Answer]:
    """The key of what is past its retention is destroyed: of what nobody decided, or is decided for good."""
    if now.state is None:
        return now, NOT_FOUND
    if now.state == "expired":
        return now, ("accepted",)
    if now.due and (now.state in ("held", "viewed") or now.closed) and now.state in OPEN:
        return now._replace(state="expired"), ("accepted",)
    return now, refusal(now)


def rewrap(now: Standing, _: str) -> tuple[Standing, Answer]:
    """The key is wrapped anew, which nobody can tell; one that is destroyed is not."""
    return now, ("nothing",) if now.state in (None, *ENDED) else ("rewrapped",)


def case(now: Standing, _: str) -> tuple[Standing, Answer]:
    """The document, read."""
    return now, ("is", now.state, now.first_view, now.decided, now.closed, now.closing)


def final(now: Standing, _: str) -> tuple[Standing, Answer]:
    """The document, read when all is over, with all that is kept in it."""
    return now, ("is", now.state, now.first_view, now.decided, now.closed, now.closing, tuple(sorted(now.undone)))


# A new call of the gate is a function above, a line here, and a method of `calls.Caller`.
CALLS: dict[str, Step] = {
    "hold": hold,
    "view": view,
    "told": told,
    "certificate": certificate,
    "machine_read": machine_read,
    "gone": gone,
    "take_back": take_back,
    "withdraw": withdraw,
    "steal": steal,
    "finish_take_back": finish_take_back,
    "finish_withdraw": finish_withdraw,
    "decide": decide,
    "undo": undo,
    "close": close,
    "expire": expire,
    "rewrap": rewrap,
    "case": case,
    "final": final,
}

READS = frozenset({"certificate", "machine_read", "gone", "case", "final", "steal"})
"""Calls that never change anything: where their answer is lost, nothing was given and nothing is left to resolve."""
