"""Why it was decided so: sealed for the decision that it belongs to, and opened for the holder once that is final."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.gate.moves import Moves
from shared.gate.opening import ground_of, open_reason
from shared.mongo import adapting, find_among
from shared.vault import WrappedKey
from shared.vault.store import row_id


@dataclass(frozen=True)
class Why:
    """What a decision rests on."""

    words: str = field(default="", repr=False)
    """The official's own; empty where none were needed."""
    screening: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The screening that was on the screen, as eligibility sealed it; empty where that is not known."""


class ReasonCalls(Moves):
    """What the desk asks of the gate to keep an official's reason, and the door, to tell it."""

    async def sealed_reasons(self, reasons: Mapping[str, tuple[str, str]]) -> dict[str, bytes]:
        """Seal, by submission, an official's words for the decision that a request will make: (request id, words).

        So they can wait for it where nothing else could read them. What has no key any more is left out. Raises
        `Unavailable`.
        """
        async with adapting():
            found = await find_among(self._submissions, "_id", reasons, {"key": {"$ne": None}}, {"key": 1})
        sealed: dict[str, bytes] = {}
        for document in found:
            request_id, words = reasons[document["_id"]]
            seal = self._keyring.open(document["_id"], WrappedKey.from_document(document["key"]))
            sealed[document["_id"]] = seal.seal("reason", 1, words.encode(), request_id)
        return sealed

    async def why(self, submission_id: str) -> Why | None:
        """Open, for the holder, what the final decision rests on; None before it is final, and once nothing opens.

        Whoever sent it reads of themselves: that is nobody's look, and takes no right away. Raises `Unavailable`.
        """
        document = await self._read(submission_id)
        if document is None or document["state"] != "decided" or not document.get("closed_at"):
            return None
        ground = ground_of(document)
        if not ground:
            return Why()
        seal = self._keyring.open(submission_id, WrappedKey.from_document(document["key"]))
        number, _, name = ground["screening"].partition("|")
        place = row_id(submission_id, "screening", int(number or 0), name)
        sealed = (await self._vault.get([place])).get(place)
        plain = seal.open("screening", int(number), sealed, name) if sealed else b"{}"
        return Why(open_reason(seal, document), json.loads(plain))
