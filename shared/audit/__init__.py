"""The access log (접속기록): who looked at whose data, when, from where, why; and what the machine read.

    log.append(access)            durable when it returns; nothing is shown before (the gate sees to it)
    log.of(submission, …)         what its holder may read
    examine(log, folder, keys)    what was done to the log, if anything was
    drop(database, strand, …)     what is past its retention goes, a strand as a whole, once that is signed for

`access` says what an entry is, `chain` how entries hang together, `journal` writes, `checkpoints` are signed heads
outside MongoDB, `queries` read, `examining` finds tampering, `retention` and `dropping` end what is old. An entry holds
ids, keyed tokens and an official's account; nothing read from a certificate. So what was taken back keeps its entries:
its holder is owed these facts.

Source: 개인정보 보호법 제29조, 개인정보의 안전성 확보조치 기준 제8조: records of access, kept two years where unique
identifiers are handled, safe from forgery, reviewed monthly.
"""

from datetime import datetime, timedelta
from pathlib import Path

from shared.audit import checkpoints
from shared.audit.access import Access, Mark, What
from shared.audit.checkpoints import AuditKeyError, CheckpointSigner
from shared.audit.dropping import drop
from shared.audit.examining import Examination, Finding
from shared.audit.journal import Journal
from shared.audit.queries import Queries
from shared.clock import Clock
from shared.mongo import Database


class AccessLog(Journal, Queries):
    """The access log, as one process writes it and as anybody reads it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        writer: str,
        keys: Path,
        folder: Path,
        days: int,
        every: float = 60.0,
    ) -> None:
        """Take the log's own database, the service that writes, its keys, where and how often to sign.

        `days` is for how long an entry is kept, at least.
        """
        self._days = timedelta(days=days)
        Queries.__init__(self, database)
        Journal.__init__(self, database, clock, writer=writer, keys=keys, folder=folder, every=every)

    def keeps(self, at: datetime) -> bool:
        """Tell whether an access of this instant must be in the log; an older one may have been dropped by the rule."""
        return self._clock() - at <= self._days

    def read_by(self, received_at: datetime) -> datetime | None:
        """Give by when a submission counts as read by the machine, where that entry may have been dropped."""
        return None if self.keeps(received_at) else received_at


async def examine(log: Queries, folder: Path, keys: Path) -> Examination:
    """Walk the whole log, also while it is written, against the checkpoints in `folder`.

    Raises `AuditKeyError`, `Unavailable`.
    """
    signed = checkpoints.read(folder, keys)  # before the entries: what was signed by now must be among them
    examination = Examination(await log.strands(), signed)
    async for some in log.entries():
        for document in some:
            examination.take(document)
    opened = {strand["_id"] for strand in await log.strands()}
    examination.end(opened, checkpoints.read(folder, keys))
    return examination


__all__ = [
    "Access",
    "AccessLog",
    "AuditKeyError",
    "CheckpointSigner",
    "Examination",
    "Finding",
    "Mark",
    "What",
    "checkpoints",
    "drop",
    "examine",
]
