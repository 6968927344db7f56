"""Workplace registers, in MongoDB: one document per register, and a collection of workplaces for each import of it."""

import asyncio
import hashlib
from collections.abc import Collection as Some
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError

from services.eligibility.registers.workplaces import Identity, Register, Workplace
from shared.mongo import DUPLICATE_KEY, Collection, Database, Document, adapting, find_among


class Registers:
    """Registers by name. An import counts from the one update that puts it in force, and whole.

    Each import has a collection of its own: looking up finds nothing of another, and getting rid of it is one drop.
    """

    def __init__(self, database: Database) -> None:
        """Take the service's own database."""
        self._database = database
        self._registers = database.get_collection("registers")

    async def prepare(self) -> None:
        """Nothing: an import makes its index when it begins."""

    async def begin(self, name: str) -> int:
        """Begin an import; give its generation. The one in force stays so until `put_in_force`."""
        async with adapting():
            found: Any = await self._registers.find_one_and_update(
                {"_id": name}, {"$inc": {"begun": 1}}, upsert=True, return_document=ReturnDocument.AFTER
            )
            generation = int(found["begun"])
            await self._registers.update_one({"_id": name}, {"$addToSet": {"kept": generation}})
            await self._workplaces(name, generation).create_index("name")
        return generation

    async def add(self, name: str, generation: int, workplaces: Sequence[Workplace]) -> None:
        """Add workplaces to an import that has begun."""
        documents = [{**one.identity._asdict(), "place": one.place} for one in workplaces]
        if not documents:
            return
        try:
            async with adapting():
                await self._workplaces(name, generation).insert_many(documents, ordered=False)
        except BulkWriteError as error:  # what the driver sent twice, since the first answer was lost, is there already
            if any(item["code"] != DUPLICATE_KEY for item in (error.details or {}).get("writeErrors", [{"code": 0}])):
                raise

    async def put_in_force(self, register: Register) -> bool:
        """Have an import replace the one before it; False when one that began later is in force already."""
        fields = {**asdict(register), "as_of": register.as_of.isoformat()}
        older = [{"in_force": None}, {"in_force.generation": {"$lt": register.generation}}]
        async with adapting():
            done = await self._registers.update_one(
                {"_id": register.name, "$or": older}, {"$set": {"in_force": fields}}
            )
        return done.matched_count == 1

    async def retire(self, name: str) -> Register | None:
        """Have a register say nothing any more; give what it was, None when there is none of this name."""
        async with adapting():
            found = await self._registers.find_one_and_update(
                {"_id": name, "in_force": {"$ne": None}}, {"$set": {"in_force": None}}
            )
        return _register(found["in_force"]) if found else None

    async def sweep(self, name: str, before: int) -> None:
        """Drop all that is left of imports of a register that began before this generation."""
        async with adapting():
            found = await self._registers.find_one({"_id": name}) or {}
        for generation in found.get("kept", ()):
            if generation < before:
                await self.drop(name, generation)

    async def drop(self, name: str, generation: int) -> None:
        """Drop one import."""
        async with adapting():
            await self._workplaces(name, generation).drop()
            await self._registers.update_one({"_id": name}, {"$pull": {"kept": generation}})

    async def in_force(self) -> dict[str, Register]:
        """Give the registers in force by name."""
        async with adapting():
            found = await self._registers.find({"in_force": {"$ne": None}}).sort("_id", 1).to_list(None)
        return {document["_id"]: _register(document["in_force"]) for document in found}

    async def named(self, names: Some[str], registers: Some[Register]) -> list[Workplace]:
        """Give what these registers list under names given as tokens."""

        async def listed(register: Register) -> list[Workplace]:
            workplaces = self._workplaces(register.name, register.generation)
            found = await find_among(workplaces, "name", names, projection={"_id": 0})
            return [
                Workplace(register.name, Identity(one["name"], one["business"], one["unit"]), one["place"])
                for one in found
            ]

        async with adapting():
            return [one for some in await asyncio.gather(*(listed(one) for one in registers)) for one in some]

    def _workplaces(self, name: str, generation: int) -> Collection:
        short = hashlib.sha256(name.encode()).hexdigest()[:16]
        return self._database.get_collection(f"workplaces_{short}_{generation}")


def _register(document: Document) -> Register:
    fields: dict[str, Any] = {**document, "as_of": date.fromisoformat(document["as_of"])}
    return Register(**fields)
