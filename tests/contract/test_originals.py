"""Resident registration numbers that may not be kept are in nothing that is stored, whatever is killed and when."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import bson
import pypdfium2
import pytest

from services.extraction.originals import Originals
from services.extraction.outcomes import is_redacted
from services.extraction.reader import Reader
from services.extraction.reading import reading_jail
from services.extraction.rrn import back_parts
from services.extraction.store import Readings
from services.wallet_simulator.samples import Sample
from shared.catalog import load
from shared.catalog.programmes import LegalBasis
from shared.clock import seoul_date, utc_now
from shared.errors import Unavailable
from shared.facts import Facts
from shared.gate import Accepted, MachineCase, Official, Opened
from shared.sandbox import Done, Jail, Stopped
from shared.settings import Settings
from shared.vault import CertificateFile, Keyring, WrappedKey
from shared.wiring import Wiring
from tests.builders.certificates import a_sample, people, trust_roots
from tests.builders.holding import a_hold, held_certificates

PROGRAMME = "SONMOK9988_2022"
OFFICIAL = Official("kim", "sonmok9988")
[PERSON] = people(1, seed=31)
BASIS = LegalBasis(law="예시법 시행령 제1조", text="예시")


def whole(kind: str, seed: int = 1) -> Sample:
    return a_sample(kind, PERSON, case="rrn_unmasked", seed=seed)


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def numbers_in(pdf: bytes) -> set[str]:
    """The back parts that stand in a certificate."""
    text = text_of(pdf)
    return {text[start:end] for start, end in back_parts(text)}


@dataclass
class Place:
    """Extraction's reader on a real store, vault, gate and jail."""

    wiring: Wiring
    jail: Jail
    readings: Readings

    def reader(self, *, basis: LegalBasis | None = None, jail: Jail | None = None) -> Reader:
        catalog = load()
        programme = catalog.programmes[PROGRAMME].model_copy(update={"rrn_basis": basis})
        originals = Originals(self.wiring, jail or self.jail, replace(catalog, programmes={PROGRAMME: programme}))
        return Reader(self.wiring, jail or self.jail, trust_roots(), self.readings, originals)

    async def held(self, *sent: tuple[str, CertificateFile], **changes: Any) -> str:
        hold, seal = await a_hold(self.wiring.keyring, self.wiring.vault)
        await self.wiring.vault.drop_certificates(hold.certificates[0].blob(seal))
        certificates = await held_certificates(self.wiring.vault, seal, *sent)
        await self.wiring.gate.hold(replace(hold, certificates=certificates, **changes))
        return hold.submission_id

    async def case(self, name: str) -> MachineCase:
        [case] = (await self.wiring.gate.for_machine([name])).values()
        return case

    async def reason(self, name: str) -> str | None:
        return (await self.readings.known([(name, 1)]))[name, 1].reason

    async def seen(self, name: str) -> tuple[Facts, list[bytes | None]]:
        """What an official sees: the values, and the file behind each page image."""
        opened = await self.wiring.gate.view(name, official=OFFICIAL, purpose="심사", request_id=f"v-{name}")
        assert isinstance(opened, Opened)
        assert opened.facts is not None
        parts = range(len(opened.case.certificates))
        look = {"look_id": f"v-{name}", "official": OFFICIAL}
        return opened.facts, [await self.wiring.gate.certificate(name, part, **look) for part in parts]

    async def stored(self) -> Iterator[bytes]:
        """Everything in every database: as it stands, and all that any stored key opens."""
        wiring, found, seals = self.wiring, [], {}
        for document in await wiring.database("gate")["submissions"].find().to_list(None):
            seal = wiring.keyring.open(document["_id"], WrappedKey.from_document(document["key"]))
            found.append(seal.open("submitter", 1, bytes(document["submitter"])))
            seals[document["_id"]] = seal
            files = await wiring.vault.certificates((await self.case(document["_id"])).blobs)
            for file in files.values():
                found += [file.pdf, text_of(file.pdf).encode(), file.metadata or b""]
        vault = wiring.database("vault")
        for document in [one for part in ("facts", "rows") for one in await vault[part].find().to_list(None)]:
            name, purpose, revision, label = document["_id"].split("|", 3)
            found.append(seals[name].open(purpose, int(revision), bytes(document["sealed"]), label))
        for database in ("gate", "vault", "extraction"):
            for collection in await wiring.database(database).list_collection_names():
                documents = await wiring.database(database)[collection].find().to_list(None)
                found += [bson.encode(document) for document in documents]
        return iter(found)


