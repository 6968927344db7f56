"""Instants and days as the desk writes them."""

from datetime import date, datetime

from shared.clock import SEOUL


def moment(instant: datetime | None) -> str:
    """Write an instant as Seoul has it."""
    return f"{instant.astimezone(SEOUL):%Y-%m-%d %H:%M:%S}" if instant else "—"


def clock(instant: datetime) -> str:
    """Write the time of day of an instant as Seoul has it."""
    return f"{instant.astimezone(SEOUL):%H:%M}"


def day(value: date | None) -> str:
    """Write a date."""
    return f"{value:%Y-%m-%d}" if value else "—"
