"""건강·장기요양보험료 납부확인서: what health insurance was billed and paid, month by month.

The columns are as a public generator of the document has them; that 계 adds what was paid, and all that stands
around the table, is an invented arrangement. Premiums are made up, in whole tens of won.
"""

from datetime import date

from services.wallet_simulator.samples.kinds.asides import asides, clerk, identified, named, notes
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.writing import Cells, Row, Writing, aside, days, entry, won
from services.wallet_simulator.samples.paper import Look, Pair

_EMPLOYED, _REGIONAL = "직장가입자", "지역가입자"
_CARE_SHARE = 0.12
_AMOUNTS = ("billed_health", "billed_care", "paid_health", "paid_care", "total")
_PURPOSES = ("납부확인용", "연말정산용", "학교제출용", "종합소득세신고용")
_MANY = {"two_pages": 36, "long_table": 40}


def _months(scene: Scene) -> list[date]:
    """The months paid for, in a row, the latest of them the one before the day of issue."""
    count = _MANY.get(scene.case) or scene.rng.choice((1, 2, 6, 12, 18, 30) if scene.varied else (6, 6, 12))
    last = scene.issued_on.year * 12 + scene.issued_on.month - 2
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - count + 1, last + 1)]


def _payments(scene: Scene, months: list[date]) -> list[Row]:
    """One row a month: a premium that seldom changes, now and then unpaid, or none due."""
    rng = scene.rng
    highest = rng.choice((30_000, 300_000, 4_000_000)) if scene.varied else 300_000
    health = rng.randrange(1_000, highest) * 10 // 10
    rows = list[Row]()
    for month in months:
        if rng.random() < 0.1:
            health = 0 if scene.varied and rng.random() < 0.3 else rng.randrange(1_000, highest)
        billed = health // 10 * 10, int(health * _CARE_SHARE) // 10 * 10
        unpaid = scene.varied and rng.random() < 0.08
        paid = (0, 0) if unpaid else billed
        after = date(month.year + month.month // 12, month.month % 12 + 1, rng.randint(1, 10))
        rows.append(
            {
                "month": f"{month:%Y-%m}",
                "of": month,
                "billed_health": billed[0],
                "billed_care": billed[1],
                "paid_health": paid[0],
                "paid_care": paid[1],
                "total": sum(paid),
                "paid_on": None if unpaid else after,
            }
        )
    return rows


def _columns(scene: Scene) -> list[Cells]:
    manner = scene.manner
    say = manner.word
    health, care = say("건강", "건강보험료"), say("장기요양", "장기요양보험료")
    billed, paid = say("고지보험료", "고지금액"), say("납부보험료", "납부금액")

    def amount(name: str, header: str, group: str = "") -> Cells:
        return Cells(header, (name,), won(scene, name), 26, group, align="right")

    columns = [
        Cells(say("년월", "납부월", "해당년월"), ("month",), lambda row: manner.month(row["of"]), 22),
        amount("billed_health", health, billed),
        amount("billed_care", care, billed),
        amount("paid_health", health, paid),
        amount("paid_care", care, paid),
        amount("total", say("계", "합계", "납부계")),
    ]
    if manner.maybe(0.75, plainly=True):
        columns.append(Cells(say("납부일", "납부일자"), ("paid_on",), days(scene, "paid_on"), 28))
    return columns


def draft(scene: Scene) -> Draft:
    """The premiums of an employee at the scene's workplace or, one time in four, of someone insured by residence."""
    rng, manner = scene.rng, scene.manner
    say = manner.word
    months = _months(scene)
    rows = _payments(scene, months)
    number = "-".join(f"{rng.randrange(10_000):04d}" for _ in range(4))
    home, firm = scene.home(scene.office()), scene.workplace
    employed = rng.random() < 0.75
    category = _EMPLOYED if employed else _REGIONAL
    workplace_number = f"{firm.business_number}-{rng.choice('0001')}"
    sheet = Writing(scene, KIND)
    who = [named(scene, "성명", "가입자 성명"), identified(scene), entry(say("주소", "현주소"), home, address=home)]
    what = [entry(say("가입자구분", "가입자 구분", "자격구분"), category, category=category)]
    if employed:
        printed = manner.picked((workplace_number, workplace_number.replace("-", "")), workplace_number)
        what += [
            entry(say("사업장명", "사업장 명칭"), firm.name, workplace=firm.name),
            entry("사업장관리번호", printed, workplace_number=workplace_number),
        ]
        if manner.maybe(0.6, plainly=True):
            what.append(
                entry(say("사업장 소재지", "소재지", "사업장 주소"), firm.address, workplace_address=firm.address)
            )
    first, last = months[0], months[-1]
    what.append(
        entry(
            say("납부기간", "기간", "조회기간"),
            f"{manner.month(first)} ~ {manner.month(last)}",
            period_from=f"{first:%Y-%m}",
            period_to=f"{last:%Y-%m}",
        )
    )
    sheet.pairs(
        [*who, *what, *([aside("용도", say(*_PURPOSES))] if manner.maybe(0.6, plainly=True) else asides(scene))]
    )
    columns = _columns(scene)
    ordered = rows[::-1] if manner.maybe(0.3) else rows
    sums = {name: sum(row[name] for row in rows) for name in _AMOUNTS}
    foot = (
        say("합계", "합 계", "총계"),
        *(column.text(sums) if column.names[0] in sums else "" for column in columns[1:]),
    )
    above = say("(단위 : 원)", "", "단위: 원")
    sheet.table("payments", columns, ordered, above=above, foot=foot if manner.maybe(0.8, plainly=True) else ())
    clerk(sheet, scene)
    sheet.sentence(say("위와 같이 보험료를 납부하였음을 확인합니다.", "위와 같이 납부사실을 확인합니다."))
    return sheet.draft(
        number=Pair(say("발급번호", "문서번호"), number),
        issuer=say("국민건강보험공단 이사장", "국민건강보험공단이사장", "국민건강보험공단"),
        notes=notes(scene),
    )


KIND = Kind(
    code="NHI_PAY",
    titles=("건강·장기요양보험료 납부확인서", "건강보험료 납부확인서", "건강장기요양보험료 납부확인서"),
    cases=frozenset({"two_pages", "long_table", "hanja"}),
    draft=draft,
    look=Look(size=9.0),
    days="dotted",
)
