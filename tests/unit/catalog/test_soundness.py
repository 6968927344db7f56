"""A condition that can never be told, or never turns the scale, is refused with what to do about it."""

import pytest

from shared.catalog import CatalogError, load
from tests.unit.catalog.test_load import SONMOK, edit, folder

__all__ = ["folder"]

ASSET, FOOD, HOUSE = (f"programmes/{name}_2023.yaml" for name in ("ASSET", "FOOD", "DISHOUSE"))

FAULTS = [
    (
        "a certificate that nobody may send shows nothing",
        (SONMOK, "EMPLOY: birth_date, RR_FULL: members", "DISAB: birth_date, RR_FULL: members"),
        "it names DISAB, which the programme does not accept: add it to accepts, or take it out",
    ),
    (
        "a condition without a certificate is an external check",
        (SONMOK, "          observes: {RR_FULL: address}\n", ""),
        "no certificate could ever show this: name the kinds that do, or make it an external check",
    ),
    (
        "an external check rests on no certificate",
        (
            HOUSE,
            "      test:\n        kind: external",
            "      observes: {DISAB: degree}\n      test:\n        kind: external",
        ),
        "a condition of kind external rests on no certificate: take observes out",
    ),
    (
        "a name is no address",
        (SONMOK, "observes: {RR_FULL: address}", "observes: {RR_FULL: householder}"),
        "lives_in needs a value of type address; RR_FULL has address",
    ),
    (
        "a code that is never printed is never met",
        (ASSET, "codes: [severe]", "codes: [grave]"),
        "grave is no code of DISAB.degree; known are not_severe, severe",
    ),
    (
        "every code there is always comes out the same",
        (ASSET, "codes: [severe]", "codes: [severe, not_severe]"),
        "every code of DISAB.degree is named, so it always comes out the same: leave one out",
    ),
    (
        "no tick but all of them is no condition",
        (ASSET, "codes: [livelihood, medical]", "codes: [livelihood, medical, housing, education]"),
        "every code of BLSS.benefits is named, so it always comes out the same: leave one out",
    ),
    (
        "what only contradicting kinds show can never be met",
        (FOOD, "observes: {NEARPOOR: holder_name, BLSS: benefits}", "observes: {BLSS: benefits}"),
        "every observed kind contradicts it, so it can never be met: observe one that shows it",
    ),
    (
        "what contradicts must be observed",
        (FOOD, "contradicted_by: [BLSS]", "contradicted_by: [SINGLEP]"),
        "SINGLEP is not observed here: add it to observes, or take it out",
    ),
    (
        "the same age range the wrong way round holds nobody",
        (ASSET, "low: 15, high: 39", "low: 39, high: 15"),
        "high (15) is below low (39), so nobody is of that age: exchange them",
    ),
    (
        "a ranking by points needs a table of them",
        (ASSET, "order: [first_come]", "order: [score, first_come]"),
        "it ranks by score, but there is no score_table: write one, or take score out",
    ),
    (
        "a ranking that leaves ties is none",
        (FOOD, "order: [priority, first_come]", "order: [priority]"),
        "order ends with first_come or lottery, which leave no ties",
    ),
    (
        "what must follow the announcement needs its day",
        (HOUSE, "announced_on: 2023-06-01\n", ""),
        "it goes by the day of the announcement, which is not known: write announced_on",
    ),
    (
        "levels stand in their order",
        (FOOD, "- level: 3", "- level: 4"),
        "levels are numbered 1, 2, 3 and so on, in the order in which they stand",
    ),
    (
        "two bands of points for one value",
        (HOUSE, "low: 5, high: 9", "low: 4, high: 9"),
        "the band from 4 overlaps the one before it: begin it above its high",
    ),
    (
        "a list of a family is no register of a household",
        (
            HOUSE,
            "test: {kind: in_register}\n      observes: {RR_FULL: members}",
            "test: {kind: in_register}\n      observes: {RR_FULL: householder}",
        ),
        "only the household copy of the register lists a household: write {RR_FULL: members}",
    ),
    (
        "a name is no table of incomes",
        (ASSET, "{INCOME: year_end}", "{INCOME: holder_name}"),
        "holder_name is no table of incomes by year: name one whose rows have year and income",
    ),
    (
        "points for a code that is never printed",
        (HOUSE, "points: {severe: 30", "points: {grave: 30"),
        "grave is not known; known are not_severe, severe",
    ),
    (
        "a region that no address is told by",
        (FOOD, "region: 성북구", "region: 성남시"),
        "성남시 is no region that addresses are told by",
    ),
    (
        "what has to be sent and nothing rests on",
        (
            FOOD,
            "all_of: [RR_FULL], also: [BLSS, NEARPOOR, SINGLEP]",
            "all_of: [RR_FULL, SINGLEP], also: [BLSS, NEARPOOR]",
        ),
        "who did not send SINGLEP could be eligible: let a condition that everybody needs rest on it, such as one of",
    ),
    (
        "what has to be sent and only another way rests on",
        (
            SONMOK,
            "accepts: {any_of: [EI_HIST, EMPLOY, RR_FULL]}",
            "accepts: {all_of: [RR_FULL], any_of: [EI_HIST, EMPLOY]}",
        ),
        "who did not send RR_FULL could be eligible",
    ),
    (
        "what has to be sent and an official can find out without it",
        (ASSET, "{all_of: [DISAB, RR_FULL], also: [BLSS, INCOME]}", "{all_of: [DISAB, RR_FULL, INCOME], also: [BLSS]}"),
        "who did not send INCOME could be eligible",
    ),
    (
        "what is asked is read aloud",
        (HOUSE, "전산검색으로 확인해야 합니다.", "전산검색"),
        "asks is read aloud, so it ends as a whole sentence does",
    ),
]


