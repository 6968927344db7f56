"""What a submission is made of, and the body it is sent as."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

File = tuple[str, tuple[str | None, bytes, str]]


@dataclass(frozen=True)
class Person:
    """A holder. Not printable by accident: its `repr` holds nothing."""

    wallet_address: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)


@dataclass(frozen=True)
class Certificate:
    """A certificate to send: its kind in the door's catalogue, the PDF, and the data it was made from where known."""

    kind: str
    pdf: bytes = field(repr=False)
    metadata: bytes | None = field(default=None, repr=False)
    """전자증명서 메타데이터 (`elcrtMetaInfo`), decoded."""


def parts_of(
    programme: str,
    person: Person,
    certificates: Sequence[Certificate],
    declared_work: str | None,
    consented_at: datetime,
    office: str | None = None,
) -> list[File]:
    """Give the parts of the multipart body, the form first, each as name, file name, content and media type."""
    form = {
        "programme": programme,
        **({} if office is None else {"office": office}),
        "holder": {
            "wallet_address": person.wallet_address,
            "name": person.name,
            "birth_date": person.birth_date.isoformat(),
        },
        "consent": {"third_party_provision": True, "at": consented_at.isoformat()},
        "declared_work": declared_work,
    }
    return _with(form, certificates)


def supplement_of(wallet_address: str, certificates: Sequence[Certificate]) -> list[File]:
    """Give the parts of what answers a request for a better certificate, as `parts_of` does."""
    return _with({"holder": {"wallet_address": wallet_address}}, certificates)


def _with(form: Mapping[str, object], certificates: Sequence[Certificate]) -> list[File]:
    named = [(f"certificate-{place}", certificate) for place, certificate in enumerate(certificates, 1)]
    entries = []
    for part, certificate in named:
        entry = {"part": part, "kind": certificate.kind}
        if certificate.metadata is not None:
            entry["metadata"] = b64encode(certificate.metadata).decode()
        entries.append(entry)
    text = json.dumps({**form, "certificates": entries}, ensure_ascii=False).encode()
    files: list[File] = [("submission", (None, text, "application/json"))]
    return files + [(part, (f"{part}.pdf", certificate.pdf, "application/pdf")) for part, certificate in named]
