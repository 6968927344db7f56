"""Reasons are whole sentences, in Korean and English, that name the document and what it says."""

import re
from datetime import date

import pytest

from services.eligibility.rules import Answer, ConditionResult, pages_in, screen
from services.eligibility.wording import WHY
from shared.facts import CertificateProvenance, FactsProvenance, Provenance, Submitter
from tests.unit.eligibility.cases import (
    BUSAN,
    TODAY,
    disagreeing,
    employed,
    facts,
    history,
    household,
    job,
    programme,
    submitter,
)


def reasons(*sent, answers=None, **who) -> dict[str, ConditionResult]:
    found = screen(facts(*sent), submitter(**who), programme(), as_of=TODAY, answers=answers or {})
    return {one.code: one for one in found.conditions}


def test_every_condition_of_the_programme_is_told_in_its_order():
    assert list(reasons(household())) == [leaf.code for leaf in programme().leaves]


def test_a_reason_can_be_read_aloud():
    told = reasons(household(BUSAN), history(job()))
    assert told["AGE_19_69"].reason_ko == (
        "만 19세 이상 69세 이하입니다. 주민등록표(등본)의 생년월일로 계산하면 2022년 12월 12일 현재 만 32세입니다."
    )
    assert told["LIVES_IN_SEOUL"].reason_ko == (
        "서울시에 거주하지 않습니다. 주민등록표(등본)에 적힌 주소는 부산광역시 중구 중구로 120입니다."
    )
    assert told["WORKS_IN_SEOUL"].reason_ko == (
        "서울시에 있는 사업장에서 일하는지 확인할 수 없습니다. "
        "고용보험 자격이력 내역서에 적힌 내용만으로는 사업장 주식회사 한빛가상의 소재지가 서울인지 알 수 없습니다."
    )
    assert told["LIVES_IN_SEOUL"].reason_en == (
        "Not resident in Seoul. The address on the resident register, household copy is 부산광역시 중구 중구로 120."
    )


def test_a_result_says_which_certificate_and_where_in_it():
    told = reasons(employed({"workplace_address": BUSAN}), household(BUSAN))
    assert (told["WORKS_IN_SEOUL"].part, told["LIVES_IN_SEOUL"].part) == (0, 1)
    assert told["WORKS_IN_SEOUL"].fields == ("workplace", "workplace_address", "hired_on")
    assert told["LIVES_IN_SEOUL"].fields == ("address",)
    assert told["SELF_EMPLOYED_IN_SEOUL"].part is None
    assert told["WORKS_IN_SEOUL"].observed == BUSAN


def test_an_answer_is_told_with_its_source_its_date_and_its_name():
    found = facts(history(job()))
    question = screen(found, submitter(), programme(), as_of=TODAY, answers={}).waiting[0]
    for value, verb in (
        ("yes", "서울로 확인되었습니다"),
        ("no", "서울이 아니라고"),
        ("cannot_tell", "알 수 없었습니다"),
    ):
        given = Answer(value=value, source="사업장 명부", on=date(2022, 12, 11), by="이담당")
        told = reasons(*found.certificates, answers={question: given})["WORKS_IN_SEOUL"].reason_ko
        assert verb in told
        assert "출처 사업장 명부, 확인일 2022년 12월 11일, 확인자 이담당." in told


def test_a_stale_certificate_says_when_it_was_issued_and_what_the_limit_is():
    told = reasons(household(issued_on=date(2022, 9, 1)))["LIVES_IN_SEOUL"]
    assert "발급일은 2022년 9월 1일로, 2022년 12월 12일보다 90일 넘게 앞섭니다." in told.reason_ko
    assert told.fields == ("issued_on",)


def test_moving_in_after_the_as_of_date_is_for_a_person_to_look_at():
    rows = [{"name": "김가상", "birth_date": "1990-01-01", "moved_in_on": "2022-12-13"}]
    told = reasons(household(members=rows))["LIVES_IN_SEOUL"]
    assert (told.result, told.why) == ("cannot_tell", "moved_in_later")
    assert told.fields == ("address", "members[0].moved_in_on")


