"""The keys in MongoDB: one small document each, of which only the end of its validity ever changes."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pymongo.errors import DuplicateKeyError

from services.intake.keys.model import WalletKey, read_public_key
from shared.mongo import Database, Document, adapting

REMEMBERED = timedelta(days=90)
"""So long a retired key is told to be retired; then it is as good as unknown, but its name is never free again."""

Added = Literal["new", "same", "keyid_taken", "key_known"]


class KeyStore:
    """Intake's collection of wallet keys."""

    def __init__(self, database: Database) -> None:
        """Take intake's database."""
        self._keys = database.get_collection("wallet_keys")

    async def prepare(self) -> None:
        """Make the indexes: no public key is registered twice, for one app or two."""
        async with adapting():
            await self._keys.create_index("fingerprint", unique=True)
            await self._keys.create_index("app")

    async def add(self, key: WalletKey) -> Added:
        """Register a key, once; what stood there before stays as it was. Raises `Unavailable`."""
        try:
            async with adapting():
                await self._keys.insert_one(_document(key))
        except DuplicateKeyError:
            found = await self.get(key.keyid)
            if found is None:
                return "key_known"
            return "same" if (found.app, found.fingerprint) == (key.app, key.fingerprint) else "keyid_taken"
        return "new"

    async def get(self, keyid: str) -> WalletKey | None:
        """Give a key, however long it has been retired. Raises `Unavailable`."""
        async with adapting():
            found = await self._keys.find_one({"_id": keyid})
        return _key(found) if found else None

    async def retire(self, keyid: str, app: str, at: datetime) -> WalletKey | None:
        """Let a key of an app hold no longer from `at` on, or from earlier where that was said before; give it.

        None when the app has no such key. Raises `Unavailable`.
        """
        later = {"$or": [{"retired_at": None}, {"retired_at": {"$gt": at}}]}
        async with adapting():
            await self._keys.update_one({"_id": keyid, "app": app, **later}, {"$set": {"retired_at": at}})
        found = await self.get(keyid)
        return found if found is not None and found.app == app else None

    async def known(self, now: datetime, app: str | None = None) -> dict[str, WalletKey]:
        """Give the keys by id, of one app or all, without those retired long ago. Raises `Unavailable`."""
        wanted: dict[str, Any] = {"$or": [{"retired_at": None}, {"retired_at": {"$gt": now - REMEMBERED}}]}
        if app is not None:
            wanted["app"] = app
        async with adapting():
            found = await self._keys.find(wanted).to_list(None)
        keys = [_key(document) for document in found]
        return {key.keyid: key for key in sorted(keys, key=lambda key: (key.app, key.registered_at, key.keyid))}


def _document(key: WalletKey) -> Document:
    return {
        "_id": key.keyid,
        "app": key.app,
        "public_key": key.pem,
        "fingerprint": key.fingerprint,
        "active_from": key.active_from,
        "registered_at": key.registered_at,
        "registered_by": key.registered_by,
        "retired_at": key.retired_at,
    }


def _key(document: Document) -> WalletKey:
    public_key = read_public_key(document["public_key"])
    assert not isinstance(public_key, str)
    return WalletKey(
        keyid=document["_id"],
        app=document["app"],
        public_key=public_key,
        active_from=document["active_from"],
        registered_at=document["registered_at"],
        registered_by=document["registered_by"],
        retired_at=document["retired_at"],
    )
