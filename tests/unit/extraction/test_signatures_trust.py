"""Whom a certificate leads to: explicit roots alone, nothing asked of the network, nothing learnt from another file."""

import socket
from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from services.extraction.signatures import Verdict, check, check_in_full
from services.wallet_simulator.samples.issuer import Authority, Issuer
from services.wallet_simulator.samples.signature import prepare, sign
from services.wallet_simulator.samples.timestamps import government_stamp, stamp
from tests.unit.extraction.sealing import AT, NOW, both, page

GENUINE = Verdict("genuine", "pades:whole_file")
UNTRUSTED = Verdict("certificate_failed", "pades:untrusted")


def certificate(key: Any, by: Any, name: str, issuer_name: str, **more: Any) -> x509.Certificate:
    """A certificate that names places to ask: who issued it, whether it still holds, which are revoked."""
    place = [x509.UniformResourceIdentifier("http://127.0.0.1:1/")]
    asked = [
        x509.AccessDescription(kind, place[0])
        for kind in (AuthorityInformationAccessOID.CA_ISSUERS, AuthorityInformationAccessOID.OCSP)
    ]
    ca = more.get("ca", name == issuer_name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer_name)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(AT - timedelta(days=900))
        .not_valid_after(AT + timedelta(days=900))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False), critical=True)
        .add_extension(x509.AuthorityInformationAccess(asked), critical=False)
        .add_extension(x509.CRLDistributionPoints([x509.DistributionPoint(place, None, None, None)]), critical=False)
    )
    if more.get("stamps"):
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return builder.sign(by, hashes.SHA256())


def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    root_key, key, stamping_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    talkative = Issuer(
        certificate(root_key, root_key, "Root", "Root"),
        certificate(key, root_key, "Leaf", "Root"),
        key,
        Authority(certificate(stamping_key, root_key, "Stamps", "Root", stamps=True), stamping_key),
    )
    trusted = talkative.root.public_bytes(Encoding.PEM).decode()
    files = {
        sign(page(), talkative, AT): "pades:whole_file",
        stamp(sign(page(), talkative, AT), talkative, AT): "pades:whole_revision",
        government_stamp(page(), talkative, AT): "timestamp:government",
    }

    def refused(*_: Any, **__: Any) -> Any:
        raise AssertionError("the network was asked")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refused)
    for file, evidence in files.items():
        assert check(file, trusted, NOW) == check_in_full(file, trusted, NOW) == Verdict("genuine", evidence)
        assert check(file, "", NOW).authenticity == "unverified"
        stranger = Issuer.new().root.public_bytes(Encoding.PEM).decode()
        assert check(file, stranger, NOW).authenticity == "certificate_failed"


def test_no_file_lends_another_the_certificate_in_between() -> None:
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    root = certificate(keys[0], keys[0], "Root", "Root")
    between = certificate(keys[1], keys[0], "Between", "Root", ca=True)
    leaf = certificate(keys[2], keys[1], "Leaf", "Between")
    trusted = root.public_bytes(Encoding.PEM).decode()
    prepared = prepare(page(), AT)
    bare = Issuer(root, leaf, keys[2], None).sign(prepared.digest)
    message = cms.ContentInfo.load(bare)
    brought = asn1_x509.Certificate.load(between.public_bytes(Encoding.DER))
    message["content"]["certificates"].append(cms.CertificateChoices("certificate", brought))
    complete = message.dump(force=True)
    for _ in range(2):
        assert both(prepared.filled(complete), trusted) == GENUINE
        assert both(prepared.filled(bare), trusted) == UNTRUSTED


def test_a_certificate_is_judged_by_the_day_however_often_it_was_seen() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    root = certificate(key, key, "Root", "Root")
    leaf_key = ec.generate_private_key(ec.SECP256R1())
    file = sign(page(), Issuer(root, certificate(leaf_key, key, "Leaf", "Root"), leaf_key, None), AT)
    trusted = root.public_bytes(Encoding.PEM).decode()
    for _ in range(2):
        assert both(file, trusted) == GENUINE
        assert both(file, trusted, NOW + timedelta(days=2000)) == UNTRUSTED
        assert both(file, trusted, NOW - timedelta(days=2000)) == UNTRUSTED


def test_of_two_roots_of_one_name_the_one_that_signed_counts() -> None:
    one, other = Issuer.new(), Issuer.new()
    pems = [issuer.root.public_bytes(Encoding.PEM).decode() for issuer in (one, other)]
    file = sign(page(), one, AT)
    assert both(file, pems[0] + pems[1]) == both(file, pems[1] + pems[0]) == GENUINE
    assert both(file, pems[1]) == UNTRUSTED
