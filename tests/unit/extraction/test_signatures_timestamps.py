"""Timestamps, of a document and of the government, alone and with signatures; and the closed set of what is found."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha512
from typing import get_args

import pytest

from services.dashboard.pages import words
from services.extraction.signatures import Verdict, verdicts
from services.wallet_simulator.samples.issuer import Authority, Issuer
from services.wallet_simulator.samples.signature import sign
from services.wallet_simulator.samples.timestamps import (
    authority_of,
    forged,
    government_stamp,
    prepare_government,
    stamp,
    token,
)
from services.wallet_simulator.samples.timestamps import prepare as prepare_stamp
from shared.facts import Authenticity, Evidence
from tests.unit.extraction.attacks import AFTER, flipped
from tests.unit.extraction.sealing import AT, both, by_pyhanko, issuer, page

GOVERNMENT = Verdict("genuine", "timestamp:government")
NO_NONCE = Verdict("unverified", "timestamp:no_nonce")
UNTRUSTED = Verdict("certificate_failed", "timestamp:untrusted")
LARGE = 0xA5A5_A5A5_A5A5_A5A5
AUTHORITY = authority_of(issuer())
GOVERNED = prepare_government(page())


def governed(authority: Authority = AUTHORITY, at: datetime = AT, nonce: int | None = LARGE) -> bytes:
    return GOVERNED.filled(token(GOVERNED.digest, authority, at, nonce))


def test_a_government_timestamp_over_the_whole_file_is_genuine() -> None:
    assert both(governed()) == GOVERNMENT
    assert both(government_stamp(page(), issuer(), AT)) == GOVERNMENT


def test_its_digests_may_be_sha_512() -> None:
    digest = sha512(GOVERNED.before + GOVERNED.after).digest()
    assert both(GOVERNED.filled(token(digest, AUTHORITY, AT, LARGE))) == GOVERNMENT


@pytest.mark.parametrize(
    "dictionary",
    [
        b"/Filter(Government Timestamp)",
        b"/Filter<476F7665726E6D656E742054696D657374616D70>",
        b"/Type/Sig/Filter /Government#20Timestamp/SubFilter/ETSI.RFC3161",
        b"/Type/DocTimeStamp/SubFilter/adbe.pkcs7.detached/Filter/Government#20Timestamp",
        b"/Filter/Government#20#54imestamp",
    ],
)
def test_its_name_may_be_spelled_in_any_way_of_a_pdf(dictionary: bytes) -> None:
    prepared = prepare_stamp(page(), dictionary)
    assert both(prepared.filled(token(prepared.digest, AUTHORITY, AT, LARGE))) == GOVERNMENT


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda file: file.replace(b"/FT/Sig", b"/FT/Nix"),
        lambda file: file.replace(b"/AcroForm", b"/AkroForm"),
        lambda file: file.replace(b"/Fields[", b"/Felder["),
    ],
    ids=["a field of another type", "no form", "no fields"],
)
def test_it_is_found_wherever_it_hangs(elsewhere: Callable[[bytes], bytes]) -> None:
    # The notice does not say where: only what the dictionary holds.
    prepared = type(GOVERNED)(elsewhere(GOVERNED.before), elsewhere(GOVERNED.after))
    assert prepared != GOVERNED
    assert both(prepared.filled(token(prepared.digest, AUTHORITY, AT, LARGE))) == GOVERNMENT


def test_another_page_under_it_is_altered() -> None:
    assert both(forged(page(), page("Employed since 1999"), issuer(), AT)) == Verdict("altered", "timestamp:broken")


def test_bytes_behind_it_are_altered_even_where_a_signature_could_have_them() -> None:
    stamped = government_stamp(page(), issuer(), AT)
    assert both(stamp(stamped, issuer(), AT)) == Verdict("altered", "timestamp:appended")


@pytest.mark.parametrize("nonce", [None, 0, 1, 0xFFFF_FFFF])
def test_without_a_large_nonce_it_cannot_be_verified_by_the_notice(nonce: int | None) -> None:
    assert both(governed(nonce=nonce)) == NO_NONCE


@pytest.mark.parametrize("nonce", [0x7F, -LARGE, 1 << 127], ids=["zeros before it", "negative", "long"])
def test_eight_random_bytes_may_be_any_number(nonce: int) -> None:
    assert both(governed(nonce=nonce << 40 if nonce == 0x7F else nonce)) == GOVERNMENT


def test_a_failed_certificate_wins_over_a_missing_nonce_and_altered_over_both() -> None:
    stranger = authority_of(Issuer.new())
    assert both(governed(stranger, nonce=None)) == UNTRUSTED
    assert both(flipped(governed(stranger, nonce=None), 300)).authenticity == "altered"


def test_only_a_certificate_for_timestamping_stamps() -> None:
    assert both(governed(Authority(issuer().certificate, issuer().key))) == UNTRUSTED


@pytest.mark.parametrize("at", [datetime(2014, 1, 1, tzinfo=UTC), datetime(2050, 6, 1, tzinfo=UTC)])
def test_an_authority_that_stamped_outside_its_time_is_not_trusted(at: datetime) -> None:
    assert both(governed(at=at)) == UNTRUSTED


def test_an_authority_must_hold_when_it_is_checked() -> None:
    assert both(governed(), moment=datetime(2060, 1, 1, tzinfo=UTC)) == UNTRUSTED


def test_without_roots_integrity_alone_is_checked() -> None:
    assert both(governed(), "") == Verdict("unverified", "timestamp:no_trust_roots")
    assert both(flipped(governed(), 300), "") == Verdict("altered", "timestamp:broken")


SIGNED = sign(page(), issuer(), AT)


@pytest.mark.parametrize(
    "made",
    [
        lambda: stamp(SIGNED, issuer(), AT),
        lambda: government_stamp(SIGNED, issuer(), AT),
        lambda: stamp(stamp(SIGNED, issuer(), AT), issuer(), AT),
        lambda: by_pyhanko(SIGNED),
        lambda: stamp(by_pyhanko(SIGNED), issuer(), AT),
        lambda: by_pyhanko(page(), embed_validation_info=True),
        lambda: by_pyhanko(page(), embed_validation_info=True, use_pades_lta=True),
        lambda: by_pyhanko(by_pyhanko(page(), embed_validation_info=True), name="Third", use_pades_lta=True),
    ],
    ids=["B + stamp", "B + government", "B + stamps", "B + B", "B + B + stamp", "B-LT", "B-LTA", "B-LT + B-LTA"],
)
def test_a_signed_file_with_what_may_follow_is_genuine(made: Callable[[], bytes]) -> None:
    assert both(made()) == Verdict("genuine", "pades:whole_revision")


def test_a_timestamp_inside_a_signature_is_checked_too() -> None:
    assert both(by_pyhanko(page(), stamped=True)) == Verdict("genuine", "pades:whole_file")
    stranger = Issuer(issuer().root, issuer().certificate, issuer().key, Issuer.new().authority)
    assert both(by_pyhanko(page(), stranger, stamped=True)).authenticity == "certificate_failed"


@pytest.mark.parametrize("attack", ["the content is replaced", "an annotation is laid over the page"])
def test_an_edit_of_a_file_with_every_part_of_pades_is_altered(attack: str) -> None:
    archived = by_pyhanko(page(), embed_validation_info=True, use_pades_lta=True)
    assert both(AFTER[attack](archived)).authenticity == "altered"


FOUND: dict[Evidence, Callable[[], Verdict]] = {
    "none": lambda: both(page()),
    "pades:whole_file": lambda: both(SIGNED),
    "pades:whole_revision": lambda: both(stamp(SIGNED, issuer(), AT)),
    "pades:no_trust_roots": lambda: both(SIGNED, ""),
    "pades:untrusted": lambda: both(sign(page(), Issuer.new(), AT)),
    "pades:unreadable": lambda: both(SIGNED[:-40]),
    "pades:appended": lambda: both(SIGNED + b"%more\n"),
    "pades:broken": lambda: both(flipped(SIGNED, 300)),
    "timestamp:document": lambda: both(stamp(page(), issuer(), AT)),
    "timestamp:government": lambda: both(governed()),
    "timestamp:no_trust_roots": lambda: both(governed(), ""),
    "timestamp:no_nonce": lambda: both(governed(nonce=None)),
    "timestamp:untrusted": lambda: both(stamp(page(), Issuer.new(), AT)),
    "timestamp:unreadable": lambda: both(GOVERNED.filled(b"\x30\x00")),
    "timestamp:appended": lambda: both(governed() + b"%more\n"),
    "timestamp:broken": lambda: both(flipped(governed(), 300)),
}


@pytest.mark.parametrize("evidence", get_args(Evidence))
def test_every_code_is_found_of_some_file_and_no_other(evidence: Evidence) -> None:
    assert FOUND[evidence]().evidence == evidence


def test_there_are_four_states_and_each_code_is_of_one_of_them() -> None:
    said = {
        verdict
        for value in vars(verdicts).values()
        for verdict in (
            [value] if isinstance(value, Verdict) else value if isinstance(value, verdicts.Findings) else ()
        )
    }
    assert sorted(verdict.evidence for verdict in said) == sorted(get_args(Evidence))
    assert {verdict.authenticity for verdict in said} == set(get_args(Authenticity)) == set(words.AUTHENTICITY)
    assert set(words.EVIDENCE) == set(get_args(Evidence))


def test_genuine_is_only_what_was_checked_against_a_root() -> None:
    for made in (lambda: page(), lambda: SIGNED, governed, lambda: stamp(SIGNED, issuer(), AT)):
        assert both(made(), "").authenticity == "unverified"
    assert both(page()) == Verdict("unverified", "none")
