"""Three values, and how they join: missing is never taken for false (Kleene's strong logic of indeterminacy)."""

from collections.abc import Iterable
from typing import Literal

Result = Literal["met", "not_met", "cannot_tell"]
"""충족 · 미충족 · 확인 불가."""


def all_of(results: Iterable[Result]) -> Result:
    """Give `not_met` where one is, else `cannot_tell` where one is, else `met`; the order does not matter."""
    seen = tuple(results)
    return "not_met" if "not_met" in seen else "cannot_tell" if "cannot_tell" in seen else "met"


def any_of(results: Iterable[Result]) -> Result:
    """Give `met` where one is, else `cannot_tell` where one is, else `not_met`; the order does not matter."""
    seen = tuple(results)
    return "met" if "met" in seen else "cannot_tell" if "cannot_tell" in seen else "not_met"
