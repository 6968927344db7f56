"""The catalogue is taken whole, or refused in one sentence that says where to look."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

import shared.catalog
from shared.catalog import CatalogError, load
from shared.catalog.conditions import Work
from shared.catalog.programmes import AsOf
from shared.facts import Submitter

PACKAGED = Path(shared.catalog.__file__).parent
SONMOK, ASSET = "programmes/SONMOK9988_2022.yaml", "programmes/ASSET_2023.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(PACKAGED, tmp_path / "catalog", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "catalog"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_the_packaged_catalogue_loads_and_holds_together():
    catalog = load()
    programme = catalog.programmes["SONMOK9988_2022"]
    assert programme.accepts.kinds == ("EI_HIST", "EMPLOY", "RR_FULL")
    assert set(programme.accepts.kinds) <= set(catalog.certificates)
    assert {kind: title.ko for kind, title in programme.titles.items()}["EMPLOY"] == "재직증명서"
    assert catalog.versions["SONMOK9988_2022", 1] is programme


def test_a_programme_that_districts_receive_for_has_their_offices_behind_the_responsible_one():
    catalog = load()
    asset, sonmok = catalog.programmes["ASSET_2023"], catalog.programmes["SONMOK9988_2022"]
    assert asset.offices == ("asset_building", "gangnam_asset", "gangbuk_asset", "seongbuk_asset")
    assert sonmok.offices == ("sonmok9988",)
    found = [catalog.office(office) for office in asset.offices]
    assert [one[0].id for one in found if one] == ["seoul", "gangnam", "gangbuk", "seongbuk"]
    assert {office.basis for _, office in catalog.offices} == {"예시"}
    assert asset.label_of("districts") == "예시"
    assert catalog.office("nowhere") is None


def test_an_office_that_received_by_an_earlier_version_keeps_what_was_sent_to_it(folder):
    text = (folder / ASSET).read_text("utf-8")
    later = text.replace("version: 1\n", "version: 2\nin_force_from: 2024-01-01\n", 1)
    later = later.replace(
        "office: asset_building\ndistricts: [gangnam_asset, gangbuk_asset, seongbuk_asset]",
        "office: sonmok9988\ndistricts: [seongbuk_asset]",
    )
    (folder / "programmes" / "ASSET_2023.v2.yaml").write_text(later, "utf-8")
    ever = ("sonmok9988", "seongbuk_asset", "asset_building", "gangnam_asset", "gangbuk_asset")
    assert load(folder, date(2024, 1, 1)).offices_of("ASSET_2023") == ever
    before = load(folder, date(2023, 12, 31))
    assert before.offices_of("ASSET_2023") == before.programmes["ASSET_2023"].offices, (
        "one to come receives nothing yet"
    )
    assert before.offices_of("NOWHERE_1") == ()


def test_the_programmes_stand_in_the_order_in_which_they_opened():
    names = ["SONMOK9988_2022", "ASSET_2023", "DISHOUSE_2023", "SONMOK9988_2023", "FOOD_2023"]
    assert list(load().programmes) == names


@pytest.mark.parametrize("name", sorted(load().programmes))
def test_every_programme_says_which_of_its_values_nobody_found(name):
    programme = load().programmes[name]
    places = {entry.place for entry in programme.unverified}
    assert {"retention_days", "undo_minutes", "take_back_policy"} <= places
    assert {entry.label for entry in programme.unverified} == {"미확인", "예시"}


def test_what_no_source_was_found_for_is_labelled():
    programme = load().programmes["SONMOK9988_2022"]
    labelled = {entry.place for entry in programme.unverified}
    assert programme.closes_at is None
    assert {"closes_at", "retention_days", "as_of", "conditions.all.AGE_19_69.test.counted"} <= labelled


def test_a_programme_without_a_known_basis_for_rrns_has_none_and_says_that_it_is_not_known(folder):
    programme = load().programmes["SONMOK9988_2022"]
    assert programme.rrn_basis is None
    assert "rrn_basis" in {entry.place for entry in programme.unverified}
    edit(folder / SONMOK, "rrn_basis: null", "rrn_basis: {law: 예시법 시행령 제1조, text: 예시}")
    assert load(folder).programmes["SONMOK9988_2022"].rrn_basis.law == "예시법 시행령 제1조"


def test_the_six_wallet_apps_have_the_numbers_of_december_2022():
    wallets = load().wallets
    assert {name: wallet.types_2022_12 for name, wallet in wallets.items()} == {
        "gov24": 300,
        "naver": 62,
        "kakao": 7,
        "shinhan": 5,
        "toss": 64,
        "seoul": 8,
    }
    assert {name for name, wallet in wallets.items() if wallet.read_notice != "unknown"} == {"seoul"}


def test_what_a_wallet_app_can_do_is_marked_as_a_sample_and_tries_both_ways():
    abilities = [wallet.abilities for wallet in load().wallets.values()]
    assert {one.basis for one in abilities} == {"예시"}
    assert sum(one.told_of_viewing for one in abilities) >= 2
    assert sum(not one.told_of_viewing for one in abilities) >= 2
    assert {kind for one in abilities for kind in one.sends} == {
        kind for programme in load().programmes.values() for kind in programme.accepts.kinds
    }


def test_declared_work_has_the_same_words_in_the_catalogue_as_in_the_facts():
    assert get_args(Work) == get_args(get_args(Submitter.model_fields["declared_work"].annotation)[0])


FAULTS = [
    (SONMOK, "undo_minutes: 10", "undo_minutes: 10\nundo_hours: 1", "undo_hours: this field is not known"),
    (SONMOK, "undo_minutes: 10", "undo_minutes: ten", "at undo_minutes: "),
    (SONMOK, "undo_minutes: 10", 'undo_minutes: "10"', "at undo_minutes: "),
    (SONMOK, "undo_minutes: 10", "undo_minutes: 10\nundo_minutes: 20", "the key undo_minutes stands twice"),
    (SONMOK, "observes: {RR_FULL: address}", "observes: {RR_FUL: address}", "names RR_FUL, which the programme"),
    (SONMOK, "observes: {RR_FULL: address}", "observes: {RR_FULL: addres}", "observes.RR_FULL: addres is not known"),
    (SONMOK, "[EI_HIST, EMPLOY, RR_FULL]", "[EI_HIST, EMPLOY, RR_FULL, PASSPORT]", "PASSPORT is not known"),
    (SONMOK, "kind: age_between, low: 19", "kind: age_between, low: 99", "high (69) is below low (99)"),
    (SONMOK, "kind: lives_in", "kind: lives_nearby", "conditions.all.1.any.0."),
    (SONMOK, "code: LIVES_IN_SEOUL", "code: AGE_19_69", "the condition code AGE_19_69 stands twice"),
    (
        SONMOK,
        "institution: seoul",
        "institution: busan",
        "busan is not known; known are gangbuk, gangnam, seongbuk, seoul",
    ),
    (SONMOK, "office: sonmok9988", "office: nowhere", "at office: nowhere is not known"),
    (ASSET, "[gangnam_asset, ", "[nowhere, ", "at districts: nowhere is not known"),
    (ASSET, "[gangnam_asset, ", "[asset_building, ", "name each once, and not the responsible one again"),
    (ASSET, "[gangnam_asset, ", "[gangbuk_asset, ", "name each once, and not the responsible one again"),
    ("institutions.yaml", "id: gangnam_asset", "id: sonmok9988", "at sonmok9988: this id stands twice"),
    (SONMOK, "place: closes_at", "place: closes_when", "closes_at is null, so it must be labelled"),
    (SONMOK, "place: undo_minutes", "place: undo_hours", "undo_hours is no place in this file"),
    (SONMOK, "opens_at: 2022-12-05T00:00:00+09:00", "opens_at: 2022-12-05T00:00:00", "at opens_at: "),
    (SONMOK, "closes_at: null", "closes_at: 2022-12-01T00:00:00+09:00", "closes_at is not after opens_at"),
    (SONMOK, "이하입니다. {why}", "이하입니다. {reason}", "a reason holds {why} once"),
    (SONMOK, "rrn_basis: null", "rrn_basis: {law: 예시법}", "at rrn_basis.text: "),
    (SONMOK, "id: SONMOK9988_2022", "id: OTHER_2022", "at id: OTHER_2022 is not how the file is named"),
    (SONMOK, "retention_days: 365", "retention_days: 365\ntitles: {}", "titles come from other files"),
    (SONMOK, "policy: submission_date", "policy: fixed_date", "a day goes with fixed_date"),
    (SONMOK, "accepts: {any_of", "accepts: [any_of", "line "),
    ("wallets.yaml", "sends: [RR_FULL]", "sends: [PASSPORT]", "at wallets.shinhan.abilities.sends: PASSPORT"),
    ("wallets.yaml", "id: naver", "id: gov24", "at gov24: this id stands twice"),
    ("wallets.yaml", "read_notice: unknown", "read_notice: no", "at wallets.0.read_notice: "),
    ("institutions.yaml", "code: null", "code: 12", "at institutions.0.code: "),
    ("certificates/EMPLOY.yaml", "title: 재직증명서", "titel: 재직증명서", "at titel: this field is not known"),
    ("certificates/EMPLOY.yaml", "id: EMPLOY", "id: EMPLOYED", "EMPLOYED"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), FAULTS, ids=[f"{case[0]}: {case[3]}" for case in FAULTS])
def test_a_fault_is_one_sentence_naming_file_and_place(folder, file, old, new, said):
    edit(folder / file, old, new)
    with pytest.raises(CatalogError) as refused:
        load(folder)
    sentence = str(refused.value)
    assert said in sentence
    assert sentence.startswith(("certificates", file))
    assert sentence.endswith(".")
    assert str(folder) not in sentence
    assert "\n" not in sentence


def test_a_missing_file_is_named(folder):
    (folder / "wallets.yaml").unlink()
    with pytest.raises(CatalogError, match=r"wallets\.yaml: the file cannot be read"):
        load(folder)


def test_the_latest_version_is_what_the_id_gives_and_each_version_stays(folder):
    newer = folder / "programmes" / "SONMOK9988_2022.v10.yaml"
    shutil.copy(folder / SONMOK, newer)
    with pytest.raises(CatalogError, match=r"line 9, at id: SONMOK9988_2022 is not how the file is named"):
        load(folder)
    edit(newer, "version: 1\n", "version: 10\nin_force_from: 2022-12-20\n")
    catalog = load(folder)
    assert catalog.programmes["SONMOK9988_2022"].version == 10
    assert [version for name, version in sorted(catalog.versions) if name == "SONMOK9988_2022"] == [1, 10]


def later_version(folder, *lines: str) -> None:
    newer = folder / "programmes" / "SONMOK9988_2022.v2.yaml"
    shutil.copy(folder / SONMOK, newer)
    edit(newer, "version: 1\n", "\n".join(["version: 2", *lines]) + "\n")


def test_a_version_is_applied_from_its_own_day_on(folder):
    later_version(folder, "in_force_from: 2022-12-20")
    assert load(folder, today=date(2022, 12, 19)).programmes["SONMOK9988_2022"].version == 1
    assert load(folder, today=date(2022, 12, 20)).programmes["SONMOK9988_2022"].version == 2


def test_a_draft_is_there_to_be_tried_out_and_is_never_applied(folder):
    later_version(folder, "draft: true")
    catalog = load(folder)
    assert catalog.programmes["SONMOK9988_2022"].version == 1
    assert catalog.versions["SONMOK9988_2022", 2].draft


def test_two_versions_of_one_day_overlap_and_the_line_of_that_day_is_named(folder):
    edit(folder / SONMOK, "version: 1\n", "version: 1\nin_force_from: 2022-12-05\n")
    later_version(folder, "draft: true")
    newer = folder / "programmes" / "SONMOK9988_2022.v2.yaml"
    edit(newer, "draft: true\n", "")
    with pytest.raises(
        CatalogError, match=r"line 11, at in_force_from: version 2 of \S+ must be in force from a later"
    ):
        load(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        (SONMOK, "undo_minutes: 10", "undo_minutes: 10\nundo_hours: 1", "undo_hours: 1"),
        (SONMOK, "kind: age_between, low: 19", "kind: age_between, low: 99", "low: 99"),
        (SONMOK, "observes: {RR_FULL: address}", "observes: {RR_FULL: adress}", "adress"),
        (SONMOK, "place: undo_minutes", "place: undo_hours", "place: undo_hours"),
        (SONMOK, "policy: submission_date", "policy: announcement", "policy: announcement"),
        ("programmes/ASSET_2023.yaml", "codes: [severe]", "codes: [grave]", "codes: [grave]"),
        ("programmes/DISHOUSE_2023.yaml", "low: 5, high: 9", "low: 4, high: 9", "low: 4, high: 9"),
        ("parameters/median_income.yaml", "won: 2077892", "won: many", "won: many"),
        ("wallets.yaml", "sends: [RR_FULL]", "sends: [PASSPORT]", "PASSPORT"),
        ("certificates/EMPLOY.yaml", "title: 재직증명서", "titel: 재직증명서", "titel"),
    ],
)
def test_a_fault_names_the_line_that_it_stands_on(folder, file, old, new, line):
    edit(folder / file, old, new)
    lines = (folder / file).read_text("utf-8").splitlines()
    (number,) = [at for at, text in enumerate(lines, 1) if line in text]
    with pytest.raises(CatalogError) as refused:
        load(folder)
    assert refused.value.line == number
    assert f", line {number}, at " in str(refused.value)


def test_what_is_loaded_cannot_be_changed():
    catalog = load()
    with pytest.raises(TypeError):
        catalog.wallets["mine"] = catalog.wallets["seoul"]
    with pytest.raises(ValidationError):
        catalog.programmes["SONMOK9988_2022"].version = 2


@pytest.mark.parametrize(
    ("sent", "enough"),
    [
        (["EI_HIST"], True),
        (["EMPLOY", "RR_FULL"], True),
        ([], False),
        (["DISAB"], False),
        (["RR_FULL", "DISAB"], False),
    ],
)
def test_at_least_one_of_the_accepted_kinds_and_no_other_is_enough(sent, enough):
    assert load().programmes["SONMOK9988_2022"].accepts.satisfied_by(sent) is enough


def test_the_as_of_date_is_the_seoul_date_of_submission_or_a_fixed_day():
    programme = load().programmes["SONMOK9988_2022"]
    late = datetime(2022, 12, 11, 15, 0, tzinfo=UTC)
    assert programme.as_of_date(late) == date(2022, 12, 12)
    fixed = programme.model_copy(update={"as_of": AsOf(policy="fixed_date", day=date(2023, 5, 2))})
    assert fixed.as_of_date(late) == date(2023, 5, 2)


def test_a_programme_opens_at_its_instant_and_closes_just_before_its_closing():
    programme = load().programmes["SONMOK9988_2022"]
    opening = datetime(2022, 12, 4, 15, 0, tzinfo=UTC)
    assert not programme.is_open(datetime(2022, 12, 4, 14, 59, 59, tzinfo=UTC))
    assert programme.is_open(opening)
    closing = programme.model_copy(update={"closes_at": datetime(2022, 12, 31, 15, 0, tzinfo=UTC)})
    assert closing.is_open(datetime(2022, 12, 31, 14, 59, 59, tzinfo=UTC))
    assert not closing.is_open(datetime(2022, 12, 31, 15, 0, tzinfo=UTC))
