"""What every service that handles submissions is built on, put together in one place."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from shared.audit import AccessLog
from shared.clock import Clock, utc_now
from shared.draining import Drain
from shared.erasures import ErasureLog, Erasures
from shared.gate import Gate
from shared.mongo import Client, Database, close, connect, database, ping
from shared.published import Published
from shared.questions import Questions
from shared.settings import Settings
from shared.vault import Keyring, Vault


def access_log(client: Client, settings: Settings, clock: Clock, service: str) -> AccessLog:
    """Give the access log as this service writes it: in a database of its own, signed outside MongoDB."""
    return AccessLog(
        database(client, settings, "audit"),
        clock,
        writer=service,
        keys=settings.keys,
        folder=checkpoints_folder(settings),
        days=settings.access_log_days,
        every=settings.checkpoint_seconds,
    )


def checkpoints_folder(settings: Settings) -> Path:
    """Give where this installation's checkpoints go."""
    return settings.checkpoints / settings.database_prefix


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
    published: Published
    log: AccessLog
    erasures: Erasures
    drain: Drain

    @staticmethod
    def of(settings: Settings, clock: Clock = utc_now, *, service: str = "command") -> "Wiring":
        """Wire a service up; nothing is sent yet. Raises `shared.vault.KeyringError` where there is no keyring.

        `service` is who reads, for the access log, and who is drained.
        """
        client = connect(settings)
        keyring = Keyring.load(settings.keys)
        vault = Vault(database(client, settings, "vault"))
        gate_database = database(client, settings, "gate")
        log = access_log(client, settings, clock, service)
        gate = Gate(gate_database, vault, keyring, clock, log)
        questions = Questions(gate_database, keyring, clock)
        published = Published(gate_database)
        erasures = Erasures(ErasureLog(settings.erasures), gate_database)
        drain = Drain(database(client, settings, service))
        return Wiring(settings, clock, client, keyring, vault, gate, questions, published, log, erasures, drain)

    def database(self, name: str) -> Database:
        """Give the database that the service of this name owns."""
        return database(self.client, self.settings, name)

    async def store_answers(self) -> None:
        """Ask the store for an answer. Raises `Unavailable`."""
        await ping(self.client)

    @asynccontextmanager
    async def open(self, *stores: Store, restored: bool = False) -> AsyncIterator["Wiring"]:
        """Make the indexes, those of a service's own `stores` too, and sign checkpoints of the access log meanwhile.

        Close the client at the end. Raises `shared.audit.AuditKeyError`, `Unavailable`, and `ErasureLogError` where the
        store was restored from a backup and still holds what was destroyed since; `restored` is for the one command
        that is the remedy.
        """
        try:
            if not restored:
                await self.erasures.check(self.gate)
            everything: tuple[Store, ...] = (self.vault, self.gate, self.questions, self.log, *stores)
            for store in everything:
                await store.prepare()
            async with self.log.signing():
                yield self
        finally:
            await close(self.client)
