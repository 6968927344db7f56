"""A whole programme read by the machine, stretch by stretch of submission ids: what a selection run counts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from shared.audit import Access
from shared.corrections import Correction
from shared.facts import Submitter
from shared.gate.model import OPEN, State
from shared.gate.moves import Moves
from shared.gate.opening import open_corrections, open_submitter
from shared.mongo import Document, adapting
from shared.vault import Seal, WrappedKey

_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
"""Those of a submission id, in the order in which a store sorts them."""
_CUT = 5
_FIRST, _LAST = "", "~"
_BATCH = 5_000
_BEGINNING, _MILLISECOND = datetime(1970, 1, 1), timedelta(milliseconds=1)  # noqa: DTZ001 - as the store gives it


class Filed(NamedTuple):
    """A submission as the gate keeps it, not opened. Much cheaper than `Case`, since a run looks at every one."""

    document: Document

    @property
    def submission_id(self) -> str:
        """The submission."""
        name: str = self.document["_id"]
        return name

    @property
    def state(self) -> State:
        """Where it stands; of a closed one that is all there is to know."""
        state: State = self.document["state"]
        return state

    @property
    def is_open(self) -> bool:
        """Whether it has a key and may be read by the machine."""
        document = self.document
        return document["state"] in OPEN and document.get("key") is not None

    @property
    def revision(self) -> int:
        """The revision that counts."""
        revision: int = self.document["revision"]
        return revision

    @property
    def received_at(self) -> datetime:
        """Aware instant of the first revision, which keeps its place in line."""
        received_at: datetime = self.document["received_at"]
        return received_at.replace(tzinfo=UTC)  # read without a zone, which it has by being the store's

    @property
    def arrived(self) -> int:
        """The same in milliseconds since 1970: the store's own measure, and quick to compare."""
        received_at: datetime = self.document["received_at"]
        return (received_at - _BEGINNING) // _MILLISECOND

    @property
    def holder(self) -> str:
        """Keyed token of the holder's wallet address: one person has one, whichever app was used."""
        holder: str = self.document["holder"]
        return holder

    @property
    def corrected(self) -> int:
        """How often officials have corrected what was read."""
        return len(self.document.get("corrections", ()))

    @property
    def newest_part(self) -> int:
        """The first certificate, from 0, that came with the latest revision."""
        held = self.document["certificates"]
        return next((part for part, one in enumerate(held) if one.get("revision", 1) == self.revision), 0)

    @property
    def fingerprints(self) -> list[str]:
        """Keyed tokens of its certificates' bytes as sent."""
        return [held["fingerprint"] for held in self.document["certificates"]]


class PopulationCalls(Moves):
    """What a selection run asks of the gate. Reading by the machine is not viewing."""

    async def about(self) -> int:
        """Tell about how many submissions of all programmes there are, closed ones too, without counting them."""
        async with adapting():
            return await self._submissions.estimated_document_count()

    async def read_whole(self, programme_id: str, run_id: str) -> None:
        """Write into the access log that a selection run reads whatever of a programme is open: one entry for all."""
        read = Access(what="read", at=self._clock(), machine="selection", whole_programme=programme_id, part_of=run_id)
        await self._log.append(read)

    async def filed(self, programme_id: str, start: str, end: str) -> list[Filed]:
        """Give a programme's submissions from id `start` up to, and without, id `end`, in order of ids.

        Whole documents: they are small, and leaving parts of them out costs the store more than sending them does.
        """
        options = self._submissions.codec_options.with_options(tz_aware=False)
        submissions = self._submissions.with_options(codec_options=options)
        chosen = {"programme_id": programme_id, "_id": {"$gte": start, "$lt": end}}
        async with adapting():
            found = await submissions.find(chosen, batch_size=_BATCH).to_list(None)
        found.sort(key=lambda document: str(document["_id"]))
        return [Filed(document) for document in found]

    def opened(self, filed: Filed) -> tuple[Seal, Submitter]:
        """Open a submission that `is_open`. Raises `KeyringError`, `Unopenable`."""
        document = filed.document
        seal = self._keyring.open(document["_id"], WrappedKey.from_document(document["key"]))
        return seal, open_submitter(seal, document)

    def corrections(self, filed: Filed, seal: Seal) -> tuple[Correction, ...]:
        """Open what officials have corrected of it. Raises `Unopenable`."""
        return open_corrections(seal, filed.document) if filed.corrected else ()


def stretches(count: int) -> list[tuple[str, str]]:
    """Cut all submission ids into `count` stretches (start, end) of about as many each, since ids are random.

    Together they hold every id there can be, whatever it looks like.
    """
    steps = len(_LETTERS) ** _CUT
    cuts = [_FIRST, *(f"s-{_letters(steps * place // count)}" for place in range(1, count)), _LAST]
    return list(pairwise(cuts))


def _letters(number: int) -> str:
    digits = []
    for _ in range(_CUT):
        number, digit = divmod(number, len(_LETTERS))
        digits.append(_LETTERS[digit])
    return "".join(reversed(digits))
