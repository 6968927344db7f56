"""Sign-ins that have begun: each is finished once, by the browser that began it, or not at all."""

import secrets
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from services.dashboard.store.hashing import hashed
from shared.mongo import Database, adapting

LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Attempt:
    """A browser on its way to the provider and back."""

    nonce: str
    """Stands in the ID token made for this attempt, and in no other."""
    verifier: str
    """Proves to the provider that who redeems the code is who asked for it (RFC 7636)."""
    following: str
    """Where to go afterwards, on this site."""
    at: datetime


class Attempts:
    """Attempts by their state; of that, and of what the browser keeps, the store has only the hash."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._attempts = database.get_collection("attempts")

    async def prepare(self) -> None:
        """Let the store forget by itself what can no longer be finished."""
        async with adapting():
            await self._attempts.create_index("at", expireAfterSeconds=int(LASTS.total_seconds()))

    async def begin(self, following: str, now: datetime) -> tuple[str, str, Attempt]:
        """Begin one; give its state, for the provider, and its browser's secret, for a cookie."""
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        attempt = Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(48), following, now)
        async with adapting():
            await self._attempts.insert_one({"_id": hashed(state), "browser": hashed(browser), **asdict(attempt)})
        return state, browser, attempt

    async def take(self, state: str, browser: str, now: datetime) -> Attempt | None:
        """Give the attempt that this browser began with this state, in time, and never again."""
        own = {"_id": hashed(state), "browser": hashed(browser), "at": {"$gt": now - LASTS}}
        async with adapting():
            found = await self._attempts.find_one_and_delete(own)
        if found is None:
            return None
        return Attempt(**{field.name: found[field.name] for field in fields(Attempt)})
