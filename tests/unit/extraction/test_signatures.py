"""The fast check of a signature and the full one give one verdict, over good files and every way of spoiling them."""

import re
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from services.extraction import signatures
from services.extraction.signatures import Verdict, check, check_in_full
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.samples.damage import appended

NOW = datetime(2022, 12, 20, tzinfo=UTC)
PERSON = next(iter(population(5)))


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return Issuer.open(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def roots(issuer):
    return issuer.root.public_bytes(Encoding.PEM).decode()


@pytest.fixture(scope="module")
def signed(issuer):
    return make("EMPLOY", person=PERSON, seed=1, issued_on=date(2022, 12, 12), issuer=issuer).pdf


def gap(document):
    """Where the signature's own value begins and ends."""
    _, first, second, _ = map(int, re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", document).groups())
    return first, second


def flipped(document, at):
    return document[:at] + bytes([document[at] ^ 1]) + document[at + 1 :]


def test_a_signature_over_the_whole_file_is_genuine(signed, roots):
    assert check(signed, roots, NOW) == Verdict("genuine", "pades:whole_file")


def test_no_signature_is_unverified_never_genuine(roots):
    assert check(b"%PDF-1.7", roots, NOW) == Verdict("unverified", "none")


@pytest.mark.parametrize(
    "case",
    ["ordinary", "unsigned", "untrusted", "altered", "appended", "shadow_edit", "timestamped", "government_timestamp"],
)
@pytest.mark.parametrize("kind", ["EI_HIST", "EMPLOY", "RR_FULL"])
def test_the_fast_check_and_the_full_one_agree_on_samples(kind, case, issuer, roots):
    document = make(kind, person=PERSON, seed=2, issued_on=date(2022, 12, 12), issuer=issuer, case=case).pdf
    assert check(document, roots, NOW) == check_in_full(document, roots, NOW)


def test_they_agree_wherever_a_byte_is_changed(signed, roots):
    first, second = gap(signed)
    for at in [*range(20, first, first // 9), *range(second + 1, len(signed) - 30, 97)]:
        altered = flipped(signed, at)
        fast = check(altered, roots, NOW)
        assert fast.authenticity != "genuine", at
        if fast.authenticity == "altered":
            assert check_in_full(altered, roots, NOW).authenticity in ("altered", "unverified"), at


def test_they_agree_on_a_spoilt_signature_value(signed, roots):
    first, second = gap(signed)
    for at in (first + 1, first + 40, first + 200, first + 900, second - 4):
        spoilt = flipped(signed, at)
        assert check(spoilt, roots, NOW).authenticity == check_in_full(spoilt, roots, NOW).authenticity, at


def test_bytes_after_the_end_are_altered_whichever_way_they_came(signed, roots):
    twice = appended(appended(signed))
    for grown in (signed + b"\n% more\n%%EOF\n", twice):
        assert check(grown, roots, NOW) == check_in_full(grown, roots, NOW) == Verdict("altered", "pades:appended")


def test_a_second_byte_range_sends_the_file_to_the_full_check(signed, roots, monkeypatch):
    # A signature of a good file, shadowed by a made-up second one in a comment before it.
    shadowed = signed.replace(b"%PDF-1.7\n", b"%PDF-1.7\n%/ByteRange[0 1 2 3]\n", 1)
    called = []
    monkeypatch.setattr(signatures, "check_in_full", lambda *given: called.append(given) or Verdict("altered", "x"))
    assert signatures.check(shadowed, roots, NOW).authenticity == "altered"
    assert called


def test_another_root_is_a_failed_certificate(signed):
    other = Issuer.new().root.public_bytes(Encoding.PEM).decode()
    for way in (check, check_in_full):
        assert way(signed, other, NOW) == Verdict("certificate_failed", "pades:untrusted")


def test_an_expired_certificate_is_a_failed_one(signed, roots):
    for way in (check, check_in_full):
        assert way(signed, roots, datetime(2060, 1, 1, tzinfo=UTC)).authenticity == "certificate_failed"


def test_without_roots_integrity_alone_is_checked(signed, roots):
    for way in (check, check_in_full):
        assert way(signed, "", NOW) == Verdict("unverified", "pades:no_trust_roots")
        assert way(flipped(signed, 3000), "", NOW).authenticity == "altered"


def test_altered_wins_over_a_failed_certificate(signed):
    other = Issuer.new().root.public_bytes(Encoding.PEM).decode()
    assert check(appended(signed), other, NOW).authenticity == "altered"
