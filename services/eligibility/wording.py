"""Why a condition is met, is not, or cannot be told: one sentence each in Korean and English, to be read aloud.

A document's name is followed only by particles that do not change with its last letter (에, 의).
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from shared.catalog.conditions import Work


class Said(NamedTuple):
    """One thing in Korean and in English, to be said within a sentence."""

    ko: str
    en: str


_ANSWER_KO = "출처 {source}, 확인일 {on}, 확인자 {by}."
_ANSWER_EN = "source {source}, on {on}, by {by}."

WHY: Mapping[str, tuple[str, str]] = {
    "age": (
        "{document}의 생년월일로 계산하면 {as_of} 현재 만 {age}세입니다.",
        "By the birth date on the {document}, {age} years old on {as_of}.",
    ),
    "age_by_year": (
        "{document}의 출생 연도로 계산하면 {as_of}이 속한 해에 {age}세입니다.",
        "By the birth year on the {document}, {age} in the year of {as_of}.",
    ),
    "address": (
        "{document}에 적힌 주소는 {observed}입니다.",
        "The address on the {document} is {observed}.",
    ),
    "address_unknown": (
        "{document}에 적힌 주소 {observed}만으로는 {region}인지 알 수 없습니다.",
        "The address on the {document}, {observed}, does not say whether it is in {region}.",
    ),
    "not_a_resident_entry": (
        "{document}에 적힌 등록 상태가 거주자가 아닙니다.",
        "The registration status on the {document} is not that of a resident.",
    ),
    "moved_in_later": (
        "{document}에 적힌 전입일이나 변동일이 {as_of}보다 늦습니다.",
        "The date of moving in, or of change, on the {document} is later than {as_of}.",
    ),
    "held": (
        "{document}에 적힌 명의인이 제출자와 같습니다.",
        "The {document} is the submitter's.",
    ),
    "contradicted": (
        "제출한 {document}에 따르면 그렇지 않습니다.",
        "The {document} that was sent shows the contrary.",
    ),
    "contradictory": (
        "{document}의 내용이 함께 제출한 다른 증명서와 서로 맞지 않습니다.",
        "The {document} and another certificate that was sent contradict each other.",
    ),
    "chosen": (
        "{document}에 적힌 내용은 “{observed}”입니다.",
        "The {document} says: {observed}.",
    ),
    "ticked": (
        "{document}에 표시된 항목은 “{observed}”입니다.",
        "Marked on the {document}: {observed}.",
    ),
    "in_register": (
        "{document}에 제출자가 등재되어 있습니다.",
        "The submitter is listed on the {document}.",
    ),
    "spouse_listed": (
        "{document}에 배우자가 함께 등재되어 있습니다.",
        "The spouse is listed on the {document}, too.",
    ),
    "spouse_not_listed": (
        "{document}에 배우자가 없어, 다른 곳에 등록된 배우자가 있는지 따로 확인해야 합니다.",
        "No spouse is on the {document}, so whether one is registered elsewhere is to be looked up.",
    ),
    "income_beside_median": (
        (
            "{document}에 적힌 {year}년 소득금액은 월평균 {monthly}원이고 {persons}인 가구 기준 중위소득의 {percent}%는"
            " 월 {limit}원{label}이지만, 소득인정액은 증명서만으로 알 수 없습니다."
        ),
        (
            "The income of {year} on the {document} is {monthly} won a month, and {percent} % of the standard median "
            "income of {persons} is {limit} won{label}; but no certificate shows the recognised income."
        ),
    ),
    "income_alone": (
        (
            "{document}에 적힌 {year}년 소득금액은 월평균 {monthly}원이지만, "
            "소득인정액이 기준 중위소득의 {percent}% 이하인지는 증명서만으로 알 수 없습니다."
        ),
        (
            "The income of {year} on the {document} is {monthly} won a month; but no certificate shows whether the "
            "recognised income is at most {percent} % of the standard median income."
        ),
    ),
    "external": ("{asks}", "{asks}"),
    "person": (
        "담당 공무원이 확인했습니다. " + _ANSWER_KO,
        "Found by an official: " + _ANSWER_EN,
    ),
    "workplace_address": (
        "{document}에 적힌 사업장 {workplace}의 주소는 {observed}입니다.",
        "The address of {workplace} on the {document} is {observed}.",
    ),
    "workplace_unknown": (
        "{document}에 적힌 내용만으로는 사업장 {workplace}의 소재지가 서울인지 알 수 없습니다.",
        "The {document} does not say whether {workplace} is in Seoul.",
    ),
    "answered_yes": (
        "{document}에 적힌 사업장 {workplace}의 소재지는 서울로 확인되었습니다. " + _ANSWER_KO,
        "{workplace} on the {document} was found to be in Seoul: " + _ANSWER_EN,
    ),
    "answered_no": (
        "{document}에 적힌 사업장 {workplace}의 소재지는 서울이 아니라고 확인되었습니다. " + _ANSWER_KO,
        "{workplace} on the {document} was found not to be in Seoul: " + _ANSWER_EN,
    ),
    "answered_cannot_tell": (
        "{document}에 적힌 사업장 {workplace}의 소재지는 확인했으나 알 수 없었습니다. " + _ANSWER_KO,
        "Where {workplace} on the {document} is was looked up and could not be told: " + _ANSWER_EN,
    ),
    "no_current_row": (
        "{document}에 {as_of} 현재 유지 중인 재직 이력이 없습니다.",
        "The {document} shows no employment that holds on {as_of}.",
    ),
    "dates_unclear": (
        "{document}에 적힌 재직 기간을 읽지 못했습니다.",
        "The period of employment on the {document} could not be read.",
    ),
    "outside_insurance": (
        "신고한 근로 형태({work})는 고용보험 대상이 아닐 수 있어, {document}에 이력이 없어도 일할 수 있습니다.",
        "The declared work ({work}) may be outside the insurance, so a {document} without a row says nothing.",
    ),
    "declared": (
        "신고한 근로 형태는 {work}이며, 이를 증명하는 증명서는 아직 받지 않습니다.",
        "The declared work is: {work}. No certificate of it is accepted yet.",
    ),
    "not_declared": (
        "신고한 근로 형태는 {work}입니다.",
        "The declared work is: {work}.",
    ),
    "not_sent": (
        "이를 증명하는 증명서({documents})가 제출되지 않았습니다.",
        "No certificate that could show it was sent ({documents}).",
    ),
    "unreadable": ("{document}의 내용을 읽지 못했습니다.", "The {document} could not be read."),
    "value_absent": ("{document}에 필요한 값이 없습니다.", "A value that is needed is not on the {document}."),
    "sources_disagree": (
        "{document}의 값이 출처마다 서로 달라 어느 쪽도 쓰지 않았습니다.",
        "The sources of a value on the {document} disagree, so it was taken from neither.",
    ),
    "same_file": (
        "{document}의 파일과 똑같은 파일을 다른 사람도 제출했습니다.",
        "The very file of the {document} was sent by another holder, too.",
    ),
    "same_number": (
        "{document}의 발급번호와 같은 번호의 증명서를 다른 사람도 제출했습니다.",
        "A certificate with the number of the {document} was sent by another holder, too.",
    ),
    "altered": (
        "{document}의 진본확인 결과는 변조이며, 발급 뒤에 내용이 바뀌었습니다.",
        "The {document} was changed after it was issued (altered).",
    ),
    "certificate_failed": (
        "{document}의 진본확인 결과는 인증서 검증 실패입니다.",
        "The signing certificate of the {document} could not be verified.",
    ),
    "unverified": (
        "{document}의 진본 여부는 미검증 상태입니다.",
        "Whether the {document} is genuine was not checked (unverified).",
    ),
    "metadata_only": (
        "{document}의 값 가운데 함께 받은 데이터에만 있어 전자서명이 보증하지 않는 것이 있습니다.",
        "A value of the {document} is only in the data beside it, which no signature covers.",
    ),
    "subject_differs": (
        "{document}의 명의인이 제출자와 다릅니다.",
        "The {document} is of someone other than the submitter.",
    ),
    "subject_unclear": (
        "{document}의 명의인이 제출자인지 이름과 생년월일로 확인할 수 없습니다.",
        "Name and birth date on the {document} do not show whether it is the submitter's.",
    ),
    "issue_date_unknown": (
        "{document}의 발급일을 읽지 못했습니다.",
        "The date of issue of the {document} could not be read.",
    ),
    "expired": (
        "{document}의 유효기간은 {until}까지이며 {as_of}에는 이미 지났습니다.",
        "The {document} was valid until {until}, which is before {as_of}.",
    ),
    "before_announcement": (
        "{document}의 발급일은 {observed}로, 공고일인 {announced}보다 앞섭니다.",
        "The {document} was issued on {observed}, before the announcement on {announced}.",
    ),
    "stale": (
        "{document}의 발급일은 {observed}로, {as_of}보다 {limit}일 넘게 앞섭니다.",
        "The {document} was issued on {observed}, more than {limit} days before {as_of}.",
    ),
}

_WORK: Mapping[Work | None, Said] = {
    "employee": Said("근로자", "employee"),
    "civil_servant": Said("공무원", "public servant"),
    "private_school": Said("사립학교 교직원", "private-school staff"),
    "self_employed": Said("자영업", "self-employed"),
    None: Said("없음", "none"),
}


def why(code: str, words: Mapping[str, object]) -> tuple[str, str]:
    """Give the sentence of `code` in Korean and in English, its gaps filled from `words`.

    A date is written out in Korean and as ISO 8601 in English; a bilingual text gives each language its own.
    """
    ko: dict[str, object] = {}
    en: dict[str, object] = {}
    for name, value in words.items():
        ko[name], en[name] = _spoken(value)
    in_korean, in_english = WHY[code]
    return in_korean.format_map(ko), in_english.format_map(en)


def declared(work: Work | None) -> Said:
    """Give what a submitter declared about their work, in words."""
    return _WORK[work]


def _spoken(value: object) -> tuple[object, object]:
    if isinstance(value, Said):
        return value.ko, value.en
    if isinstance(value, date):
        return f"{value.year}년 {value.month}월 {value.day}일", value.isoformat()
    return value, value
