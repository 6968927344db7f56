"""Instants as operators write them."""

from datetime import datetime

from shared.clock import SEOUL

FORMATS = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"]
HELP = "an instant, such as 2022-12-12T09:00; in Seoul time unless it says otherwise"


def in_seoul(written: datetime) -> datetime:
    """Give the instant that was meant."""
    return written if written.tzinfo else written.replace(tzinfo=SEOUL)
