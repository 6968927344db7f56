"""One example of every answer and problem, for the API description; tests try each. Bodies are in `example_bodies`."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from pydantic import BaseModel

from services.intake import problems
from services.intake.accesses import AccessAnswer, AccessesAnswer, AccessOffice
from services.intake.answers import (
    AcceptedKind,
    Alternative,
    ClosingAnswer,
    DestructionAnswer,
    DrawAnswer,
    InstitutionAnswer,
    OfficeAnswer,
    ProgrammeAnswer,
    Receipt,
    ReceivingOffice,
    ReturnedAnswer,
    StatusAnswer,
    SupplementAnswer,
    TimelineAnswer,
    ToldStep,
    WebhookKeys,
    problem_row,
)
from services.intake.keys.answers import KeyAnswer
from services.intake.keys.model import WalletKey, read_public_key
from services.intake.policy import policy_of
from services.intake.problems import Refusal
from services.intake.timeline import Step
from services.intake.verdicts import SAMPLE
from services.intake.words import STEPS
from shared.catalog import Bilingual, Contact, Programme
from shared.webhook_keys import PublicKey as WebhookKey

ORIGIN = "https://gubi.example"
"""A reserved name (RFC 2606), in place of the door's own."""
SUBMISSION_ID = "s-abcdefghijklmnopqrstuvwxyz"
WALLET_ADDRESS = "1SampLeWaLLetAddressQQ"
BEFORE = "1795316401500-00000012.0000000034"
IDEMPOTENCY_KEY = "0f0c6f7e-4c1e-4a55-9d0e-3c5a3b1f8a10"
PROGRAMME, INSTITUTION, OFFICE = "SONMOK9988_2022", "seoul", "sonmok9988"

# A public test key of RFC 9421, appendix B.1.4.
_RFC_9421 = "MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="
PUBLIC_KEY = f"-----BEGIN PUBLIC KEY-----\n{_RFC_9421}\n-----END PUBLIC KEY-----\n"
_CONTACT = Contact(
    visit=Bilingual(ko="시청 민원실 (예시)", en="City hall, public desk (sample)"),
    post=Bilingual(ko="서울특별시 (예시)", en="Seoul (sample)"),
    fax="02-000-0000",
    basis="예시",
)
_AT = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
_SEOUL = Bilingual(ko="서울특별시", en="Seoul Metropolitan Government")
_DESK = Bilingual(ko="손목닥터 9988 담당 (예시)", en="SonMok Doctor 9988 desk (sample)")
_TAKE_BACK = Bilingual(
    ko="담당 공무원이 열람하기 전까지 제출한 증명서를 회수할 수 있습니다.",
    en="You can take your certificates back until an official has viewed them.",
)


def _plain(answer: BaseModel) -> dict[str, Any]:
    return answer.model_dump(mode="json", by_alias=True)


