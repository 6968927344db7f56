"""Fills the stores with submissions that have been through all services, without sending them through.

The gate's documents, the sealed facts and the groups are made and sealed as `bench_select` does. What else every
submission leaves behind (the desk's queue, citizens' timelines, screenings, readings, deliveries, sealed rows) is
copied from submissions that did go through, each copy under the name of one that was made. Not there: the certificates'
ciphertexts, 35 KB each, which are looked up by name alone, and the entries of the access log, which are chained.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from pymongo.errors import BulkWriteError

from deploy.gubi.bench_scale.telling import Say
from deploy.gubi.bench_select.making import Part, make, submission_name
from deploy.gubi.demo.wallets import PROGRAMME
from deploy.gubi.installation import Installation
from deploy.trouble import Trouble
from shared.catalog import load
from shared.mongo import Document
from shared.wiring import Wiring

LEFT = {
    "dashboard": ("queue",),
    "eligibility": ("screenings",),
    "extraction": ("readings",),
    "intake": ("timelines",),
    "notification": ("deliveries", "submissions"),
    "vault": ("rows",),
}
"""By database, the collections in which each submission leaves documents of its own."""
_AT_ONCE = 500
_DUPLICATE_KEY = 11000
_WORKERS = 2


async def fill(
    place: Installation,
    part: Part,
    gone_through: Sequence[str],
    say: Say,
    left: Mapping[str, Sequence[str]] = LEFT,
) -> None:
    """Store a part of a made-up population by number.

    What each has `left`, by database, is copied after the pattern of submissions that have gone through.
    """
    programme = load(place.settings.catalog).programmes[PROGRAMME]

    def sealed() -> None:
        done = 0
        for more in make(place.settings, programme, part, _WORKERS):
            done += more
            if done % 10_000 == 0:
                say(f"    {done:,} of {part.end - part.start:,} sealed")

    await asyncio.to_thread(sealed)
    wiring = Wiring.of(place.settings)
    async with wiring.open():
        names = [submission_name(wiring.keyring, number) for number in range(*part)]
        for database, collections in left.items():
            for collection in collections:
                await _copy(wiring, database, collection, gone_through, names)
            say(f"    {database} filled")


async def _copy(wiring: Wiring, database: str, collection: str, patterns: Sequence[str], names: Sequence[str]) -> None:
    documents = wiring.database(database).get_collection(collection)
    left: list[tuple[str, list[Document]]] = [
        (name, [one for key in ("_id", "submission_id") async for one in documents.find({key: name})])
        for name in patterns
    ]
    for start in range(0, len(names), _AT_ONCE):
        some = zip(names[start : start + _AT_ONCE], cycle(left))
        copies = [renamed(one, pattern, name) for name, (pattern, its) in some for one in its]
        if copies:
            try:
                await documents.insert_many(copies, ordered=False)
            except BulkWriteError as error:
                found = {one["code"] for one in (error.details or {}).get("writeErrors", ())}
                if found != {_DUPLICATE_KEY}:  # else a service was first to make something of what was put in
                    raise Trouble(f"{database}.{collection} could not be filled: the store answers {found}.") from None


def renamed(document: Document, old: str, new: str) -> Document:
    """Give a copy of a document in which one submission is another; its `_id` is another in any case."""
    copy: Document = _replaced(document, old, new)
    if copy["_id"] == document["_id"]:
        copy["_id"] = f"{copy['_id'][:4]}{secrets.token_hex(16)}"
    return copy


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, dict):
        return {key: _replaced(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, old, new) for one in value]
    return value
