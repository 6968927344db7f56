"""지방세 세목별 과세증명서: the local taxes someone was assessed, one row each (지방세기본법 시행규칙 별지 제49호서식).

The columns are as a public generator of the document has them; how they are set is an invented arrangement. Tax bases
and taxes are made up; number plates begin with 00, which none does.
"""

from datetime import date

from services.wallet_simulator.samples.kinds.asides import (
    asides,
    clerk,
    confirmation_number,
    identified,
    named,
    notes,
)
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.welfare import a_number, printed_number
from services.wallet_simulator.samples.kinds.writing import Cells, Row, Writing, entry, won, words
from services.wallet_simulator.samples.paper import Look, Pair
from services.wallet_simulator.samples.workplaces import head_of

_ITEMS = (
    ("재산세(주택)", 7, "1기분"),
    ("재산세(주택)", 9, "2기분"),
    ("재산세(토지)", 9, "정기분"),
    ("재산세(건축물)", 7, "정기분"),
    ("자동차세", 6, "1기분"),
    ("자동차세", 12, "2기분"),
    ("주민세(개인분)", 8, "정기분"),
    ("취득세", 3, "수시분"),
)
_MANY = {"two_pages": 24, "long_table": 40}
_NOTHING = ("과세내역이 없습니다.", "조회된 내역이 없습니다.", "해당 사항 없음", "해당없음")


def _taxes(scene: Scene, home: str) -> list[Row]:
    """Taxes of the last years, latest first; 주민세 (a poll tax) has neither a base nor an object."""
    rng = scene.rng
    if scene.case == "blank_history" or (scene.varied and scene.case == "ordinary" and rng.random() < 0.04):
        return []
    count = _MANY.get(scene.case) or rng.choice((1, 2, 4, 8, 14, 26) if scene.varied else (2, 3, 4, 6))
    rows = list[Row]()
    for _ in range(count):
        item, month, term = rng.choice(_ITEMS)
        base = rng.randrange(1_000, 900_000) * 1_000
        taxed = home
        tax = base // 1_000 * rng.choice((1, 2, 4)) // 10 * 10
        if item.startswith("자동차세"):
            taxed, base = f"00{rng.choice('가나다라마')}{rng.randrange(10_000):04d}", rng.choice((1_598, 1_999, 2_497))
            tax = base * rng.choice((70, 100)) // 10 * 10
        other = rng.choice((0, tax // 50 * 10))
        if item.startswith("주민세"):
            tax, other = 4_800, 1_200
        year = scene.issued_on.year - rng.randint(1, 5)
        rows.append(
            {
                "item": item,
                "on": date(year, month, 1),
                "month": f"{year}-{month:02d}",
                "class": term,
                "object": None if item.startswith("주민세") else taxed,
                "base": None if item.startswith("주민세") else base,
                "tax": tax,
                "other": other,
                "total": tax + other,
            }
        )
    return sorted(rows, key=lambda row: (row["on"], row["item"]), reverse=True)


def _columns(scene: Scene) -> list[Cells]:
    manner = scene.manner
    say = manner.word

    def amount(name: str, header: str, wide: float, absent: str = "") -> Cells:
        return Cells(header, (name,), won(scene, name, absent), wide, align="right")

    columns = [
        Cells(say("세목", "세목명"), ("item",), words("item"), 24),
        Cells(say("부과연월", "부과년월", "과세연월"), ("month",), lambda row: manner.month(row["on"]), 18),
        Cells(say("구분", "과세구분", "기분"), ("class",), words("class"), 15),
        Cells(say("과세대상", "과세물건"), ("object",), words("object"), 44, align="left"),
        amount("base", "과세표준", 24, manner.picked(("", "-"), "")),
        amount("tax", say("본세", "본세액"), 20),
        amount("other", say("지방교육세 등", "지방교육세", "부가세"), 20),
        amount("total", say("합계", "계"), 22),
    ]
    if not manner.maybe(0.7, plainly=True):
        del columns[2]
    return columns


def draft(scene: Scene) -> Draft:
    """What the holder was assessed in the last five years."""
    manner = scene.manner
    say = manner.word
    district, number = scene.office(), a_number(scene)
    home = scene.home(district)
    rows = _taxes(scene, home)
    sheet = Writing(scene, KIND)
    sheet.pairs(
        [
            confirmation_number(scene),
            named(scene, "성명(법인명)", "성명", "납세자 성명"),
            identified(scene, "주민(법인·외국인)등록번호", "주민등록번호", "주민(법인)등록번호"),
            entry(say("주소(영업소)", "주소", "주소(소재지)"), home, address=home),
        ],
        heading=say("납세자", "", "납세의무자"),
    )
    blank = manner.picked(("", *_NOTHING), "")
    sheet.table(
        "taxes",
        _columns(scene),
        rows,
        heading=say("과세내역", "", "과세 내역"),
        above=say("(단위 : 원)", ""),
        blank=blank,
    )
    asked_for = asides(scene, "사용목적")
    if asked_for:
        sheet.pairs(asked_for)
    clerk(sheet, scene)
    sheet.sentence(say("위와 같이 과세되었음을 증명합니다.", "위와 같이 증명합니다."))
    return sheet.draft(
        number=Pair(say("발급번호", "증명번호", "문서번호"), printed_number(scene, number)),
        issuer=head_of(district),
        notes=notes(scene),
    )


KIND = Kind(
    code="LTAX_ITEM",
    titles=("지방세 세목별 과세증명서", "지방세 세목별 과세(납세)증명서", "지방세세목별과세증명서"),
    cases=frozenset(
        {
            "title_near_miss",
            "blank_history",
            "two_pages",
            "long_table",
            "busan_junggu",
            "gwangju_gyeonggi",
            "seoulro",
            "hanja",
        }
    ),
    draft=draft,
    near_miss=("지방세 납세증명서",),
    look=Look(size=9.0),
)
