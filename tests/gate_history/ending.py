"""The end of a run: what stands in the store and in the topics, and whether anything given back still opens."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.events import (
    BY_TOPIC,
    Event,
    SubmissionDecided,
    SubmissionExpired,
    SubmissionReceived,
    SubmissionTakenBack,
    SubmissionViewed,
    SubmissionWithdrawn,
    WithdrawalRequested,
)
from shared.gate import OPEN, Official, Opened
from shared.kafka import topic_name
from shared.settings import Settings
from shared.wiring import Wiring
from tests.gate_history.calls import Caller, case_answer
from tests.gate_history.history import Journal, Record, now
from tests.gate_history.model import CLOSING

EVENTS = (
    SubmissionReceived,
    SubmissionViewed,
    SubmissionDecided,
    WithdrawalRequested,
    SubmissionTakenBack,
    SubmissionWithdrawn,
    SubmissionExpired,
)
_TRIED_AT_ONCE = 16


class Ending:
    """Reads the end, past the bad network, when nobody calls any more."""

    def __init__(self, wiring: Wiring, folder: Path, settings: Settings, *, played: bool) -> None:
        self._wiring = wiring
        self._folder = folder
        self._settings = settings
        self._played = played
        self._documents = wiring.database("gate").get_collection("submissions")
        self._log = wiring.database("audit").get_collection("entries")

    async def write(self, submissions: Sequence[str]) -> None:
        """Write `final.jsonl` and `events.jsonl`."""
        if self._played:
            await self._finish(submissions)
        finals, events = Journal(self._folder / "final.jsonl"), Journal(self._folder / "events.jsonl")
        for at in range(0, len(submissions), _TRIED_AT_ONCE):
            for record in await asyncio.gather(*(self._final(name) for name in submissions[at : at + _TRIED_AT_ONCE])):
                finals.write(record)
        for event in [*await self._owed(), *([] if self._played else await self._heard())]:
            kept = {"topic": event.topic, "s": event.subject, "id": str(event.event_id), "cause": event.cause}
            events.write(kept | {"at": event.at.isoformat()})

    async def _finish(self, submissions: Sequence[str]) -> None:
        """Where there is no withdrawal service, carry out what is left to be carried out, on record."""
        wiring = self._wiring
        journal = Journal(self._folder / "worker-end.jsonl")
        caller = Caller("end", journal, wiring.gate, wiring.vault, wiring.keyring, lambda _: None)
        for name in submissions:
            case = await wiring.gate.case(name)
            for kind, state in CLOSING.items():
                if case is not None and case.state == state:
                    await caller.perform(f"finish_{kind}", name, case.request_id or "")

    async def _final(self, name: str) -> Record:
        begin = now()
        document: dict[str, Any] = await self._documents.find_one({"_id": name}) or {}
        answer = case_answer(await self._wiring.gate.case(name))
        end = now()
        looked = {"submissions": name, "what": {"$in": ["viewed", "exported"]}}
        looks = await self._log.find(looked, {"act": 1, "official": 1}).to_list(None)
        _, state, first_view, decided, closed, closing = answer
        held = document.get("certificates", [])
        return {
            "s": name,
            "begin": begin,
            "end": end,
            "state": state,
            "held_by": document.get("receipt", ""),
            "first_view": first_view,
            "decided": decided,
            "closed": closed,
            "closing": closing,
            "undone": sorted(document.get("undone", [])),
            "looks": [look["act"] for look in looks],
            "keys": ("key" in document) + sum(item["key"] is not None for item in held),
            "ciphertexts": await self._ciphertexts(name),
            "opens": await self._opens(name, state, looks),
        }

    async def _opens(self, name: str, state: str | None, looks: Sequence[dict[str, Any]]) -> bool:
        """Try every door that gives something; the one that marks only where it must not open."""
        gate = self._wiring.gate
        given: list[object] = [(await gate.for_machine([name])).get(name)]
        if state not in OPEN:
            official = Official("o-end", "시민건강국")
            seen = await gate.view(name, official=official, purpose="심사", request_id=f"v.end.{name}")
            given.append(seen if isinstance(seen, Opened) else None)
            given += [
                await gate.certificate(name, 0, look_id=look["act"], official=Official(look["official"], "시민건강국"))
                for look in looks
            ]
        return any(one is not None for one in given)

    async def _ciphertexts(self, name: str) -> int:
        vault = self._wiring.database("vault")
        parts = ("certificates", "facts", "rows")
        return sum([await vault.get_collection(part).count_documents({"submission_id": name}) for part in parts])

    async def _owed(self) -> list[Event]:
        found = await self._documents.find({"owed": {"$exists": True}}, {"owed": 1}).to_list(None)
        return [
            BY_TOPIC[entry["topic"]].model_validate(entry["event"]) for document in found for entry in document["owed"]
        ]

    async def _heard(self) -> list[Event]:
        names = {topic_name(self._settings, event.topic): event for event in EVENTS}
        consumer = AIOKafkaConsumer(*names, bootstrap_servers=self._settings.kafka, auto_offset_reset="earliest")
        await consumer.start()
        found: list[Event] = []
        try:
            ends = await consumer.end_offsets(consumer.assignment())
            while any([await consumer.position(partition) < end for partition, end in ends.items()]):
                for batch in (await consumer.getmany(timeout_ms=500)).values():
                    found += [names[record.topic].model_validate_json(record.value) for record in batch]
        finally:
            await consumer.stop()
        return found
