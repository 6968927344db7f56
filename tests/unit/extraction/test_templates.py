"""Templates are data, checked when they are loaded."""

from datetime import date
from itertools import combinations

import pytest
import yaml
from pydantic import ValidationError

from services.extraction.rules import certificate_of
from shared.catalog.templates import CertificateKind, key, load_certificates
from tests.unit.extraction.papers import CERTIFICATES, kinds

LEAST = {
    "id": "SLIP",
    "title": "확인표",
    "english": "slip",
    "issued_by": "someone",
    "required": ["name"],
    "fields": [{"name": "name", "labels": ["성명"]}],
}


NAMES = {
    "BLSS": "householder holder_name birth_date relation address benefits agency members",
    "DISAB": "holder_name birth_date address disability disability_second degree registered_on",
    "EI_HIST": "holder_name birth_date employments",
    "EMPLOY": "holder_name birth_date workplace business_number workplace_address department position hired_on "
    "employed_until",
    "INCOME": "holder_name birth_date address filed year_end",
    "LTAX_ITEM": "holder_name birth_date address taxes",
    "NEARPOOR": "holder_name birth_date address members",
    "NHI_HIST": "holder_name birth_date spells",
    "NHI_PAY": "holder_name birth_date address category workplace workplace_number workplace_address period_from "
    "period_to payments",
    "RR_ABST": "holder_name birth_date changes addresses",
    "RR_FULL": "householder address moved_in_on members",
    "SINGLEP": "holder_name birth_date address support members",
}


def test_the_names_of_the_values_are_a_contract():
    assert {name: " ".join(kind.value_names) for name, kind in kinds().items()} == NAMES


def test_every_value_has_a_type_and_what_is_chosen_has_codes():
    for kind in kinds().values():
        plain = {name for name in kind.types if "[]." not in name}
        tables = {table.name for table in kind.tables if not table.inline}
        assert plain | tables >= {*kind.value_names, "number", "issued_on", "issuer"}, kind.id
        chosen = {name for name, as_type in kind.types.items() if as_type in ("choice", "ticks")}
        assert kind.codes.keys() == chosen, kind.id


def test_both_ends_of_a_period_are_days_or_months():
    assert (kinds()["EMPLOY"].types["hired_on"], kinds()["EMPLOY"].types["employed_until"]) == ("date", "date")
    assert (kinds()["NHI_PAY"].types["period_from"], kinds()["NHI_PAY"].types["period_to"]) == ("month", "month")
    assert kinds()["EI_HIST"].types["employments[].lost_on"] == "date"
    assert kinds()["RR_FULL"].types["moved_in_on"] == "date"


def test_no_label_or_title_is_listed_twice():
    for kind in kinds().values():
        lists = [(kind.title, *kind.title_variants), kind.near_misses, kind.other_labels]
        lists += [field.labels for field in kind.fields]
        lists += [column.labels for table in kind.tables for column in table.columns]
        for texts in lists:
            assert len({*map(key, texts)}) == len(texts), (kind.id, texts)


def test_no_two_values_of_a_kind_share_a_label():
    for kind in kinds().values():
        for one, other in combinations(kind.fields, 2):
            shared = {*map(key, one.labels)} & {*map(key, other.labels)}
            assert one.name == other.name or not shared, (kind.id, shared)


def test_the_labels_of_any_certificate_are_labels_of_every_kind():
    assert all({"용도", "제출처", "문서확인번호"} <= kind.label_keys for kind in kinds().values())


def test_no_title_is_also_a_near_miss_of_its_own_kind():
    for kind in kinds().values():
        assert kind.titles.isdisjoint(map(key, kind.near_misses)), kind.id


def test_a_new_kind_is_a_new_file(tmp_path):
    (tmp_path / "SLIP.yaml").write_text(yaml.safe_dump(LEAST, allow_unicode=True), encoding="utf-8")
    assert load_certificates(tmp_path)["SLIP"].value_names == ("name",)


def test_a_file_must_bear_the_name_of_its_kind(tmp_path):
    (tmp_path / "OTHER.yaml").write_text(yaml.safe_dump(LEAST, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match=r"OTHER\.yaml holds the kind SLIP"):
        load_certificates(tmp_path)


def test_two_kinds_cannot_share_a_title(tmp_path):
    for name in ("SLIP", "SLOP"):
        text = yaml.safe_dump(LEAST | {"id": name}, allow_unicode=True)
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="share the title"):
        load_certificates(tmp_path)


COUNTED = {"name": "name", "type": "ticks", "labels": ["성명"]}


@pytest.mark.parametrize(
    "change",
    [
        {"required": ["age"]},
        {"required_any": ["age"]},
        {"title_variant": ["x"]},
        {"doc_kind": "123"},
        {"required": []},
        {"valid_days": 0},
        {"fields": [COUNTED]},
        {"fields": [COUNTED | {"type": "text", "codes": {"가": "a"}}]},
    ],
)
def test_a_template_that_cannot_work_is_refused(change):
    with pytest.raises(ValidationError):
        CertificateKind.model_validate(LEAST | change)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("주민등록표 （등본）", "주민등록표(등본)"),
        ("성 명", "성명"),
        ("Ａ１", "A1"),
        ("건강ㆍ장기요양", "건강·장기요양"),
        ("건강・장기요양", "건강 · 장기요양"),
    ],
)
def test_labels_and_titles_are_compared_without_spaces_and_width_and_with_one_middle_dot(one, other):
    assert key(one) == key(other)


def test_every_file_is_a_template():
    assert {path.stem for path in CERTIFICATES.glob("*.yaml")} == set(kinds())


@pytest.mark.parametrize(
    ("printed", "valid_until"),
    [(None, date(2023, 3, 12)), ("2023-01-31", date(2023, 1, 31))],
    ids=["granted", "printed"],
)
def test_a_printed_last_day_comes_before_the_days_a_template_grants(printed, valid_until):
    kind = CertificateKind.model_validate(LEAST | {"valid_days": 90})
    values = {"name": "김가상", "issued_on": "2022-12-12"} | ({"valid_until": printed} if printed else {})
    assert certificate_of(values, kind, 0).valid_until == valid_until


@pytest.mark.parametrize("values", [{"name": "김가상"}, {"name": "김가상", "issued_on": "2022-12-12"}])
def test_nothing_says_how_long_a_certificate_holds_without_a_day_of_issue_or_days_granted(values):
    days = {} if "issued_on" in values else {"valid_days": 90}
    assert certificate_of(values, CertificateKind.model_validate(LEAST | days), 0).valid_until is None
