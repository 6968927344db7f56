"""What the gate does by itself in the course of time: retention ends, withdrawn copies go, keys are wrapped anew."""

from datetime import datetime

from pymongo import UpdateOne

from shared.errors import GubiError
from shared.events import SubmissionExpired, WithdrawalRequested
from shared.gate.citizen import asked_to_withdraw
from shared.gate.ending import ended
from shared.gate.model import ENDED, Accepted, Case, Refused
from shared.gate.moves import Moves, refusal
from shared.mongo import Document, adapting
from shared.vault import WrappedKey
from shared.vault.rotation import Rewrapped


def _over() -> list[Document]:
    """What may end by the calendar: what nobody decided, and what is decided for good; never in the undo time."""
    return [{"state": {"$in": ["held", "viewed"]}}, {"state": "decided", "closed_at": {"$ne": None}}]


def _is_over(document: Document, now: datetime) -> bool:
    """Tell the same of one document, its retention included."""
    may = document["state"] in ("held", "viewed") or (document["state"] == "decided" and document.get("closed_at"))
    return bool(may) and bool(document["retain_until"] <= now)


class RetentionCalls(Moves):
    """What withdrawal and the keys' commands ask of the gate."""

    async def past_retention(self, limit: int = 200) -> list[str]:
        """Give submissions whose retention has ended and that may expire."""
        now = self._clock()
        return await self._names({"retain_until": {"$lte": now}, "$or": _over()}, limit)

    async def expire(self, submission_id: str) -> Accepted | Refused:
        """Destroy the key of a submission whose retention has ended; harmless when repeated."""
        now = self._clock()
        event = SubmissionExpired.because_of(f"expire:{submission_id}", submission_id=submission_id, at=now)
        done, document = await self._move(
            submission_id,
            {"retain_until": {"$lte": now}, "$or": _over()},
            ended("expire", event, now),
            applied=lambda found: found["state"] == "expired",
            hopeful=lambda found: found["state"] not in ENDED,
            again=lambda found: _is_over(found, now),
        )
        if document is None:
            return Refused("not_found")
        case = Case.from_document(document)
        return Accepted(case, event) if done else refusal(case)

    async def past_return(self, limit: int = 200) -> list[WithdrawalRequested]:
        """Give the withdrawals whose time for fetching the certificates back is over: they can be carried out."""
        async with adapting():
            chosen = {"return_until": {"$lte": self._clock()}, "state": "withdrawing"}
            found = await self._submissions.find(chosen).limit(limit).to_list(None)
        return [asked_to_withdraw(Case.from_document(document)) for document in found]

    async def attest(self, submission_id: str, record: str) -> None:
        """Keep the signed record of a destruction; the first stands."""
        async with adapting():
            chosen = {"_id": submission_id, "state": {"$in": list(ENDED)}, "destruction": None}
            await self._submissions.update_one(chosen, {"$set": {"destruction": record}})

    async def rewrap(self, kek: str, after: str = "", limit: int = 500) -> Rewrapped:
        """Wrap the next keys that are under `kek` with the current one instead, in order of ids from `after` on.

        Each only over the very key that was read: one destroyed meanwhile stays so. Raises `Unavailable`; what was not
        done then is found again.
        """
        chosen = {"_id": {"$gt": after}, "key.kek": kek}
        async with adapting():
            found = await self._submissions.find(chosen, {"key": 1}).sort("_id", 1).limit(limit).to_list(None)
        if not found:
            return Rewrapped(None)
        writes, broken = [], []
        for document in found:
            name, old = document["_id"], document["key"]
            try:
                new = self._keyring.rewrap(name, WrappedKey.from_document(old)).to_document()
            except GubiError:
                broken.append(name)
                continue
            as_read = {"_id": name, "key.kek": kek, "key.wrapped": old["wrapped"]}
            writes.append(UpdateOne(as_read, {"$set": {"key": new}}))
        async with adapting():
            done = (await self._submissions.bulk_write(writes, ordered=False)).matched_count if writes else 0
        return Rewrapped(found[-1]["_id"], len(found), done, tuple(broken))

    async def wrapped_under(self, kek: str) -> int:
        """Count the submissions whose key is under `kek`."""
        async with adapting():
            return await self._submissions.count_documents({"key.kek": kek})

    async def _names(self, chosen: Document, limit: int) -> list[str]:
        async with adapting():
            found = await self._submissions.find(chosen, {"_id": 1}).limit(limit).to_list(None)
        return [document["_id"] for document in found]
