"""The rows of selection runs, by the portion they came in."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence

from pymongo import UpdateMany, UpdateOne

from services.dashboard.selection import GONE, Stored, group_of
from shared.events import SelectionRow, SelectionRows
from shared.mongo import Database, Document, adapting


class Portions:
    """Portions of at most some hundreds of rows, each written once, in whatever order they come."""

    def __init__(self, database: Database, generation: str = "") -> None:
        """Take the desk's own database, and which generation of the rows is meant."""
        self._portions = database.get_collection(f"run_rows{generation}")

    async def prepare(self) -> None:
        """Make the indexes by run, by place in a run, and by submission."""
        async with adapting():
            await self._portions.create_index([("run_id", 1), ("portion", 1)])
            await self._portions.create_index([("run_id", 1), ("rows.place", 1)])
            await self._portions.create_index("rows.submission_id")

    async def put(self, events: Sequence[SelectionRows]) -> None:
        """Write portions down; one that is here stays as it is, with what was erased from it."""
        writes = [
            UpdateOne({"_id": f"{event.run_id}|{event.portion}"}, {"$setOnInsert": _document(event)}, upsert=True)
            for event in events
        ]
        if writes:
            async with adapting():
                await self._portions.bulk_write(writes, ordered=False)

    async def erase(self, gone: Mapping[str, str]) -> None:
        """Forget what runs said of submissions that are gone, but for how each went (its class, by submission)."""
        kept = {"standing": "none", "place": None, "revision": 0, "edition": 0}
        writes = [
            UpdateMany(
                {"rows.submission_id": name},
                {"$set": {f"rows.$[row].{key}": value for key, value in {**kept, "outcome": end}.items()}},
                array_filters=[{"row.submission_id": name}],
            )
            for name, end in gone.items()
        ]
        if writes:
            async with adapting():
                await self._portions.bulk_write(writes, ordered=False)

    async def stored(self, run_id: str) -> Stored:
        """Tell what is here of a run."""
        async with adapting():
            found = await self._portions.find({"run_id": run_id}, {"groups": 1}).to_list(None)
        groups: Counter[str] = Counter()
        for document in found:
            groups.update(document["groups"])
        return Stored(len(found), dict(groups))

    async def rows(self, run_id: str, portion: int) -> list[SelectionRow] | None:
        """Give a portion; None when it is not here."""
        async with adapting():
            found = await self._portions.find_one({"_id": f"{run_id}|{portion}"}, {"rows": 1})
        return [SelectionRow(**row) for row in found["rows"]] if found else None

    async def each(self, run_id: str, group: str = "") -> AsyncIterator[list[SelectionRow]]:
        """Give a run's rows portion by portion, or those of one group, passing over portions that had none."""
        had = {f"groups.{group}": {"$gt": 0}} if group and group not in GONE else {}
        chosen: Document = {"run_id": run_id, **had}
        async with adapting():
            found = await self._portions.find(chosen, {"portion": 1}).sort("portion", 1).to_list(None)
        for document in found:
            rows = await self.rows(run_id, document["portion"]) or []
            yield [row for row in rows if group in ("", group_of(row))]

    async def stretch(self, run_id: str, group: str, start: int, count: int) -> list[SelectionRow]:
        """Give at most `count` rows of a run (or of one group) from the `start`-th on, reading only their portions.

        They are counted as they came in: where some were erased since, fewer are given, and none twice.
        """
        async with adapting():
            found = await self._portions.find({"run_id": run_id}, {"groups": 1, "portion": 1}).to_list(None)
        rows: list[SelectionRow] = []
        for document in sorted(found, key=lambda document: document["portion"]):
            here = document["groups"].get(group, 0) if group else sum(document["groups"].values())
            first, last = max(start, 0), min(start + count, here)
            if first < last:
                portion = await self.rows(run_id, document["portion"]) or []
                rows += [row for row in portion if group in ("", group_of(row))][first:last]
            start -= here
        return rows

    async def placed(self, run_id: str, places: range) -> list[SelectionRow]:
        """Give the rows of a run that have these places, in their order."""
        async with adapting():
            found = await self._portions.find({"run_id": run_id, "rows.place": {"$in": list(places)}}).to_list(None)
        rows = [SelectionRow(**row) for document in found for row in document["rows"] if row["place"] in places]
        return sorted(rows, key=lambda row: row.place or 0)


def _document(event: SelectionRows) -> Document:
    groups = Counter(group_of(row) for row in event.rows)
    rows = [row.model_dump() for row in event.rows]
    return {"run_id": event.run_id, "portion": event.portion, "groups": dict(groups), "rows": rows}
