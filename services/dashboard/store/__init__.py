"""What the desk keeps, in its own database: the queue, questions, sign-ins, sessions, looks, runs, batches of
decisions, what citizens could not be told, what failed and what was done about it, claims, saved searches, drafts of
programmes.
"""

from dataclasses import dataclass, fields

from services.dashboard.store.acts import Acts
from services.dashboard.store.attempts import Attempts
from services.dashboard.store.batches import Batches
from services.dashboard.store.claims import Claims
from services.dashboard.store.failures import Failures
from services.dashboard.store.figures import Figures
from services.dashboard.store.generations import Generations
from services.dashboard.store.portions import Portions
from services.dashboard.store.questions import QuestionList
from services.dashboard.store.queue import Queue
from services.dashboard.store.rows import Rows
from services.dashboard.store.runs import Runs
from services.dashboard.store.searches import Searches, Stays
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
    failures: Failures
    claims: Claims
    searches: Searches
    stays: Stays
    figures: Figures
    drafts: VersionDrafts

    @staticmethod
    def of(database: Database, generation: str = "") -> "Stores":
        """Take the desk's own database; a `generation` is one of what is made from events alone, see `Generations`."""
        return Stores(
            Queue(database, generation),
            QuestionList(database, generation),
            Sessions(database),
            Attempts(database),
            Batches(database),
            Rows(database),
            Runs(database),
            Portions(database, generation),
            Acts(database),
            Untold(database, generation),
            Failures(database),
            Claims(database),
            Searches(database),
            Stays(database),
            Figures(database, generation),
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
    "Claims",
    "Failures",
    "Figures",
    "Generations",
    "Portions",
    "QuestionList",
    "Queue",
    "Rows",
    "Runs",
    "Searches",
    "Sessions",
    "Stays",
    "Stores",
    "Untold",
    "VersionDrafts",
]
