"""Questions about the world that hold no person, each settling the reviews of all who wait on the same fact.

"Is 주식회사 한빛가상 in Seoul?" The text is kept sealed under the keyring, since a sole trader's firm may bear their
name, and only while something rests on the question that is still here; the bus carries only the question's id, a keyed
token, under which an answer stays. One small document per question, changed by one conditional
update at `_id`, with the event it owes in it. Eligibility asks; an imported register answers what no official has, and
an official answers, changes an answer, or takes it back.
"""

import json
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pymongo import UpdateOne

from shared.clock import Clock
from shared.errors import GubiError
from shared.events import QuestionAnswered, QuestionRaised
from shared.mongo import Database, Document, adapting, aggregate, find_among
from shared.outbox import OwedEvents, owing
from shared.vault import Keyring
from shared.vault.keyring import sealed_under
from shared.vault.rotation import Rewrapped

AnswerValue = Literal["yes", "no", "cannot_tell"]

Party = Literal["official", "register"]
"""Who answers: a person, whose word stands, or a register that was imported, whose word stands until a person's."""


@dataclass(frozen=True)
class GivenAnswer:
    """An answer, with where it comes from: a register or an official, and when."""

    value: AnswerValue
    source: str
    by: str
    at: datetime


@dataclass(frozen=True)
class AskedQuestion:
    """A question as it stands. `revision` counts its answers and their withdrawals; 0 means never answered."""

    question_id: str
    programme_id: str
    text: Mapping[str, Any] | None
    """topic, name and number, as eligibility put it; None once nothing rests on it any more, until something does."""
    raised_at: datetime
    revision: int
    answer: GivenAnswer | None
    party: Party | None = None
    """Who acted on it last; None where nobody has. What an official has touched no register touches again."""
    doubted: bool = False
    """Somebody is looking whether anything rests on it still: whoever does has to `raise_new` it to keep its text."""


def question_id(token: Callable[[str, str], str], key: str) -> str:
    """Give the id of the question with this normalised key; `token` makes a keyed token for a purpose."""
    return f"q-{token('question', key)}"


