"""Loads stories, the gate's cases with the events: of one submission, or of all that are followed in two queries."""

from collections.abc import Collection

from services.intake.store import PATIENCE, Store
from services.intake.telling import Story
from shared.gate import Case, Gate
from shared.ids import is_submission_id
from shared.mongo import within


class Stories:
    """Where stories are loaded from."""

    def __init__(self, gate: Gate, store: Store) -> None:
        """Take the gate, and intake's own store."""
        self._gate = gate
        self._store = store

    async def one(self, submission_id: str) -> Story | None:
        """Give one story; None where there is no such submission. Raises `Unavailable`, soon."""
        if not is_submission_id(submission_id):
            return None
        with within(PATIENCE):
            case = await self._gate.case(submission_id)
            return await self.of(case) if case else None

    async def of(self, case: Case) -> Story:
        """Give the story of a case. Raises `Unavailable`."""
        return Story(case, await self._store.events(case.submission_id))

    async def marks(self, submission_ids: Collection[str]) -> dict[str, str]:
        """Give what changes whenever something was recorded of a submission. Raises `Unavailable`."""
        return await self._store.marks(submission_ids)

    async def several(self, submission_ids: Collection[str]) -> dict[str, Story]:
        """Give the stories of those of these submissions that there are. Raises `Unavailable`."""
        cases = await self._gate.cases(submission_ids)
        events = await self._store.events_of(submission_ids)
        return {name: Story(case, events.get(name, [])) for name, case in cases.items()}
