"""The office's side of the gate: viewed, decided, undone, closed."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime

from shared.audit import Access, Mark
from shared.errors import Unavailable
from shared.events import Decision, Event, SubmissionDecided, SubmissionViewed
from shared.gate.counted import counted
from shared.gate.logging import marked, picture, seen
from shared.gate.model import OPEN, Accepted, Case, Decided, Look, Official, Opened, Refused
from shared.gate.moves import TURNS, Moves, refusal, undoable
from shared.gate.opening import open_for_person
from shared.mongo import Document, adapting
from shared.outbox import owing
from shared.vault import WrappedKey

_SOME = 500


def _decided_by(document: Document, request_id: str) -> bool:
    return (document.get("decided") or {}).get("request_id") == request_id


def _undone(document: Document, request_id: str) -> bool:
    return request_id in document.get("undone", ())


class DeskCalls(Moves):
    """What the desk asks of the gate for an official."""

    @counted
    async def view(
        self,
        submission_id: str,
        *,
        official: Official,
        purpose: str,
        request_id: str,
        screening: str = "",
        part_of: str = "",
    ) -> Opened | Refused:
        """Mark the look, then open.

        The first look ends the right to take back; each look is recorded before it sees. `part_of` names the one act
        that takes many looks.
        """
        now = self._clock()
        look = Look(official.id, official.office, purpose, now, request_id, part_of, official.address)
        event = SubmissionViewed.because_of(
            f"view:{submission_id}", submission_id=submission_id, at=now, office=official.office
        )
        document: Document | None = None
        for state, then in (("held", "viewed"), ("decided", "decided")) * TURNS:
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
            return refusal(case)
        if case.first_view is None:  # decided and undone under our hands: no look is marked, so none is taken
            raise Unavailable("gate:unsettled")
        await self._record(*marked(case), seen(case, look))
        seal = self._keyring.open(submission_id, WrappedKey.from_document(document["key"]))
        values = await open_for_person(self._vault, seal, document, screening)
        first = case.first_view is not None and case.first_view.request_id == request_id
        return Opened(case=case, look_id=request_id, event=event if first else None, **values)

    async def certificate(
        self, submission_id: str, part: int, *, look_id: str, official: Official, page: int = 1
    ) -> bytes | None:
        """Give one certificate's bytes, for a picture of `page`, to an official whose look was recorded.

        None when there is no such thing to see, or it is not kept.
        """
        look, document = await self._log.act(look_id), await self._read(submission_id)
        if look is None or (look.official, look.submissions) != (official.id, (submission_id,)):
            return None
        if document is None or document["state"] not in OPEN or part >= len(document["certificates"]):
            return None
        case = Case.from_document(document)
        seal = self._keyring.open(submission_id, WrappedKey.from_document(document["key"]))
        blob = case.certificates[part].blob(seal)
        if not blob:
            return None
        await self._record(picture(case, look, official, part, page, self._clock()))
        return next((file.pdf for file in (await self._vault.certificates(blob)).values()), None)

    @counted
    async def decide(
        self,
        submission_id: str,
        decision: Decision,
        *,
        official: Official,
        request_id: str,
        say_at: datetime,
        screening: str = "",
        reason: bytes | None = None,
    ) -> Accepted | Refused:
        """Confirm a decision; it can be undone until `say_at`, when the case is closed and the citizen told.

        `screening` names what it rests on, as `screening_key` does; `reason` is the official's own, as `sealed_reasons`
        gave it for this request.

        Refused as "undone" when it was in force and was undone, also before its answer came.
        """

        def decidable(found: Document) -> bool:
            return found["state"] in ("held", "viewed") and not _undone(found, request_id)

        now, address = self._clock(), official.address
        decided = Decided(decision, official.id, official.office, now, request_id, say_at, address)
        ground = {"request_id": request_id, "screening": screening, "reason": reason}
        done, document = await self._move(
            submission_id,
            {"state": {"$in": ["held", "viewed"]}, "undone": {"$ne": request_id}},
            {"$set": {"state": "decided", "decided": asdict(decided), "close_at": say_at, "ground": ground}},
            applied=lambda found: _decided_by(found, request_id),
            hopeful=lambda found: decidable(found) or (undoable(found) and not _undone(found, request_id)),
            again=decidable,
        )
        if document is None:
            return Refused("not_found")
        if not done and _undone(document, request_id):
            return Refused("undone")
        case = Case.from_document(document)
        if not done:
            return refusal(case)
        await self._log.append(*(mark for mark in marked(case) if mark.act == request_id))
        return Accepted(case)

    @counted
    async def undo(self, submission_id: str, *, decided_by: str) -> Accepted | Refused:
        """Take back the decision made by request `decided_by`, if its undo time has not passed.

        Restore what was before. Every decision undone is remembered: a late repetition of it decides nothing, and of
        this, whatever was decided since, is told that it is done.
        """

        def to_undo(found: Document) -> bool:
            return undoable(found) and _decided_by(found, decided_by)

        document: Document | None = None
        for viewed, state in (({"$ne": None}, "viewed"), (None, "held")) * TURNS:
            done, document = await self._move(
                submission_id,
                {"state": "decided", "decided.request_id": decided_by, "closed_at": None, "first_view": viewed},
                {
                    "$set": {"state": state},
                    "$addToSet": {"undone": decided_by},
                    "$unset": {"decided": "", "close_at": "", "ground": ""},
                },
                applied=lambda found: _undone(found, decided_by),
                hopeful=to_undo,
            )
            if done and document is not None:
                return Accepted(Case.from_document(document))
            if document is None or not to_undo(document):
                break
        return Refused("not_found") if document is None else refusal(Case.from_document(document))

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

    async def looks(self, programme_id: str) -> tuple[int, int, int]:
        """Count the looks at a programme's submissions taken one by one, the acts that took many, and acts by hand.

        By hand values are corrected or read, and better certificates asked for.
        """
        return await self._log.looks(programme_id)

    async def accesses(
        self, case: Case, *, limit: int, before: Mark | None = None, until: datetime | None = None
    ) -> list[Access]:
        """Give who accessed a submission, newest first, at most so many; those `before` a mark where that is given.

        What the gate's document proves and a crash kept from the log is written there first. `until` is when a closed
        submission was closed. Raises `Unavailable`.
        """
        await self._record(*marked(case))
        read_by = self._log.read_by(case.received_at)
        return await self._log.of(
            case.submission_id, case.programme_id, limit=limit, before=before, until=until, read_by=read_by
        )

    async def unlogged(self) -> AsyncIterator[Access]:
        """Give the marked accesses that must be in the log and are not: kept out by a crash, or taken out."""
        chosen = {"$or": [{"first_view": {"$ne": None}}, {"decided": {"$ne": None}}]}
        after = ""
        while True:
            async with adapting():
                cursor = self._submissions.find({**chosen, "_id": {"$gt": after}}).sort("_id", 1).limit(_SOME)
                some = await cursor.to_list(None)
            if not some:
                return
            marks = [mark for document in some for mark in marked(Case.from_document(document))]
            known = await self._log.known([mark.act for mark in marks])
            for mark in marks:
                if mark.act not in known and self._log.keeps(mark.at):
                    yield mark
            after = some[-1]["_id"]
