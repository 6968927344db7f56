"""Templates are data, checked when they are loaded."""

import pytest
import yaml
from pydantic import ValidationError

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


def test_the_names_of_the_three_kinds_are_a_contract():
    assert kinds()["EI_HIST"].value_names == ("holder_name", "birth_date", "employments")
    assert kinds()["RR_FULL"].value_names == ("householder", "address", "moved_in_on", "members")
    assert set(kinds()["EMPLOY"].value_names) == {
        "holder_name",
        "birth_date",
        "workplace",
        "business_number",
        "workplace_address",
        "department",
        "position",
        "hired_on",
        "employed_until",
    }


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


@pytest.mark.parametrize(
    "change", [{"required": ["age"]}, {"title_variant": ["x"]}, {"doc_kind": "123"}, {"required": []}]
)
def test_a_template_that_cannot_work_is_refused(change):
    with pytest.raises(ValidationError):
        CertificateKind.model_validate(LEAST | change)


@pytest.mark.parametrize(
    ("one", "other"), [("주민등록표 （등본）", "주민등록표(등본)"), ("성 명", "성명"), ("Ａ１", "A1")]
)
def test_labels_and_titles_are_compared_without_spaces_and_width(one, other):
    assert key(one) == key(other)


def test_every_file_is_a_template():
    assert {path.stem for path in CERTIFICATES.glob("*.yaml")} == set(kinds())
