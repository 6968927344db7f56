"""What the commands of `gubi wallets` do with endpoints, on the store and on the registry."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import typer
from rich.table import Table

from deploy.gubi.saying import console, in_seoul, say
from deploy.trouble import Trouble
from services.notification.endpoints import Endpoint, load_endpoints
from services.notification.health import Health
from services.notification.registering import MOST_KEYS, NoEndpoint, TooManyKeys, rotate
from services.notification.signing import public_of
from services.notification.store import Endpoints, Queue
from shared.clock import SEOUL, utc_now
from shared.mongo import close, connect, database
from shared.settings import Settings

Result = TypeVar("Result")

STATES = {
    "new": "never told anything yet",
    "works": "accepts what it is told",
    "fails": "accepts nothing for now; tried again and again",
    "suspended": "told nothing; what it should be told waits for `gubi wallets resume`",
    "trying": "one notice is tried, and the rest if it is accepted",
}


@dataclass(frozen=True)
class _Stores:
    endpoints: Endpoints
    queue: Queue


@asynccontextmanager
async def _stores(settings: Settings) -> AsyncIterator[_Stores]:
    client = connect(settings)
    own = database(client, settings, "notification")
    try:
        yield _Stores(Endpoints(own), Queue(own))
    finally:
        await close(client)


def _on_the_store(settings: Settings, work: Callable[[_Stores], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with _stores(settings) as stores:
            return await work(stores)

    return asyncio.run(run())


def _endpoint(settings: Settings, app: str) -> Endpoint:
    known = load_endpoints(settings.keys)
    if app not in known:
        raise Trouble(f"No wallet app '{app}' has an endpoint. Those that have one are {', '.join(known) or 'none'}.")
    return known[app]


def print_endpoints(*, as_json: bool) -> int:
    """Print how every endpoint fares; give how many are suspended. Raises `EndpointsError`, `Unavailable`."""
    found = described(Settings())
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)
    return sum(one["suspended_at"] is not None for one in found)


def described(settings: Settings) -> list[dict[str, Any]]:
    """Give how every endpoint of the registry fares. Raises `EndpointsError`, `Unavailable`."""
    known, now = load_endpoints(settings.keys), utc_now()

    async def look(stores: _Stores) -> list[dict[str, Any]]:
        healths = await stores.endpoints.all()
        waiting = await asyncio.gather(*(stores.queue.waiting(app) for app in known))
        return [
            _described(endpoint, healths.get(app, Health(app)), count, now)
            for (app, endpoint), count in zip(known.items(), waiting, strict=True)
        ]

    return _on_the_store(settings, look)


def _described(endpoint: Endpoint, health: Health, waiting: int, now: datetime) -> dict[str, Any]:
    def at(instant: datetime | None) -> str | None:
        return instant.astimezone(SEOUL).isoformat(timespec="seconds") if instant else None

    return {
        "app": endpoint.app,
        "state": state_of(health),
        "waiting": waiting,
        "accepted_at": at(health.accepted_at),
        "failing_since": at(health.failing_since),
        "failures": health.failures,
        "last_failure": health.code,
        "suspended_at": at(health.suspended_at),
        "reason": health.reason,
        "probed_at": at(health.probed_at),
        "url": str(endpoint.url),
        "owner_url": str(endpoint.owner_url) if endpoint.owner_url else None,
        "owner_answered": health.owner_code,
        "per_second": endpoint.per_second,
        "burst": endpoint.burst,
        "keys": [public_of(key).model_dump(mode="json") for key in endpoint.keys if key.signs(now)],
    }


def state_of(health: Health) -> str:
    """Give one word for how an endpoint fares; `STATES` says what each means."""
    if health.suspended_at:
        return "trying" if health.probe_at else "suspended"
    if health.failing_since:
        return "fails"
    return "works" if health.accepted_at else "new"


def _print(found: list[dict[str, Any]]) -> None:
    table = Table("app", "state", "waiting", "accepted last", "failing since", "last failure", "keys")
    for one in found:
        keys = ", ".join(f"{key['id']}{' (ending)' if key['until'] else ''}" for key in one["keys"])
        cells = (one["accepted_at"], one["failing_since"], one["last_failure"], keys)
        table.add_row(one["app"], one["state"], f"{one['waiting']:,}", *(cell or "—" for cell in cells))
    console.print(table)
    for state in dict.fromkeys(one["state"] for one in found):
        say(f"{state}: {STATES[state]}.")
    for one in found:
        if one["suspended_at"]:
            say(f"{one['app']} was suspended at {one['suspended_at']} ({one['reason']}). {_owner(one)}")


def _owner(one: dict[str, Any]) -> str:
    if one["owner_url"] is None:
        return "No owner_url is registered: tell its owner."
    code = one["owner_answered"]
    if code is None:
        return "Its owner is being told."
    return "Its owner was told." if code.startswith("http_2") else f"Its owner could not be told yet ({code})."


def rotate_keys(app: str, overlap_days: float) -> None:
    """Rotate, and say what the app's developers need. Raises `Trouble`, `EndpointsError`."""
    settings = Settings()
    _endpoint(settings, app)
    try:
        new = rotate(settings.keys, app, timedelta(days=overlap_days), utc_now())
    except TooManyKeys:
        raise Trouble(
            f"{MOST_KEYS} keys sign for {app} already; wait until one has ended ('gubi wallets endpoints --json'), "
            "or end all the old ones now by --overlap 0."
        ) from None
    except NoEndpoint:
        raise Trouble(f"No wallet app '{app}' has an endpoint any more.") from None
    except OSError as error:
        raise Trouble(f"{settings.keys} cannot be written ({type(error).__name__}); nothing was changed.") from None
    until = f"The old keys sign too for {overlap_days:g} days." if overlap_days else "The old keys sign no longer."
    print(f"{app} has the new key {new.id}: {new.public_key}\n{until} {settings.public_url}/v1/webhook-keys/{app}")


