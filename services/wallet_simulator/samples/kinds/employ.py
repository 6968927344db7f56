"""재직증명서: an employer's certificate that someone works there now (근로기준법 제39조). No form is prescribed."""

from datetime import date, timedelta

from pydantic import JsonValue

from services.wallet_simulator.samples.kinds.drafting import DISTRICT_TRAPS, Draft, Kind, Scene
from services.wallet_simulator.samples.people import a_name

_DEPARTMENTS = ("총무팀", "영업1팀", "개발팀", "생산관리부", "고객지원실", "기획팀", "물류센터", "연구소")
_POSITIONS = ("사원", "주임", "대리", "과장", "차장", "부장", "선임", "책임")
_DUTIES = ("일반 사무", "고객 상담", "자료 관리", "품질 점검")

_OTHER_LABELS = {
    "성명": "이름",
    "회사명": "상호",
    "소재지": "회사 주소",
    "소속": "부서",
    "직위": "직급",
    "문서번호": "발급번호",
    "주소": "자택주소",
}
"""The words of the same firm's competitor, for the case `other_form`."""


def _korean(day: date) -> str:
    return f"{day.year}년 {day.month}월 {day.day}일"


def _dotted(day: date) -> str:
    return f"{day.year}. {day.month}. {day.day}."


def _address(scene: Scene) -> str:
    if scene.case == "seoulro":
        return "서울로 1, 한빛빌딩 3층"
    if scene.case in DISTRICT_TRAPS:
        return f"{scene.district(in_seoul=False)} 가상로 {scene.rng.randint(1, 300)}, 2층"
    return scene.workplace.address


def draft(scene: Scene) -> Draft:
    """The holder at the scene's workplace; dates and labels in other words in the case `other_form`."""
    rng, person, firm, other = scene.rng, scene.person, scene.workplace, scene.case == "other_form"
    ended = scene.case in ("employment_ended", "title_near_miss")
    spell_date = _dotted if other else _korean
    hired_on = scene.as_of - timedelta(days=scene.work_days(90, 3_000))
    until = scene.as_of - timedelta(days=rng.randint(1, 60)) if ended else None
    until_words = spell_date(until) if until else "현재"
    number = f"{scene.issued_on.year}-{rng.randrange(1_000):03d}"
    whole_rrn = scene.case == "rrn_unmasked"
    facts: dict[str, str] = {
        "workplace": firm.name,
        "business_number": firm.business_number,
        "workplace_address": _address(scene),
        "department": rng.choice(_DEPARTMENTS),
        "position": rng.choice(_POSITIONS),
    }
    home = scene.district(in_seoul=rng.random() < 0.5)
    who = [
        ("성명", scene.name(person)),
        ("주민등록번호", scene.rrn(person)) if whole_rrn else ("생년월일", spell_date(person.birth_date)),
        ("주소", f"{home} 가상로 {rng.randint(1, 300)}, 가상아파트 101동 1203호"),
    ]
    labels = ("회사명", "사업자등록번호", "소재지", "소속", "직위")
    period = ("입사일", spell_date(hired_on)) if other else ("재직기간", f"{spell_date(hired_on)} ~ {until_words}")
    work = [*zip(labels, facts.values(), strict=True), period, ("담당업무", rng.choice(_DUTIES))]
    blocks = (("인적사항", who), ("재직사항", work), ("제출", [("용도", "확인용"), ("제출처", "서울특별시 (예시)")]))

    def word(label: str) -> str:
        return _OTHER_LABELS.get(label, label) if other else label

    printed: list[JsonValue] = [
        {"heading": heading, "pairs": [[word(label), value] for label, value in pairs]} for heading, pairs in blocks
    ]
    return Draft(
        data={
            "number_label": word("문서번호"),
            "number": f"제 {number} 호",
            "blocks": printed,
            "phrase": "위와 같이 재직하였음을 증명합니다." if ended else "위와 같이 재직하고 있음을 증명합니다.",
            "issued_on": spell_date(scene.issued_on),
            "issuer": firm.name,
            "representative": a_name(rng),
        },
        values={
            "holder_name": person.name,
            "birth_date": person.birth_date.isoformat(),
            **facts,
            "hired_on": hired_on.isoformat(),
            "employed_until": until.isoformat() if until else None,
        },
        number=number,
        issuer=firm.name,
    )


KIND = Kind(
    code="EMPLOY",
    title="재직증명서",
    template="employ",
    cases=frozenset(
        {"title_near_miss", "busan_junggu", "gwangju_gyeonggi", "seoulro", "other_form", "employment_ended"}
    ),
    draft=draft,
    near_miss="퇴직증명서",
)
