"""Searches the store, the topics, the logs and the erasure log for one submission."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from deploy.gubi.broker import asking, partitions, reading
from deploy.gubi.erased.opening import Lock, names
from deploy.gubi.erased.tombstones import is_tombstone
from shared.erasures import ErasureLog
from shared.errors import GubiError
from shared.events import BY_TOPIC, SubmissionScreened
from shared.gate import ENDED
from shared.mongo import Database, Document, adapting, close, connect, database, find_among
from shared.settings import Settings
from shared.vault import Keyring

_POLL_MS = 500

Medium = Literal["store", "question", "topic", "log", "erasure log"]


@dataclass
class Found:
    """What is left of the submission in one place."""

    medium: Medium
    where: str
    searched: int = 0
    names_it: int = 0
    """Documents, records or lines that name it."""
    more: int = 0
    """Of those, how many tell more than a tombstone may."""
    opens: int = 0
    """Values of it that a key of the keyring still opens."""


async def search_store(settings: Settings, submission_id: str) -> list[Found]:
    """Search every document of every collection of every database of this installation, trying all keys.

    Raises `KeyringError`, `Unavailable`.
    """
    client, prefix = connect(settings), f"{settings.database_prefix}_"
    places: dict[str, Found] = {}
    lock = Lock(submission_id, Keyring.load(settings.keys))
    try:
        async with adapting():
            for database in sorted(await client.list_database_names()):
                if not database.startswith(prefix):
                    continue
                for collection in sorted(await client[database].list_collection_names()):
                    where = f"{database.removeprefix(prefix)}.{collection}"
                    here = places[where] = Found("store", where)
                    async for document in client[database][collection].find():
                        here.searched += 1
                        lock.take(where, document)
                        if names(document, submission_id):
                            here.names_it += 1
                            here.more += not is_tombstone(where, document, submission_id)
    finally:
        await close(client)
    for where in lock.opening():
        places[where].opens += 1
    return list(places.values())


async def search_questions(settings: Settings, submission_id: str, waited_on: Collection[str]) -> list[Found]:
    """Open the text of the questions that the submission waited on, where nothing else that is here rests on them.

    Those that its events name are given; those it still rests on are found. Raises `KeyringError`, `Unavailable`.
    """
    client, keyring = connect(settings), Keyring.load(settings.keys)
    here = Found("question", "gate.questions")
    own, gate = database(client, settings, "eligibility"), database(client, settings, "gate")
    try:
        async with adapting():
            rows = await own.get_collection("screenings").find({"submission_id": submission_id}).to_list(None)
            names = {*waited_on, *(name for row in rows for name in row["rests_on"])}
            for question in await find_among(gate.get_collection("questions"), "_id", names):
                here.searched += 1
                here.names_it += 1
                here.opens += _opens(keyring, question) and not await _rested_on(own, gate, question, submission_id)
    finally:
        await close(client)
    return [here]


def _opens(keyring: Keyring, question: Document) -> bool:
    try:
        return bool(keyring.open_public(question["_id"], bytes(question.get("sealed", b""))))
    except GubiError:
        return False


async def _rested_on(own: Database, gate: Database, question: Document, submission_id: str) -> bool:
    """Tell whether another submission rests on a question that has not ended."""
    others = {"rests_on": question["_id"], "submission_id": {"$ne": submission_id}}
    rows = await own.get_collection("screenings").find(others, {"submission_id": 1}).to_list(None)
    names, alive = {row["submission_id"] for row in rows}, {"state": {"$nin": list(ENDED)}}
    return bool(await find_among(gate.get_collection("submissions"), "_id", names, alive, {"_id": 1}))


async def search_topics(settings: Settings, submission_id: str) -> tuple[list[Found], set[str]]:
    """Search every record of every topic of this installation, up to where each ended when this began.

    Give what was found, and the questions that the submission waited on by what its events say.

    Events are kept, and hold ids, codes and instants alone: one that is of a known shape is what a topic may keep.
    Raises `Unavailable`.
    """
    places: dict[str, Found] = {}
    waited_on: set[str] = set()
    async with asking(settings) as admin:
        parts = await partitions(admin, settings)
    async with reading(settings) as consumer:
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        while any([await consumer.position(part) < end for part, end in ends.items()]):
            for part, records in (await consumer.getmany(timeout_ms=_POLL_MS)).items():
                topic = part.topic.removeprefix(settings.topic_prefix)
                here = places.setdefault(topic, Found("topic", topic))
                for record in records:
                    here.searched += 1
                    text = (record.key or b"") + b"\n" + (record.value or b"")
                    if submission_id.encode() in text:
                        here.names_it += 1
                        here.more += not _is_event(topic, record.value or b"")
                        if topic == SubmissionScreened.topic:
                            waited_on |= set(_fields(record.value or b"{}").get("waiting_on", ()))
    return sorted(places.values(), key=lambda found: found.where), waited_on


def _is_event(topic: str, value: bytes) -> bool:
    """Tell whether a record is an event of today's shape, or a dead letter, which names a record and copies nothing."""
    if re.search(r"-dead-[a-z]+$", topic):
        return True
    try:
        event = BY_TOPIC[topic].model_validate_json(value)
    except (KeyError, ValueError):
        return False
    return set(event.model_dump()) >= set(_fields(value))


def _fields(value: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(value)
    return fields


def search_logs(folder: Path, submission_id: str) -> list[Found]:
    """Search the services' log files, whose lines hold fields of an allow-list alone, so that naming is no more."""
    found = []
    for path in sorted(folder.rglob("*.log")):
        here = Found("log", str(path))
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                here.searched += 1
                here.names_it += submission_id in line
        found.append(here)
    return found


def search_erasure_log(settings: Settings, submission_id: str) -> list[Found]:
    """Look the submission up in the erasure log, checking the whole of it. Raises `ErasureLogError`."""
    here = Found("erasure log", str(settings.erasures))
    for erasure in ErasureLog(settings.erasures).entries():
        here.searched += 1
        here.names_it += erasure.submission_id == submission_id
    return [here]
