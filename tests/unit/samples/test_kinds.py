"""Each case shows what it promises, and what varies does vary, but never beyond what can be read."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.metadata import files
from itertools import islice
from typing import Any

import pypdfium2
import pytest
from reportlab.pdfbase.ttfonts import TTFontFile

from services.wallet_simulator.samples import CASES, KINDS, PRODUCERS, Issuer, Person, Sample, make, population
from services.wallet_simulator.samples.paper import Pair, Pairs, Paper, Table
from services.wallet_simulator.samples.producers.measure import width
from services.wallet_simulator.samples.workplaces import has_right_check_digit

ISSUED_ON = date(2022, 12, 12)
PEOPLE = tuple(islice(population(11), 40))
VARIED = tuple(islice(population(12, varied=True), 150))


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer.open(tmp_path_factory.mktemp("issuer"))


def a_sample(kind: str, issuer: Issuer, case: str = "ordinary", person: Person = PEOPLE[3], seed: int = 5) -> Sample:
    return make(kind, person=person, seed=seed, issued_on=ISSUED_ON, issuer=issuer, case=case)


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(pdf))


def rows(sample: Sample, table: str) -> list[dict[str, Any]]:
    found = sample.expected.values[table]
    assert isinstance(found, list)
    return [row for row in found if isinstance(row, dict)]


class Drafts:
    """Papers and what is expected of them, without a page being set."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._last: Paper | None = None

    def keep(self, paper: Paper, _at: object) -> bytes:
        self._last = paper
        return b""

    def varied(self, kind: str) -> Iterator[tuple[Paper, Sample]]:
        for seed, person in enumerate(VARIED):
            sample = make(
                kind,
                person=person,
                seed=seed,
                issued_on=ISSUED_ON,
                issuer=self._issuer,
                case="unsigned",
                producer="kept",
                varied=True,
            )
            assert self._last
            yield self._last, sample


@pytest.fixture
def drafts(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Drafts:
    made = Drafts(issuer)
    monkeypatch.setitem(PRODUCERS, "kept", made.keep)
    return made


def test_a_resident_register_is_valid_for_ninety_days_and_no_other_says_so(issuer: Issuer) -> None:
    for kind in KINDS:
        until = ISSUED_ON + timedelta(days=90) if kind in ("RR_FULL", "RR_ABST") else None
        assert a_sample(kind, issuer).expected.valid_until == until


def test_the_age_of_a_certificate_is_counted_from_the_as_of_date(issuer: Issuer) -> None:
    for days in (89, 90, 91):
        assert a_sample("EMPLOY", issuer, f"issued_{days}_days").expected.issued_on == ISSUED_ON - timedelta(days=days)


@pytest.mark.parametrize(("kind", "table"), [("EI_HIST", "employments"), ("NHI_HIST", "spells")])
def test_histories_show_a_loss_on_the_as_of_date_and_on_the_day_after(kind: str, table: str, issuer: Issuer) -> None:
    assert rows(a_sample(kind, issuer, "lost_as_of"), table)[0]["lost_on"] == "2022-12-12"
    assert rows(a_sample(kind, issuer, "lost_day_after"), table)[0]["lost_on"] == "2022-12-13"
    assert rows(a_sample(kind, issuer), table)[0]["lost_on"] is None


def test_a_transfer_is_two_rows_of_one_firm_that_meet(issuer: Issuer) -> None:
    now, before = rows(a_sample("EI_HIST", issuer, "transfer"), "employments")[:2]
    assert now["workplace"] == before["workplace"]
    assert now["acquired_on"] == before["lost_on"]


@pytest.mark.parametrize("person", PEOPLE)
def test_no_life_holds_work_before_youth_or_two_jobs_at_once(person: Person, issuer: Issuer) -> None:
    history = rows(a_sample("EI_HIST", issuer, person=person), "employments")
    days = [day for row in history for day in (row["lost_on"], row["acquired_on"]) if day]
    assert days == sorted(days, reverse=True)
    assert days[-1] > f"{person.birth_date.year + 14}"


@pytest.mark.parametrize("person", PEOPLE[:12])
def test_a_table_goes_on_on_a_second_page_for_young_and_old(person: Person, issuer: Issuer) -> None:
    for kind in ("EI_HIST", "RR_FULL"):
        assert len(pypdfium2.PdfDocument(a_sample(kind, issuer, "two_pages", person).pdf)) == 2


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "long_table" in KINDS[kind].cases])
def test_a_long_table_has_some_forty_rows_over_two_or_three_pages(kind: str, issuer: Issuer) -> None:
    sample = a_sample(kind, issuer, "long_table")
    longest = max(len(table) for table in sample.expected.values.values() if isinstance(table, list))
    assert 30 <= longest <= 41
    assert len(pypdfium2.PdfDocument(sample.pdf)) in (2, 3)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "blank_history" in KINDS[kind].cases])
