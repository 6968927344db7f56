"""Makes a batch of decisions from a selection run, a portion at a time; a crash leaves portions to do."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from services.dashboard.batch import Batch, Row, row_of
from services.dashboard.rules import Entry
from services.dashboard.selection import DECIDES, GONE, expected_by, group_of
from services.dashboard.store import Stores
from shared.clock import Clock
from shared.errors import Unavailable
from shared.events import SelectionRow


@dataclass(frozen=True)
class Drafting:
    """Reads the rows of a run, and writes down what is to be decided of them, what fell out, and what is left."""

    stores: Stores
    clock: Clock

    async def step(self, batch: Batch, lease: str) -> int:
        """Go through one more portion; give how many rows it had, 0 when all are done. Raises `Unavailable`."""
        run = await self.stores.runs.find(batch.run_id)
        portion = await self.stores.portions.rows(batch.run_id, batch.drafted)
        if portion is None:
            if run is None or run.result is None or batch.drafted < run.result.portions:
                raise Unavailable("desk:portion_missing")
            return 0
        entries = await self.stores.queue.load(row.submission_id for row in portion)
        pending = await self.stores.rows.pending(entries, self.clock())
        rows, left = drafted(batch, portion, entries, pending)
        await self.stores.rows.draft(rows)
        await self.stores.rows.erase(await self.stores.queue.gone(row.submission_id for row in rows))
        await self.stores.batches.advance(batch, lease, left)
        return len(portion)


def drafted(
    batch: Batch, portion: Sequence[SelectionRow], entries: Mapping[str, Entry], pending: Collection[str]
) -> tuple[list[Row], Counter[str]]:
    """Give the rows that a portion makes, those that fell out with why, and how many are left to a person, by group.

    Together they are as many as the portion.
    """
    rows: list[Row] = []
    left: Counter[str] = Counter()
    for row in portion:
        group, entry = group_of(row), entries.get(row.submission_id)
        if group not in batch.groups or group not in DECIDES:
            left[group] += 1
            continue
        made = row_of(batch, entry or Entry(row.submission_id), DECIDES[group])
        reason = expected_by(row, entry, pending=row.submission_id in pending)
        if reason is not None:
            made = replace(made, ending="dropped", reason=reason)
        rows.append(replace(made, decision=None, expects="") if reason in GONE else made)
    return rows, left