@pytest.mark.parametrize(("change", "said"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_programme_that_does_not_hold_together_is_refused_with_a_remedy(folder, change, said):
    file, old, new = change
    edit(folder / file, old, new)
    with pytest.raises(CatalogError) as refused:
        load(folder)
    assert said in str(refused.value)
    assert str(refused.value).startswith(f"{file}, line ")


def test_a_level_that_asks_what_an_earlier_one_does_is_never_reached(folder):
    text = (folder / FOOD).read_text("utf-8")
    first, second = text.index("  - level: 4"), text.index("\nunverified:")
    again = text[first:second].replace("level: 4", "level: 5").replace("code: LIVELIHOOD_MEDICAL", "code: ONCE_MORE")
    edit(folder / FOOD, "\nunverified:", f"{again}\nunverified:")
    with pytest.raises(CatalogError, match="whoever meets level 5 meets level 4, so nobody reaches it: take one out"):
        load(folder)


TWICE = """
        - code: AGAIN
          name: {ko: 다시, en: Again}
          test: {kind: lives_in, region: seoul}
          observes: {RR_FULL: address}
          met: {ko: "예. {why}", en: "Yes. {why}"}
          not_met: {ko: "아니요. {why}", en: "No. {why}"}
          cannot_tell: {ko: "모름. {why}", en: "Unknown. {why}"}
          law: {title: 예시}
"""


def test_the_same_again_beside_itself_never_turns_the_scale(folder):
    edit(folder / SONMOK, "\nunverified:\n", f"{TWICE}\nunverified:\n")
    with pytest.raises(CatalogError, match="LIVES_IN_SEOUL finds out the same and outweighs it") as refused:
        load(folder)
    assert ".any.3.test" in refused.value.place


def test_the_same_again_deeper_down_never_turns_the_scale_either(folder):
    beside_the_any = TWICE.replace("\n    ", "\n")
    edit(folder / SONMOK, "\nunverified:\n", f"{beside_the_any}\nunverified:\n")
    with pytest.raises(CatalogError, match="AGAIN finds out the same and outweighs it") as refused:
        load(folder)
    assert ".any.0.test" in refused.value.place


def leaf(test: str, observes: str, indent: str = "    ") -> str:
    """Another condition, as it stands in a file: what it finds out is on its third line."""
    says = {"met": "예. {why}", "not_met": "아니요. {why}", "cannot_tell": "모름. {why}"}
    lines = [
        "- code: ANOTHER",
        "  name: {ko: 다른, en: Another}",
        f"  test: {test}",
        f"  observes: {observes}",
        *(f'  {name}: {{ko: "{text}", en: "{text}"}}' for name, text in says.items()),
        "  law: {title: 예시}",
    ]
    return "".join(f"{indent}{line}\n" for line in lines)


AGES, DISTRICTS, CODES, COVERED = (
    (ASSET, "{kind: age_between, low: 40, counted: birthday}", "{DISAB: birth_date}", "AGE_15_39"),
    (FOOD, "{kind: lives_in, region: 종로구}", "{RR_FULL: address}", "LIVES_IN_DISTRICT"),
    (ASSET, "{kind: ticked, relation: only, codes: [medical]}", "{BLSS: benefits}", "NO_LIVELIHOOD_MEDICAL"),
    (FOOD, "{kind: ticked, relation: any_of, codes: [medical]}", "{BLSS: benefits}", "level 4"),
)
UNREACHED = [
    ("ages of which nobody is both", *AGES, "meets AGE_15_39 meets it, so it is never met"),
    ("two districts at once", *DISTRICTS, "meets LIVES_IN_DISTRICT meets it, so it is never met"),
    ("codes that are never marked together", *CODES, "meets NO_LIVELIHOOD_MEDICAL meets it, so it is never met"),
]


@pytest.mark.parametrize(("file", "test", "observes", "other", "said"), [one[1:] for one in UNREACHED])
def test_of_two_that_nobody_meets_at_once_the_second_is_named_by_its_line(folder, file, test, observes, other, said):
    text = (folder / file).read_text("utf-8")
    first = text.index(f"    - code: {other}\n")
    end = text.index("\n\n", first) + 1
    (folder / file).write_text(text[:end] + leaf(test, observes) + text[end:], "utf-8")
    with pytest.raises(CatalogError) as refused:
        load(folder)
    assert said in str(refused.value)
    assert refused.value.line == text[:end].count("\n") + 3


def test_a_level_whose_codes_an_earlier_one_covers_is_named_by_its_line(folder):
    file, test, observes, other = COVERED
    text = (folder / file).read_text("utf-8")
    end = text.index("\nunverified:") + 1
    level = "  - level: 5\n    name: {ko: 다섯째, en: Fifth}\n    condition:\n      all:\n"
    again = level + leaf(test, observes, " " * 8)
    (folder / file).write_text(text[:end] + again + text[end:], "utf-8")
    with pytest.raises(CatalogError, match=f"whoever meets level 5 meets {other}, so nobody reaches it") as refused:
        load(folder)
    assert refused.value.line == text[:end].count("\n") + 1


@pytest.mark.parametrize(
    ("file", "test", "observes", "other"),
    [
        (ASSET, "{kind: age_between, low: 39, counted: birthday}", "{DISAB: birth_date}", "AGE_15_39"),
        (ASSET, "{kind: age_between, low: 40, counted: calendar_year}", "{DISAB: birth_date}", "AGE_15_39"),
        (FOOD, "{kind: lives_in, region: seoul}", "{RR_FULL: address}", "LIVES_IN_DISTRICT"),
        (
            ASSET,
            "{kind: ticked, relation: only, codes: [medical, housing]}",
            "{BLSS: benefits}",
            "NO_LIVELIHOOD_MEDICAL",
        ),
    ],
)
def test_two_that_somebody_may_meet_at_once_are_taken(folder, file, test, observes, other):
    text = (folder / file).read_text("utf-8")
    end = text.index("\n\n", text.index(f"    - code: {other}")) + 1
    (folder / file).write_text(text[:end] + leaf(test, observes) + text[end:], "utf-8")
    load(folder)


def test_the_packaged_programmes_hold_together():
    assert len(load().programmes) == 5
