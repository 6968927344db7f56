"""건강보험자격득실확인서: since when and as what someone was covered by health insurance (국민건강보험법 제11조).

No form is prescribed; the table is as a public parser of real documents has it, what stands around it an invented
arrangement.
"""

from datetime import date, timedelta

from services.wallet_simulator.samples.kinds.asides import asides, clerk, identified, named, notes
from services.wallet_simulator.samples.kinds.drafting import CHILDHOOD_DAYS, Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.writing import Cells, Row, Writing, days, moved_about, words
from services.wallet_simulator.samples.paper import Look, Pair

_EMPLOYED, _DEPENDANT, _CONTINUED = "직장가입자", "직장피부양자", "임의계속가입자"
_REGIONAL = ("지역세대주", "지역세대원")
_MANY = {"two_pages": 34, "long_table": 40}
_NOTHING = ("조회된 내역이 없습니다.", "조회 결과가 없습니다.", "해당 사항 없음")


def _how_many(scene: Scene) -> int:
    if scene.case in _MANY:
        return _MANY[scene.case]
    return scene.rng.choice((1, 2, 3, 5, 8, 13, 25) if scene.varied else (1, 2, 2, 3, 4, 5))


def _spells(scene: Scene) -> list[Row]:
    """Spells of cover, latest first, each begun on the day the one before it ended; the latest mostly still runs."""
    rng = scene.rng
    if scene.case == "blank_history" or (scene.varied and scene.case == "ordinary" and rng.random() < 0.04):
        return []
    count = _how_many(scene)
    grown = max((scene.as_of - scene.person.birth_date).days - CHILDHOOD_DAYS, count + 1)
    starts = sorted(rng.sample(range(1, grown), min(count, grown - 1)))
    lost_on: date | None = {"lost_as_of": scene.as_of, "lost_day_after": scene.as_of + timedelta(days=1)}.get(
        scene.case
    )
    if scene.varied and scene.case == "ordinary" and rng.random() < 0.15:
        lost_on = scene.as_of - timedelta(days=rng.randrange(starts[0]))
    rows = list[Row]()
    for place, ago in enumerate(starts, start=1):
        acquired_on = scene.as_of - timedelta(days=ago)
        firm = scene.workplace.name if place == 1 else scene.firm()
        category = rng.choice((_EMPLOYED, _EMPLOYED, _EMPLOYED, *_REGIONAL, _DEPENDANT, _CONTINUED))
        category = _EMPLOYED if place == 1 and not scene.varied else category
        rows.append(
            {
                "serial": place,
                "category": category,
                "workplace": None if category in _REGIONAL else firm,
                "acquired_on": acquired_on,
                "lost_on": lost_on,
            }
        )
        lost_on = acquired_on
    return rows


def _columns(scene: Scene) -> list[Cells]:
    manner = scene.manner
    say = manner.word
    columns = [
        Cells(say("No", "번호", "순번", "NO."), ("serial",), words("serial"), 12),
        Cells(say("가입자구분", "가입자 구분", "자격구분"), ("category",), words("category"), 32),
        Cells(say("사업장 명칭", "사업장명", "사업장명칭"), ("workplace",), words("workplace"), 70),
        Cells(say("자격취득일", "취득일", "자격 취득일"), ("acquired_on",), days(scene, "acquired_on"), 30),
        Cells(say("자격상실일", "상실일", "자격 상실일"), ("lost_on",), days(scene, "lost_on"), 30),
    ]
    return moved_about(columns, manner.chance) if manner.maybe(0.25) else columns


def draft(scene: Scene) -> Draft:
    """The history of the holder, latest cover first; an employee's first row is at the scene's workplace."""
    rng, manner = scene.rng, scene.manner
    say = manner.word
    rows = _spells(scene)
    number = "-".join(f"{rng.randrange(10_000):04d}" for _ in range(4))
    sheet = Writing(scene, KIND)
    sheet.pairs([named(scene, "성명", "가입자 성명"), identified(scene), *asides(scene)])
    sheet.table("spells", _columns(scene), rows, blank=manner.picked(("", *_NOTHING), ""))
    clerk(sheet, scene)
    sheet.sentence(
        say(
            "위와 같이 건강보험 자격 취득 및 상실 사항을 확인합니다.",
            "위와 같이 건강보험 자격득실 내역을 확인합니다.",
        )
    )
    return sheet.draft(
        number=Pair(say("발급번호", "문서번호"), number),
        issuer=say("국민건강보험공단 이사장", "국민건강보험공단이사장", "국민건강보험공단"),
        notes=notes(scene),
    )


KIND = Kind(
    code="NHI_HIST",
    titles=("건강보험자격득실확인서", "건강보험 자격득실 확인서", "건강보험 자격득실확인서"),
    cases=frozenset(
        {"lost_as_of", "lost_day_after", "blank_history", "two_pages", "long_table", "title_near_miss", "hanja"}
    ),
    draft=draft,
    near_miss=("고용보험 자격득실확인서",),
    look=Look(pairs_across=2),
    days="dotted",
)