_RECEIPT = Receipt(
    receipt="GB-7K3F-6QXM-2TRD",
    submission_id=SUBMISSION_ID,
    programme=PROGRAMME,
    office=OFFICE,
    received_at=_AT,
    certificates=1,
    status_url=f"{ORIGIN}/v1/submissions/{SUBMISSION_ID}",
    page_url=f"{ORIGIN}/r/r-{SUBMISSION_ID.removeprefix('s-')}-abcdefghijklmnopqrstuvwxyz",
)
RECEIPT = _plain(_RECEIPT)
STATUS = _plain(
    StatusAnswer(
        receipt=_RECEIPT,
        state="viewed",
        can_take_back=False,
        viewed_notice="pushed",
        citizen_class="screened",
        decision=None,
        timeline=(
            Step(what="received", at=_AT),
            Step(what="read", at=_AT + timedelta(seconds=2)),
            Step(what="waiting", at=_AT + timedelta(seconds=3)),
            Step(what="viewed", at=_AT + timedelta(hours=3), office=OFFICE),
        ),
    )
)
TIMELINE = _plain(
    TimelineAnswer(
        submission_id=SUBMISSION_ID,
        receipt=_RECEIPT.receipt,
        programme=PROGRAMME,
        state="decided",
        citizen_class="screened",
        can_take_back=False,
        over=True,
        steps=(
            ToldStep(what="received", at=_AT, title=STEPS["received"], detail=None),
            ToldStep(
                what="decided",
                at=_AT + timedelta(days=2),
                office=OFFICE,
                decision="ineligible",
                title=STEPS["decided"],
                detail=_DESK,
                because=(
                    Bilingual(
                        ko="고용보험 자격이력 내역서 1쪽에서 서울에 있는 사업장을 찾지 못했습니다.",
                        en="Employment insurance history (page 1) shows no workplace in Seoul.",
                    ),
                ),
                remedy=SAMPLE,
            ),
        ),
        next=None,
        alternatives=(Alternative(institution=INSTITUTION, office=OFFICE, name=_DESK, contact=_CONTACT),),
        page_url=_RECEIPT.page_url,
    )
)
EVENT = f"id: 5f0c6b7e4c1e4a559d0e3c5a\nevent: timeline\ndata: {json.dumps(TIMELINE, ensure_ascii=False)}\n\n"
SUPPLEMENT = _plain(SupplementAnswer(submission_id=SUBMISSION_ID, receipt=_RECEIPT.receipt, revision=2, certificates=1))
CLOSING = _plain(ClosingAnswer(submission_id=SUBMISSION_ID, state="taking_back", status_url=_RECEIPT.status_url))
INSTITUTION_ANSWER = _plain(
    InstitutionAnswer(
        id=INSTITUTION,
        name=_SEOUL,
        code=None,
        offices=(OfficeAnswer(id=OFFICE, name=_DESK, contact=_CONTACT),),
        programmes_url=f"{ORIGIN}/v1/institutions/{INSTITUTION}/programmes",
    )
)
PROGRAMME_ANSWER = _plain(
    ProgrammeAnswer(
        id=PROGRAMME,
        version=1,
        name=Bilingual(ko="손목닥터 9988", en="SonMok Doctor 9988"),
        aliases=("손목닥터", "스마트워치"),
        institution=INSTITUTION,
        office=OFFICE,
        offices=(ReceivingOffice(id=OFFICE, institution=INSTITUTION, name=_DESK),),
        opens_at=_AT - timedelta(days=30),
        closes_at=None,
        open=True,
        certificates=(
            AcceptedKind(
                kind="EI_HIST",
                title=Bilingual(ko="고용보험 자격이력 내역서", en="Employment insurance history"),
                need="one_of",
                issued_within_days=90,
            ),
        ),
        take_back_policy=_TAKE_BACK,
        policy=f"{ORIGIN}/v1/programmes/{PROGRAMME}/policy",
        answers_within=14,
        qr=f"{ORIGIN}/v1/programmes/{PROGRAMME}/qr.svg",
        qr_png=f"{ORIGIN}/v1/programmes/{PROGRAMME}/qr.png",
    )
)


def _key() -> KeyAnswer:
    public_key = read_public_key(PUBLIC_KEY)
    assert not isinstance(public_key, str)
    key = WalletKey("toss-2027", "toss", public_key, active_from=_AT, registered_at=_AT, registered_by="toss-2026")
    return KeyAnswer.of(key, _AT)


KEY = _plain(_key())
WEBHOOK_KEYS = _plain(WebhookKeys(app="toss", keys=(WebhookKey(id="toss-1", public_key=f"whpk_{_RFC_9421[-44:]}"),)))
_SEED = bytes(range(32))
DRAW = _plain(
    DrawAnswer(
        number=1,
        run_id="run-0f0c6f7e-4c1e-5a55-9d0e-3c5a3b1f8a10",
        rule_version=1,
        as_of=_AT.date(),
        committed_at=_AT,
        commitment=sha256(_SEED).hexdigest(),
        announced="다음 주 토요일에 발표되는 번호",
        drawn_at=_AT + timedelta(days=8),
        seed=_SEED.hex(),
        public_value="3 11 17 24 31 42",
    )
)
PROBLEM_ROW = _plain(problem_row(problems.TABLE["take-back-viewed"]))

