"""What the desk keeps, in its own database: the queue, questions, sign-ins, sessions, looks, runs, batches of
decisions, what citizens could not be told, drafts of programmes.
"""

from dataclasses import dataclass, fields

from services.dashboard.store.acts import Acts
from services.dashboard.store.attempts import Attempts
from services.dashboard.store.batches import Batches
from services.dashboard.store.portions import Portions
from services.dashboard.store.questions import QuestionList
from services.dashboard.store.queue import Queue
from services.dashboard.store.rows import Rows
from services.dashboard.store.runs import Runs
from services.dashboard.store.sessions import Sessions
from services.dashboard.store.untold import Untold
from services.dashboard.store.versions import VersionDrafts
from shared.mongo import Database


@dataclass(frozen=True)
class Stores:
    """All of it."""

    queue: Queue
    questions: QuestionList
    sessions: Sessions
    attempts: Attempts
    batches: Batches
    rows: Rows
    runs: Runs
    portions: Portions
    acts: Acts
    untold: Untold
    drafts: VersionDrafts

    @staticmethod
    def of(database: Database) -> "Stores":
        """Take the desk's own database."""
        return Stores(
            Queue(database),
            QuestionList(database),
            Sessions(database),
            Attempts(database),
            Batches(database),
            Rows(database),
            Runs(database),
            Portions(database),
            Acts(database),
            Untold(database),
            VersionDrafts(database),
        )

    async def prepare(self) -> None:
        """Make the indexes. Raises `Unavailable`."""
        for field in fields(self):
            await getattr(self, field.name).prepare()


__all__ = [
    "Acts",
    "Attempts",
    "Batches",
    "Portions",
    "QuestionList",
    "Queue",
    "Rows",
    "Runs",
    "Sessions",
    "Stores",
    "Untold",
    "VersionDrafts",
]
