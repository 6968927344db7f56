"""The words of a problem: one row per code, in Korean and English, each with what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """A problem told to a person: what is wrong, why, and what to do."""

    title: str
    detail: str
    remedy: str


@dataclass(frozen=True)
class Row:
    """One code and its HTTP status. What stands in braces is filled from a refusal's `facts`."""

    code: str
    status: int
    ko: Words
    en: Words


SIGN_AGAIN_KO = "새 nonce와 지금 시각으로 다시 서명해 주세요. 같은 Idempotency-Key를 쓰면 두 번 제출되지 않습니다."
SIGN_AGAIN_EN = "Sign again with a new nonce and the present time. The same Idempotency-Key never submits twice."
FORM_KO = "API 문서의 예시와 같은 형식으로 고쳐 다시 보내 주세요."
FORM_EN = "Correct it after the example in the API description and send it again."
