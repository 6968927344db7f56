"""Bodies are taken apart within bounds, and what is wrong with one is told without repeating it."""

import json
from base64 import b64encode
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake import form
from services.intake.form import HolderForm, SubmissionForm
from services.intake.openapi import SUBMIT
from services.intake.parts import Part, unpack
from services.intake.problems import Refusal

SECRET = "홍길동-비밀"
FORM: dict[str, Any] = {
    "programme": "SONMOK9988_2022",
    "holder": {"wallet_address": "1SampLeWaLLetAddress", "name": "김예시", "birth_date": "1988-03-02"},
    "consent": {"third_party_provision": True, "at": "2026-11-22T09:00:00+09:00"},
    "certificates": [{"part": "certificate-1", "kind": "EI_HIST"}],
}


METADATA = b64encode(f"<주민등록번호>{SECRET}</주민등록번호>".encode()).decode()


def body_of(**files: bytes) -> tuple[str, bytes]:
    named = [(name.replace("_", "-"), ("한글.pdf", content, "application/pdf")) for name, content in files.items()]
    request = httpx.Request("POST", "https://gubi.example", files=named)
    return request.headers["content-type"], request.read()


def test_parts_come_out_as_they_went_in() -> None:
    parts = unpack(*body_of(one=b"%PDF-1\r\n--almost", two_more=b""), certificates=1)
    assert parts == {
        "one": Part("one", "application/pdf", b"%PDF-1\r\n--almost"),
        "two-more": Part("two-more", "application/pdf", b""),
    }


@given(st.binary(max_size=300))
def test_any_bytes_come_out_as_they_went_in(content: bytes) -> None:
    parts = unpack(*body_of(one=content), certificates=0)
    assert not isinstance(parts, Refusal)
    assert parts["one"].content == content


@given(st.binary(max_size=300))
def test_no_bytes_make_the_parser_fail(content: bytes) -> None:
    result = unpack("multipart/form-data; boundary=b", b"--b\r\n" + content, certificates=2)
    assert isinstance(result, (Refusal, dict))


def multipart(*parts: bytes, end: bytes = b"--b--\r\n") -> bytes:
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + end


NAMED = b'Content-Disposition: form-data; name="one"\r\n\r\nx'


@pytest.mark.parametrize(
    ("content_type", "body", "code", "part"),
    [
        ("application/json", b"{}", "content-type-unsupported", "content-type"),
        ("", b"", "content-type-unsupported", "content-type"),
        ("multipart/form-data", b"", "multipart-malformed", "boundary"),
        ("multipart/form-data; boundary=" + "b" * 300, b"", "multipart-malformed", "structure"),
        ("multipart/form-data; boundary=b", b"", "multipart-malformed", "last boundary"),
        ("multipart/form-data; boundary=b", b"nothing like it", "multipart-malformed", "structure"),
        ("multipart/form-data; boundary=b", multipart(NAMED, end=b""), "multipart-malformed", "last boundary"),
        ("multipart/form-data; boundary=b", multipart(NAMED, NAMED), "multipart-malformed", "part named twice"),
        ("multipart/form-data; boundary=b", multipart(b"\r\nx"), "multipart-malformed", "content-disposition"),
        (
            "multipart/form-data; boundary=b",
            multipart(b"Content-Transfer-Encoding: base64\r\n" + NAMED),
            "multipart-malformed",
            "content-transfer-encoding",
        ),
        (
            "multipart/form-data; boundary=b",
            multipart(*(NAMED.replace(b"one", str(n).encode()) for n in range(4))),
            "certificates-too-many",
            None,
        ),
    ],
)
def test_a_body_that_cannot_be_taken_apart_is_refused(
    content_type: str, body: bytes, code: str, part: str | None
) -> None:
    refusal = unpack(content_type, body, certificates=2)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.part) == (code, part)


def test_a_form_is_read_and_names_are_composed() -> None:
    decomposed = {**FORM, "holder": {**FORM["holder"], "name": "김예시"}}
    sent = form.read(SubmissionForm, json.dumps(decomposed).encode(), "submission")
    assert isinstance(sent, SubmissionForm)
    assert sent.holder.name == "김예시"
    assert form.submitter(sent).birth_date.isoformat() == "1988-03-02"


def changed(**changes: Any) -> dict[str, Any]:
    return {**FORM, **changes}


def holder(**changes: Any) -> dict[str, Any]:
    return changed(holder={**FORM["holder"], **changes})


def consent(**changes: Any) -> dict[str, Any]:
    return changed(consent={**FORM["consent"], **changes})


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        (changed(programme=SECRET), "/programme"),
        (changed(**{SECRET: 1}), "/?"),
        (holder(**{SECRET: 1}), "/holder/?"),
        (holder(name=f"{SECRET}\n"), "/holder/name"),
        (holder(name=""), "/holder/name"),
        (holder(birth_date=SECRET), "/holder/birth_date"),
        (holder(birth_date=20010101), "/holder/birth_date"),
        (holder(birth_date="2001-02-30"), "/holder/birth_date"),
        (holder(wallet_address=f"1 {SECRET}"), "/holder/wallet_address"),
        (consent(third_party_provision=SECRET), "/consent/third_party_provision"),
        (consent(at="2026-11-22T09:00:00"), "/consent/at"),
        (changed(certificates=[]), "/certificates"),
        (changed(certificates=[{"part": SECRET, "kind": "EI_HIST"}]), "/certificates/0/part"),
        (changed(declared_work=SECRET), "/declared_work"),
        ([SECRET], ""),
    ],
)
def test_a_form_that_is_wrong_is_refused_by_place_and_never_quoted(sent: Any, where: str) -> None:
    refusal = form.read(SubmissionForm, json.dumps(sent).encode(), "submission")
    assert isinstance(refusal, Refusal)
    assert refusal.code == "json-invalid"
    assert where in [error["where"] for error in refusal.shown["errors"]]
    assert SECRET not in repr(refusal)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 10_000, b'{"holder": NaN'])
def test_what_is_not_json_is_refused(content: bytes) -> None:
    assert form.read(HolderForm, content, "body") == Refusal("json-malformed", part="body")


def test_metadata_comes_out_as_it_was_made_and_is_not_printable_by_accident() -> None:
    sent = {**FORM, "certificates": [{"part": "certificate-1", "kind": "EI_HIST", "metadata": METADATA}]}
    read = form.read(SubmissionForm, json.dumps(sent).encode(), "submission")
    assert isinstance(read, SubmissionForm)
    [entry] = read.certificates
    assert entry.metadata_bytes is not None
    assert SECRET in entry.metadata_bytes.decode()
    assert METADATA not in repr(read)


def test_the_form_in_the_description_is_one_that_is_taken() -> None:
    content = SUBMIT["openapi_extra"]["requestBody"]["content"]["multipart/form-data"]
    read = form.read(SubmissionForm, json.dumps(content["example"]["submission"]).encode(), "submission")
    assert isinstance(read, SubmissionForm)
    assert [json.loads(entry.metadata_bytes or b"") for entry in read.certificates] == [{"발급번호": "2022-1"}]
