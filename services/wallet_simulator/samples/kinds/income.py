"""소득금액증명: income by year as the tax office knows it, filed by the person and settled by employers.

The two sections and their columns are as a public generator of the document has them; how payer and business number
share a cell, and all that stands around the tables, is an invented arrangement. The tax office is fictional.
"""

from services.wallet_simulator.samples.kinds.asides import (
    asides,
    clerk,
    confirmation_number,
    identified,
    named,
    notes,
)
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.writing import Cells, Row, Writing, entry, stacked, won, words
from services.wallet_simulator.samples.paper import Pair
from services.wallet_simulator.samples.workplaces import an_odd_firm_name, miswritten, town

_FILED, _YEAR_END = "종합소득세 신고 현황", "연말정산 현황"
_INCOMES = ("사업소득", "종합소득", "기타소득", "임대소득")
_SALARIES = ("근로소득", "근로소득", "근로소득", "연금소득", "사업소득")
_NOTHING = ("해당 사항 없음", "해당없음", "조회된 내역이 없습니다.")
_MANY = {"two_pages": 26, "long_table": 38}


def _years(scene: Scene, count: int) -> list[int]:
    """Years up to the last that the tax office knows on the day of issue; several rows for one where there are many."""
    last = scene.issued_on.year - (1 if scene.issued_on.month > 6 else 2)
    span = max(1, min(10, count))
    return [last - place * span // max(count, 1) for place in range(count)]


def _filed(scene: Scene) -> list[Row]:
    rng = scene.rng
    count = rng.choice((0, 1, 2, 3, 5)) if scene.case not in _MANY else 3
    rows = list[Row]()
    for year in _years(scene, count):
        revenue = rng.choice((rng.randrange(0, 1_000) * 1_000, rng.randrange(1_000_000, 990_000_000)))
        income = int(revenue * rng.random())
        rows.append({"year": year, "category": rng.choice(_INCOMES), "revenue": revenue, "income": income})
    return rows


def _year_end(scene: Scene) -> list[Row]:
    rng, rows = scene.rng, list[Row]()
    count = _MANY.get(scene.case) or rng.choice((1, 1, 2, 3, 5, 12) if scene.varied else (1, 2, 3))
    wrong_at = rng.randrange(count)
    for place, year in enumerate(_years(scene, count)):
        firm = scene.workplace if place == 0 else rng.choice(town())
        name, number = firm.name, firm.business_number
        if scene.varied and rng.random() < 0.15:
            name = an_odd_firm_name(rng)
        is_wrong = scene.case == "business_number_wrong" and place == wrong_at
        if is_wrong or (scene.varied and rng.random() < 0.02):
            number = miswritten(number, rng)
        income = rng.choice((rng.randrange(1_000_000, 90_000_000), rng.randrange(10_000_000, 300_000_000)))
        rows.append(
            {
                "year": year,
                "category": rng.choice(_SALARIES),
                "payer": name,
                "payer_number": number,
                "income": income,
                "tax": rng.choice((0, int(income * 0.05))),
            }
        )
    return rows


def _year(scene: Scene) -> Cells:
    say = scene.manner.word
    return Cells(say("귀속연도", "귀속년도", "귀속 연도"), ("year",), lambda row: scene.manner.year(row["year"]), 24)


def _filed_columns(scene: Scene) -> list[Cells]:
    say = scene.manner.word
    return [
        _year(scene),
        Cells(say("소득구분", "소득 구분"), ("category",), words("category"), 30),
        Cells(say("수입금액", "총수입금액"), ("revenue",), won(scene, "revenue"), 50, align="right"),
        Cells("소득금액", ("income",), won(scene, "income"), 50, align="right"),
    ]


def _year_end_columns(scene: Scene) -> list[Cells]:
    manner = scene.manner
    say = manner.word
    over = say("원천징수의무자", "", "징수의무자")
    payer = Cells(say("상호", "법인명(상호)", "상호(법인명)"), ("payer",), words("payer"), 48, over)
    number = Cells("사업자등록번호", ("payer_number",), words("payer_number"), 34, over)
    together = stacked(payer, number)
    return [
        _year(scene),
        Cells(say("소득구분", "소득 구분"), ("category",), words("category"), 24),
        *([together] if manner.maybe(0.5, plainly=True) else [payer, number]),
        Cells(
            say("소득금액\n(과세대상급여액)", "소득금액", "과세대상급여액"),
            ("income",),
            won(scene, "income"),
            36,
            align="right",
        ),
        Cells(say("총결정세액", "결정세액"), ("tax",), won(scene, "tax"), 30, align="right"),
    ]


def draft(scene: Scene) -> Draft:
    """What the holder filed and what employers settled; where varied, often only one of the two."""
    rng, manner = scene.rng, scene.manner
    say = manner.word
    number = "-".join(f"{rng.randrange(10**digits):0{digits}d}" for digits in (4, 3, 4, 3))
    home = scene.home(scene.office())
    filed, year_end = _filed(scene), _year_end(scene)
    which = manner.picked(("both", "both", "filed", "year_end"), "both")
    if scene.case in ("business_number_wrong", *_MANY):
        which = "both"
    sheet = Writing(scene, KIND)
    sheet.pairs(
        [
            confirmation_number(scene),
            named(scene, "성명", "성명(한자)"),
            identified(scene),
            entry(say("주소", "주소지", "현주소"), home, address=home),
            *asides(scene, "용도"),
        ]
    )
    unit = say("(단위 : 원)", "", "단위: 원")
    blank = manner.picked(("", *_NOTHING), "")
    if which != "year_end":
        sheet.table("filed", _filed_columns(scene), filed, heading=_FILED, above=unit, blank=blank)
    if which != "filed":
        sheet.table("year_end", _year_end_columns(scene), year_end, heading=_YEAR_END, above=unit, blank=blank)
    clerk(sheet, scene)
    sheet.sentence(say("위와 같이 증명합니다.", "위와 같이 소득금액을 증명합니다."))
    return sheet.draft(
        number=Pair(say("발급번호", "증명번호", "접수번호"), number),
        issuer=say("가상세무서장", "서울가상세무서장"),
        notes=notes(scene),
    )


KIND = Kind(
    code="INCOME",
    titles=("소득금액증명", "소득금액증명원", "소득금액 증명"),
    cases=frozenset({"business_number_wrong", "two_pages", "long_table", "hanja"}),
    draft=draft,
)
