"""A made-up population in the store, as it stands once everything was received, read and screened.

Sample people with the certificates that their programme accepts, drafted as the samples are and read perfectly. Of a
hundred submissions about three are closed, not read yet or unreadable, one is a second one of the same person, and one
rests on a file that somebody else sent too. Half of all workplaces asked about are known to be in Seoul.

The certificates themselves are not made: no run looks at them. Nor are the groups of those who stand alone, which no
run reads.
"""

import asyncio
import secrets
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from random import Random
from typing import Any, NamedTuple

from services.eligibility.groups import Member
from services.eligibility.questions import Question
from services.eligibility.store import Groups
from services.wallet_simulator.samples import KINDS, Person, population, town
from services.wallet_simulator.samples.kinds import Scene
from services.wallet_simulator.samples.people import seeded
from shared.catalog import Programme
from shared.facts import Certificate, Facts, Submitter
from shared.gate import HeldCertificate, Hold, name_tokens
from shared.gate.model import held_document
from shared.questions import GivenAnswer
from shared.settings import Settings
from shared.vault import Keyring, Seal, SealedRow
from shared.wiring import Wiring

AS_OF = date(2023, 9, 15)
_BEGAN = datetime(2023, 8, 28, tzinfo=UTC)
_KEPT_UNTIL = datetime(2099, 1, 1, tzinfo=UTC)
"""Received years ago, so that services that run meanwhile would be busy with destroying them."""
_AT_ONCE = 1_000
_CLOSED = ("taken_back", "withdrawn", "expired")


class Part(NamedTuple):
    """Submissions by number: from `start` up to, and without, `end`."""

    start: int
    end: int


def submission_name(keyring: Keyring, number: int) -> str:
    """Give the id of a made-up submission by its number, in every store that has something of it."""
    return f"s-{keyring.token('submission', f'bench|{number}')}"


def make(settings: Settings, programme: Programme, part: Part, workers: int) -> Iterator[int]:
    """Store a part of the population, in processes; give how many more there are, each time some are."""
    cut = [Part(start, min(start + _AT_ONCE, part.end)) for start in range(part.start, part.end, _AT_ONCE)]
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        doing = [pool.submit(_store, settings, programme, some) for some in cut]
        for done in as_completed(doing):
            yield done.result()


async def know_workplaces(wiring: Wiring, programme: Programme) -> int:
    """Ask about every workplace there can be, and answer for every other one; give how many were answered."""
    asked = [Question(topic="workplace_in_seoul", name=firm.name) for firm in town()]
    texts = {wiring.questions.id_of(question.key): question.model_dump() for question in asked}
    await wiring.questions.raise_new(programme.id, texts)
    answer = GivenAnswer("yes", "사업장 대장 (예시)", "예시 대장", _BEGAN)
    answered = sorted(texts)[::2]
    for name in answered:
        await wiring.questions.answer(name, answer, expected_revision=0, request_id=f"bench|{name}", party="register")
    return len(answered)


def _store(settings: Settings, programme: Programme, part: Part) -> int:
    return asyncio.run(_store_part(settings, programme, part))


async def _store_part(settings: Settings, programme: Programme, part: Part) -> int:
    wiring = Wiring.of(settings)
    async with wiring.open():
        documents, rows, company = [], [], dict[str, list[Member]]()
        for number, person in zip(range(*part), islice(population(part.start), part.end - part.start), strict=False):
            made = _Making(wiring, programme, number, person)
            document, facts = made.filed()
            documents.append(document)
            rows += facts
            for key, member in made.company(document):
                company.setdefault(key, []).append(member)
        submissions = wiring.database("gate").get_collection("submissions")
        await submissions.insert_many(documents, ordered=False)
        await wiring.vault.put(rows)
        await Groups(wiring.database("eligibility")).enter(company)
    return part.end - part.start


