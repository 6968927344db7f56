"""The operator's side of the wallet apps' keys: listed, added, retired, each mistake told with what to do."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from rich.table import Table

from deploy.gubi.saying import console, in_seoul, say
from deploy.trouble import Trouble
from services.intake.keys.model import KEYID, KeyMistake, WalletKey, read_public_key
from services.intake.keys.store import KeyStore
from shared.catalog import load
from shared.clock import SEOUL, utc_now
from shared.mongo import close, connect, database
from shared.settings import Settings

_WHAT_TO_DO: Mapping[KeyMistake, str] = {
    "private_key": "it holds a private key, which only its app may have: write the public one with "
    "'openssl pkey -in FILE -pubout', and if this file was sent to you, ask the app for a new key",
    "not_a_key": "it holds no public key in PEM (-----BEGIN PUBLIC KEY-----): write it with "
    "'openssl pkey -in FILE -pubout'",
    "other_kind": "its key is neither Ed25519 nor ECDSA P-256: ask the app for one of these",
}
_STANDING = {"active": "in force", "not_yet": "not in force yet", "retired": "retired"}


def print_keys(wallet: str) -> None:
    """Print the keys of a wallet app, or of all. Raises `Trouble`, `Unavailable`."""
    settings = Settings()
    if wallet:
        _must_be_known(wallet, settings)
    found = asyncio.run(_known(settings, wallet or None))
    if not found:
        say("No key is registered" + (f" of {wallet}." if wallet else ".") + " Add one with 'gubi wallets keys add'.")
        return
    now = utc_now()
    table = Table("app", "keyid", "algorithm", "standing", "since", "until", "registered by", "fingerprint", box=None)
    for key in found:
        until = _told(key.retired_at) if key.retired_at else ""
        standing = _STANDING[key.standing(now)]
        since = _told(key.active_from)
        table.add_row(
            key.app, key.keyid, key.algorithm, standing, since, until, key.registered_by, key.fingerprint[:16]
        )
    console.print(table)


def add_key(wallet: str, keyid: str, file: Path, active_from: datetime | None) -> None:
    """Add a public key of a wallet app. Raises `Trouble`, `Unavailable`."""
    settings = Settings()
    _must_be_known(wallet, settings)
    if not re.fullmatch(KEYID, keyid) or not keyid.startswith(f"{wallet}-"):
        raise Trouble(
            f"A key of {wallet} is called {wallet}- and then letters, digits, '.', '_' or '-': {wallet}-2027."
        )
    public_key = read_public_key(file.read_bytes().decode("ascii", "replace"))
    if isinstance(public_key, str):
        raise Trouble(f"{file} cannot be taken: {_WHAT_TO_DO[public_key]}.")
    now = utc_now()
    key = WalletKey(keyid, wallet, public_key, _instant(active_from, now), now, "operator")
    added = asyncio.run(_add(settings, key))
    if added == "keyid_taken":
        raise Trouble(f"Another key is called {keyid} already, and names are never used again: choose another name.")
    if added == "key_known":
        raise Trouble("This public key is registered under another name, or was retired: ask the app for a new one.")
    say(f"{keyid} ({key.algorithm}) was there already." if added == "same" else f"{keyid} ({key.algorithm}) is added.")


def retire_key(keyid: str, at: datetime | None) -> None:
    """Retire a key. Raises `Trouble`, `Unavailable`."""
    now = utc_now()
    retired, left = asyncio.run(_retire(Settings(), keyid, max(_instant(at, now), now)))
    if retired is None or retired.retired_at is None:
        raise Trouble(f"No key is called {keyid}: see 'gubi wallets keys list'.")
    say(f"{keyid} holds no longer from {_told(retired.retired_at)} on, at every door five seconds later at the latest.")
    if not left:
        say(f"{retired.app} has no other key in force: until one is added it can send nothing.")


def _must_be_known(wallet: str, settings: Settings) -> None:
    wallets = load(settings.catalog).wallets
    if wallet not in wallets:
        raise Trouble(f"There is no wallet app '{wallet}' in the catalogue; there are {', '.join(wallets)}.")


def _instant(said: datetime | None, now: datetime) -> datetime:
    return in_seoul(said) if said else now


def _told(at: datetime) -> str:
    return at.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M")


@asynccontextmanager
async def key_store(settings: Settings) -> AsyncIterator[KeyStore]:
    """Open the store of the keys. Raises `Unavailable`."""
    client = connect(settings)
    try:
        store = KeyStore(database(client, settings, "intake"))
        await store.prepare()
        yield store
    finally:
        await close(client)


async def _known(settings: Settings, wallet: str | None) -> list[WalletKey]:
    async with key_store(settings) as store:
        return list((await store.known(utc_now(), wallet)).values())


async def _add(settings: Settings, key: WalletKey) -> str:
    async with key_store(settings) as store:
        return await store.add(key)


async def _retire(settings: Settings, keyid: str, at: datetime) -> tuple[WalletKey | None, list[WalletKey]]:
    async with key_store(settings) as store:
        found = await store.get(keyid)
        if found is None:
            return None, []
        retired = await store.retire(keyid, found.app, at)
        others = (await store.known(at, found.app)).values()
    return retired, [key for key in others if key.keyid != keyid and key.standing(at) == "active"]