@pytest.fixture
async def place(settings: Settings, keyring: Keyring) -> AsyncIterator[Place]:
    wiring = Wiring.of(settings)
    readings = Readings(wiring.database("extraction"))
    async with wiring.open(readings), reading_jail() as jail:
        yield Place(wiring, jail, readings)


async def test_after_a_reading_nothing_stored_holds_a_back_part_where_nothing_permits_it(place: Place) -> None:
    samples = [whole(kind) for kind in ("EI_HIST", "EMPLOY", "RR_FULL")]
    backs = {number for sample in samples for number in numbers_in(sample.pdf)}
    assert len(backs) >= 4, "the householder's, and those of the household"
    metadata = json.dumps({"주민등록번호": f"900101-{min(backs)}"}, ensure_ascii=False).encode()
    names = [await place.held((sample.kind, CertificateFile(sample.pdf, metadata))) for sample in samples]
    fingerprints = [(await place.case(name)).case.certificates[0].fingerprint for name in names]
    before = list(await place.stored())
    assert all(any(back.encode() in one for one in before) for back in backs), "what is looked for is found"
    await place.reader().read([await place.case(name) for name in names])
    after = list(await place.stored())
    logged = [(one.kind, one.submission_id, one.part) for one in place.wiring.erasures.log.entries()]
    assert sorted(logged) == sorted(("redact", name, 0) for name in names), "outside the store too it is known"
    assert len(after) > 20
    assert [back for back in backs for one in after if back.encode() in one] == []
    for name, sample, fingerprint in zip(names, samples, fingerprints, strict=True):
        assert await place.reason(name) is None
        facts, [file] = await place.seen(name)
        assert facts.certificates[0].values == sample.expected.values
        assert is_redacted(facts.certificates[0])
        assert file is not None
        assert text_of(file) == ""
        [entry] = (await place.case(name)).case.certificates
        assert entry.redacted_at is not None
        assert (entry.fingerprint, entry.size) == (fingerprint, len(file))
        assert sample.pdf not in after


async def test_with_a_basis_the_original_stays_and_the_values_still_hold_no_back_part(place: Place) -> None:
    sample = whole("RR_FULL")
    name = await place.held(("RR_FULL", CertificateFile(sample.pdf, b"<metadata/>")))
    await place.reader(basis=BASIS).read([await place.case(name)])
    facts, [file] = await place.seen(name)
    assert file == sample.pdf
    assert not is_redacted(facts.certificates[0])
    [kept] = (await place.wiring.vault.certificates((await place.case(name)).blobs)).values()
    assert kept.metadata == b"<metadata/>"
    assert [back for back in numbers_in(sample.pdf) if back in facts.model_dump_json()] == []


async def test_only_the_certificate_that_shows_one_is_replaced(place: Place) -> None:
    masked, shown = a_sample("EI_HIST", PERSON), whole("EMPLOY")
    name = await place.held(*((sample.kind, CertificateFile(sample.pdf)) for sample in (masked, shown)))
    await place.reader().read([await place.case(name)])
    facts, [first, second] = await place.seen(name)
    assert [is_redacted(certificate) for certificate in facts.certificates] == [False, True]
    assert first == masked.pdf
    assert second not in (None, shown.pdf)


async def test_a_number_in_the_metadata_alone_costs_the_metadata_and_not_the_certificate(place: Place) -> None:
    sample = a_sample("EMPLOY", PERSON)
    metadata = json.dumps({"주민등록번호": "900101-1234567"}, ensure_ascii=False).encode()
    name = await place.held(("EMPLOY", CertificateFile(sample.pdf, metadata)))
    original = (await place.case(name)).case.certificates[0]
    await place.reader().read([await place.case(name)])
    case = await place.case(name)
    assert list((await place.wiring.vault.certificates(case.blobs)).values()) == [CertificateFile(sample.pdf)]
    [entry] = case.case.certificates
    assert entry.redacted_at is not None
    assert entry.blob_id != original.blob_id
    assert [one for one in await place.stored() if b"1234567" in one] == []
    facts, _ = await place.seen(name)
    assert is_redacted(facts.certificates[0])
    assert facts.certificates[0].authenticity == "genuine"