def resume_endpoint(app: str, patience: float) -> bool:
    """Ask for a try, and wait for what comes of it; tell whether it went well. Raises `Trouble`, `Unavailable`."""
    settings = Settings()
    _endpoint(settings, app)

    async def ask(stores: _Stores) -> bool:
        if not await stores.endpoints.ask_for_probe(app, utc_now()):
            print(f"{app} is not suspended; nothing to do.")
            return True
        deadline = time.monotonic() + patience
        health, waiting = await stores.endpoints.look(app), await stores.queue.waiting(app)
        while waiting and health.suspended_at and health.probe_at and time.monotonic() < deadline:
            await asyncio.sleep(0.25)
            health = await stores.endpoints.look(app)
        if not health.suspended_at:
            print(f"{app} accepts again; what waited ({waiting:,} in all) is being sent, the oldest first.")
            return True
        if not health.probe_at:
            print(f"{app} did not accept the notice that was tried ({health.code}); it stays suspended.")
            return False
        if not waiting:
            print(
                f"Nothing waits for {app} yet: the next notice will be tried, and the endpoint works if it is accepted."
            )
            return True
        print(f"Nothing was tried within {patience:g} s; is the notification service running? It will when it is.")
        return False

    return _on_the_store(settings, ask)


def replay_since(app: str, since: datetime, *, asking: bool) -> None:
    """Make due again what was settled since, and say how much that is. Raises `Trouble`, `Unavailable`."""
    settings = Settings()
    _endpoint(settings, app)
    instant = in_seoul(since)
    if instant > utc_now():
        raise Trouble(f"{since.isoformat()} has not been yet; say since when to replay.")
    said = instant.astimezone(SEOUL).isoformat(timespec="seconds")
    if asking and not typer.confirm(f"Send again all that {app} was told, or was to be told, since {said}?"):
        raise Trouble("Nothing was changed.")
    count = _on_the_store(settings, lambda stores: stores.queue.replay(app, instant, utc_now()))
    print(f"{count:,} notices to {app} are due again under their old ids, since {said}.")
