"""Wallet apps' keys, made and registered at a door's store."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from gubi_wallet import AppKey
from services.intake.keys.model import WalletKey, read_public_key
from services.intake.keys.store import KeyStore
from shared.clock import Clock, utc_now
from shared.mongo import Database


def public(key: AppKey, *, clock: Clock = utc_now, **changes: object) -> WalletKey:
    """What a door keeps of a key: registered an hour ago."""
    public_key = read_public_key(key.public_pem)
    assert not isinstance(public_key, str)
    since = clock() - timedelta(hours=1)
    fields = {"active_from": since, "registered_at": since, "registered_by": "operator"} | changes
    return WalletKey(key.keyid, key.app, public_key, **fields)  # type: ignore[arg-type]


def by_id(keys: Iterable[AppKey], *, clock: Clock = utc_now) -> Mapping[str, WalletKey]:
    return {key.keyid: public(key, clock=clock) for key in keys}


async def register(database: Database, keys: Iterable[AppKey]) -> KeyStore:
    """Register keys in intake's database."""
    store = KeyStore(database)
    await store.prepare()
    for key in keys:
        await store.add(public(key))
    return store