_BASE = (
    '"@method": POST\n"@authority": gubi.example\n"@target-uri": https://gubi.example/v1/submissions\n'
    '"content-digest": sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:\n"@signature-params": ("@method" …)'
)
FACTS = {
    "tag": "gubi",
    "bytes": "71",
    "origin": ORIGIN,
    "limit": "10",
    "rate": "65536",
    "expected": "application/json",
    "prefix": "toss-",
    "opens_at": "2026-12-01 09:00:00 (Asia/Seoul)",
    "closes_at": "2026-12-31 18:00:00 (Asia/Seoul)",
    "because_ko": "예산이 모두 쓰였습니다.",
    "because_en": "The budget is used up.",
    "office_ko": "서울특별시 손목닥터 9988 담당",
    "office_en": "SonMok Doctor 9988 desk, Seoul Metropolitan Government",
    "seen_at": "2026-11-22 12:00:00 (Asia/Seoul)",
}
"""What stands in the braces of problems' texts, in their examples."""
_PARTS = {
    "signature-missing": "signature",
    "signature-malformed": "nonce",
    "signature-key-unknown": "keyid",
    "signature-key-retired": "keyid",
    "signature-key-not-yet": "keyid",
    "signature-length": "signature",
    "signature-algorithm-mismatch": "alg",
    "signature-component-missing": "@target-uri",
    "signature-component-absent": "x-request-id",
    "signature-expired": "expires",
    "signature-not-yet-valid": "created",
    "signature-address": "@target-uri",
    "signature-invalid": "signature",
    "signature-digest-mismatch": "content-digest",
    "signature-replayed": "nonce",
    "json-malformed": "submission",
    "json-invalid": "submission",
    "body-too-big": "content-length",
    "office-not-receiving": "/office",
    "certificate-missing": "certificate-1",
    "certificate-not-pdf": "certificate-1",
}
_SHOWN: dict[str, dict[str, Any]] = {
    "signature-length": {"expected_bytes": 64, "bytes": 71},
    "signature-address": {"origin": ORIGIN, "signature_base": _BASE},
    "signature-invalid": {"signature_base": _BASE},
    "signature-digest-mismatch": {
        "computed": "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
        "bytes": 18,
    },
    "json-invalid": {"errors": [{"where": "/holder/birth_date", "why": "missing"}]},
    "query-invalid": {"errors": [{"where": "query/q", "why": "string_too_long"}]},
    "office-not-receiving": {"offices": [OFFICE]},
    "take-back-viewed": {
        "by_office": {"id": OFFICE, "ko": FACTS["office_ko"], "en": FACTS["office_en"]},
        "at": "2026-11-22T03:00:00+00:00",
    },
}


def problem(code: str) -> dict[str, Any]:
    """Give an example of a problem, in Korean first, as it is told unless English is asked for."""
    return problems.body(Refusal(code, part=_PARTS.get(code), facts=FACTS, shown=_SHOWN.get(code, {})), ORIGIN)


ACCESSES = _plain(
    AccessesAnswer(
        submission_id=SUBMISSION_ID,
        entries=(
            AccessAnswer(
                what="viewed",
                by="person",
                office=AccessOffice(id=OFFICE, name=_DESK),
                at=datetime(2026, 11, 23, 1, 2, 3, 4000, UTC),
                purpose=Bilingual(ko="심사", en="review"),
            ),
            AccessAnswer(
                what="read",
                by="machine",
                at=datetime(2026, 11, 22, 3, 0, 1, 500000, UTC),
                purpose=Bilingual(ko="증명서 판독", en="reading the certificates"),
            ),
        ),
        next=f"/v1/submissions/{SUBMISSION_ID}/accesses?before={BEFORE}&limit=2",
    )
)
DESTRUCTION = _plain(
    DestructionAnswer(submission_id=SUBMISSION_ID, state="taken_back", record="eyJhbGciOiJFZDI1NTE5In0.eyJ9.c2ln")
)
RETURNED = _plain(
    ReturnedAnswer(submission_id=SUBMISSION_ID, state="withdrawing", return_until=_AT + timedelta(days=7))
)
_PROMISES: dict[str, Any] = {"id": PROGRAMME, "take_back_policy": _TAKE_BACK, "retention_days": 365}
"""As much of a programme as a policy tells of."""
POLICY = _plain(policy_of(Programme.model_construct(**_PROMISES), return_days=7, access_log_days=730))
_X = _RFC_9421[-44:].translate(str.maketrans("+/", "-_", "="))
"""The same key's bytes in base64url without padding, as a JWK has them (RFC 8037)."""
PUBLIC_KEYS = {
    "keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "sign-1f2e3d4c", "use": "sig", "alg": "Ed25519", "x": _X}]
}