class _Making:
    """One submission."""

    def __init__(self, wiring: Wiring, programme: Programme, number: int, person: Person) -> None:
        self.wiring, self.programme, self.number, self.person = wiring, programme, number, person
        self.chance = Random(number)  # noqa: S311 - a made-up population, the same each time
        self.fate = number % 200
        """A second one of the one before at 10 and 110, the file of the one before at 20 and 120."""
        self.holder = number - 1 if self.fate in (10, 110) else number

    def filed(self) -> tuple[dict[str, Any], list[SealedRow]]:
        """Give the gate's document and the sealed facts."""
        keyring = self.wiring.keyring
        name = submission_name(keyring, self.number)
        seal, key = keyring.new_key(name)
        found = self._certificates()
        person = self.person
        submitter = Submitter(wallet_address=f"1{self.holder:038}", name=person.name, birth_date=person.birth_date)
        received_at = _BEGAN + timedelta(seconds=self.chance.randrange(14 * 86_400))
        hold = Hold(
            submission_id=name,
            receipt=f"R-{self.number:09}",
            programme_id=self.programme.id,
            wallet_app="naver",
            holder=self._holder(self.holder),
            office=self.programme.office,
            received_at=received_at,
            digest=keyring.token("content", name),
            key=key,
            submitter=seal.seal("submitter", 1, submitter.model_dump_json().encode()),
            certificates=tuple(self._held(seal, one) for one in found.certificates),
            retain_until=_KEPT_UNTIL,
            finds=name_tokens(keyring.token, self.programme.id, person.name),
        )
        document = held_document(hold)
        if self.fate in range(1, 1 + len(_CLOSED)):
            return document | {"state": _CLOSED[self.fate - 1], "key": None, "submitter": None}, []
        if self.fate == 4:  # held, not read yet
            return document, []
        return document, [SealedRow(name, "facts", 1, seal.seal("facts", 1, found.model_dump_json().encode()))]

    def company(self, document: dict[str, Any]) -> Iterator[tuple[str, Member]]:
        """Give the groups in which somebody stands with another, and whom they are entered with."""
        this = Member(document["_id"], document["received_at"], document["holder"])
        if self.holder != self.number or self.fate in (9, 109):
            yield f"applicant|{self.programme.id}|{self._holder(self.holder)}", this
        if self.fate in (19, 20, 119, 120):
            yield f"file|{self._fingerprint(0)}", this

    def _certificates(self) -> Facts:
        accepts, chance = self.programme.accepts, self.chance
        kinds = [*accepts.all_of]
        if accepts.any_of:
            kinds += chance.sample(accepts.any_of, 2 if len(accepts.any_of) > 1 and chance.random() < 0.15 else 1)
        sent = tuple(self._read(part, kind) for part, kind in enumerate(kinds))
        if self.fate in (5, 105):
            sent = (Certificate(part=0, kind=kinds[0], unreadable="no_text_layer"), *sent[1:])
        return Facts(certificates=sent)

    def _read(self, part: int, kind: str) -> Certificate:
        """What a perfect reader gives for a sample of this kind."""
        made, rng = KINDS[kind], seeded(f"{kind}/{self.number}")
        issued_on = AS_OF - timedelta(days=rng.randrange(60 if rng.random() < 0.98 else 120))
        manner = made.manner("ordinary", rng, varied=False)
        draft = made.draft(Scene(self.person, rng.choice(town()), issued_on, issued_on, "ordinary", rng, manner))
        return Certificate(
            part=part,
            kind=kind,
            authenticity="genuine",
            evidence="pades:whole_file",
            issuer=draft.issuer,
            number=draft.number,
            issued_on=issued_on,
            values=draft.values,
            findings=draft.findings,
        )

    def _held(self, seal: Seal, one: Certificate) -> HeldCertificate:
        blob_id = secrets.token_hex(16)
        _, key = seal.new_certificate(blob_id)
        return HeldCertificate(blob_id, key, one.kind, self._fingerprint(one.part), 40_000)

    def _fingerprint(self, part: int) -> str:
        shared = self.fate in (20, 120) and part == 0
        return self.wiring.keyring.token("fingerprint", f"{self.number - shared}|{part}")

    def _holder(self, number: int) -> str:
        return self.wiring.keyring.token("holder", f"bench|{number}")