async def test_a_programme_that_is_not_in_the_catalogue_has_no_basis(place: Place) -> None:
    name = await place.held(("EMPLOY", CertificateFile(whole("EMPLOY").pdf)), programme_id="GONE_2020")
    await place.reader(basis=BASIS).read([await place.case(name)])
    assert (await place.case(name)).case.certificates[0].redacted_at is not None


class Refusing(Jail):
    """A jail that reads, and makes no copy."""

    def __init__(self, jail: Jail, outcome: Done | Stopped) -> None:
        super().__init__("never.started:task")
        self.jail, self.outcome = jail, outcome

    async def run(self, document: bytes, arguments: Any) -> Done | Stopped:
        return self.outcome if arguments.get("do") == "redact" else await self.jail.run(document, arguments)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Stopped("memory_limit"), "memory_limit"),
        (Done({"pdf": "bm90IGEgUERG"}), "reader_failed"),
        (Done({"pdf": "!"}), "reader_failed"),
        (Done("hostile"), "reader_failed"),
    ],
)
async def test_where_no_copy_can_be_made_nothing_is_kept_and_why_is_said(
    place: Place, outcome: Done | Stopped, reason: str
) -> None:
    name = await place.held(("EMPLOY", CertificateFile(whole("EMPLOY").pdf)))
    await place.reader(jail=Refusing(place.jail, outcome)).read([await place.case(name)])
    assert await place.reason(name) == reason
    facts, files = await place.seen(name)
    assert files == [None]
    assert facts.certificates[0].unreadable == reason
    assert facts.certificates[0].values == {}
    assert is_redacted(facts.certificates[0])
    assert await place.wiring.database("vault")["certificates"].count_documents({}) == 0


class Stopping(Jail):
    """A jail in which a certificate without its metadata takes too long to read."""

    def __init__(self, jail: Jail) -> None:
        super().__init__("never.started:task")
        self.jail = jail

    async def run(self, document: bytes, arguments: Any) -> Done | Stopped:
        alone = arguments.get("do") != "redact" and arguments.get("metadata") is None
        return Stopped("time_limit") if alone else await self.jail.run(document, arguments)


async def test_where_it_is_not_known_to_be_the_metadata_alone_the_certificate_is_redacted(place: Place) -> None:
    sample = whole("EMPLOY")
    name = await place.held(("EMPLOY", CertificateFile(sample.pdf, b'{"rrn": "900101-1234567"}')))
    await place.reader(jail=Stopping(place.jail)).read([await place.case(name)])
    _, [file] = await place.seen(name)
    assert file not in (None, sample.pdf)


class Killed(BaseException):
    """The process dies here."""


STEPS: list[tuple[str, Callable[[Place], Any], str]] = [
    ("the copy is stored", lambda place: place.wiring.vault, "put_certificates"),
    ("the values are stored", lambda place: place.wiring.vault, "put"),
    ("the gate names the copy", lambda place: place.wiring.gate, "redact"),
    ("the original is deleted", lambda place: place.wiring.vault, "drop_certificates"),
    ("the attempt is recorded", lambda place: place.readings, "record"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "call"), [step[1:] for step in STEPS], ids=[step[0] for step in STEPS])
