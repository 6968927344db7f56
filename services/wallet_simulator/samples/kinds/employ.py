"""재직증명서: an employer's certificate that someone works there now (근로기준법 제39조).

No form is prescribed: labels, blocks and the sentence of certification are invented arrangements of usual ones.
"""

from datetime import timedelta

from services.wallet_simulator.samples.kinds.asides import asides, identified, named, notes
from services.wallet_simulator.samples.kinds.drafting import DISTRICT_TRAPS, Draft, Kind, Scene
from services.wallet_simulator.samples.kinds.writing import Entry, Writing, aside, entry
from services.wallet_simulator.samples.paper import Pair
from services.wallet_simulator.samples.people import a_name
from services.wallet_simulator.samples.workplaces import a_home, an_odd_firm_name, miswritten

_DEPARTMENTS = ("총무팀", "영업1팀", "개발팀", "생산관리부", "고객지원실", "기획팀", "물류센터", "연구소")
_LONG_DEPARTMENTS = (
    "경영지원본부 인사총무팀",
    "R&D센터 선행기술개발 2파트",
    "서울가상지사 법인영업부",
    "디지털전략실(TF)",
)
_POSITIONS = ("사원", "주임", "대리", "과장", "차장", "부장", "선임", "책임")
_DUTIES = ("일반 사무", "고객 상담", "자료 관리", "품질 점검")


def _address(scene: Scene) -> str:
    if scene.case == "seoulro":
        return "서울로 1, 한빛빌딩 3층"
    if scene.case in DISTRICT_TRAPS:
        return f"{scene.district(in_seoul=False)} 가상로 {scene.rng.randint(1, 300)}, 2층"
    return scene.workplace.address


def _firm(scene: Scene) -> tuple[str, str, str]:
    """Name, business number and address, in one of a few odd spellings where the scene is varied."""
    rng, firm = scene.rng, scene.workplace
    name, number, address = firm.name, firm.business_number, _address(scene)
    if scene.varied and rng.random() < 0.2:
        name = an_odd_firm_name(rng)
    if scene.varied and rng.random() < 0.25:
        address = f"(0{rng.randint(1000, 9999)}) {scene.district(in_seoul=firm.in_seoul)} {a_home(rng)}"
    if scene.case == "business_number_wrong" or (scene.varied and rng.random() < 0.05):
        number = miswritten(number, rng)
    return name, number, address


def draft(scene: Scene) -> Draft:
    """The holder at the scene's workplace; a hiring date and no period in the case `other_form`."""
    rng, manner = scene.rng, scene.manner
    say = manner.word
    ended = scene.case in ("employment_ended", "title_near_miss")
    hired_on = scene.as_of - timedelta(days=scene.work_days(90, 3_000))
    until = scene.as_of - timedelta(days=rng.randint(1, 60)) if ended else None
    number = f"{scene.issued_on.year}-{rng.randrange(1_000_000):06d}"
    firm, business_number, address = _firm(scene)
    department = rng.choice((*_DEPARTMENTS, *_LONG_DEPARTMENTS) if scene.varied else _DEPARTMENTS)
    position = rng.choice(_POSITIONS)
    home = f"{scene.district(in_seoul=rng.random() < 0.5)} 가상로 {rng.randint(1, 300)}, 가상아파트 101동 1203호"
    duty = rng.choice(_DUTIES)
    meant = {"hired_on": hired_on.isoformat(), "employed_until": until.isoformat() if until else None}
    if not ended and (manner.other or manner.maybe(0.4)):
        since = entry(say("입사일", "입사일", "입사일자", "입사년월일"), manner.day(hired_on), **meant)
    else:
        last = manner.day(until) if until else say("현재", "현재", "현재까지", "재직중")
        since = entry(say("재직기간", "근무기간"), f"{manner.day(hired_on)} ~ {last}", **meant)
    printed_number = manner.picked((business_number, business_number.replace("-", "")), business_number)

    def some(*entries: Entry) -> list[Entry]:
        return [one for one in entries if manner.maybe(0.75, plainly=True)]

    sheet = Writing(scene, KIND)
    who = [named(scene, "성명", "이름"), identified(scene), *some(aside(say("주소", "자택주소", "현주소"), home))]
    work = [
        entry(say("회사명", "상호", "업체명", "사업장명", "근무처", "회사명(상호)"), firm, workplace=firm),
        *some(
            entry(
                say("사업자등록번호", "사업자등록번호", "사업자번호"), printed_number, business_number=business_number
            ),
            entry(say("소재지", "회사 주소", "사업장 소재지", "회사 소재지"), address, workplace_address=address),
            entry(say("소속", "부서", "부서명", "소속부서"), department, department=department),
            entry(say("직위", "직급", "직책"), position, position=position),
        ),
        since,
        *some(aside(say("담당업무", "담당업무", "업무", "직무"), duty)),
    ]
    handed_in = asides(scene, "용도")
    if manner.maybe(0.25):
        sheet.pairs([*who, *work, *handed_in])
    else:
        sheet.pairs(who, "인적사항")
        sheet.pairs(work, "재직사항")
        if handed_in:
            sheet.pairs(handed_in, "제출")
    sheet.sentence(
        say("위와 같이 재직하였음을 증명합니다.")
        if ended
        else say("위와 같이 재직하고 있음을 증명합니다.", "상기인은 위와 같이 당사에 재직 중임을 증명합니다.")
    )
    return sheet.draft(
        number=Pair(
            say("문서번호", "발급번호"), manner.picked((f"제 {number} 호", f"제{number}호", number), f"제 {number} 호")
        ),
        issuer=firm,
        signatory=Pair(say("대표이사", "대표자", "대표"), a_name(rng)),
        notes=notes(scene),
    )


KIND = Kind(
    code="EMPLOY",
    titles=("재직증명서", "재직 증명서", "재직증명원"),
    cases=frozenset(
        {
            "title_near_miss",
            "busan_junggu",
            "gwangju_gyeonggi",
            "seoulro",
            "employment_ended",
            "business_number_wrong",
        }
    ),
    draft=draft,
    near_miss=("퇴직증명서", "경력증명서"),
    days="korean",
    identity="birth_date",
)
