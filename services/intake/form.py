"""What a wallet app writes beside its certificates, and how it is read without repeating any of it in an error."""

import base64
import hashlib
import unicodedata
from collections.abc import Mapping, Set
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from services.intake.parts import Part
from services.intake.problems import Refusal
from shared.canonical import canonical
from shared.facts import Submitter

WalletAddress = Annotated[str, Field(pattern=r"^[!-~]{8,128}$")]
"""전자문서지갑 주소. Its form is published nowhere, so only its alphabet is held to."""
PersonName = Annotated[
    str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$"), AfterValidator(lambda name: unicodedata.normalize("NFC", name))
]
Work = Literal["employee", "civil_servant", "private_school", "self_employed"]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class HolderAddress(_Form):
    """Whose submission: the wallet address alone."""

    wallet_address: WalletAddress


class Holder(HolderAddress):
    """The person whose wallet sends."""

    name: PersonName
    birth_date: date


class Consent(_Form):
    """Consent to third-party provision (개인정보 제3자 제공 동의), given in the wallet app."""

    third_party_provision: bool
    at: AwareDatetime


class CertificateEntry(_Form):
    """One certificate: the body part that carries it, its kind in the catalogue, and what came with it."""

    part: str = Field(pattern=r"^[A-Za-z0-9_-]{1,40}$", examples=["certificate-1"])
    kind: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,39}$", examples=["EI_HIST"])
    metadata: str | None = Field(
        default=None,
        repr=False,
        # Left out where there is none, so that content sent before there was any keeps its digest.
        exclude_if=lambda metadata: metadata is None,
        description="전자증명서 메타데이터 (`elcrtMetaInfo`): the XML or JSON it was made from, in Base64.",
        json_schema_extra={"contentEncoding": "base64"},
    )

    @property
    def metadata_bytes(self) -> bytes | None:
        """What `metadata` encodes, None where there is none. Raises ValueError where it is no Base64 (RFC 4648).

        Line breaks are passed over: MIME puts them in (RFC 2045), and which encoder a wallet's API uses is not known.
        """
        return None if self.metadata is None else base64.b64decode("".join(self.metadata.split()), validate=True)


class SubmissionForm(_Form):
    """The part `submission`. A certificate is named once; order is kept."""

    programme: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,39}$", examples=["SONMOK9988_2022"])
    office: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]{1,39}$",
        # Left out where there is none, so that content sent before there was any keeps its digest.
        exclude_if=lambda office: office is None,
        description="Which of the programme's `offices` it is sent to; without it, to the responsible one, the first.",
        examples=["sonmok9988"],
    )
    holder: Holder
    consent: Consent | None = None
    certificates: tuple[CertificateEntry, ...] = Field(min_length=1)
    declared_work: Work | None = None
    """What the holder declares about their work, where the programme asks."""


class SupplementForm(_Form):
    """The part `submission` of what answers a request for a better certificate (보완)."""

    holder: HolderAddress
    certificates: tuple[CertificateEntry, ...] = Field(min_length=1)


Sent = SubmissionForm | SupplementForm
"""What brings certificates."""


class HolderForm(_Form):
    """Whose submission is to be taken back or withdrawn."""

    holder: HolderAddress


Form = TypeVar("Form", bound=BaseModel)

_KNOWN = {name for form in (SubmissionForm, Holder, Consent, CertificateEntry) for name in form.model_fields}


def _pointer(steps: tuple[int | str, ...], known: Set[str]) -> str:
    """A JSON pointer in our own words: a member we do not know is shown as `?`, since its name could be anything."""
    return "".join(f"/{step if isinstance(step, int) or step in known else '?'}" for step in steps)


def read(form: type[Form], content: bytes, part: str) -> Form | Refusal:
    """Read the JSON of `part` as `form`; a refusal tells where it is wrong and how, never what stood there."""
    try:
        return form.model_validate_json(content)
    except ValidationError as error:
        found: list[Any] = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return Refusal("json-malformed", part=part)
    known = _KNOWN | form.model_fields.keys()
    shown = [{"where": _pointer(one["loc"], known), "why": one["type"]} for one in found[:20]]
    return Refusal("json-invalid", part=part, shown={"errors": shown})


def named(form: Sent, parts: Mapping[str, Part]) -> list[tuple[CertificateEntry, Part]]:
    """Give each certificate with the part that carries it, in the form's order."""
    return [(entry, parts[entry.part]) for entry in form.certificates]


def submitter(form: SubmissionForm) -> Submitter:
    """Give what the vault keeps of the holder."""
    return Submitter(**form.holder.model_dump(), declared_work=form.declared_work)


def content_digest(form: Sent, parts: Mapping[str, Part]) -> str:
    """Give SHA-256 (hex) over the form as canonical JSON and each named part's own digest, in the form's order."""
    plain = canonical(form.model_dump(mode="json")).decode()
    files = [parts[entry.part].sha256 if entry.part in parts else "absent" for entry in form.certificates]
    return hashlib.sha256("\n".join([plain, *files]).encode()).hexdigest()
