"""Every sample of every kind and case is read through the jail exactly as a perfect reader would: precision 1.000."""

from datetime import UTC, date, datetime
from itertools import islice

import pytest

from services.extraction.reading import read_certificate, reading_jail
from services.wallet_simulator.samples import CASES, KINDS, Issuer, cases_of, make, population
from shared.sandbox import Limits

ISSUED_ON = date(2022, 12, 12)
MOMENT = datetime(2022, 12, 20, tzinfo=UTC)
PEOPLE = tuple(islice(population(23), 30))
CASES_OF_KINDS = [(kind, case) for kind in ("EI_HIST", "EMPLOY", "RR_FULL") for case in cases_of(kind)]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return Issuer.open(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def roots(issuer):
    from cryptography.hazmat.primitives.serialization import Encoding

    return issuer.root.public_bytes(Encoding.PEM).decode()


@pytest.mark.parametrize("kind", ["EI_HIST", "EMPLOY", "RR_FULL"])
async def test_thirty_ordinary_samples_are_read_without_an_error(kind, issuer, roots):
    assert kind in KINDS
    async with reading_jail() as jail:
        for seed, person in enumerate(PEOPLE):
            sample = make(kind, person=person, seed=seed, issued_on=ISSUED_ON, issuer=issuer, part=seed)
            reading = await read_certificate(
                jail, sample.pdf, kind=kind, pages=30, part=seed, trust_roots=roots, moment=MOMENT
            )
            assert reading.certificate == sample.expected
            assert all(place.page == 1 and place.box for place in reading.provenance.fields.values())


def without_claims(certificate):
    """The maker of a sample cannot know where on the page each claim stands."""
    findings = tuple(finding.model_copy(update={"claims": ()}) for finding in certificate.findings)
    return certificate.model_copy(update={"findings": findings})


async def test_every_case_ends_as_it_says(issuer, roots):
    async with reading_jail(limits=Limits(cpu_seconds=4, wall_seconds=15)) as jail:
        for kind, case in CASES_OF_KINDS:
            sample = make(kind, person=PEOPLE[4], seed=4, issued_on=ISSUED_ON, issuer=issuer, case=case)
            reading = await read_certificate(
                jail,
                sample.pdf,
                kind=kind,
                pages=30,
                trust_roots=roots,
                moment=MOMENT,
                metadata=sample.metadata,
            )
            if sample.expected.unreadable:
                assert reading.certificate.unreadable in CASES[case].unreadable, (kind, case)
                assert reading.certificate.values == {}
            else:
                assert without_claims(reading.certificate) == sample.expected, (kind, case)


async def test_a_file_declared_as_another_kind_is_refused(issuer):
    sample = make("RR_FULL", person=PEOPLE[0], seed=0, issued_on=ISSUED_ON, issuer=issuer)
    async with reading_jail() as jail:
        reading = await read_certificate(jail, sample.pdf, kind="EI_HIST", pages=30)
    assert reading.certificate.unreadable == "wrong_certificate"