class Questions:
    """All questions of the installation."""

    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        """Take the gate's database, which keeps questions beside submissions."""
        self._questions = database.get_collection("questions")
        self.owed = OwedEvents(self._questions)
        self._keyring = keyring
        self._clock = clock

    def id_of(self, key: str) -> str:
        """Give the id of the question with this normalised key."""
        return question_id(self._keyring.token, key)

    async def prepare(self) -> None:
        """Make the index that the outbox's sweep uses."""
        await self.owed.prepare()

    async def raise_new(self, programme_id: str, texts: Mapping[str, Mapping[str, Any]]) -> list[QuestionRaised]:
        """Ask those of these questions (text by id) that are new; give the events now owed by all that may be.

        One that was asked before gets its text back where that was destroyed, and keeps it where that is in doubt.
        """
        now = self._clock()
        events = [
            QuestionRaised.because_of(question_id, question_id=question_id, at=now, programme_id=programme_id)
            for question_id in texts
        ]
        if not events:
            return []
        new, kept = [], []
        for event in events:
            name, once = event.question_id, {"programme_id": programme_id, "raised_at": now, "revision": 0}
            sealed = self._keyring.seal_public(name, json.dumps(dict(texts[name])).encode())
            asked = {"$setOnInsert": {**once, "sealed": sealed, **owing(event, now)}}
            new.append(UpdateOne({"_id": name}, asked, upsert=True))
            kept.append(UpdateOne({"_id": name, "doubt": {"$ne": None}}, {"$unset": {"doubt": ""}}))
            kept.append(UpdateOne({"_id": name, "sealed": None}, {"$set": {"sealed": sealed}}))
        async with adapting():
            result = await self._questions.bulk_write(new, ordered=False)
            names = set((result.upserted_ids or {}).values())
            if len(names) < len(new):
                await self._questions.bulk_write(kept, ordered=True)  # once it is in no doubt nobody takes the text
        return [event for event in events if event.question_id in names]

    async def doubt(self, question_ids: Iterable[str]) -> dict[str, str]:
        """Begin to look whether anything rests on these still; give by id the doubts that `let_go` takes."""
        doubts = {name: secrets.token_hex(8) for name in question_ids}
        writes = [
            UpdateOne({"_id": name, "sealed": {"$ne": None}}, {"$set": {"doubt": doubts[name]}}) for name in doubts
        ]
        if writes:
            async with adapting():
                await self._questions.bulk_write(writes, ordered=False)
        return doubts

    async def let_go(self, doubts: Mapping[str, str]) -> None:
        """Destroy the text of these, on which nothing rested after the doubt; not where somebody raised it since.

        Answer and revision stay, under the keyed id.
        """
        gone = {"$unset": {"sealed": "", "doubt": ""}}
        writes = [UpdateOne({"_id": name, "doubt": doubt}, gone) for name, doubt in doubts.items()]
        if writes:
            async with adapting():
                await self._questions.bulk_write(writes, ordered=False)

    async def get(self, question_ids: Iterable[str]) -> dict[str, AskedQuestion]:
        """Give these questions."""
        async with adapting():
            found = await find_among(self._questions, "_id", question_ids)
        return {document["_id"]: self._read(document) for document in found}

    async def ever_answered(self) -> list[AskedQuestion]:
        """Give every question that was ever answered, also where the answer was taken back."""
        async with adapting():
            found = await self._questions.find({"revision": {"$gt": 0}}).to_list(None)
        return [self._read(document) for document in found]

    async def answer(
        self,
        question_id: str,
        answer: GivenAnswer | None,
        *,
        expected_revision: int,
        request_id: str,
        party: Party = "official",
    ) -> QuestionAnswered | None:
        """Answer, change or (with None) take back an answer; None is given when somebody else was first.

        The same request again gives its event as it was said.
        """
        now = self._clock()
        event = QuestionAnswered.because_of(request_id, question_id=question_id, at=now, revision=expected_revision + 1)
        fields: dict[str, Any] = {"revision": expected_revision + 1, "request_id": request_id, "party": party}
        fields["answered_at"] = now
        fields["answer"] = None if answer is None else {**answer.__dict__}
        async with adapting():
            result = await self._questions.update_one(
                {"_id": question_id, "revision": expected_revision},
                owing(event, now, {"$set": fields, "$inc": {"acts": int(party == "official")}}),
            )
            if result.matched_count:
                return event
            found = await self._questions.find_one({"_id": question_id, "request_id": request_id}, {"answered_at": 1})
        return event.model_copy(update={"at": found.get("answered_at", now)}) if found else None

    async def untouched(self, after: str, limit: int) -> list[AskedQuestion]:
        """Give, in order of ids from `after` on, questions with a text that no official has ever answered."""
        chosen = {"_id": {"$gt": after}, "party": {"$ne": "official"}, "sealed": {"$ne": None}}
        async with adapting():
            found = await self._questions.find(chosen).sort("_id", 1).limit(limit).to_list(None)
        return [self._read(document) for document in found]

    async def answered_by_registers(self) -> dict[str, int]:
        """Count the answers that are a register's, by its name."""
        return await self._sums({"party": "register", "answer": {"$ne": None}}, "$answer.by", 1)

    async def rewrap(self, kek: str, after: str = "", limit: int = 500) -> Rewrapped:
        """Seal the next questions that are under `kek` with the current key instead, in order of ids from `after` on.

        Raises `Unavailable`.
        """
        chosen: Document = {"_id": {"$gt": after}, "sealed": {"$ne": None}}
        async with adapting():
            found = await self._questions.find(chosen, {"sealed": 1}).sort("_id", 1).limit(limit).to_list(None)
        if not found:
            return Rewrapped(None)
        old = {one["_id"]: bytes(one["sealed"]) for one in found if sealed_under(bytes(one["sealed"])) == kek}
        writes, broken = [], []
        for name, sealed in old.items():
            try:
                anew = self._keyring.seal_public(name, self._keyring.open_public(name, sealed))
            except GubiError:
                broken.append(name)
                continue
            writes.append(UpdateOne({"_id": name, "sealed": sealed}, {"$set": {"sealed": anew}}))
        async with adapting():
            done = (await self._questions.bulk_write(writes, ordered=False)).matched_count if writes else 0
        return Rewrapped(found[-1]["_id"], len(old), done, tuple(broken))

    async def sealed_under(self, kek: str) -> int:
        """Count the questions that are sealed under `kek`."""
        async with adapting():
            found = self._questions.find({"sealed": {"$ne": None}}, {"sealed": 1})
            return sum([sealed_under(bytes(one["sealed"])) == kek async for one in found])

    async def acts(self) -> dict[str, int]:
        """Count by programme what officials did to questions: answers, changes of them, and take-backs."""
        return await self._sums({"party": "official"}, "$programme_id", "$acts")

    async def _sums(self, chosen: Document, group: str, summand: str | int) -> dict[str, int]:
        steps: list[Document] = [{"$match": chosen}, {"$group": {"_id": group, "sum": {"$sum": summand}}}]
        async with adapting():
            return {item["_id"]: item["sum"] for item in await aggregate(self._questions, steps)}

    def _read(self, document: Document) -> AskedQuestion:
        sealed, answer = document.get("sealed"), document.get("answer")
        text = json.loads(self._keyring.open_public(document["_id"], bytes(sealed))) if sealed else None
        return AskedQuestion(
            question_id=document["_id"],
            programme_id=document["programme_id"],
            text=text,
            raised_at=document["raised_at"],
            revision=document["revision"],
            answer=GivenAnswer(**answer) if answer else None,
            party=document.get("party"),
            doubted=document.get("doubt") is not None,
        )
