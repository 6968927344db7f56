"""What officials did at this desk, counted from the batches and runs that are stored anyway."""

from services.dashboard.acts import Batches
from shared.mongo import Database, Document, adapting, aggregate


class Acts:
    """Counts over collections that other stores keep."""

    def __init__(self, database: Database) -> None:
        """Take the desk's own database."""
        self._batches = database.get_collection("batches")
        self._runs = database.get_collection("runs")

    async def prepare(self) -> None:
        """Nothing: the stores that keep these make the indexes."""

    async def batches(self, programme_id: str) -> list[Batches]:
        """Count a programme's batches by what was done with them."""
        alike = {"one": "$one", "state": "$state", "approver": "$approver.id"}
        counting: Document = {"$group": {"_id": alike, "count": {"$sum": 1}, "undos": {"$sum": "$undos"}}}
        async with adapting():
            found = await aggregate(self._batches, [{"$match": {"programme_id": programme_id}}, counting])
        return [
            Batches(
                one=bool(item["_id"].get("one")),
                state=item["_id"]["state"],
                approved=item["_id"].get("approver") is not None,
                times=item["count"],
                undos=item["undos"],
            )
            for item in found
        ]

    async def runs(self, programme_id: str) -> int:
        """Count the selection runs that officials asked for."""
        asked = {"programme_id": programme_id, "person": {"$ne": None}, "requested_at": {"$ne": None}}
        async with adapting():
            return await self._runs.count_documents(asked)
