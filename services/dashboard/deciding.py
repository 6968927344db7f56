"""Confirms and undoes decisions by the batch, each row by leave of the gate. A crash leaves rows to do, never doubt."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from services.dashboard.batch import Batch, Row
from services.dashboard.drafting import Drafting
from services.dashboard.reasons import differs
from services.dashboard.rules import Entry, screening_key
from services.dashboard.selection import SCREENED_AGAIN
from services.dashboard.store import Stores
from services.dashboard.store.leases import LEASE
from shared.clock import Clock
from shared.errors import Unavailable
from shared.gate import ENDED, Accepted, Decided, Gate

_AT_ONCE = 20


class Deciding:
    """Works batches off. Each is leased while it is worked on, so that deciding and undoing never cross."""

    def __init__(self, gate: Gate, stores: Stores, clock: Clock) -> None:
        """Take the gate, which judges each row, and the desk's stores."""
        self._gate = gate
        self._stores = stores
        self._clock = clock
        self._drafting = Drafting(stores, clock)

    async def work(self, batch_id: str, at_most: int | None = None) -> None:
        """Do what is left of a batch, or about `at_most` rows of it, unless somebody else is at it.

        Raises `Unavailable`; what was not done then is done later.
        """
        lease = await self._stores.batches.lease(batch_id, self._clock())
        if lease is None:
            return
        done = 0
        while at_most is None or done < at_most:
            batch = await self._stores.batches.find(batch_id)
            step = await self._step(batch, lease) if batch else 0
            if batch is None or not step:
                if batch is not None:
                    await self._stores.batches.finish(batch, lease)
                break
            if not await self._stores.batches.renew(batch_id, lease, self._clock() + LEASE):
                return
            done += step
        await self._stores.batches.renew(batch_id, lease, self._clock())

    async def work_all(self) -> None:
        """Do what is left of every batch, as after a crash."""
        now = self._clock()
        for batch_id in await self._stores.batches.unfinished(now):
            await self.work(batch_id)

    async def drop_drafts(self) -> None:
        """Forget drafts that nobody confirmed in time, rows first, so that a crash leaves none without a batch."""
        old = await self._stores.batches.old_drafts(self._clock())
        await self._stores.rows.drop(old)
        await self._stores.batches.drop(old)

    async def _step(self, batch: Batch, lease: str) -> int:
        if batch.state == "drafting":
            return await self._drafting.step(batch, lease)
        rows = await self._stores.rows.to_do(batch, _AT_ONCE)
        if rows:
            ended = await self._do(batch, rows)
            if late := [row.say_at for row in ended if row.say_at and batch.say_at and row.say_at > batch.say_at]:
                await self._stores.batches.prolong(batch.batch_id, max(late))
            await self._stores.rows.record(ended)
        return len(rows)

    async def _do(self, batch: Batch, rows: Sequence[Row]) -> list[Row]:
        try:
            async with asyncio.timeout(LEASE.total_seconds() / 2):
                return await self._judge(batch, rows)
        except TimeoutError:  # before the lease ends, lest somebody else take the batch while this still decides
            raise Unavailable("desk:rows_too_slow") from None

    async def _judge(self, batch: Batch, rows: Sequence[Row]) -> list[Row]:
        if batch.state == "undoing":
            return list(await asyncio.gather(*(self._undo(row) for row in rows)))
        entries = await self._stores.queue.load(row.submission_id for row in rows)
        return list(await asyncio.gather(*(self._decide(batch, row, entries) for row in rows)))

    async def _decide(self, batch: Batch, row: Row, entries: dict[str, Entry]) -> Row:
        now = self._clock()
        entry = entries.get(row.submission_id)
        if entry is None or row.decision is None or screening_key(entry.standing) != row.expects:
            case = await self._gate.case(row.submission_id)
            made = case.decided if case else None
            if made is not None and made.request_id == row.row_id:  # by us, before a crash: it is in force
                return _made(row, made)
            gone = case is not None and case.state in ENDED
            return replace(row, ending="refused", reason=case.state if case and gone else SCREENED_AGAIN, at=now)
        if row.why is None and differs(entry.standing, row.decision):
            return replace(row, ending="refused", reason="no_reason", at=now)
        say_at = batch.say_at_of(now)
        answer = await self._gate.decide(
            row.submission_id, row.decision, official=batch.person.official, request_id=row.row_id, say_at=say_at,
            screening=row.expects, reason=row.why or None,
        )  # fmt: skip
        if isinstance(answer, Accepted) and answer.case.decided is not None:
            return _made(row, answer.case.decided)
        if isinstance(answer, Accepted):  # and undone since, by another hand: nothing stands
            return replace(row, ending="refused", reason="undone", at=now)
        return replace(row, ending="refused", reason=answer.reason, office=answer.office, at=answer.at or now)

    async def _undo(self, row: Row) -> Row:
        now = self._clock()
        answer = await self._gate.undo(row.submission_id, decided_by=row.row_id)
        if isinstance(answer, Accepted):
            return replace(row, ending="undone", at=now)
        return replace(row, ending="kept", reason=answer.reason, office=answer.office, at=answer.at or now)


def _made(row: Row, made: Decided) -> Row:
    """End a row as the gate decided it, now or before a crash."""
    return replace(row, ending="accepted", office=made.office, at=made.at, say_at=made.say_at)
