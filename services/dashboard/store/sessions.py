"""Who is signed in, and which looks are open on their screens."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from services.dashboard.people import Person
from services.dashboard.roles import Grant, Rights
from services.dashboard.store.hashing import hashed
from shared.mongo import Database, Document, adapting

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
LOOK_LASTS = timedelta(hours=1)
_TOUCHED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Session:
    """A session on the server; the browser holds nothing but its random id."""

    key: str
    """SHA-256 of the id, so that the store cannot be used to sign in."""
    person: Person
    csrf: str
    rights: Rights
    """What was granted when they signed in."""


@dataclass(frozen=True)
class OpenLook:
    """A look that the gate has recorded, and which may be shown again for a while to whoever took it."""

    look_id: str
    submission_id: str
    official: str
    purpose: str
    at: datetime
    unmasked: str = ""
    """Why what names a person was shown; empty while it is covered."""


class Sessions:
    """Sessions and open looks."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._sessions = database.get_collection("sessions")
        self._looks = database.get_collection("looks")

    async def prepare(self) -> None:
        """Let the store forget by itself what can no longer be used."""
        async with adapting():
            await self._sessions.create_index("used_at", expireAfterSeconds=int(LONGEST.total_seconds()))
            await self._sessions.create_index("person.id")
            await self._looks.create_index("at", expireAfterSeconds=int(LOOK_LASTS.total_seconds()))

    async def start(self, person: Person, rights: Rights, now: datetime, instead_of: str = "") -> str:
        """Start a session; give its id, for the cookie. The one with the id `instead_of` ends.

        Other sessions of this person end where they rest on an office or rights that no longer are theirs.
        """
        session_id = secrets.token_urlsafe(32)
        granted = [_document(grant) for grant in rights]
        fields = {"person": asdict(person), "rights": granted, "csrf": secrets.token_urlsafe(24)}
        same = {"person.office": person.office, "rights": granted}
        async with adapting():
            await self._sessions.delete_many({"person.id": person.id, "$nor": [same]})
            await self._sessions.delete_one({"_id": hashed(instead_of)})
            await self._sessions.insert_one({"_id": hashed(session_id), **fields, "started_at": now, "used_at": now})
        return session_id

    async def find(self, session_id: str, now: datetime, *, used: bool = True) -> Session | None:
        """Give the session of a cookie, unless it has been idle or has lasted too long; `used`: it is not idle now."""
        alive = {"used_at": {"$gt": now - IDLE}, "started_at": {"$gt": now - LONGEST}}
        async with adapting():
            found = await self._sessions.find_one({"_id": hashed(session_id), **alive})
            if found is not None and used and now - found["used_at"] > _TOUCHED_EVERY:
                await self._sessions.update_one({"_id": found["_id"]}, {"$set": {"used_at": now}})
        if found is None:
            return None
        rights = tuple(_grant(document) for document in found.get("rights", ()))
        return Session(found["_id"], Person(**found["person"]), found["csrf"], rights)

    async def stands(self, session: Session, now: datetime) -> bool:
        """Tell whether a session still stands, without using it: an open page keeps nobody signed in."""
        alive = {"used_at": {"$gt": now - IDLE}, "started_at": {"$gt": now - LONGEST}}
        async with adapting():
            return await self._sessions.find_one({"_id": session.key, **alive}, {"_id": 1}) is not None

    async def end(self, session: Session) -> None:
        """End a session."""
        async with adapting():
            await self._sessions.delete_one({"_id": session.key})

    async def keep_look(self, look: OpenLook) -> None:
        """Remember a look that the gate has recorded."""
        fields = {name: value for name, value in asdict(look).items() if name != "look_id"}
        async with adapting():
            await self._looks.update_one({"_id": look.look_id}, {"$setOnInsert": fields}, upsert=True)

    async def look(self, look_id: str, submission_id: str, person: Person, now: datetime) -> OpenLook | None:
        """Give a look of this official at this submission, if it is still open."""
        own = {"_id": look_id, "submission_id": submission_id, "official": person.id}
        async with adapting():
            found = await self._looks.find_one({**own, "at": {"$gt": now - LOOK_LASTS}})
        if found is None:
            return None
        return OpenLook(look_id, submission_id, person.id, found["purpose"], found["at"], found.get("unmasked", ""))

    async def unmask(self, look: OpenLook, purpose: str) -> None:
        """Remember that an open look shows what names a person, and why."""
        async with adapting():
            await self._looks.update_one({"_id": look.look_id}, {"$set": {"unmasked": purpose}})


def _document(grant: Grant) -> Document:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(grant).items()}


def _grant(document: Document) -> Grant:
    plain: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in document.items()
    }
    return Grant(**plain)
