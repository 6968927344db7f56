"""The one place that reads the time. Instants are aware UTC; the calendar of the law is Asia/Seoul."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Gives the present instant, aware and in UTC. Handed in, so that a test can hold it still."""

SEOUL = ZoneInfo("Asia/Seoul")


def utc_now() -> datetime:
    """Give the present instant in UTC, cut to the millisecond that MongoDB keeps, so that what is stored reads back
    equal.
    """
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def seoul_date(instant: datetime) -> date:
    """Give the Asia/Seoul date of an aware instant: deadlines, freshness and as-of dates are dates there."""
    return instant.astimezone(SEOUL).date()
