"""주민등록표(초본): one person's abstract of the resident register (주민등록법 시행규칙 별지 제19호서식).

What the two tables hold is known, and the sentence of certification; how their cells are shared out is an invented
arrangement, and so are the columns side by side.
"""

from datetime import timedelta

from services.wallet_simulator.samples.kinds.asides import clerk, identified, named, notes
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.writing import (
    Cells,
    Row,
    Writing,
    aside,
    days,
    moved_about,
    stacked,
    words,
)
from services.wallet_simulator.samples.paper import Look, Pair
from services.wallet_simulator.samples.people import a_name
from services.wallet_simulator.samples.workplaces import head_of

_MANY = {"two_pages": 18, "long_table": 40}
_REASONS = ("전입", "전입", "전입", "세대합가", "세대분리", "세대주변경")
_CHANGES = (
    ("성명 변경 ({} → {})", "개명"),
    ("한자성명 정정", "정정"),
    ("주민등록번호 뒷자리 정정", "정정"),
    ("생년월일 정정", "직권정정"),
)


def _how_many(scene: Scene) -> int:
    if scene.case in _MANY:
        return _MANY[scene.case]
    return scene.rng.choice((1, 2, 3, 5, 8, 13, 24) if scene.varied else (1, 2, 3, 3, 4, 6))


def _addresses(scene: Scene) -> list[Row]:
    """Where the holder lived, oldest first: with a parent, then heading a household; the last is the present one."""
    rng, person = scene.rng, scene.person
    count = _how_many(scene)
    span = (scene.as_of - person.birth_date).days
    moves = sorted(rng.sample(range(span), min(count, span)))
    grown = person.birth_date + timedelta(days=20 * 365)
    parent = scene.someone(person.birth_date.year - 40, person.birth_date.year - 22, male=True)
    rows = list[Row]()
    for place, offset in enumerate(moves, start=1):
        moved_in_on = person.birth_date + timedelta(days=offset)
        head, relation = (person, "본인") if moved_in_on >= grown else (parent, "자")
        rows.append(
            {
                "number": place,
                "address": scene.home(scene.office()),
                "moved_in_on": moved_in_on,
                "householder": f"{head.name}의 {relation}",
                "status": "거주자" if place == len(moves) else rng.choice(("거주자", "거주자", "거주불명")),
                "reason": rng.choice(_REASONS) if scene.varied else "전입",
            }
        )
    return rows


def _changes(scene: Scene) -> list[Row]:
    rng, person = scene.rng, scene.person
    changes = rng.sample(_CHANGES, rng.choice((0, 0, 1, 2, 3)))
    days_ago = sorted(rng.sample(range((scene.as_of - person.birth_date).days), len(changes)), reverse=True)
    return [
        {
            "number": place,
            "change": change.format(a_name(rng, person.surname), person.name),
            "changed_on": scene.as_of - timedelta(days=ago),
            "reason": reason,
        }
        for place, ((change, reason), ago) in enumerate(zip(changes, days_ago, strict=True), start=1)
    ]


def _change_columns(scene: Scene) -> list[Cells]:
    say = scene.manner.word
    return [
        Cells(say("번호", "순번"), ("number",), words("number"), 12),
        Cells(say("변경 내용", "인적사항 변경 내용"), ("change",), words("change"), 80, align="left"),
        Cells(say("변동일", "변경일"), ("changed_on",), days(scene, "changed_on"), 34),
        Cells(say("사유", "변경사유"), ("reason",), words("reason"), 34),
    ]


def _address_columns(scene: Scene) -> list[Cells]:
    manner = scene.manner
    say = manner.word
    number = Cells(say("번호", "순번"), ("number",), words("number"), 12)
    address = Cells("주소", ("address",), words("address"), 74, align="left")
    since = Cells(say("전입일/변동일", "전입일"), ("moved_in_on",), days(scene, "moved_in_on"), 30)
    head = Cells(say("세대주 및 관계", "세대주와의 관계"), ("householder",), words("householder"), 34)
    status = Cells("등록상태", ("status",), words("status"), 22)
    reason = Cells("변동사유", ("reason",), words("reason"), 24)
    if manner.maybe(0.3):
        return [number, stacked(address, since), stacked(head, status, reason)]
    if manner.maybe(0.3):
        return [number, address, stacked(since, reason), stacked(head, status)]
    columns = [number, address, since, head]
    columns += [status] if manner.maybe(0.75, plainly=True) else []
    columns += [reason] if manner.maybe(0.75, plainly=True) else []
    return moved_about(columns, manner.chance) if manner.maybe(0.15) else columns


def _service(sheet: Writing, scene: Scene) -> None:
    """병역사항: when a man served, where the abstract was asked to say so."""
    manner = scene.manner
    if scene.person.sex_digit % 2 == 0 or not manner.maybe(0.3):
        return
    began = scene.person.birth_date + timedelta(days=21 * 365)
    service = [
        aside("군별", manner.word("육군", "해군", "공군")),
        aside("입영일자", manner.day(began)),
        aside("전역일자", manner.day(began + timedelta(days=640))),
        aside("전역사유", "만기전역"),
    ]
    sheet.pairs(service, "병역사항")


def draft(scene: Scene) -> Draft:
    """The holder's addresses, oldest first, and, where the form has room for them, what else changed."""
    rng, manner = scene.rng, scene.manner
    say = manner.word
    addresses, changes = _addresses(scene), _changes(scene)
    number = "-".join(f"{rng.randrange(10_000):04d}" for _ in range(4))
    district = scene.office()
    sheet = Writing(scene, KIND)
    copied = ("등본", "세대별") if scene.case == "title_near_miss" else ("초본", "개인별")
    sheet.sentence(f"이 {copied[0]}은 {copied[1]} 주민등록표의 원본내용과 틀림없음을 증명합니다.")
    clerk(sheet, scene)
    sheet.pairs(
        [
            named(scene, "성명(한자)", "성명"),
            identified(scene),
            aside("용도 및 목적", say("제출용", "관공서 제출용")) if manner.maybe(0.5, plainly=True) else None,
        ]
    )
    if manner.maybe(0.6, plainly=True):
        blank = manner.picked(("", "해당 사항 없음", "변동사항 없음"), "")
        sheet.table("changes", _change_columns(scene), changes, heading="인적사항 변경 내용", blank=blank)
    sheet.table("addresses", _address_columns(scene), addresses, heading=say("", "주소 변동 사항", "주소"))
    _service(sheet, scene)
    sheet.sentence("= 이하 여백 =")
    return sheet.draft(
        number=Pair(say("문서확인번호", "발급번호"), number),
        issuer=head_of(district),
        notes=notes(scene),
    )


KIND = Kind(
    code="RR_ABST",
    titles=("주민등록표(초본)", "주민등록표 초본", "주민등록초본"),
    cases=frozenset(
        {"title_near_miss", "busan_junggu", "gwangju_gyeonggi", "seoulro", "hanja", "two_pages", "long_table"}
    ),
    draft=draft,
    near_miss=("주민등록표(등본)", "주민등록등본"),
    look=Look(pairs_across=2),
    valid_days=90,
)