async def test_a_reading_killed_at_any_step_is_taken_up_and_ends_as_if_it_had_not_been(
    place: Place, owner: Callable[[Place], Any], call: str, after: bool
) -> None:
    samples = [whole("EMPLOY"), whole("RR_FULL")]
    name = await place.held(*((sample.kind, CertificateFile(sample.pdf)) for sample in samples))
    holder, real = owner(place), getattr(owner(place), call)

    async def dies(*given: Any, **named: Any) -> Any:
        if after:
            await real(*given, **named)
        raise Killed

    setattr(holder, call, dies)
    with pytest.raises(Killed):
        await place.reader().read([await place.case(name)])
    setattr(holder, call, real)
    if (name, 1) not in await place.readings.known([(name, 1)]):
        await place.reader().read([await place.case(name)])
    assert await place.reason(name) is None
    facts, files = await place.seen(name)
    assert [certificate.unreadable for certificate in facts.certificates] == [None, None]
    assert all(is_redacted(certificate) for certificate in facts.certificates)
    assert [certificate.values for certificate in facts.certificates] == [one.expected.values for one in samples]
    assert [text_of(file or b"") for file in files] == ["", ""]
    backs = {number for sample in samples for number in numbers_in(sample.pdf)}
    assert [back for back in backs for one in await place.stored() if back.encode() in one] == []


async def test_two_runs_at_once_end_as_one(place: Place) -> None:
    name = await place.held(("EMPLOY", CertificateFile(whole("EMPLOY").pdf)))
    case = await place.case(name)
    await asyncio.gather(*(place.reader().read([case]) for _ in range(2)))
    facts, [file] = await place.seen(name)
    assert is_redacted(facts.certificates[0])
    assert file is not None
    assert await place.wiring.database("vault")["certificates"].count_documents({}) == 1


async def test_a_run_that_comes_late_asks_to_come_again_and_reads_no_picture(place: Place) -> None:
    sample = whole("EMPLOY")
    name = await place.held(("EMPLOY", CertificateFile(sample.pdf)))
    late = await place.case(name)
    await place.reader().read([late])
    with pytest.raises(Unavailable, match=r"extraction:read_elsewhere"):
        await place.reader().read([late])
    await place.reader().read([await place.case(name)])
    assert await place.reason(name) is None
    facts, _ = await place.seen(name)
    assert facts.certificates[0].values == sample.expected.values


async def test_a_take_back_in_the_middle_leaves_no_copy(place: Place) -> None:
    name = await place.held(("EMPLOY", CertificateFile(whole("EMPLOY").pdf)))
    case, wiring = await place.case(name), place.wiring
    redact = wiring.gate.redact

    async def too_late(*given: Any, **named: Any) -> bool:
        asked = await wiring.gate.request("take_back", name, holder=case.case.holder, request_id="t1")
        assert isinstance(asked, Accepted)
        assert asked.event is not None
        await wiring.gate.finish("take_back", name, cause=asked.event)
        await wiring.vault.sweep([name])
        return await redact(*given, **named)

    wiring.gate.redact = too_late  # type: ignore[method-assign]
    reader = place.reader()
    await reader.read([case])
    await reader.forget_gone([name])
    assert await wiring.vault.sweep([name]) == 0
    assert await place.readings.known([(name, 1)]) == {}


async def test_what_comes_later_is_read_and_what_was_blacked_out_before_is_not_read_again(place: Place) -> None:
    first, better = whole("RR_FULL"), whole("EI_HIST", seed=2)
    name = await place.held(("RR_FULL", CertificateFile(first.pdf)))
    await place.reader().read([await place.case(name)])
    facts, _ = await place.seen(name)
    case = await place.case(name)
    look = {"official": OFFICIAL, "look_id": f"v-{name}"}
    due = seoul_date(utc_now()) + timedelta(days=9)
    asked = await place.wiring.gate.ask(name, part=0, why="unclear", due_on=due, request_id="a", **look)
    assert isinstance(asked, Accepted)
    [held] = await held_certificates(place.wiring.vault, case.seal, ("EI_HIST", CertificateFile(better.pdf)))
    done = await place.wiring.gate.supplement(asked.case, [replace(held, revision=2)], request_id="s", digest="d")
    assert isinstance(done, Accepted)
    for _ in range(2):  # the second as after a kill
        await place.reader().read([await place.case(name)])
        both, [old, new] = await place.seen(name)
        assert both.certificates[0] == facts.certificates[0]
        assert both.certificates[1].values == better.expected.values
        assert [text_of(file) for file in (old or b"", new or b"")] == ["", ""]
        assert (await place.readings.known([(name, 2)]))[name, 2].reason is None
