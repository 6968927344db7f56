"""고용보험 자격이력 내역서: a worker's history of employment insurance (고용보험).

The table is as two public parsers of real documents have it; what stands above it, the number's format and the order of
columns are invented arrangements. Of the occupations only 식당 서비스 관련 종사자(132) is a real pair of name and code.
"""

from datetime import date, timedelta

from services.wallet_simulator.samples.kinds.asides import asides, clerk, identified, named
from services.wallet_simulator.samples.kinds.drafting import CHILDHOOD_DAYS, Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.writing import Cells, Row, Writing, aside, days, moved_about, words
from services.wallet_simulator.samples.paper import Look, Pair

_OCCUPATIONS = (
    "식당 서비스 관련 종사자(132)",
    "컴퓨터 시스템 전문가(133)",
    "경영 지원 사무원(026)",
    "매장 판매 종사자(151)",
    "물류 관리 사무원(028)",
    "전기 설비 조작원(862)",
    "보육 교사(231)",
    "건축 설계 기술자(140)",
)
_REMARKS = ("근로자", "근로자", "근로자", "예술인", "노무제공자", None)
_NOTHING = ("조회된 이력이 없습니다.", "조회 결과가 없습니다.", "해당 사항 없음")

Spell = tuple[str, date, date | None]
"""Workplace, acquired, lost."""


def _career(scene: Scene) -> list[Spell]:
    """Spells of work, latest first; none overlaps the next, and a loss date is the day after the last day of work."""
    rng, firm, as_of = scene.rng, scene.workplace.name, scene.as_of
    if scene.case == "blank_history" or (scene.varied and scene.case == "ordinary" and rng.random() < 0.04):
        return []
    if scene.case in ("two_pages", "long_table"):
        started = as_of - timedelta(days=scene.work_days(100, 300))
        return [(firm, started, None), *_earlier(scene, started, 44 if scene.case == "two_pages" else 39)]
    started = as_of - timedelta(days=scene.work_days(400, 1_500))
    if scene.case == "transfer" or (scene.varied and rng.random() < 0.15):
        moved = started + timedelta(days=rng.randint(120, 300))
        return [(firm, moved, None), (firm, started, moved), *_earlier(scene, started, rng.randint(0, 2))]
    lost = {"lost_as_of": as_of, "lost_day_after": as_of + timedelta(days=1)}.get(scene.case)
    if scene.varied and scene.case == "ordinary" and rng.random() < 0.2:
        lost = started + timedelta(days=rng.randint(30, 390))
    counts = (0, 1, 2, 4, 8, 15, 30) if scene.varied else (0, 0, 1, 1, 1, 2, 2, 3, 4, 6)
    return [(firm, started, lost), *_earlier(scene, started, rng.choice(counts))]


def _earlier(scene: Scene, before: date, count: int) -> list[Spell]:
    """`count` spells before that day, one in each of as many equal slots; none where there is no time for them."""
    rng, spells = scene.rng, list[Spell]()
    grown_days = (before - scene.person.birth_date).days - CHILDHOOD_DAYS
    slot = min(1_400, grown_days // max(count, 1))
    if slot < 8:
        return []
    for _ in range(count):
        lost = before - timedelta(days=rng.randint(1, slot // 4))
        before = lost - timedelta(days=rng.randint(slot // 4, slot - slot // 4))
        spells.append((scene.firm(), before, lost))
    return spells


def _row(scene: Scene, serial: int, spell: Spell) -> Row:
    workplace, acquired_on, lost_on = spell
    return {
        "serial": serial,
        "occupation": scene.rng.choice(_OCCUPATIONS),
        "workplace": workplace,
        "acquired_on": acquired_on,
        "lost_on": lost_on,
        "remark": scene.rng.choice(_REMARKS) if scene.varied else "근로자",
    }


def _columns(scene: Scene) -> list[Cells]:
    manner = scene.manner
    say = manner.word
    columns = [
        Cells(say("일련번호", "번호", "순번"), ("serial",), words("serial"), 15),
        Cells(say("직종명(코드)", "직종명", "직종(코드)"), ("occupation",), words("occupation"), 46),
        Cells(say("사업장 명칭", "사업장명"), ("workplace",), words("workplace"), 49),
        Cells(
            say("취득일/전근일", "자격취득일", "취득일", "취득일(전근일)"),
            ("acquired_on",),
            days(scene, "acquired_on"),
            24,
        ),
        Cells(say("상실일", "자격상실일"), ("lost_on",), days(scene, "lost_on"), 22),
        Cells("비고", ("remark",), words("remark"), 18),
    ]
    if not manner.maybe(0.7, plainly=True):
        del columns[1]
    if not manner.maybe(0.7, plainly=True):
        del columns[-1]
    return moved_about(columns, manner.chance) if manner.maybe(0.3) else columns


def draft(scene: Scene) -> Draft:
    """The history of the holder, latest work first; the current one is at the scene's workplace."""
    rng, manner = scene.rng, scene.manner
    say = manner.word
    rows = [_row(scene, serial, spell) for serial, spell in enumerate(_career(scene), start=1)]
    number = f"{scene.issued_on.year}-{rng.randrange(10_000):04d}-{rng.randrange(1_000_000):06d}"
    sheet = Writing(scene, KIND)
    period = f"{manner.day(scene.issued_on - timedelta(days=3_650))} ~ {manner.day(scene.issued_on)}"
    about = [aside("보험구분", "고용보험"), aside("조회구분", say("상용", "전체")), aside("조회기간", period)]
    sheet.pairs(
        [
            named(scene, "성명", "피보험자 성명"),
            identified(scene),
            *(one for one in about if manner.maybe(0.4)),
            *asides(scene),
        ]
    )
    sheet.table(
        "employments",
        _columns(scene),
        rows,
        above=f"조회기간 총 {len(rows)}개 이력 중" if manner.maybe(0.8, plainly=True) else "",
        blank=manner.picked(("", *_NOTHING), ""),
    )
    clerk(sheet, scene)
    return sheet.draft(
        number=Pair(say("발급번호", "문서번호"), number),
        issuer=manner.picked(("근로복지공단", "근로복지공단 이사장", "근로복지공단이사장"), "근로복지공단"),
    )


KIND = Kind(
    code="EI_HIST",
    titles=(
        "고용보험 자격이력 내역서 (피보험자용)",
        "고용보험 자격이력 내역서",
        "자격이력내역서 (근로자용)",
        "고용보험 피보험자격 이력내역서",
    ),
    cases=frozenset(
        {
            "transfer",
            "lost_as_of",
            "lost_day_after",
            "blank_history",
            "two_pages",
            "long_table",
            "title_near_miss",
        }
    ),
    draft=draft,
    near_miss=("고용보험 일용근로·노무제공 내역서",),
    look=Look(pairs="colon", pairs_across=2),
    issue_days="iso",
)
