"""국민기초생활수급자 증명서: that someone receives basic benefits (국민기초생활 보장법 시행규칙 별지 제3호의2서식).

The blank form was not seen: labels, their order and the sentence of certification are an invented arrangement; the four
benefits are the statute's.
"""

from services.wallet_simulator.samples.kinds.asides import asides, clerk, confirmation_number, identified, named, notes
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.welfare import a_number, members, printed_number
from services.wallet_simulator.samples.kinds.writing import Entry, Writing, entry
from services.wallet_simulator.samples.paper import Choice, Look, Pair
from services.wallet_simulator.samples.workplaces import head_of

_BENEFITS = {"livelihood": "생계급여", "medical": "의료급여", "housing": "주거급여", "education": "교육급여"}


def draft(scene: Scene) -> Draft:
    """A recipient who heads the household, or is a parent's child in it, with any but no benefits ticked."""
    rng, person, manner = scene.rng, scene.person, scene.manner
    say = manner.word
    ticked = rng.randrange(1, 1 << len(_BENEFITS))
    benefits = [code for place, code in enumerate(_BENEFITS) if ticked >> place & 1]
    head, relation = person, "본인"
    if rng.random() < 0.25:
        head, relation = scene.someone(person.birth_date.year - 40, person.birth_date.year - 22), "자녀"
    district, number = scene.office(), a_number(scene)
    home = scene.home(district)
    sheet = Writing(scene, KIND)
    sheet.pairs(
        [
            confirmation_number(scene),
            named(scene, "세대주 성명", "세대주", "세대주성명", person=head, name="householder"),
            named(scene, "수급자 성명", "성명", "수급자"),
            identified(scene),
            entry(say("세대주와의 관계", "관계", "세대주와 관계"), relation, relation=relation)
            if manner.maybe(0.8, plainly=True)
            else None,
            entry(say("주소", "현주소"), home, address=home),
            Entry(
                Choice(
                    say("급여종류", "급여의 종류", "수급 급여종류"),
                    tuple((text, code in benefits) for code, text in _BENEFITS.items()),
                ),
                {"benefits": [*benefits]},
            ),
            entry("보장기관", district, agency=district) if manner.maybe(0.7, plainly=True) else None,
            *asides(scene, "용도"),
        ]
    )
    members(sheet, scene, ("가구원", "세대원 현황", "수급자 가구원"))
    clerk(sheet, scene)
    sheet.sentence(
        say(
            "위와 같이 「국민기초생활 보장법」에 따른 수급자임을 증명합니다.",
            "위 사람은 「국민기초생활 보장법」 제2조제2호에 따른 수급자임을 증명합니다.",
        )
    )
    return sheet.draft(
        number=Pair(say("발급번호", "증명번호", "문서번호"), printed_number(scene, number)),
        issuer=head_of(district),
        notes=notes(scene),
    )


KIND = Kind(
    code="BLSS",
    titles=("국민기초생활수급자 증명서", "수급자 증명서", "수급자증명서", "국민기초생활 수급자 증명서"),
    cases=frozenset({"busan_junggu", "gwangju_gyeonggi", "seoulro", "hanja", "long_table"}),
    draft=draft,
    look=Look(number_at="top_left"),
)
