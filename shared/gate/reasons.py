"""Why it was decided so: sealed for the decision that it belongs to, and opened for the holder once that is final."""

from collections.abc import Mapping

from shared.gate.moves import Moves
from shared.mongo import adapting, find_among
from shared.vault import WrappedKey


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
