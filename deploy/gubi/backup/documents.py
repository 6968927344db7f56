"""The store written to a folder and put back: every document of every collection, as BSON, with sums.

Where each service stood on the broker is noted before anything is read, so what the documents show is at least as far.
Put back, the services begin there again, and what they have heard since is a repetition like any other.
"""

import asyncio
import hashlib
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import cast

from bson import decode_file_iter
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pydantic import AwareDatetime, BaseModel

from deploy.gubi.backup.places import Places, places_now
from deploy.gubi.newness import DATABASES
from deploy.trouble import Trouble
from services.dashboard.store.generations import FOLDED
from shared.clock import utc_now
from shared.files import replace
from shared.mongo import Client, adapting, close, connect
from shared.settings import Settings

MANIFEST = "backup.json"
_FIRST = ("gate", "vault")
"""In this order: a certificate that is dropped in between is one whose key is destroyed; one that is new, an orphan."""
_SOME = 200

Told = Callable[[str, int], None]
"""Is told of a collection, and how many documents it has."""


class Dumped(BaseModel):
    """One collection's file."""

    database: str
    collection: str
    documents: int
    sha256: str

    @property
    def file(self) -> str:
        """Its name in the folder."""
        return f"{self.database}.{self.collection}.bson"


class Manifest(BaseModel):
    """What a backup says of itself; written last, so that a folder without it is none."""

    at: AwareDatetime
    places: Places
    collections: list[Dumped]


async def dump(settings: Settings, folder: Path, told: Told = lambda *_: None) -> Manifest:
    """Write the store to an empty folder, while everything runs. Raises `Trouble`, `Unavailable`, `OSError`."""
    await asyncio.to_thread(new_folder, folder)
    at, places = utc_now(), await places_now(settings)
    client = connect(settings)
    try:
        collections = []
        for database, name in await _collections(client, settings):
            dumped = await _dump_one(client, settings, database, name, folder)
            told(f"{database}.{name}", dumped.documents)
            collections.append(dumped)
    finally:
        await close(client)
    manifest = Manifest(at=at, places=places, collections=collections)
    await asyncio.to_thread(replace, folder / MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest


def new_folder(folder: Path) -> None:
    """Make a folder that nobody else may read. Raises `Trouble` where there is something in it, `OSError`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise Trouble(f"{folder} is not empty; name a folder for this backup alone.")


def read_manifest(folder: Path) -> Manifest:
    """Read what a backup says of itself, and check all of its files. Raises `Trouble`."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise Trouble(f"{folder} holds no whole backup: its {MANIFEST} is missing or damaged.") from None
    for one in manifest.collections:
        path = folder / one.file
        if not path.is_file() or _sum(path) != one.sha256:
            raise Trouble(f"{path} is missing or is not as it was written: use another backup.")
    return manifest


async def load(settings: Settings, folder: Path, manifest: Manifest, told: Told = lambda *_: None) -> None:
    """Put the store back as a backup has it, in place of what is there. Raises `Unavailable`, `Trouble`.

    Killed meanwhile, it is begun again from the start when it is run again.
    """
    client = connect(settings)
    try:
        await empty(client, settings, but=("gate", "erasures"))
        for one in manifest.collections:
            target = client.get_database(f"{settings.database_prefix}_{one.database}").get_collection(
                one.collection, codec_options=CodecOptions(document_class=RawBSONDocument)
            )
            count = 0
            with (folder / one.file).open("rb") as file:
                documents = decode_file_iter(file, CodecOptions(document_class=RawBSONDocument))
                while some := list(islice(documents, _SOME)):
                    async with adapting():
                        await target.insert_many(some, ordered=False)
                    count += len(some)
            told(f"{one.database}.{one.collection}", count)
            if count != one.documents:
                raise Trouble(f"{one.file} holds {count:,} documents and should hold {one.documents:,}.")
    finally:
        await close(client)


async def is_empty(client: Client, settings: Settings) -> bool:
    """Tell whether no collection of this installation holds a document. Raises `Unavailable`."""
    async with adapting():
        for database, name in await _collections(client, settings):
            own = client.get_database(f"{settings.database_prefix}_{database}")
            if await own.get_collection(name).find_one({}, {"_id": 1}) is not None:
                return False
    return True


async def empty(client: Client, settings: Settings, but: tuple[str, str]) -> None:
    """Drop every collection of this installation but one, which is emptied of all but what forbids a start."""
    async with adapting():
        for database, name in await _collections(client, settings):
            own = client.get_database(f"{settings.database_prefix}_{database}")
            if (database, name) == but:
                await own.get_collection(name).delete_many({"_id": {"$ne": "restoring"}})
            else:
                await own.drop_collection(name)


async def _collections(client: Client, settings: Settings) -> list[tuple[str, str]]:
    """Give this installation's collections by database; another's prefix may begin as ours does."""
    async with adapting():
        found = [
            (database, name)
            for database in DATABASES
            for name in await client.get_database(f"{settings.database_prefix}_{database}").list_collection_names()
        ]
    return sorted(
        (pair for pair in found if not _is_being_built(pair[1])),
        key=lambda pair: (_FIRST.index(pair[0]) if pair[0] in _FIRST else len(_FIRST), pair),
    )


def _is_being_built(collection: str) -> bool:
    name, mark, _ = collection.partition(".g")
    return bool(mark) and name in FOLDED


async def _dump_one(client: Client, settings: Settings, database: str, name: str, folder: Path) -> Dumped:
    source = client.get_database(f"{settings.database_prefix}_{database}").get_collection(
        name, codec_options=CodecOptions(document_class=RawBSONDocument)
    )
    digest, count = hashlib.sha256(), 0
    path = folder / f"{database}.{name}.bson"
    path.touch(mode=0o600)
    with path.open("wb") as file:
        async with adapting():
            async for found in source.find({}, batch_size=_SOME):
                document = cast(RawBSONDocument, found)
                if (database, name) == ("gate", "erasures") and document["_id"] == "restoring":
                    continue
                file.write(document.raw)
                digest.update(document.raw)
                count += 1
    return Dumped(database=database, collection=name, documents=count, sha256=digest.hexdigest())


def _sum(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
