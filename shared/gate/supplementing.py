"""A better certificate (보완): asked for by the office, given longer, and sent by the holder as the next revision.

The place in line stays the submission's. What is said here of how often and how long is 민원처리법 22조①, 시행령 24조.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from shared.clock import seoul_date
from shared.events import SubmissionReceived, SupplementAsked, SupplementWhy
from shared.gate.by_hand import Answered, Asked
from shared.gate.correcting import CorrectingCalls
from shared.gate.counted import counted
from shared.gate.logging import marked
from shared.gate.model import OPEN, Accepted, Case, HeldCertificate, Official, Refused
from shared.gate.moves import Moves, refusal
from shared.mongo import Document
from shared.outbox import owing
from shared.vault import Seal, WrappedKey

MOST_EXTENSIONS = 2
ONCE_MORE = timedelta(days=10)
"""How much longer the citizen has at most when it is asked for once more, the first time having passed."""


class Awaiting(NamedTuple):
    """A submission for which something was asked, its seal, and what an earlier, equal request brought."""

    case: Case
    seal: Seal
    earlier: Answered | None


def _asked_by(document: Document, request_id: str) -> bool:
    return bool((document.get("asked") or {}).get("request_id") == request_id)


def _answered_by(document: Document, request_id: str) -> bool:
    return any(one["request_id"] == request_id for one in document.get("answered", ()))


def asked_event(submission_id: str, asked: Asked) -> SupplementAsked:
    """Give the event of what was asked: the same one, as its id derives from the request."""
    fields: dict[str, Any] = {name: getattr(asked, name) for name in ("at", "revision", "due_on", "part", "why")}
    return SupplementAsked.because_of(asked.request_id, submission_id=submission_id, **fields)


class SupplementingCalls(CorrectingCalls, Moves):
    """What desk and intake ask of the gate where a better certificate is needed."""

    @counted
    async def ask(
        self,
        submission_id: str,
        *,
        part: int | None,
        why: SupplementWhy,
        due_on: date,
        official: Official,
        look_id: str,
        request_id: str,
    ) -> Accepted | Refused:
        """Ask for a better certificate, to come by `due_on`. Refused as "supplement" while one is asked for already.

        Once that day has passed it can be asked for once more. Raises `ValueError` for a day that is not to come, or,
        once more, too far.
        """
        look, document = await self._look(look_id, official, submission_id), await self._read(submission_id)
        if look is None or document is None:
            return Refused("not_found")
        case, now = Case.from_document(document), self._clock()
        if case.asked is not None and case.asked.request_id == request_id:
            return Accepted(case)
        today, waiting = seoul_date(now), case.awaited
        if case.state == "viewed" and waiting is not None and (waiting.due_on >= today or waiting.again):
            return Refused("supplement", waiting.office, waiting.at)
        if due_on <= today or (waiting is not None and due_on > today + ONCE_MORE):
            raise ValueError("not a day by which it can be asked for")
        asked = Asked(
            request_id, case.revision, due_on, part, why, official.id, official.office, now,
            again=waiting is not None, address=official.address,
        )  # fmt: skip
        return await self._ask(case, asked)

    @counted
    async def give_longer(
        self, submission_id: str, *, due_on: date, official: Official, look_id: str, request_id: str
    ) -> Accepted | Refused:
        """Give the citizen who asked for it longer: until `due_on`, and twice at most, else refused as "supplement".

        Raises `ValueError` for a day that is no later.
        """
        look, document = await self._look(look_id, official, submission_id), await self._read(submission_id)
        if look is None or document is None:
            return Refused("not_found")
        case, now = Case.from_document(document), self._clock()
        if case.asked is not None and case.asked.request_id == request_id:
            return Accepted(case)
        waiting = case.awaited
        if waiting is None:
            return Refused("not_asked")
        if waiting.extensions >= MOST_EXTENSIONS:
            return Refused("supplement", waiting.office, waiting.at)
        if due_on <= waiting.due_on or due_on <= seoul_date(now):
            raise ValueError("not a day by which it can be asked for")
        longer = replace(
            waiting, request_id=request_id, due_on=due_on, extensions=waiting.extensions + 1, at=now,
            official=official.id, office=official.office, address=official.address,
        )  # fmt: skip
        return await self._ask(case, longer)

    async def _ask(self, case: Case, asked: Asked) -> Accepted | Refused:
        """Put what is asked in the place of what was asked before, if that still stands there."""
        before = case.asked.request_id if case.asked else None
        event = asked_event(case.submission_id, asked)
        done, document = await self._move(
            case.submission_id,
            {"state": "viewed", "revision": case.revision, "asked.request_id": before},
            owing(event, asked.at, {"$set": {"asked": asked.to_document()}}),
            applied=lambda found: _asked_by(found, asked.request_id),
            hopeful=lambda found: found["state"] in OPEN and (found.get("asked") or {}).get("request_id") == before,
        )
        if document is None:
            return Refused("not_found")
        case = Case.from_document(document)
        if done:
            await self._record(*marked(case))
            return Accepted(case, event)
        if case.state == "viewed" and case.asked is not None:
            return Refused("supplement", case.asked.office, case.asked.at)
        return Refused("not_viewed") if case.state == "held" else refusal(case)

    async def awaiting(self, submission_id: str, *, holder: str, request_id: str) -> Awaiting | Refused:
        """Give what the holder's answer is to be sealed by, while one is awaited, or was brought by this request."""
        document = await self._read(submission_id)
        if document is None or document["holder"] != holder:
            return Refused("not_found")
        case = Case.from_document(document)
        earlier = next((one for one in case.answered if one.request_id == request_id), None)
        if case.state not in OPEN:
            return refusal(case)
        if earlier is None and (case.state != "viewed" or case.awaited is None):
            return refusal(case) if case.state == "decided" else Refused("not_asked")
        return Awaiting(case, self._keyring.open(submission_id, WrappedKey.from_document(document["key"])), earlier)

    @counted
    async def supplement(
        self, case: Case, certificates: Sequence[HeldCertificate], *, request_id: str, digest: str
    ) -> Accepted | Refused:
        """Add the certificates that the holder sent: the next revision, which is read and screened as the first was.

        What comes late is taken, too, as long as nobody has decided. Harmless when repeated.
        """
        now, revision = self._clock(), case.revision + 1
        event = SubmissionReceived.because_of(
            request_id,
            submission_id=case.submission_id,
            at=now,
            receipt=case.receipt,
            programme_id=case.programme_id,
            wallet_app=case.wallet_app,
            office=case.office,
            revision=revision,
            certificates=len(case.certificates) + len(certificates),
        )
        pushed = {
            "certificates": {"$each": [one.to_document() for one in certificates]},
            "answered": asdict(Answered(revision, request_id, digest, now)),
        }
        done, document = await self._move(
            case.submission_id,
            {"state": "viewed", "holder": case.holder, "revision": case.revision, "asked.revision": case.revision},
            owing(event, now, {"$set": {"revision": revision}, "$push": pushed}),
            applied=lambda found: _answered_by(found, request_id),
            hopeful=lambda found: found["state"] in OPEN and found["revision"] == case.revision,
        )
        if document is None:
            return Refused("not_found")
        after = Case.from_document(document)
        if not done:
            return Refused("not_asked") if after.state == "viewed" else refusal(after)
        fresh = {one.blob_id for one in certificates} <= {one.blob_id for one in after.certificates}
        return Accepted(after, event if fresh else None)
