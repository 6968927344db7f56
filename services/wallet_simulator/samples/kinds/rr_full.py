"""주민등록표(등본): the household copy of the resident register (주민등록법 시행규칙 별지 제18호서식).

The holder heads the household; its members stand in rows of two lines, the name above the resident registration number,
or in columns side by side. The sentence of certification follows the 초본's by analogy and is unverified; so is which
of date, reason and status share a cell.
"""

from datetime import date, timedelta

from services.wallet_simulator.samples.kinds.asides import clerk, named, notes
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.households import household
from services.wallet_simulator.samples.kinds.writing import (
    Cells,
    Row,
    Writing,
    aside,
    days,
    entry,
    moved_about,
    stacked,
    words,
)
from services.wallet_simulator.samples.paper import Look, Pair
from services.wallet_simulator.samples.workplaces import a_home, head_of

_REASONS = ("전입", "전입", "전입", "세대합가")


def _where(scene: Scene) -> tuple[str, str]:
    """The address, and the mayor or head of district who issues the copy."""
    rng = scene.rng
    home = f"{rng.randint(101, 130)}동 {rng.randint(1, 20)}{rng.randint(1, 8):02d}호 (가상동, 가상아파트)"
    if scene.case == "seoulro":
        return f"경기도 오산시 서울로 1, {home}", "경기도 오산시장"
    district = scene.district(in_seoul=rng.random() < 0.7)
    street = a_home(rng) if scene.varied else f"가상로 {rng.randint(1, 300)}, {home}"
    return f"{district} {street}", head_of(district)


def _rows(scene: Scene, moved_in_on: date) -> list[Row]:
    rng = scene.rng
    rows = list[Row]()
    for place, (relation, who) in enumerate(household(scene, moved_in_on), start=1):
        since, reason = moved_in_on, "전입세대구성" if place == 1 else "전입"
        if scene.varied and place > 1:
            later = max((scene.issued_on - moved_in_on).days, 1)
            since, reason = moved_in_on + timedelta(days=rng.randrange(later)), rng.choice(_REASONS)
        rows.append(
            {
                "number": place,
                "relation": relation,
                "name": who.name,
                "printed_name": scene.name(who),
                "birth_date": scene.birth_date(who),
                "identity": scene.identity(who),
                "moved_in_on": since,
                "reason": reason,
                "status": rng.choice(("거주자", "거주자", "거주자", "거주불명")) if scene.varied else "거주자",
            }
        )
    return rows


def _columns(scene: Scene) -> list[Cells]:
    manner = scene.manner
    say = manner.word
    name = Cells(say("성명(한자)", "성명"), ("name",), words("printed_name"), 30)
    born = Cells(scene.identity_label(), ("birth_date",), words("identity"), 34)
    since = Cells(say("전입일/변동일", "전입일"), ("moved_in_on",), days(scene, "moved_in_on"), 32)
    reason = Cells("변동사유", ("reason",), words("reason"), 28)
    status = Cells("등록상태", ("status",), words("status"), 24)
    if manner.maybe(0.3):
        why = [stacked(since, reason), status]
    else:
        why = [since, reason, *([status] if manner.maybe(0.75, plainly=True) else [])]
    columns = [
        Cells(say("번호", "순번"), ("number",), words("number"), 12),
        Cells(say("세대주 관계", "세대주와의 관계", "관계"), ("relation",), words("relation"), 26),
        *([stacked(name, born)] if manner.maybe(0.6, plainly=True) else [name, born]),
        *why,
    ]
    return moved_about(columns, manner.chance) if manner.maybe(0.2) else columns


def draft(scene: Scene) -> Draft:
    """The household of the holder, at one address since one day."""
    rng, head, manner = scene.rng, scene.person, scene.manner
    say = manner.word
    moved_in_on = scene.as_of - timedelta(days=rng.randint(30, 4_000))
    register = _rows(scene, moved_in_on)
    address, issuer = _where(scene)
    number = "-".join(f"{rng.randrange(10_000):04d}" for _ in range(4))
    sheet = Writing(scene, KIND)
    copied = ("초본", "개인별") if scene.case == "title_near_miss" else ("등본", "세대별")
    sheet.sentence(f"이 {copied[0]}은 {copied[1]} 주민등록표의 원본내용과 틀림없음을 증명합니다.")
    clerk(sheet, scene)
    sheet.pairs(
        [
            named(scene, "세대주 성명(한자)", "세대주 성명", "세대주", name="householder"),
            aside("세대구성 사유 및 일자", f"전입세대구성 {manner.day(moved_in_on)}"),
            aside("신청인", f"{scene.name(head)} ({manner.day(head.birth_date)})")
            if manner.maybe(0.6, plainly=True)
            else None,
            aside("용도 및 목적", say("제출용", "관공서 제출용")) if manner.maybe(0.6, plainly=True) else None,
        ]
    )
    home, since = say("현주소", "주소"), say("전입일/변동일", "전입일")
    if manner.maybe(0.7, plainly=True):
        row = {"address": address, "moved_in_on": moved_in_on, "reason": "전입"}
        sheet.line(
            [
                Cells(home, ("address",), words("address"), 110, align="left"),
                Cells(since, ("moved_in_on",), days(scene, "moved_in_on"), 34),
                Cells("변동사유", (), words("reason"), 30),
            ],
            row,
        )
    else:
        sheet.pairs(
            [
                entry(home, address, address=address),
                entry(since, manner.day(moved_in_on), moved_in_on=moved_in_on.isoformat()),
                aside("변동사유", "전입"),
            ]
        )
    sheet.table("members", _columns(scene), register)
    sheet.sentence("= 이하 여백 =")
    return sheet.draft(
        number=Pair(say("문서확인번호", "발급번호"), number),
        issuer=issuer,
        notes=notes(scene),
    )


KIND = Kind(
    code="RR_FULL",
    titles=("주민등록표(등본)", "주민등록표 등본", "주민등록등본"),
    cases=frozenset(
        {"title_near_miss", "busan_junggu", "gwangju_gyeonggi", "seoulro", "hanja", "two_pages", "long_table"}
    ),
    draft=draft,
    near_miss=("주민등록표(초본)", "주민등록초본"),
    look=Look(pairs_across=2),
    valid_days=90,
)
