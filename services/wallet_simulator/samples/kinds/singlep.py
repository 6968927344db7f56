"""한부모가족증명서: that someone brings up children alone (한부모가족지원법 시행규칙 별지 제2호서식).

The blank form was not seen: labels, their order and the sentence are an invented arrangement.
"""

from services.wallet_simulator.samples.kinds.asides import asides, clerk, confirmation_number, identified, named, notes
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.welfare import a_number, members, printed_number
from services.wallet_simulator.samples.kinds.writing import Writing, entry
from services.wallet_simulator.samples.paper import Pair
from services.wallet_simulator.samples.workplaces import head_of

_SUPPORT = {"single_parent": "한부모가족", "young_single_parent": "청소년한부모가족", "grandparent": "조손가족"}


def draft(scene: Scene) -> Draft:
    """The holder as head of the household, and the children."""
    rng, manner = scene.rng, scene.manner
    say = manner.word
    support = rng.choice(tuple(_SUPPORT))
    district, number = scene.office(), a_number(scene)
    home = scene.home(district)
    sheet = Writing(scene, KIND)
    sheet.pairs(
        [
            confirmation_number(scene),
            named(scene, "성명", "세대주 성명", "보호대상자 성명"),
            identified(scene),
            entry(say("주소", "현주소"), home, address=home),
            entry(say("지원구분", "지원대상 구분", "구분"), _SUPPORT[support], support=support),
            *asides(scene, "용도"),
        ],
        heading=say("", "세대주", "보호대상자"),
    )
    members(sheet, scene, ("가족구성원", "가족사항", "가구원"))
    clerk(sheet, scene)
    sheet.sentence(
        say(
            "위와 같이 「한부모가족지원법」에 따른 지원대상자임을 증명합니다.",
            "위 사람은 「한부모가족지원법」에 따른 한부모가족임을 증명합니다.",
        )
    )
    return sheet.draft(
        number=Pair(say("발급번호", "증명번호", "문서번호"), printed_number(scene, number)),
        issuer=head_of(district),
        notes=notes(scene),
    )


KIND = Kind(
    code="SINGLEP",
    titles=("한부모가족 증명서", "한부모가족증명서"),
    cases=frozenset({"busan_junggu", "gwangju_gyeonggi", "seoulro", "hanja", "long_table"}),
    draft=draft,
)