SPECIMENS = [
    (household(), {}),
    (household("서울로 1"), {}),
    (household(members=[{"name": "김가상", "birth_date": "1990-01-01", "status": "거주불명"}]), {}),
    (household("").model_copy(update={"values": {"members": [{"name": "김가상", "birth_date": "1990-01-01"}]}}), {}),
    (household(members=[{"name": "김가상"}]), {}),
    (household(issued_on=None), {}),
    (household(issued_on=date(2020, 1, 1)), {}),
    (household(unreadable="damaged"), {}),
    (household(authenticity="altered"), {}),
    (household(authenticity="certificate_failed"), {}),
    (household(valid_until=date(2022, 12, 1)), {}),
    (disagreeing(household(), "address"), {}),
    (employed(), {}),
    (employed({"workplace": "", "workplace_address": ""}), {}),
    (employed({"hired_on": "?"}), {}),
    (history(), {}),
    (history(), {"declared_work": "self_employed"}),
    (history(), {"declared_work": "civil_servant"}),
    (history(), {"name": "이남남"}),
    (history(job()), {}),
]


@pytest.mark.parametrize(("sent", "who"), SPECIMENS)
def test_every_reason_is_two_whole_sentences_without_gaps(sent, who):
    for told in reasons(sent, **who).values():
        assert re.fullmatch(r"[^{}]+니다\. [^{}]+니다\.", told.reason_ko), told.reason_ko
        assert re.fullmatch(r"[^{}]+\. [^{}]+\.", told.reason_en), told.reason_en


@pytest.mark.parametrize("code", ["same_file", "same_number"])
def test_what_another_holder_sent_too_is_told_without_saying_who(code):
    found = screen(facts(household()), submitter(), programme(), as_of=TODAY, answers={}, elsewhere={0: (code,)})
    told = next(one for one in found.conditions if one.code == "LIVES_IN_SEOUL")
    assert "다른 사람도 제출했습니다." in told.reason_ko
    assert "by another holder, too." in told.reason_en


def test_a_certificate_past_its_term_says_which():
    told = reasons(household(valid_until=date(2022, 12, 1)))["LIVES_IN_SEOUL"]
    assert "유효기간은 2022년 12월 1일까지이며 2022년 12월 12일에는 이미 지났습니다." in told.reason_ko
    assert (told.fields, told.observed) == (("valid_until",), "2022-12-01")


def test_every_kind_of_declared_work_is_put_into_words():
    for work in Submitter.model_fields["declared_work"].annotation.__args__[0].__args__:
        assert reasons(history(), declared_work=work)["SELF_EMPLOYED_IN_SEOUL"].reason_ko


def test_documents_are_followed_only_by_particles_that_do_not_change():
    for korean, _ in WHY.values():
        assert all(particle in "에의" for particle in re.findall(r"\{document\}(.)", korean))


def test_a_reason_names_the_page_that_is_known():
    stood = FactsProvenance(
        certificates=(
            CertificateProvenance(part=0, fields={"address": place(2), "members[1].birth_date": place(1)}),
            CertificateProvenance(part=1, fields={"address": place(0)}),
        )
    )
    found = screen(
        facts(household()),
        submitter(),
        programme(),
        as_of=TODAY,
        answers={},
        pages=pages_in(stood.model_dump_json().encode()),
    )
    told = {one.code: one for one in found.conditions}
    assert "주민등록표(등본) 2쪽에 적힌 주소는" in told["LIVES_IN_SEOUL"].reason_ko
    assert "on the resident register, household copy (page 2) is" in told["LIVES_IN_SEOUL"].reason_en
    assert "주민등록표(등본) 1쪽의 생년월일로" in told["AGE_19_69"].reason_ko
    assert (told["LIVES_IN_SEOUL"].page, told["AGE_19_69"].page, told["WORKS_IN_SEOUL"].page) == (2, 1, None)


def test_a_value_that_stands_on_no_page_names_none():
    stood = FactsProvenance(certificates=(CertificateProvenance(part=0, fields={"address": place(0)}),))
    assert pages_in(stood.model_dump_json().encode()) == {0: {}}


def place(page):
    return Provenance(page=page, box=None, raw="", normaliser="", source="text", confidence=1.0)
