"""The gate's calls, each one conditional update of one document."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from pymongo.errors import DuplicateKeyError

from shared.clock import Clock
from shared.errors import Unavailable
from shared.events import (
    Decision,
    Event,
    SubmissionDecided,
    SubmissionReceived,
    SubmissionTakenBack,
    SubmissionViewed,
    SubmissionWithdrawn,
    WithdrawalRequested,
)
from shared.gate.model import (
    OPEN,
    Accepted,
    Case,
    Decided,
    Held,
    Hold,
    Look,
    MachineCase,
    Official,
    Opened,
    Refused,
    held_document,
)
from shared.gate.opening import open_values
from shared.mongo import Database, Document, adapting
from shared.outbox import OwedEvents, owing
from shared.vault import Keyring, Vault, WrappedKey

Closing = Literal["take_back", "withdraw"]

_CLOSING_STATE = {"take_back": "taking_back", "withdraw": "withdrawing"}
_CLOSED_STATE = {"take_back": "taken_back", "withdraw": "withdrawn"}


class Gate:
    """The only judge.

    It returns values, never a key, to people; to the machine it returns seals of open submissions.
    """

    def __init__(self, database: Database, vault: Vault, keyring: Keyring, clock: Clock) -> None:
        """Take the gate's own database and what opening needs."""
        self._submissions = database.get_collection("submissions")
        self._looks = database.get_collection("looks")
        self.owed = OwedEvents(self._submissions)
        self._vault = vault
        self._keyring = keyring
        self._clock = clock

    async def prepare(self) -> None:
        """Make the indexes the sweeps use."""
        await self.owed.prepare()
        async with adapting():
            await self._submissions.create_index("close_at", sparse=True)
            await self._looks.create_index("submission_id")

    async def case(self, submission_id: str) -> Case | None:
        """Give the submission as it stands, read by majority."""
        document = await self._read(submission_id)
        return Case.from_document(document) if document else None

    async def hold(self, hold: Hold) -> Held:
        """Hold a submission: the insert is the commit point of intake. A repeat is given what was held before."""
        event = SubmissionReceived.because_of(
            hold.submission_id,
            submission_id=hold.submission_id,
            at=hold.received_at,
            receipt=hold.receipt,
            programme_id=hold.programme_id,
            wallet_app=hold.wallet_app,
            office=hold.office,
            certificates=len(hold.certificates),
        )
        document = held_document(hold) | owing(event, hold.received_at)
        try:
            async with adapting():
                await self._submissions.insert_one(document)
            return Held(Case.from_document(document), fresh=True, event=event)
        except DuplicateKeyError:
            pass
        except Unavailable:
            if (await self._read(hold.submission_id)) is None:
                raise
        found = await self._read(hold.submission_id)
        if found is None:
            raise Unavailable("gate:vanished")
        # Our own insert whose answer was lost is told by its certificates, which carry ids nobody else drew.
        fresh = found["certificates"] == document["certificates"]
        return Held(Case.from_document(found), fresh=fresh, event=event if fresh else None)

    async def request(
        self, closing: Closing, submission_id: str, *, holder: str, request_id: str
    ) -> Accepted | Refused:
        """Ask to take back (only what nobody has looked at or decided) or to withdraw (until the case is closed)."""
        now = self._clock()
        event = WithdrawalRequested.because_of(request_id, submission_id=submission_id, at=now, kind=closing)
        expected: dict[str, Any] = {"holder": holder, "state": "held"}
        if closing == "withdraw":
            expected = {"holder": holder, "state": {"$in": list(OPEN)}, "closed_at": None}
        update = {"$set": {"state": _CLOSING_STATE[closing], "request_id": request_id}, "$unset": {"close_at": ""}}
        done, document = await self._move(
            submission_id,
            expected,
            owing(event, now, update),
            applied=lambda found: found.get("request_id") == request_id,
            hopeful=lambda found: (
                (found["state"] in OPEN
                and found.get("closed_at") is None
                and closing == "withdraw")
                or found["state"] == "held"
            ),
        )
        if document is None:
            return Refused("not_found")
        case = Case.from_document(document)
        if case.holder != holder:
            return Refused("not_holder")
        if done:
            return Accepted(case, event)
        if case.state in (_CLOSING_STATE[closing], _CLOSED_STATE[closing]):
            return Accepted(case)
        return _refusal(case)

    async def finish(self, closing: Closing, submission_id: str, *, cause: Event) -> Accepted | Refused:
        """Destroy the key: from here on nothing of the submission opens, anywhere. Harmless when repeated."""
        now = self._clock()
        said = SubmissionTakenBack if closing == "take_back" else SubmissionWithdrawn
        event = said.because_of(cause, submission_id=submission_id, at=now)
        update = {"$set": {"state": _CLOSED_STATE[closing]}, "$unset": {"key": ""}}
        done, document = await self._move(
            submission_id,
            {"state": _CLOSING_STATE[closing]},
            owing(event, now, update),
            applied=lambda found: found["state"] == _CLOSED_STATE[closing],
            hopeful=lambda found: found["state"] == _CLOSING_STATE[closing],
        )
        if document is None:
            return Refused("not_found")
        case = Case.from_document(document)
        return Accepted(case, event) if done else _refusal(case)

    async def view(
        self, submission_id: str, *, official: Official, purpose: str, request_id: str, screening: str = ""
    ) -> Opened | Refused:
        """Mark the look, then open.

        The first look ends the right to take back; each look is recorded before it sees.
        """
        now = self._clock()
        look = Look(official.id, official.office, purpose, now, request_id)
        event = SubmissionViewed.because_of(
            f"view:{submission_id}", submission_id=submission_id, at=now, office=official.office
        )
        document: Document | None = None
        for state, then in (("held", "viewed"), ("decided", "decided")):
            done, document = await self._move(
                submission_id,
                {"state": state, "first_view": None},
                owing(event, now, {"$set": {"state": then, "first_view": asdict(look)}}),
                applied=lambda found: (found.get("first_view") or {}).get("request_id") == request_id,
                hopeful=lambda found: found["state"] in ("held", "decided") and not found.get("first_view"),
            )
            if done or document is None or document["state"] not in OPEN or document.get("first_view"):
                break
        if document is None:
            return Refused("not_found")
        case = Case.from_document(document)
        if case.state not in OPEN:
            return _refusal(case)
        await self._record(submission_id, look)
        seal = self._keyring.open(submission_id, WrappedKey.from_document(document["key"]))
        values = await open_values(self._vault, seal, case.revision, screening)
        first = case.first_view is not None and case.first_view.request_id == request_id
        return Opened(case=case, look_id=request_id, event=event if first else None, **values)

    async def certificate(self, submission_id: str, part: int, *, look_id: str, official: Official) -> bytes | None:
        """Give one certificate's bytes to an official whose look was recorded.

        None when there is no such thing to see.
        """
        async with adapting():
            look = await self._looks.find_one({"_id": look_id, "submission_id": submission_id, "official": official.id})
        document = await self._read(submission_id)
        if look is None or document is None or document["state"] not in OPEN or part >= len(document["certificates"]):
            return None
        seal = self._keyring.open(submission_id, WrappedKey.from_document(document["key"]))
        blob_id = document["certificates"][part]["blob_id"]
        return (await self._vault.certificates({blob_id: seal})).get(blob_id)

    async def decide(
        self, submission_id: str, decision: Decision, *, official: Official, request_id: str, say_at: datetime
    ) -> Accepted | Refused:
        """Confirm a decision; it can be undone until `say_at`, when the case is closed and the citizen told."""
        decided = Decided(decision, official.id, official.office, self._clock(), request_id, say_at)
        done, document = await self._move(
            submission_id,
            {"state": {"$in": ["held", "viewed"]}},
            {"$set": {"state": "decided", "decided": asdict(decided), "close_at": say_at}},
            applied=lambda found: (found.get("decided") or {}).get("request_id") == request_id,
            hopeful=lambda found: found["state"] in ("held", "viewed"),
        )
        if document is None:
            return Refused("not_found")
        case = Case.from_document(document)
        return Accepted(case) if done else _refusal(case)

    async def undo(self, submission_id: str, *, decided_by: str) -> Accepted | Refused:
        """Take back the decision made by request `decided_by`, if its undo time has not passed.

        Restore what was before.
        """
        document: Document | None = None
        for viewed, state in (({"$ne": None}, "viewed"), (None, "held")):
            done, document = await self._move(
                submission_id,
                {"state": "decided", "decided.request_id": decided_by, "closed_at": None, "first_view": viewed},
                {"$set": {"state": state, "undone": decided_by}, "$unset": {"decided": "", "close_at": ""}},
                applied=lambda found: found.get("undone") == decided_by and found["state"] != "decided",
                hopeful=lambda found: (found.get("decided") or {}).get("request_id") == decided_by,
            )
            if done and document is not None:
                return Accepted(Case.from_document(document))
        return Refused("not_found") if document is None else _refusal(Case.from_document(document))

    async def close_due(self, limit: int = 500) -> list[Event]:
        """Close the decided cases whose undo time has passed; give the `submission-decided` events now owed."""
        now = self._clock()
        async with adapting():
            due = await self._submissions.find({"close_at": {"$lte": now}}).limit(limit).to_list(None)
        events: list[Event] = []
        for found in due:
            decided = Decided(**found["decided"])
            event = SubmissionDecided.because_of(
                decided.request_id, submission_id=found["_id"], at=now, decision=decided.decision, office=decided.office
            )
            done, _ = await self._move(
                found["_id"],
                {"state": "decided", "decided.request_id": decided.request_id, "closed_at": None},
                owing(event, now, {"$set": {"closed_at": now}, "$unset": {"close_at": ""}}),
                applied=lambda document: False,
                hopeful=lambda document: False,
            )
            if done:
                events.append(event)
        return events

    async def for_machine(self, submission_ids: Iterable[str]) -> dict[str, MachineCase]:
        """Open submissions for reading by the machine, in one query; those that are gone are left out."""
        async with adapting():
            found = await self._submissions.find(
                {"_id": {"$in": list(submission_ids)}, "state": {"$in": list(OPEN)}, "key": {"$ne": None}}
            ).to_list(None)
        return {
            document["_id"]: MachineCase(
                Case.from_document(document),
                self._keyring.open(document["_id"], WrappedKey.from_document(document["key"])),
            )
            for document in found
        }

    async def gone(self, submission_ids: Sequence[str]) -> set[str]:
        """Tell which of these no longer have a key: asked again after saving, so that nothing outlives a take-back."""
        async with adapting():
            found = await self._submissions.find(
                {"_id": {"$in": list(submission_ids)}, "key": {"$ne": None}}, {"_id": 1}
            ).to_list(None)
        return set(submission_ids) - {document["_id"] for document in found}

    async def _read(self, submission_id: str) -> Document | None:
        async with adapting():
            return await self._submissions.find_one({"_id": submission_id})

    async def _record(self, submission_id: str, look: Look) -> None:
        try:
            async with adapting():
                await self._looks.insert_one({"_id": look.request_id, "submission_id": submission_id, **asdict(look)})
        except DuplicateKeyError:
            pass  # the same request, asked again

    async def _move(
        self,
        submission_id: str,
        expected: dict[str, Any],
        update: dict[str, Any],
        *,
        applied: Callable[[Document], bool],
        hopeful: Callable[[Document], bool],
    ) -> tuple[bool, Document | None]:
        """Try one conditional update; give whether it is in force, and the document after.

        `applied` tells whether a document shows this very request's effect; `hopeful`, whether the update could still
        land. Raises `Unavailable` while that is not known.
        """
        lost = False
        try:
            async with adapting():
                result = await self._submissions.update_one({"_id": submission_id, **expected}, update)
            matched = result.matched_count == 1
        except Unavailable:
            lost, matched = True, False
        document = await self._read(submission_id)
        if document is None:
            if lost:
                raise Unavailable("gate:indeterminate")
            return False, None
        if matched or applied(document):
            return True, document
        if lost and hopeful(document):
            raise Unavailable("gate:indeterminate")
        return False, document


def _refusal(case: Case) -> Refused:
    if case.state == "decided" and case.decided is not None:
        return Refused("closed" if case.closed_at else "decided", case.decided.office, case.decided.at)
    if case.first_view is not None and case.state == "viewed":
        return Refused("viewed", case.first_view.office, case.first_view.at)
    return Refused(case.state if case.state != "held" else "not_found")