def test_a_blank_history_has_a_table_without_rows(kind: str, issuer: Issuer) -> None:
    assert [] in a_sample(kind, issuer, "blank_history").expected.values.values()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "title_near_miss" in KINDS[kind].cases])
def test_a_near_miss_has_the_other_title_and_not_its_own(kind: str, issuer: Issuer) -> None:
    text = text_of(a_sample(kind, issuer, "title_near_miss").pdf)
    assert "".join(KINDS[kind].near_miss[0].split()) in text
    assert not any("".join(title.split()) in text for title in KINDS[kind].titles)


def test_the_income_tax_certificate_shares_the_title_and_has_a_period_in_place_of_a_degree(issuer: Issuer) -> None:
    text = text_of(a_sample("DISAB", issuer, "same_title").pdf)
    for there in ("장애인증명서", "장애기간", "의료기관명", "소득세법"):
        assert there in text
    assert "장애정도" not in text
    assert "장애의정도" not in text


def test_a_foreign_name_and_a_rare_syllable_are_expected_as_printed(issuer: Issuer) -> None:
    for kind in KINDS:
        foreigner = a_sample(kind, issuer, "foreign_name").expected.values
        name = foreigner.get("holder_name") or foreigner["householder"]
        assert isinstance(name, str)
        assert name.isascii()
        assert " " in name
        rare = a_sample(kind, issuer, "rare_hangul").expected.values
        assert rare.get("holder_name", rare.get("householder")) != PEOPLE[3].name


def test_seven_stars_leave_a_birth_date_out_where_two_centuries_are_possible(issuer: Issuer) -> None:
    child = Person("김가상", date(2010, 3, 1), 3)
    for person, shown in ((child, None), (PEOPLE[3], PEOPLE[3].birth_date.isoformat())):
        sample = a_sample("NHI_HIST", issuer, "seven_stars", person)
        assert f"{person.birth_date:%y%m%d}-*******" in text_of(sample.pdf)
        assert sample.expected.values.get("birth_date") == shown


@pytest.mark.parametrize("kind", ["EMPLOY", "INCOME"])
def test_a_wrong_business_number_is_expected_with_a_finding_that_names_it(kind: str, issuer: Issuer) -> None:
    for seed in range(10):
        assert not a_sample(kind, issuer, seed=seed).expected.findings
        expected = a_sample(kind, issuer, "business_number_wrong", seed=seed).expected
        (finding,) = expected.findings
        assert finding.code == "business_number_check"
        (path,) = finding.names
        value: Any = expected.values
        for step in path.replace("]", "").replace("[", ".").split("."):
            value = value[int(step)] if step.isdigit() else value[step]
        assert not has_right_check_digit(value)


