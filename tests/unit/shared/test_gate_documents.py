"""The gate's documents as older and newer versions of the code leave them for each other during an upgrade."""

from dataclasses import asdict
from typing import Any

from shared.clock import utc_now
from shared.gate import Case
from shared.gate.model import HeldCertificate

BEFORE_THERE_WERE_REVISIONS = {"blob_id", "key", "kind", "fingerprint", "size", "redacted_at"}
CERTIFICATE = HeldCertificate("b-1", b"sealed", "EI_HIST", "token", 1_000)


def document(**changes: Any) -> dict[str, Any]:
    names = ("receipt", "programme_id", "wallet_app", "holder", "office", "digest")
    said = {"_id": "s-1", "state": "held", "received_at": utc_now(), "revision": 1, **dict.fromkeys(names, "x")}
    return said | {"certificates": [CERTIFICATE.to_document()]} | changes


def test_a_first_certificate_is_written_as_before_there_were_revisions() -> None:
    assert CERTIFICATE.to_document().keys() == BEFORE_THERE_WERE_REVISIONS
    better = HeldCertificate("b-2", b"sealed", "EI_HIST", "token", 1_000, revision=2)
    assert better.to_document() == asdict(better)


def test_what_is_written_is_read_and_what_a_newer_version_adds_is_passed_over() -> None:
    looked = {"official": "o", "office": "x", "purpose": "심사", "at": utc_now(), "request_id": "r", "of_tomorrow": 1}
    newer = document(certificates=[CERTIFICATE.to_document() | {"of_tomorrow": 1}], first_view=looked)
    for said in (document(), newer):
        assert Case.from_document(said).certificates == (CERTIFICATE,)
    found = Case.from_document(newer).first_view
    assert found is not None
    assert found.request_id == "r"
