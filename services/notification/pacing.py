"""How fast an endpoint is told, and how many at a time. Pure.

The rate is of all processes together: a bucket of tokens in the store, from which each process draws a portion ahead,
so that not every webhook costs a write. How many go at once, and how long an endpoint that fails is left alone, each
process finds out by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from services.notification.attempts import Answer

AT_ONCE = 16
"""Webhooks under way to one wallet app from one process, at most."""
SLOW_SECONDS = 1.0
"""An endpoint that answers later than this is given fewer at once, down to `SLOW_WIDTH`."""
SLOW_WIDTH = 4
"""Fewer would not make it quicker, and what it is to be told would pile up."""
LONGEST_REST = timedelta(seconds=30)
"""An endpoint whose every attempt fails is left alone for up to this long between turns."""
LONGEST_HOLD = timedelta(hours=1)
"""Retry-After holds back what is not tried yet for up to this long."""
_FIRST_REST = timedelta(seconds=0.5)
_BUSY = ("http_429", "http_503")


@dataclass(frozen=True)
class Bucket:
    """The tokens there were at an instant."""

    tokens: float
    at: datetime


def drawn(bucket: Bucket | None, per_second: float, burst: int, now: datetime) -> tuple[int, Bucket]:
    """Draw a portion, at most what a second brings or one turn takes; give it and what is left.

    A bucket that was never drawn from is full. A clock that runs backwards brings no tokens and takes none.
    """
    tokens = float(burst)
    if bucket is not None:
        passed = max(0.0, (now - bucket.at).total_seconds())
        tokens = min(float(burst), bucket.tokens + passed * per_second)
        now = max(now, bucket.at)
    portion = min(int(tokens + 1e-9), max(AT_ONCE, ceil(per_second)))
    return portion, Bucket(tokens - portion, now)


@dataclass(frozen=True)
class Pace:
    """One process's way with one endpoint."""

    width: int = AT_ONCE
    """How many go at once."""
    in_a_row: int = 0
    """Turns in a row of which every attempt failed."""
    held_until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Tell whether nothing is sent for now."""
        return self.held_until is not None and now < self.held_until


def after(pace: Pace, answers: Sequence[Answer], now: datetime) -> Pace:
    """Give the pace after a turn: half as many at once when any was slow or all failed, one more when all went well.

    An endpoint that accepts nothing is tried one by one; one that is slow but accepts, by a few.
    """
    failed = [answer for answer in answers if not answer.accepted]
    in_a_row = pace.in_a_row + 1 if answers and len(failed) == len(answers) else 0
    slow = any(answer.seconds > SLOW_SECONDS for answer in answers)
    fewer = max(1 if in_a_row else min(SLOW_WIDTH, pace.width), pace.width // 2)
    width = fewer if slow or in_a_row else min(AT_ONCE, pace.width + 1)
    rest = min(LONGEST_REST, _FIRST_REST * 2 ** min(in_a_row - 1, 10)) if in_a_row else timedelta()
    asked = [answer.again_in for answer in failed if answer.again_in and answer.code in _BUSY]
    hold = max(rest, min(LONGEST_HOLD, max(asked, default=timedelta())))
    return Pace(width, in_a_row, now + hold if hold else None)
