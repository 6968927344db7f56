"""MongoDB, reached through motor today and PyMongo's own asyncio client tomorrow.

Motor passed its end of life on 2026-05-14 (critical fixes until 2027-05-14). So everything is typed against PyMongo's
asyncio API, this file is where the two differ, and the stores' contract tests run on both.
"""

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any, cast

import pymongo
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient, ReadPreference, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    WriteConcernError,
)
from pymongo.errors import ConnectionFailure as _ConnectionFailure
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from pymongo.read_concern import ReadConcern

from shared import traces
from shared.errors import Unavailable
from shared.settings import Settings
from shared.together import Together

Document = dict[str, Any]
Client = AsyncMongoClient[Document]
Database = AsyncDatabase[Document]
Collection = AsyncCollection[Document]

_AMONG = 64
"""Values in one list of a query, at most: SecantusDB takes the square of their number, MongoDB does not mind either way
(500 documents by id, on SecantusDB: 190 ms by one list, 35 ms by eight)."""
_TOGETHER = 64
"""Documents inserted in one go, at most."""
DUPLICATE_KEY = 11000
_AWAY = (AutoReconnect, _ConnectionFailure, ExecutionTimeout, NetworkTimeout, WriteConcernError)


def connect(settings: Settings) -> Client:
    """Give a client; nothing is sent until it is used. Every write is acknowledged by a majority, journalled."""
    options: dict[str, Any] = {
        "tz_aware": True,
        "uuidRepresentation": "standard",
        "serverSelectionTimeoutMS": 5_000,
        "socketTimeoutMS": 20_000,
        "connectTimeoutMS": 5_000,
        "maxPoolSize": 32,
        "appname": "gubi",
    }
    if traces.on():
        options["event_listeners"] = [_Commands()]
    if settings.mongo_driver == "pymongo":
        return AsyncMongoClient(settings.mongo, **options)
    return cast(Client, AsyncIOMotorClient(settings.mongo, **options))


class _Commands(CommandListener):
    """Tells the trace in hand what was asked of the store: names and durations, no filter and no value."""

    def started(self, event: CommandStartedEvent) -> None:
        """Pass over."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Tell it."""
        traces.command(event.command_name, event.database_name, event.duration_micros * 1000, failed=False)

    def failed(self, event: CommandFailedEvent) -> None:
        """Tell it."""
        traces.command(event.command_name, event.database_name, event.duration_micros * 1000, failed=True)


async def close(client: Client) -> None:
    """Close a client of either driver."""
    closing = client.close()
    if inspect.isawaitable(closing):
        await closing


def database(client: Client, settings: Settings, name: str) -> Database:
    """Give the database a service owns, reading and writing by majority."""
    return client.get_database(
        f"{settings.database_prefix}_{name}",
        write_concern=WriteConcern(w="majority", wtimeout=15_000),
        read_concern=ReadConcern("majority"),
        read_preference=ReadPreference.PRIMARY,
    )


async def ping(client: Client) -> None:
    """Ask the server for an answer. Raises `Unavailable`."""
    async with adapting():
        await client.admin.command("ping")


async def aggregate(collection: Collection, pipeline: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Run a pipeline and give all its documents; one of the few calls the two drivers spell differently."""
    cursor: Any = collection.aggregate(list(pipeline))
    if inspect.isawaitable(cursor):
        cursor = await cursor
    return [document async for document in cursor]


async def find_among(
    collection: Collection,
    field: str,
    values: Iterable[Any],
    chosen: Mapping[str, Any] | None = None,
    projection: Mapping[str, Any] | None = None,
) -> list[Document]:
    """Give the documents in which `field` is one of `values` and which match `chosen`, in no order."""
    wanted = list(dict.fromkeys(values))
    found = await asyncio.gather(
        *(
            collection.find({**(chosen or {}), field: {"$in": wanted[at : at + _AMONG]}}, projection).to_list(None)
            for at in range(0, len(wanted), _AMONG)
        )
    )
    return [document for part in found for document in part]


async def parts(cursor: Any, size: int) -> AsyncGenerator[list[Document]]:
    """Give what a cursor finds in lists of `size`, the last one shorter; nothing is read before it is asked for."""
    part: list[Document] = []
    async for document in cursor.batch_size(size):
        part.append(document)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def inserting(collection: Collection, seconds: float | None = None) -> Together[Document, bool]:
    """Insert what many ask for meanwhile in one request, which has `seconds`; gives False for an `_id` that was there.

    Raises `Unavailable` to all whose document may not have been written.
    """

    async def insert(documents: Sequence[Document]) -> Sequence[bool]:
        there: set[int] = set()
        try:
            with within(seconds) if seconds else nullcontext():
                async with adapting():
                    await collection.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            refused = error.details["writeErrors"]
            if any(one["code"] != DUPLICATE_KEY for one in refused):
                raise
            there = {one["index"] for one in refused}
        return [place not in there for place in range(len(documents))]

    return Together(insert, _TOGETHER)


def within(seconds: float) -> AbstractContextManager[None]:
    """Let all that is asked of the store inside take so long together, whatever it is that does not answer.

    For questions that somebody waits for. Not for writes whose size others choose: under load they take as they take.
    """
    return pymongo.timeout(seconds)


@asynccontextmanager
async def adapting() -> AsyncIterator[None]:
    """Translate the driver's "the server is away" into `Unavailable`.

    What the server refused stays what it is, a bug.
    """
    try:
        yield
    except _AWAY as error:
        raise Unavailable(f"store:{type(error).__name__.lower()}") from None
    except BulkWriteError as error:  # written, or not, without a majority that says so
        if not (error.details or {}).get("writeConcernErrors"):
            raise
        raise Unavailable("store:write_concern") from None
    except OperationFailure as error:
        if isinstance(error, DuplicateKeyError) or not error.has_error_label("RetryableWriteError"):
            raise
        raise Unavailable(f"store:code_{error.code}") from None
