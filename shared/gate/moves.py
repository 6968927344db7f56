"""The one kind of step the gate takes: a conditional update of one document, and knowing whether it is in force."""

from collections.abc import Callable, Iterable
from typing import Any

from shared.audit import Access, AccessLog
from shared.clock import Clock
from shared.errors import Unavailable
from shared.gate.model import Case, MachineCase, Refused
from shared.gate.opening import open_corrections, open_submitter
from shared.mongo import Database, Document, adapting, find_among, inserting
from shared.outbox import OwedEvents
from shared.vault import Keyring, Vault, WrappedKey

TURNS = 4
"""How often a call comes round when the state changes between its expectations."""


class Moves:
    """The gate's documents, and how each is moved from state to state."""

    def __init__(self, database: Database, vault: Vault, keyring: Keyring, clock: Clock, log: AccessLog) -> None:
        """Take the gate's own database, what opening needs, and the log without which nothing is opened."""
        self._submissions = database.get_collection("submissions")
        self._holding = inserting(self._submissions)
        self._log = log
        self.owed = OwedEvents(self._submissions)
        self._vault = vault
        self._keyring = keyring
        self._clock = clock

    async def prepare(self) -> None:
        """Make the indexes that sweeps and selection runs use."""
        await self.owed.prepare()
        async with adapting():
            for instant in ("close_at", "retain_until", "return_until", "end_at"):
                await self._submissions.create_index(instant, sparse=True)
            await self._submissions.create_index([("programme_id", 1), ("_id", 1)])
            await self._submissions.create_index("finds", sparse=True)

    async def case(self, submission_id: str) -> Case | None:
        """Give the submission as it stands, read by majority."""
        document = await self._read(submission_id)
        return Case.from_document(document) if document else None

    async def cases(self, submission_ids: Iterable[str]) -> dict[str, Case]:
        """Give those of these submissions that there are, in one query."""
        async with adapting():
            found = await find_among(self._submissions, "_id", submission_ids)
        return {document["_id"]: Case.from_document(document) for document in found}

    def _opened(self, document: Document) -> MachineCase:
        seal = self._keyring.open(document["_id"], WrappedKey.from_document(document["key"]))
        corrections = open_corrections(seal, document)
        return MachineCase(Case.from_document(document), seal, open_submitter(seal, document), corrections)

    async def _read(self, submission_id: str) -> Document | None:
        async with adapting():
            return await self._submissions.find_one({"_id": submission_id})

    async def _move(
        self,
        submission_id: str,
        expected: dict[str, Any],
        update: dict[str, Any],
        *,
        applied: Callable[[Document], bool],
        hopeful: Callable[[Document], bool],
        again: Callable[[Document], bool] = lambda found: False,
    ) -> tuple[bool, Document | None]:
        """Try one conditional update; give whether it is in force, and the document after.

        `applied` tells whether a document shows this very request's effect; `hopeful`, whether the update could still
        land, now or once something is undone; `again`, whether it would land now, so that it is tried once more: the
        document changed behind its back, and nobody is refused for what is no reason. Raises `Unavailable` while it
        is not known.
        """
        for _ in range(TURNS):
            lost = matched = False
            try:
                async with adapting():
                    # `_many`, though `_id` names one: an `update_one` the drivers repeat unseen, and the answer to the
                    # repetition tells nothing of the first, which may still be on its way, and land later.
                    result = await self._submissions.update_many({"_id": submission_id, **expected}, update)
                matched = result.matched_count == 1
            except Unavailable:
                lost = True
            document = await self._read(submission_id)
            if document is None:
                if lost:
                    raise Unavailable("gate:indeterminate")
                return False, None
            if matched or applied(document):
                return True, document
            if lost and hopeful(document):
                raise Unavailable("gate:indeterminate")
            if not again(document):
                return False, document
        raise Unavailable("gate:unsettled")

    async def _record(self, *accesses: Access) -> None:
        """Write down those of these acts that are not in the log yet; not again what it need not keep any longer."""
        due = [access for access in accesses if self._log.keeps(access.at)]
        acts = {access.act: access for access in reversed(due)}  # of two alike the first, which the gate proves
        known = await self._log.known(acts)
        await self._log.append(*(access for act, access in reversed(acts.items()) if act not in known))


def undoable(document: Document) -> bool:
    """Tell whether a decision stands that may yet be undone, and what it refused come to be possible again."""
    return document["state"] == "decided" and document.get("closed_at") is None


def refusal(case: Case) -> Refused:
    """Give what a call lost to, with the office and the time where a person at one was first."""
    if case.state == "decided" and case.decided is not None:
        return Refused("closed" if case.closed_at else "decided", case.decided.office, case.decided.at)
    if case.first_view is not None and case.state == "viewed":
        return Refused("viewed", case.first_view.office, case.first_view.at)
    return Refused(case.state)
