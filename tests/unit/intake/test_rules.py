"""Who and what is let in."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.intake.form import CertificateEntry, Consent, Holder, SubmissionForm, content_digest
from services.intake.parts import Part
from services.intake.problems import TABLE, Refusal
from services.intake.rules import FORM_PART, Limits, admit, idempotency_key
from shared.catalog import Bilingual, Programme, Wallet, load

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PDF = b"%PDF-1.7 sample"
CATALOG = load()
PROGRAMME = CATALOG.programmes["SONMOK9988_2022"]


@dataclass(frozen=True)
class Sent:
    """A submission that would be taken, and everything the decision looks at."""

    form: SubmissionForm
    parts: dict[str, Part]
    programme: Programme | None = PROGRAMME
    wallet: Wallet | None = CATALOG.wallets["gov24"]
    limits: Limits = field(default_factory=Limits)
    now: datetime = NOW


def pdf(name: str = "certificate-1", content: bytes = PDF, media_type: str = "application/pdf") -> Part:
    return Part(name, media_type, content)


def good() -> Sent:
    form = SubmissionForm(
        programme="SONMOK9988_2022",
        holder=Holder(wallet_address="1SampLeWaLLetAddress", name="김예시", birth_date=date(1988, 3, 2)),
        consent=Consent(third_party_provision=True, at=NOW),
        certificates=(CertificateEntry(part="certificate-1", kind="EI_HIST"),),
    )
    return Sent(form, {FORM_PART: Part(FORM_PART, "application/json", b"{}"), "certificate-1": pdf()})


def form_with(**changes: object) -> Sent:
    return replace(good(), form=good().form.model_copy(update=changes))


def file_of(part: Part) -> Sent:
    return replace(good(), parts={**good().parts, "certificate-1": part})


def holder_born(day: date) -> Sent:
    return form_with(holder=good().form.holder.model_copy(update={"birth_date": day}))


def consent_at(instant: datetime) -> Sent:
    return form_with(consent=Consent(third_party_provision=True, at=instant))


def period(**changes: datetime | Bilingual) -> Sent:
    return replace(good(), programme=PROGRAMME.model_copy(update=changes))


def kinds(*sent: str) -> Sent:
    entries = tuple(CertificateEntry(part=f"certificate-{place}", kind=kind) for place, kind in enumerate(sent, 1))
    parts = {FORM_PART: good().parts[FORM_PART]} | {entry.part: pdf(entry.part) for entry in entries}
    return replace(form_with(certificates=entries), parts=parts)


def metadata(text: str) -> Sent:
    return form_with(certificates=(CertificateEntry(part="certificate-1", kind="EI_HIST", metadata=text),))


def encoded(size: int) -> str:
    return b64encode(bytes(size)).decode()


def decide(sent: Sent) -> Programme | Refusal:
    return admit(sent.form, sent.parts, programme=sent.programme, wallet=sent.wallet, limits=sent.limits, now=sent.now)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(good(), id="plain"),
        pytest.param(period(opens_at=NOW), id="opening instant"),
        pytest.param(period(closes_at=NOW + timedelta(milliseconds=1)), id="just before closing"),
        pytest.param(holder_born(date(2026, 11, 22)), id="born today"),
        pytest.param(consent_at(NOW + timedelta(seconds=300)), id="a clock five minutes ahead"),
        pytest.param(kinds("EI_HIST", "EI_HIST", "EMPLOY"), id="a kind twice"),
        pytest.param(replace(good(), limits=Limits(certificate=len(PDF))), id="just as big as may be"),
        pytest.param(metadata(encoded(64 * 1024)), id="as much metadata as may be"),
        pytest.param(metadata("YWJj\r\nZGVm\r\n"), id="metadata in lines"),
    ],
)
def test_what_is_in_order_is_let_in(sent: Sent) -> None:
    assert decide(sent) == sent.programme


REFUSED: list[tuple[str, Callable[[], Sent], str, str | None]] = [
    ("app not in the catalogue", lambda: replace(good(), wallet=None), "wallet-unknown", "keyid"),
    ("no such programme", lambda: replace(good(), programme=None), "programme-unknown", "/programme"),
    ("not open yet", lambda: period(opens_at=NOW + timedelta(milliseconds=1)), "programme-not-open", None),
    ("closed this instant", lambda: period(closes_at=NOW), "programme-closed", None),
    (
        "closed early",
        lambda: period(closes_at=NOW, closed_because=Bilingual(ko="까닭", en="why")),
        "programme-closed-early",
        None,
    ),
    ("no consent", lambda: form_with(consent=None), "consent-missing", "/consent"),
    (
        "consent denied",
        lambda: form_with(consent=Consent(third_party_provision=False, at=NOW)),
        "consent-missing",
        "/consent",
    ),
    ("consent to come", lambda: consent_at(NOW + timedelta(seconds=301)), "json-invalid", FORM_PART),
    ("born tomorrow", lambda: holder_born(date(2026, 11, 23)), "json-invalid", FORM_PART),
    ("too many", lambda: replace(good(), limits=Limits(certificates=0)), "certificates-too-many", None),
    (
        "part named twice",
        lambda: form_with(certificates=good().form.certificates * 2),
        "json-invalid",
        FORM_PART,
    ),
    (
        "the form named as a certificate",
        lambda: form_with(certificates=(CertificateEntry(part=FORM_PART, kind="EI_HIST"),)),
        "json-invalid",
        FORM_PART,
    ),
    (
        "part not named",
        lambda: replace(good(), parts={**good().parts, "more": pdf("more")}),
        "certificate-unnamed",
        "/certificates",
    ),
    (
        "part not sent",
        lambda: replace(good(), parts={FORM_PART: good().parts[FORM_PART]}),
        "certificate-missing",
        "certificate-1",
    ),
    ("kind not accepted", lambda: kinds("DISAB"), "certificate-kind-not-accepted", "certificate-1"),
    (
        "kind the app cannot send",
        lambda: replace(kinds("EI_HIST", "EMPLOY"), wallet=CATALOG.wallets["kakao"]),
        "certificate-kind-not-sent",
        "certificate-2",
    ),
    ("empty", lambda: file_of(pdf(content=b"")), "certificate-empty", "certificate-1"),
    ("a picture", lambda: file_of(pdf(content=b"\x89PNG")), "certificate-not-pdf", "certificate-1"),
    ("junk before the header", lambda: file_of(pdf(content=b"\n" + PDF)), "certificate-not-pdf", "certificate-1"),
    ("sent as a picture", lambda: file_of(pdf(media_type="image/png")), "certificate-not-pdf", "certificate-1"),
    (
        "too big",
        lambda: replace(good(), limits=Limits(certificate=len(PDF) - 1)),
        "certificate-too-big",
        "certificate-1",
    ),
    ("empty metadata", lambda: metadata(""), "certificate-metadata-invalid", "certificate-1"),
    ("metadata as it is", lambda: metadata("<xml/>"), "certificate-metadata-invalid", "certificate-1"),
    ("metadata cut short", lambda: metadata("YWJjZA"), "certificate-metadata-invalid", "certificate-1"),
    ("metadata of blanks", lambda: metadata(" \n"), "certificate-metadata-invalid", "certificate-1"),
    ("metadata not in ASCII", lambda: metadata("가상"), "certificate-metadata-invalid", "certificate-1"),
    (
        "too much metadata",
        lambda: metadata(encoded(64 * 1024 + 1)),
        "certificate-metadata-invalid",
        "certificate-1",
    ),
]


@pytest.mark.parametrize(("make", "code", "part"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_not_in_order_is_refused_by_name(make: Callable[[], Sent], code: str, part: str | None) -> None:
    refusal = decide(make())
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.part) == (code, part)
    assert 400 <= TABLE[code].status < 500


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "idempotency-key-missing"),
        ({"idempotency-key": ""}, "idempotency-key-invalid"),
        ({"idempotency-key": "1234567"}, "idempotency-key-invalid"),
        ({"idempotency-key": "with a space"}, "idempotency-key-invalid"),
        ({"idempotency-key": "x" * 201}, "idempotency-key-invalid"),
    ],
)
def test_a_submission_needs_an_idempotency_key_of_a_sensible_length(fields: dict[str, str], code: str) -> None:
    refusal = idempotency_key(fields)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code


@pytest.mark.parametrize("key", ["12345678", "x" * 200])
def test_an_idempotency_key_is_given_as_it_was_sent(key: str) -> None:
    assert idempotency_key({"idempotency-key": key}) == key


def test_equal_content_has_an_equal_digest_whatever_the_order_of_parts() -> None:
    sent = kinds("EI_HIST", "EMPLOY")
    assert content_digest(sent.form, sent.parts) == content_digest(
        SubmissionForm.model_validate_json(sent.form.model_dump_json()), dict(reversed(sent.parts.items()))
    )


def test_content_without_metadata_keeps_the_digest_it_had_before_there_was_any() -> None:
    sent = kinds("EI_HIST", "EMPLOY")
    parts = {"certificate-1": sent.parts["certificate-1"]}
    assert content_digest(sent.form, parts) == "a53f667551f95597ecc45a15f6d4c1ea4a99902f533849b7fd0efd049ec55e1b"


def test_the_form_holds_as_much_metadata_as_all_certificates_may_have() -> None:
    limits = Limits()
    each = len(encoded(limits.metadata))
    assert limits.certificates * each + 64 * 1024 < limits.form < limits.body


@pytest.mark.parametrize(
    "other",
    [
        holder_born(date(1988, 3, 3)),
        consent_at(NOW - timedelta(seconds=1)),
        file_of(pdf(content=PDF + b" ")),
        form_with(declared_work="employee"),
        form_with(certificates=(CertificateEntry(part="certificate-1", kind="EMPLOY"),)),
        metadata("YWJj"),
        replace(good(), parts={}),
    ],
)
def test_other_content_has_another_digest(other: Sent) -> None:
    assert content_digest(other.form, other.parts) != content_digest(good().form, good().parts)


def to_a_district(office: str | None) -> Sent:
    """The programme that the districts receive for, while it was open, as far as the office goes."""
    asset = CATALOG.programmes["ASSET_2023"].model_copy(update={"closes_at": None, "accepts": PROGRAMME.accepts})
    return replace(form_with(programme="ASSET_2023", office=office), programme=asset)


@pytest.mark.parametrize("office", [None, *CATALOG.programmes["ASSET_2023"].offices])
def test_a_submission_is_taken_for_every_office_of_its_programme_and_for_none_named(office: str | None) -> None:
    sent = to_a_district(office)
    assert decide(sent) is sent.programme


@pytest.mark.parametrize("office", ["sonmok9988", "gangnam", "nowhere"])
def test_an_office_that_does_not_receive_is_refused_with_those_that_do(office: str) -> None:
    refusal = decide(to_a_district(office))
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.part, refusal.row.status) == ("office-not-receiving", "/office", 422)
    assert refusal.shown == {"offices": list(CATALOG.programmes["ASSET_2023"].offices)}


def test_the_office_is_part_of_the_content_and_content_without_one_keeps_its_digest() -> None:
    without, here, there = (to_a_district(office) for office in (None, "gangnam_asset", "gangbuk_asset"))
    digests = {content_digest(sent.form, sent.parts) for sent in (without, here, there)}
    assert len(digests) == 3
    assert "office" not in without.form.model_dump(mode="json")
