"""The sample authority and what it stamps: the same bytes every time, and an issuer of before is still read."""

from datetime import date
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

from services.extraction.signatures import Verdict, check_in_full
from services.wallet_simulator.samples import CASES, KINDS, Issuer, make, population
from services.wallet_simulator.samples.issuer import Authority
from services.wallet_simulator.samples.timestamps import authority_of, token
from tests.unit.extraction.sealing import AT, NOW, issuer, roots

SEALED = [
    "timestamped",
    "government_timestamp",
    "government_timestamp_altered",
    "government_timestamp_untrusted",
    "shadow_edit",
]
PERSON = next(iter(population(5)))


def made(kind: str, case: str, by: Issuer | None = None) -> bytes:
    return make(kind, person=PERSON, seed=1, issued_on=date(2022, 12, 12), issuer=by or issuer(), case=case).pdf


@pytest.mark.parametrize("case", SEALED)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_sealed_as_its_case_says(kind: str, case: str) -> None:
    wanted = Verdict(CASES[case].authenticity, CASES[case].evidence)
    assert check_in_full(made(kind, case), roots(), NOW) == wanted


@pytest.mark.parametrize("case", [case for case in SEALED if case != "government_timestamp_untrusted"])
def test_the_same_arguments_give_the_same_bytes(case: str) -> None:
    assert made("EMPLOY", case) == made("EMPLOY", case)


def test_the_authority_is_under_the_same_root_for_timestamping_alone() -> None:
    certificate = authority_of(issuer()).certificate
    certificate.verify_directly_issued_by(issuer().root)
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert usage.critical
    assert list(usage.value) == [ExtendedKeyUsageOID.TIME_STAMPING]
    assert "가상" in certificate.subject.rfc4514_string()


def test_the_authority_is_kept_with_its_issuer(tmp_path: Path) -> None:
    first, again = Issuer.open(tmp_path), Issuer.open(tmp_path)
    digest = bytes(32)
    assert token(digest, authority_of(first), AT, 1) == token(digest, authority_of(again), AT, 1)
    assert "key" not in repr(authority_of(first))


def test_an_issuer_of_before_still_signs_but_does_not_stamp(tmp_path: Path) -> None:
    old = issuer()
    key = old.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    certificates = old.root.public_bytes(Encoding.PEM) + old.certificate.public_bytes(Encoding.PEM)
    (tmp_path / "sample-issuer.pem").write_bytes(certificates + key)
    opened = Issuer.open(tmp_path)
    assert made("EMPLOY", "ordinary", opened) == made("EMPLOY", "ordinary")
    with pytest.raises(ValueError, match="before there were timestamps"):
        made("EMPLOY", "government_timestamp", opened)


def test_a_token_is_by_the_authority_it_is_given() -> None:
    other = Authority(issuer().certificate, issuer().key)
    assert token(bytes(32), other, AT, 1) != token(bytes(32), authority_of(issuer()), AT, 1)
