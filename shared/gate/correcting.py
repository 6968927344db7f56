"""The office's hand on what was read: unmasked, corrected, found out; for a look that was recorded, recorded too."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Literal

from pydantic import JsonValue

from shared.audit import Access
from shared.corrections import Correction, laid_over, unreadable_of
from shared.events import ValuesCorrected
from shared.facts import Settled
from shared.gate.by_hand import Corrected
from shared.gate.counted import counted
from shared.gate.logging import marked, unmasked
from shared.gate.model import OPEN, Accepted, Case, Official, Refused
from shared.gate.moves import Moves, refusal
from shared.gate.opening import open_corrections, open_values
from shared.mongo import Document
from shared.outbox import owing
from shared.vault import WrappedKey


def _corrected_by(document: Document, request_id: str) -> bool:
    return any(one["request_id"] == request_id for one in document.get("corrections", ()))


class CorrectingCalls(Moves):
    """What the desk asks of the gate for an official who has looked."""

    async def unmask(
        self, submission_id: str, *, official: Official, look_id: str, purpose: str, request_id: str
    ) -> bool:
        """Write into the access log that whoever took this look is shown, from now on, what names a person.

        False where there is no such look, or nothing left to see; then nothing may be shown.
        """
        look, case = await self._look(look_id, official, submission_id), await self.case(submission_id)
        if look is None or case is None or case.state not in OPEN:
            return False
        await self._record(unmasked(case, official, purpose, request_id, self._clock()))
        return True

    @counted
    async def correct(
        self,
        submission_id: str,
        part: int,
        values: Mapping[str, JsonValue],
        unknown: Collection[str] = (),
        *,
        reason: str,
        official: Official,
        look_id: str,
        request_id: str,
        expects: int,
    ) -> Accepted | Refused:
        """Lay values over those of certificate `part`; what was read stays beside them, and all of it is sealed.

        `expects` is how many corrections stood on the screen: refused as "corrected" where there are others by now, and
        as "decided" while a decision stands, which rests on the values as they are. Raises `Unavailable`.
        """
        said = Correction(
            part=part, values=dict(values), unknown=tuple(unknown), reason=reason,
            official=official.id, office=official.office, at=self._clock(),
        )  # fmt: skip
        return await self._lay_over(submission_id, said, official, look_id, request_id, expects)

    @counted
    async def settle(
        self,
        submission_id: str,
        conditions: Mapping[str, Settled | None],
        *,
        reason: str,
        official: Official,
        look_id: str,
        request_id: str,
        expects: int,
    ) -> Accepted | Refused:
        """Say, by code, what was found of conditions that certificates leave open; None takes back what was said.

        It is a correction like those of values, and refused as they are. Raises `Unavailable`.
        """
        said = Correction(
            part=None, conditions=dict(conditions), reason=reason,
            official=official.id, office=official.office, at=self._clock(),
        )  # fmt: skip
        return await self._lay_over(submission_id, said, official, look_id, request_id, expects)

    async def _lay_over(
        self, submission_id: str, said: Correction, official: Official, look_id: str, request_id: str, expects: int
    ) -> Accepted | Refused:
        look, document = await self._look(look_id, official, submission_id), await self._read(submission_id)
        if look is None or document is None:
            return Refused("not_found")
        case, now = Case.from_document(document), said.at
        if _corrected_by(document, request_id):
            return Accepted(case)
        if case.state != "viewed":
            return refusal(case)
        seal = self._keyring.open(submission_id, WrappedKey.from_document(document["key"]))
        read = (await open_values(self._vault, seal, case.revision, ""))["facts"]
        if read is None or not 0 <= (said.part or 0) < len(read.certificates):
            return Refused("not_found")
        counts = laid_over(read, (*open_corrections(seal, document), said))
        event = ValuesCorrected.because_of(
            request_id,
            submission_id=submission_id,
            at=now,
            office=official.office,
            revision=case.revision,
            number=expects + 1,
            readable=unreadable_of(counts.certificates, case.newest_part) is None,
        )
        about: Literal["values", "conditions"] = "conditions" if said.part is None else "values"
        mark = asdict(Corrected(official.id, official.office, now, request_id, official.address, about))
        sealed = seal.seal("correction", 1, said.model_dump_json().encode(), request_id)
        done, after = await self._move(
            submission_id,
            {"state": "viewed", "revision": case.revision, "corrected": expects or None},
            owing(
                event, now, {"$set": {"corrected": expects + 1}, "$push": {"corrections": {**mark, "sealed": sealed}}}
            ),
            applied=lambda found: _corrected_by(found, request_id),
            hopeful=lambda found: found["state"] in OPEN and (found.get("corrected") or 0) == expects,
        )
        if after is None:
            return Refused("not_found")
        case = Case.from_document(after)
        if done:
            await self._record(*marked(case))
            return Accepted(case, event)
        return Refused("corrected") if case.state == "viewed" else refusal(case)

    async def _look(self, look_id: str, official: Official, submission_id: str) -> Access | None:
        """Give a look of this official at this submission, where the log has it."""
        look = await self._log.act(look_id)
        own = look is not None and (look.official, look.submissions) == (official.id, (submission_id,))
        return look if own and look is not None and look.what == "viewed" else None
