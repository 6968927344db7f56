"""차상위계층 확인서: that a household is near poverty (국민기초생활 보장법 시행규칙 별지 제7호서식).

The blank form was not seen: labels, their order and the sentence are an invented arrangement.
"""

from services.wallet_simulator.samples.kinds.asides import asides, clerk, confirmation_number, identified, named, notes
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.welfare import a_number, members, printed_number
from services.wallet_simulator.samples.kinds.writing import Writing, entry
from services.wallet_simulator.samples.paper import Pair
from services.wallet_simulator.samples.workplaces import head_of


def draft(scene: Scene) -> Draft:
    """The holder as applicant, and the members of the household."""
    manner = scene.manner
    say = manner.word
    district, number = scene.office(), a_number(scene)
    home = scene.home(district)
    sheet = Writing(scene, KIND)
    sheet.pairs(
        [
            confirmation_number(scene),
            named(scene, "성명", "신청인 성명", "대상자 성명"),
            identified(scene),
            entry(say("주소", "현주소"), home, address=home),
            *asides(scene, "용도"),
        ],
        heading=say("신청인", "", "대상자"),
    )
    members(sheet, scene, ("가구원", "가구원 현황", "세대원"))
    clerk(sheet, scene)
    sheet.sentence(
        say(
            "위 사람은 「국민기초생활 보장법 시행령」 제3조에 따른 차상위계층임을 확인합니다.",
            "위와 같이 차상위계층임을 확인합니다.",
        )
    )
    return sheet.draft(
        number=Pair(say("발급번호", "확인번호", "문서번호"), printed_number(scene, number)),
        issuer=head_of(district),
        notes=notes(scene),
    )


KIND = Kind(
    code="NEARPOOR",
    titles=("차상위계층 확인서", "차상위계층확인서"),
    cases=frozenset({"title_near_miss", "busan_junggu", "gwangju_gyeonggi", "seoulro", "hanja", "long_table"}),
    draft=draft,
    near_miss=("차상위 본인부담경감대상자 증명서", "자활근로자 확인서"),
)
