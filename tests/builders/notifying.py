"""Builds the notification service on a real store, with a clock that is moved by hand and news to tell."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from services.notification.app import Notification, build
from services.notification.attempts import Policy
from services.notification.endpoints import FILE, Registry
from services.notification.health import Rule
from services.notification.signing import new_private_key
from shared.catalog import Wallet, load
from shared.clock import utc_now
from shared.events import SubmissionReceived, SubmissionViewed
from shared.mongo import Client, database
from shared.settings import Settings
from tests.builders.receiver import Receiver

LETTERS = str.maketrans("0189", "abcd")
KEY = new_private_key()


class Now:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.instant = utc_now()

    def __call__(self) -> datetime:
        return self.instant

    def later(self, by: timedelta) -> None:
        self.instant += by


def a_submission(number: int = 1) -> str:
    return f"s-{number:026d}".translate(LETTERS)


def received(submission: str, app: str = "naver", **fields: Any) -> SubmissionReceived:
    given = {"receipt": "R-1", "programme_id": "SONMOK9988_2022", "wallet_app": app, "office": "시민건강국"} | fields
    return SubmissionReceived.because_of(f"hold-{submission}", submission_id=submission, at=utc_now(), **given)


def viewed(submission: str) -> SubmissionViewed:
    return SubmissionViewed.because_of(
        f"look-{submission}", submission_id=submission, at=utc_now(), office="시민건강국"
    )


def register(settings: Settings, endpoints: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the registry: of each app its URL, and what else its endpoint has."""
    settings.keys.mkdir(parents=True, exist_ok=True)
    listed = [{"app": app, "keys": [{"private": KEY}], **fields} for app, fields in endpoints.items()]
    (settings.keys / FILE).write_text(json.dumps({"endpoints": listed}))


@asynccontextmanager
async def notifying(
    settings: Settings,
    endpoints: Mapping[str, Mapping[str, Any] | Receiver],
    *,
    policy: Policy | None = None,
    rule: Rule | None = None,
    clock: Now | None = None,
    wallets: Mapping[str, Wallet] | None = None,
) -> AsyncIterator[Notification]:
    """The service, its endpoints registered, not running: it is driven by hand."""
    register(settings, {app: {"url": of.url()} if isinstance(of, Receiver) else of for app, of in endpoints.items()})
    here = settings.model_copy(update={"webhook_hosts": ("127.0.0.1",), "development": True})
    timing = {"clock": clock} if clock else {}
    service = build(here, wallets or load().wallets, Registry(here.keys), policy=policy, rule=rule, **timing)
    assert service.worker.ready is not None
    async with service.worker.ready():
        yield service


async def deliveries(client: Client, settings: Settings) -> list[dict[str, Any]]:
    """Every delivery as it is stored."""
    own = database(client, settings, "notification")
    return await own.get_collection("deliveries").find().to_list(None)
