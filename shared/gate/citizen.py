"""The citizen's side of the gate: held, taken back (회수), withdrawn (취하), and given back."""

from datetime import datetime
from typing import Any, Literal

from shared.errors import Unavailable
from shared.events import Event, SubmissionReceived, SubmissionTakenBack, SubmissionWithdrawn, WithdrawalRequested
from shared.gate.counted import counted
from shared.gate.ending import ENDED_AS, ended
from shared.gate.model import OPEN, Accepted, Case, Held, Hold, Refused, held_document
from shared.gate.moves import Moves, refusal, undoable
from shared.mongo import Document
from shared.outbox import owing
from shared.vault import WrappedKey

Closing = Literal["take_back", "withdraw"]

_CLOSING_STATE = {"take_back": "taking_back", "withdraw": "withdrawing"}


def asked_to_withdraw(case: Case) -> WithdrawalRequested:
    """Make again the event of the withdrawal that a submission is in, with the id that it had: that is the request's.

    Its `return_until` is what holds now, which is earlier than was asked for once the holder has the certificates back.
    Raises `ValueError` where none is under way.
    """
    if case.request_id is None or case.requested_at is None:
        raise ValueError(f"{case.submission_id} is not being withdrawn")
    about = {"submission_id": case.submission_id, "at": case.requested_at, "return_until": case.return_until}
    return WithdrawalRequested.because_of(case.request_id, kind="withdraw", **about)


def _is_ours(found: Document, hold: Hold) -> bool:
    """Tell our own insert whose answer was lost by what it sealed: the nonce in it was drawn by nobody else.

    Where that is destroyed already, by the random names of its files, which stay.
    """
    if "submitter" in found:
        return bool(found["submitter"] == hold.submitter)
    held = [held["blob_id"] for held in found["certificates"]]
    return held[: len(hold.certificates)] == [held.blob_id for held in hold.certificates]


def _grants(document: Document, closing: Closing) -> bool:
    if closing == "take_back":
        return bool(document["state"] == "held")
    return document["state"] in OPEN and document.get("closed_at") is None


class CitizenCalls(Moves):
    """What intake and withdrawal ask of the gate for the holder."""

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
        if not self._keyring.holds(hold.key.kek):  # it was destroyed while this request waited: a repeat gets another
            raise Unavailable("keyring:key_destroyed")
        try:
            if await self._holding.do(document):
                return Held(Case.from_document(document), fresh=True, event=event)
        except Unavailable:
            if (await self._read(hold.submission_id)) is None:
                raise
        found = await self._read(hold.submission_id)
        if found is None:
            raise Unavailable("gate:vanished")
        fresh = _is_ours(found, hold)
        return Held(Case.from_document(found), fresh=fresh, event=event if fresh else None)

    @counted
    async def request(
        self,
        closing: Closing,
        submission_id: str,
        *,
        holder: str,
        request_id: str,
        return_until: datetime | None = None,
    ) -> Accepted | Refused:
        """Ask to take back (only what nobody has looked at or decided) or to withdraw (until the case is closed).

        With `return_until` what is withdrawn can be fetched back by the holder until then, and by nobody else.
        """
        now = self._clock()
        event = WithdrawalRequested.because_of(
            request_id, submission_id=submission_id, at=now, kind=closing, return_until=return_until
        )
        expected: dict[str, Any] = {"holder": holder, "state": "held"}
        if closing == "withdraw":
            expected = {"holder": holder, "state": {"$in": list(OPEN)}, "closed_at": None}
        asked = {"request_id": request_id, "requested_at": now, "end_at": return_until or now}
        asked |= {"return_until": return_until} if return_until else {}
        update = {"$set": {"state": _CLOSING_STATE[closing], **asked}, "$unset": {"close_at": ""}}
        done, document = await self._move(
            submission_id,
            expected,
            owing(event, now, update),
            applied=lambda found: found.get("request_id") == request_id,
            hopeful=lambda found: _grants(found, closing) or (undoable(found) and not found.get("first_view")),
            again=lambda found: _grants(found, closing) and found["holder"] == holder,
        )
        if document is None:
            return Refused("not_found")
        case = Case.from_document(document)
        if case.holder != holder:
            return Refused("not_holder")
        if done:
            return Accepted(case, event)
        if case.state in (_CLOSING_STATE[closing], ENDED_AS[closing]):
            return Accepted(case)
        return refusal(case)

    @counted
    async def finish(self, closing: Closing, submission_id: str, *, cause: Event) -> Accepted | Refused:
        """Destroy the key: from here on nothing of the submission opens, anywhere. Harmless when repeated."""
        now = self._clock()
        said = SubmissionTakenBack if closing == "take_back" else SubmissionWithdrawn
        event = said.because_of(cause, submission_id=submission_id, at=now)
        done, document = await self._move(
            submission_id,
            {"state": _CLOSING_STATE[closing]},
            ended(closing, event, now),
            applied=lambda found: found["state"] == ENDED_AS[closing],
            hopeful=lambda found: found["state"] == _CLOSING_STATE[closing],
        )
        if document is None:
            return Refused("not_found")
        case = Case.from_document(document)
        return Accepted(case, event) if done else refusal(case)

    async def given_back(self, submission_id: str, part: int, *, holder: str) -> bytes | Refused:
        """Give one certificate of a withdrawn application back to its holder, while that is still possible."""
        document = await self._read(submission_id)
        if document is None or document["holder"] != holder or not 0 <= part < len(document["certificates"]):
            return Refused("not_found")
        case = Case.from_document(document)
        if case.state != "withdrawing" or case.return_until is None or case.return_until <= self._clock():
            return refusal(case)
        seal = self._keyring.open(submission_id, WrappedKey.from_document(document["key"]))
        files = await self._vault.certificates(case.certificates[part].blob(seal))
        return next((file.pdf for file in files.values()), Refused("not_found"))

    async def got_back(self, submission_id: str, *, holder: str) -> Accepted | Refused:
        """Note that the holder has the certificates of a withdrawn application: what is left may be destroyed now.

        Where nothing was to be given back, nothing changes.
        """
        now = self._clock()
        waiting = {"holder": holder, "state": "withdrawing", "return_until": {"$gt": now}}
        _, document = await self._move(
            submission_id,
            waiting,
            {"$set": {"return_until": now, "end_at": now}},
            applied=lambda found: found["state"] == "withdrawn",
            hopeful=lambda found: found["state"] == "withdrawing",
        )
        if document is None or document["holder"] != holder:
            return Refused("not_found")
        case = Case.from_document(document)
        return Accepted(case) if case.state in ("withdrawing", "withdrawn") else refusal(case)
