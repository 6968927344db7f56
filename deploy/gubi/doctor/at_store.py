"""What the doctor asks the store."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from deploy.gubi.doctor import judging
from deploy.gubi.doctor.rows import Row
from services.dashboard.counting import Counting
from services.dashboard.store import Generations, Stores
from shared.audit import checkpoints
from shared.clock import Clock
from shared.draining import Drain
from shared.errors import GubiError
from shared.events import TAKES
from shared.mongo import Client, Collection, Database, Document, adapting, database
from shared.settings import Settings
from shared.vault.keyring import Keyring, WrappedKey
from shared.wiring import Wiring, access_log, checkpoints_folder

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
"""What the random part of a submission id begins with, in order."""
_SAMPLE = 16
"""Submissions of each letter whose keys are tried."""
_STRANDS = 20
_OWING = (
    ("gate", "submissions"),
    ("gate", "questions"),
    ("dashboard", "runs"),
    ("notification", "deliveries"),
    ("notification", "endpoints"),
)
"""The collections whose documents owe events; a house test compares them with the code."""


@dataclass(frozen=True)
class Place:
    """The store, as far as no key is needed."""

    settings: Settings
    client: Client
    clock: Clock

    def database(self, name: str) -> Database:
        """Give the database that the service of this name owns."""
        return database(self.client, self.settings, name)


async def store(place: Place) -> list[Row]:
    """Ask whether it takes writes."""
    async with adapting():
        hello = await place.client.admin.command("hello")
    if not hello.get("isWritablePrimary"):
        remedy = "Start the members that are away: most of them must be there to elect one."
        return [Row("store", "ill", "no primary that takes writes", remedy)]
    return [Row("store", "well", "answers and takes writes")]


async def clock_ahead(place: Place) -> float:
    """Give how many seconds the store's clock is ahead of this machine's, the way there taken into account."""
    before = time.time()
    async with adapting():
        hello = await place.client.admin.command("hello")
    halfway = (before + time.time()) / 2
    there: datetime = hello["localTime"]
    return (there if there.tzinfo else there.replace(tzinfo=UTC)).timestamp() - halfway


async def owed(place: Place) -> list[Row]:
    """Ask which events are owed, and for how long."""
    late = place.clock() - timedelta(seconds=judging.OWED_SECONDS)
    found: dict[str, tuple[int, float]] = {}
    for owner, name in _OWING:
        count, oldest = await _owed_by(place.database(owner).get_collection(name), late)
        if oldest is not None:
            found[f"{owner}.{name}"] = (count, (place.clock() - oldest).total_seconds())
    return [judging.of_owed(found)]


async def _owed_by(collection: Collection, before: datetime) -> tuple[int, datetime | None]:
    chosen: Document = {"owed_at": {"$lte": before}}
    async with adapting():
        first = await collection.find_one(chosen, {"owed_at": 1}, sort=[("owed_at", 1)])
        return (0, None) if first is None else (await collection.count_documents(chosen), first["owed_at"])


async def stuck(place: Place, programmes: Sequence[str]) -> list[Row]:
    """Ask what gets nowhere."""
    since = place.clock() - timedelta(seconds=judging.STUCK_SECONDS)
    queue = place.database("dashboard").get_collection("queue")
    gate = place.database("gate").get_collection("submissions")
    in_flight: dict[str, int] = {}
    async with adapting():
        for name in programmes:
            late = {"class": "in_flight", "stage": {"$in": [0, 1, 2, 3]}, "received_at": {"$lt": since}}
            if count := await queue.count_documents({"programme_id": name, **late}):
                in_flight[name] = count
        asked = {"state": {"$in": ["taking_back"]}, "requested_at": {"$lt": since}}
        over = {"state": "withdrawing", "return_until": {"$lt": since}}
        closing = await gate.count_documents({"$or": [asked, over]})
    return [judging.of_stuck(in_flight, closing)]


async def classes(place: Place, programmes: Sequence[str]) -> list[Row]:
    """Ask whether each programme's classes sum, and whether the desk lists all that is held."""
    counting = Counting(Stores.of(place.database("dashboard")).queue, place.clock)
    tallies = {name: await counting.fresh(name) for name in programmes}
    unaccounted = {name: tally.unaccounted for name, tally in tallies.items()}
    async with adapting():
        held = await place.database("gate").get_collection("submissions").estimated_document_count()
        listed = await place.database("dashboard").get_collection("queue").estimated_document_count()
    return [judging.of_classes(unaccounted, listed, held)]


async def read_model(place: Place) -> list[Row]:
    """Ask whether a rebuild was left."""
    found = await Generations(place.database("dashboard"), "").unfinished()
    if found is None:
        return [judging.of_read_model(None, 0.0)]
    return [judging.of_read_model(found.phase, (place.clock() - found.alive_at).total_seconds())]


async def drained(place: Place) -> list[Row]:
    """Ask which services were told to take nothing."""
    found = {service: await Drain(place.database(service)).since() for service in TAKES}
    return [judging.of_drained({name: (place.clock() - at).total_seconds() for name, at in found.items() if at})]


async def keys_in_use(wiring: Wiring) -> list[Row]:
    """Unwrap the keys of some submissions by the keyring, drawn over all their ids, which are random."""
    gate = wiring.database("gate").get_collection("submissions")
    async with adapting():
        found = await asyncio.gather(
            *(
                gate.find({"_id": {"$gte": low, "$lt": high}}, {"key": 1}).sort("_id", 1).limit(_SAMPLE).to_list(None)
                for low, high in pairwise((*(f"s-{letter}" for letter in _LETTERS), "s."))
            )
        )
    sample = [document for part in found for document in part if document.get("key")]
    under = {document["key"]["kek"] for document in sample}
    strange = {name for name in under if not wiring.keyring.holds(name)}
    shut = Counter(
        document["key"]["kek"]
        for document in sample
        if document["key"]["kek"] not in strange and not _opens(wiring.keyring, document)
    )
    return [judging.of_keys(judging.Opened(len(sample), under, strange, shut))]


def _opens(keyring: Keyring, document: Document) -> bool:
    try:
        keyring.open(document["_id"], WrappedKey.from_document(document["key"]))
    except (GubiError, KeyError, TypeError):
        return False
    return True


async def erasure_log(wiring: Wiring) -> list[Row]:
    """Hold the erasure log against the store, as every service does when it starts. Raises `ErasureLogError`."""
    await wiring.erasures.check(wiring.gate)
    length = (await asyncio.to_thread(wiring.erasures.log.latest))[0].length
    return [Row("erasure log", "well", f"{length:,} erasures, in force in the store", about={"length": length})]


async def checkpoints_of(place: Place) -> list[Row]:
    """Ask whether the newest strands of the access log are signed for. Raises `AuditKeyError`."""
    log = access_log(place.client, place.settings, place.clock, "command")
    strands = await log.newest_strands(_STRANDS)
    folder, keys = checkpoints_folder(place.settings), place.settings.keys
    signed = await asyncio.to_thread(checkpoints.read, folder, keys, {number for number, _, _ in strands})
    missing, forged, unsigned, oldest = [], [], 0, 0.0
    for number, last, at in strands:
        lines = signed.get(number, [])
        if not lines and last:
            missing.append(number)
        elif any(not line.genuine for line in lines):
            forged.append(number)
        elif last > (known := max((line.entry for line in lines), default=0)):
            unsigned += last - known
            oldest = max(oldest, (place.clock() - at).total_seconds())
    return [judging.of_checkpoints(missing, forged, unsigned, oldest)]
