"""What the wallet apps were told, kept by webhook id so that a double shows, and how each app is made to fail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Mode = Literal["up", "slow", "error", "down", "gone"]
_KEPT = 20_000


@dataclass(frozen=True)
class Switch:
    """How an app behaves when it is told something.

    `slow` keeps the notice and answers after `seconds`; `error` keeps nothing and answers 500; `down` never answers;
    `gone` keeps nothing and answers 410, for good.
    """

    mode: Mode = "up"
    seconds: float = 10.0


@dataclass
class Notice:
    """One webhook id at one app: how often it was accepted (a second time is a double) and refused."""

    webhook_id: str
    app: str
    submission_id: str
    notice: str
    first_at: datetime
    last_at: datetime
    body: dict[str, Any]
    times: int = 0
    refused: int = 0


class Inbox:
    """All notices of all apps."""

    def __init__(self, apps: Iterable[str]) -> None:
        """Take the apps."""
        self.switches = {app: Switch() for app in apps}
        self._notices: dict[tuple[str, str], Notice] = {}

    def take(self, app: str, webhook_id: str, body: dict[str, Any], at: datetime, *, accepted: bool) -> Notice:
        """Count a verified webhook that came in; of very many the latest are kept."""
        data = body.get("data", {})
        first = Notice(webhook_id, app, str(data.get("submission_id")), str(data.get("notice")), at, at, body)
        notice = self._notices.setdefault((app, webhook_id), first)
        notice.last_at = at
        notice.times += accepted
        notice.refused += not accepted
        if len(self._notices) > _KEPT:
            del self._notices[next(iter(self._notices))]
        return notice

    def notices(self, *, app: str | None = None, submission_id: str | None = None) -> list[Notice]:
        """Give notices, oldest first, of one app or one submission where that is asked."""
        return [
            notice
            for notice in self._notices.values()
            if app in (None, notice.app) and submission_id in (None, notice.submission_id)
        ]

    def counts(self) -> dict[str, int]:
        """Give how many notices were accepted, how many of them more than once, and how many refusals there were."""
        notices = self._notices.values()
        return {
            "notices": sum(notice.times > 0 for notice in notices),
            "doubles": sum(max(0, notice.times - 1) for notice in notices),
            "refusals": sum(notice.refused for notice in notices),
        }
