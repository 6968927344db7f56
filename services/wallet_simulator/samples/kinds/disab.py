"""장애인증명서: that someone is registered as disabled (장애인복지법 시행규칙 별지 제9호서식).

The blank form was not seen: labels, their order and the sentence of certification are an invented arrangement. The two
degrees are the statute's words. The case `same_title` is the 장애인증명서 of the 소득세법 (income tax), which a
hospital issues: it prints a period and the hospital, and no degree; its arrangement is invented too.
"""

from datetime import timedelta

from services.wallet_simulator.samples.kinds.asides import asides, clerk, confirmation_number, identified, named, notes
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.writing import Writing, aside, entry
from services.wallet_simulator.samples.paper import Look, Pair
from services.wallet_simulator.samples.workplaces import head_of

_TYPES = (
    "지체장애",
    "뇌병변장애",
    "시각장애",
    "청각장애",
    "언어장애",
    "안면장애",
    "신장장애",
    "심장장애",
    "간장애",
    "호흡기장애",
    "장루·요루장애",
    "뇌전증장애",
    "지적장애",
    "자폐성장애",
    "정신장애",
)
_DEGREES = {"severe": "장애의 정도가 심한 장애인", "not_severe": "장애의 정도가 심하지 않은 장애인"}


def draft(scene: Scene) -> Draft:
    """A registration some years old, with a second disability one time in four."""
    rng, manner = scene.rng, scene.manner
    say = manner.word
    first, second = rng.sample(_TYPES, 2)
    has_second = rng.random() < 0.25
    degree = rng.choice(tuple(_DEGREES))
    lived = (scene.as_of - scene.person.birth_date).days
    registered_on = scene.as_of - timedelta(days=rng.randint(1, max(1, min(9_000, lived - 1))))
    district = scene.office()
    home = scene.home(district)
    number = f"{scene.issued_on.year}-{rng.randrange(1_000_000):06d}"
    if scene.case == "same_title":
        return _for_income_tax(scene, home, number)
    sheet = Writing(scene, KIND)
    second_label = say("장애유형(부장애)", "부장애", "부 장애")
    sheet.pairs(
        [
            confirmation_number(scene),
            named(scene, "성명", "성명(한자)", "성명"),
            identified(scene),
            entry(say("주소", "주소", "현주소"), home, address=home),
            entry(say("장애유형(주장애)", "주장애", "주 장애", "장애유형"), first, disability=first),
            entry(second_label, second, disability_second=second) if has_second else None,
            aside(second_label, "") if not has_second and manner.maybe(0.4, plainly=True) else None,
            entry(say("장애정도", "장애의 정도", "장애 정도"), _DEGREES[degree], degree=degree),
            entry(
                say("장애등록일", "등록일", "장애인 등록일"),
                manner.day(registered_on),
                registered_on=registered_on.isoformat(),
            ),
            *asides(scene, "용도"),
        ]
    )
    clerk(sheet, scene)
    sheet.sentence(
        say(
            "위와 같이 「장애인복지법」에 따라 등록한 장애인임을 증명합니다.",
            "위 사람은 「장애인복지법」 제32조에 따라 등록된 장애인임을 증명합니다.",
        )
    )
    return sheet.draft(
        number=Pair(say("발급번호", "증명서번호", "문서번호"), manner.picked((number, f"제 {number} 호"), number)),
        issuer=head_of(district),
        notes=notes(scene),
    )


def _for_income_tax(scene: Scene, home: str, number: str) -> Draft:
    manner = scene.manner
    since = scene.as_of - timedelta(days=scene.rng.randint(100, 3_000))
    sheet = Writing(scene, KIND)
    sheet.pairs([named(scene, "성명"), identified(scene), aside("주소", home)], "장애인")
    sheet.pairs(
        [
            aside("장애기간", f"{manner.day(since)} ~ {manner.word('영구', '비영구')}"),
            aside("장애내용", "3"),
            aside("용도", "소득공제 신청용"),
        ]
    )
    sheet.pairs([aside("의료기관명", "가상대학교병원"), aside("담당의사", scene.official())], "증명자")
    sheet.sentence("위 사람은 「소득세법 시행령」에 따른 장애인에 해당함을 증명합니다.")
    return sheet.draft(number=Pair("발급번호", number), issuer="가상대학교병원장", notes=notes(scene))


KIND = Kind(
    code="DISAB",
    titles=("장애인증명서", "장애인 증명서"),
    cases=frozenset({"same_title", "busan_junggu", "gwangju_gyeonggi", "seoulro", "hanja"}),
    draft=draft,
    look=Look(number_at="top_left", size=10.5),
)
