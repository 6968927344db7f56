"""What every service that handles submissions is built on, put together in one place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from shared.clock import Clock, utc_now
from shared.gate import Gate
from shared.mongo import Client, Database, close, connect, database, ping
from shared.questions import Questions
from shared.settings import Settings
from shared.vault import Keyring, Vault


class Store(Protocol):
    """A store that has indexes to make before it is used."""

    async def prepare(self) -> None:
        """Make them; harmless when repeated."""


@dataclass(frozen=True)
class Wiring:
    """The store, the keys, and what stands on them."""

    settings: Settings
    clock: Clock
    client: Client
    keyring: Keyring
    vault: Vault
    gate: Gate
    questions: Questions

    @staticmethod
    def of(settings: Settings, clock: Clock = utc_now) -> "Wiring":
        """Wire a service up; nothing is sent yet. Raises `shared.vault.KeyringError` where there is no keyring."""
        client = connect(settings)
        keyring = Keyring.load(settings.keys)
        vault = Vault(database(client, settings, "vault"))
        gate_database = database(client, settings, "gate")
        gate = Gate(gate_database, vault, keyring, clock)
        return Wiring(settings, clock, client, keyring, vault, gate, Questions(gate_database, keyring, clock))

    def database(self, name: str) -> Database:
        """Give the database that the service of this name owns."""
        return database(self.client, self.settings, name)

    async def store_answers(self) -> None:
        """Ask the store for an answer. Raises `Unavailable`."""
        await ping(self.client)

    @asynccontextmanager
    async def open(self, *stores: Store) -> AsyncIterator["Wiring"]:
        """Make the indexes, those of a service's own `stores` too.

        Close the client at the end. Raises `Unavailable`.
        """
        try:
            everything: tuple[Store, ...] = (self.vault, self.gate, self.questions, *stores)
            for store in everything:
                await store.prepare()
            yield self
        finally:
            await close(self.client)