def test_sums_are_right(drafts: Drafts) -> None:
    for paper, sample in drafts.varied("NHI_PAY"):
        (table,) = (block for block in paper.blocks if isinstance(block, Table))
        payments = rows(sample, "payments")
        assert all(row["total"] == row["paid_health"] + row["paid_care"] for row in payments)
        if table.foot:
            sums = [int("".join(filter(str.isdigit, text))) for text in table.foot[1:6]]
            names = ("billed_health", "billed_care", "paid_health", "paid_care", "total")
            assert sums == [sum(row[name] for row in payments) for name in names]
    for _, sample in drafts.varied("LTAX_ITEM"):
        assert all(row["total"] == row["tax"] + row["other"] for row in rows(sample, "taxes"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_varies_takes_every_look_and_several_words_for_everything(kind: str, drafts: Drafts) -> None:
    papers = [paper for paper, _ in drafts.varied(kind)]
    looks = [paper.look for paper in papers]
    assert {look.pairs for look in looks} == {"ruled", "colon", "gap"}
    assert {look.number_at for look in looks} == {"top_left", "top_right", "in_block"}
    assert {look.font for look in looks} == {"gothic", "gothic_light", "myeongjo"}
    assert {look.spaced for look in looks} == {look.date_label for look in looks} == {True, False}
    assert len({paper.title for paper in papers}) == len(KINDS[kind].titles)
    assert len({paper.number.label for paper in papers}) > 1
    tables = [block for paper in papers for block in paper.blocks if isinstance(block, Table)]
    if tables:
        assert {look.rules for look in looks} >= {"all", "level"}
        assert len({column.header for table in tables for column in table.columns}) > 5
    values = " ".join(one.value for paper in papers for one in labelled(paper))
    for mask in ("-1******", "*******", "＊", "●"):
        assert mask in values or kind == "RR_FULL"  # whose numbers stand in a table


def labelled(paper: Paper) -> Iterator[Pair]:
    for block in paper.blocks:
        if isinstance(block, Pairs):
            yield from (one for one in block.entries if isinstance(one, Pair))


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_no_rules_has_room_for_every_text_and_white_space_between_columns(kind: str, drafts: Drafts) -> None:
    for paper, _ in drafts.varied(kind):
        if paper.look.rules != "none":
            continue
        for table in (block for block in paper.blocks if isinstance(block, Table)):
            assert not any(column.group for column in table.columns)
            printed = [tuple(column.header for column in table.columns), *table.rows]
            widths = [max(width(cell, paper.look.size) for cell in column) for column in zip(*printed, strict=True)]
            lines = max(cell.count("\n") for row in printed for cell in row)
            assert lines or sum(widths) + 14 * len(widths) <= 480


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_apart_by_white_space_alone_has_its_line_to_itself_where_another_is_blank(
    kind: str, drafts: Drafts
) -> None:
    for paper, _ in drafts.varied(kind):
        if paper.look.pairs != "ruled" and any(not one.value for one in labelled(paper)):
            assert paper.look.pairs_across == 1


@pytest.mark.parametrize("kind", KINDS)
def test_thin_type_is_asked_for_only_where_it_has_every_letter(kind: str, drafts: Drafts) -> None:
    (thin,) = (path.locate() for path in files("koreanize-matplotlib") or () if path.name == "NanumGothicLight.ttf")
    glyphs = TTFontFile(str(thin)).charToGlyph
    for paper, _ in drafts.varied(kind):
        if paper.look.font == "gothic_light":
            assert all(ord(letter) in glyphs for letter in str(paper) if letter > "~")


def test_varied_papers_have_long_tables_and_short_ones_and_none(drafts: Drafts) -> None:
    lengths = {len(rows(sample, "employments")) for _, sample in drafts.varied("EI_HIST")}
    assert min(lengths) == 0 or 1 in lengths
    assert max(lengths) > 15
    assert {len(rows(sample, "addresses")) for _, sample in drafts.varied("RR_ABST")} >= {1, 2, 3, 24}
    benefits = {tuple(sample.expected.values["benefits"]) for _, sample in drafts.varied("BLSS")}  # type: ignore[arg-type]
    assert len(benefits) == 15


def test_every_case_a_kind_names_is_described_in_a_sentence() -> None:
    assert all(case.says.endswith(".") and case.outcome.endswith(".") for case in CASES.values())


def test_a_scan_of_two_pages_has_two_pictures(issuer: Issuer) -> None:
    from services.wallet_simulator.samples.damage import scan
    from services.wallet_simulator.samples.people import seeded
    from shared.clock import utc_now

    pdf = a_sample("EI_HIST", issuer, "two_pages").pdf
    scanned = pypdfium2.PdfDocument(io.BytesIO(scan(pdf, seeded("scan"), utc_now())))
    assert len(scanned) == 2
    assert not any(page.get_textpage().get_text_bounded() for page in scanned)
