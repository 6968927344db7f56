"""Gates that are wrong on purpose, to show that the checker notices; `scenes` has the calls that show each."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from shared.errors import Unavailable
from shared.events import WithdrawalRequested
from shared.gate import OPEN, Accepted, Case, Gate, MachineCase, Opened, Refused, Rewrapped
from shared.gate.citizen import Closing
from shared.gate.opening import open_submitter
from shared.mongo import adapting
from shared.outbox import owing
from shared.vault import WrappedKey


class Looser(Gate):
    """Reads, and writes later without asking again: what others do in between is in its hands."""

    meanwhile: Callable[[], Awaitable[object]]
    """What happens between its reading and its writing, which a race would bring about only now and then."""


class SeesEverything(Gate):
    """Shows whatever still has a key, without asking whether it is being taken back."""

    async def view(self, submission_id: str, **asked: Any) -> Opened | Refused:
        answer = await super().view(submission_id, **asked)
        document = await self._read(submission_id)
        if isinstance(answer, Opened) or document is None or "key" not in document:
            return answer
        seal = self._keyring.open(submission_id, WrappedKey.from_document(document["key"]))
        return Opened(
            case=Case.from_document(document),
            look_id=asked["request_id"],
            submitter=open_submitter(seal, document),
            **dict.fromkeys(("facts", "provenance", "screening", "read", "event")),
            corrections=(),
            reason="",
        )


class ReadsThenWrites(Looser):
    """Takes back by looking first and writing afterwards, with nothing expected in the filter."""

    async def request(
        self, closing: Closing, submission_id: str, *, holder: str, request_id: str
    ) -> Accepted | Refused:
        document = await self._read(submission_id)
        if closing == "withdraw" or document is None or document["state"] != "held" or document["holder"] != holder:
            return await super().request(closing, submission_id, holder=holder, request_id=request_id)
        await self.meanwhile()
        now = self._clock()
        event = WithdrawalRequested.because_of(request_id, submission_id=submission_id, at=now, kind=closing)
        update = {"$set": {"state": "taking_back", "request_id": request_id}}
        async with adapting():
            await self._submissions.update_one({"_id": submission_id}, owing(event, now, update))
        return Accepted(Case.from_document(document), event)


class Guesses(Gate):
    """Where the answer was lost, says no."""

    async def _move(self, submission_id: str, expected: Any, update: Any, **asked: Callable[..., bool]) -> Any:
        try:
            async with adapting():
                result = await self._submissions.update_one({"_id": submission_id, **expected}, update)
            return result.matched_count == 1, await self._read(submission_id)
        except Unavailable:
            return False, await self._read(submission_id)


class RemembersKeys(Gate):
    """The machine keeps what it once read, and does not ask again."""

    async def for_machine(self, submission_ids: Iterable[str]) -> dict[str, MachineCase]:
        kept: dict[str, MachineCase] = self.__dict__.setdefault("kept", {})
        wanted = list(submission_ids)
        kept.update(await super().for_machine([name for name in wanted if name not in kept]))
        return {name: kept[name] for name in wanted if name in kept}


class UndoesWhatIsClosed(Gate):
    """Undoes although the citizen may have been told."""

    async def undo(self, submission_id: str, *, decided_by: str) -> Accepted | Refused:
        document = await self._read(submission_id)
        if document is None or document["state"] not in OPEN or not document.get("closed_at"):
            return await super().undo(submission_id, decided_by=decided_by)
        state = "viewed" if document.get("first_view") else "held"
        async with adapting():
            await self._submissions.update_one(
                {"_id": submission_id},
                {
                    "$set": {"state": state},
                    "$addToSet": {"undone": decided_by},
                    "$unset": {"decided": "", "closed_at": ""},
                },
            )
        return Accepted(Case.from_document(document))


class BringsKeysBack(Looser):
    """Wraps a key anew by reading first and writing afterwards, whatever became of it in between."""

    async def rewrap(self, kek: str, after: str = "", limit: int = 500) -> Rewrapped:
        document = await self._submissions.find_one({"_id": {"$gt": after}, "key.kek": kek})
        if document is None:
            return Rewrapped(None)
        await self.meanwhile()
        new = self._keyring.rewrap(document["_id"], WrappedKey.from_document(document["key"]))
        async with adapting():
            await self._submissions.update_one({"_id": document["_id"]}, {"$set": {"key": new.to_document()}})
        return Rewrapped(document["_id"], 1, 1)


class ExpiresTooEarly(Gate):
    """Lets whatever is open expire, also while its retention lasts."""

    async def expire(self, submission_id: str) -> Accepted | Refused:
        await self._submissions.update_one(
            {"_id": submission_id, "state": {"$in": list(OPEN)}}, {"$set": {"retain_until": self._clock()}}
        )
        return await super().expire(submission_id)
