"""What certificates of several kinds print: whose they are, and what stands on them besides and is not read."""

from datetime import timedelta

from services.wallet_simulator.samples.kinds.drafting import Scene
from services.wallet_simulator.samples.kinds.writing import Entry, Writing, aside, entry
from services.wallet_simulator.samples.people import Person

_PURPOSES = ("제출용", "확인용", "은행 제출용", "관공서 제출용", "기타")
_RECEIVERS = ("서울특별시 (예시)", "가상은행 (예시)", "기관 제출", "가상구청 복지정책과 (예시)")
_NOTES = (
    "※ 이 증명서는 인터넷으로 발급되었으며, 발급일로부터 90일까지 진위를 확인할 수 있습니다.",
    "◆ 본 증명서는 전자문서지갑으로 발급되었습니다. (예시)",
    "※ 주민등록번호 뒷자리는 신청인의 선택에 따라 표시하지 아니할 수 있습니다.",
    "* 기재사항에 이의가 있으면 발급기관에 문의하시기 바랍니다. (전화 02-000-0120)",
    "1. 이 증명서는 용도 외의 목적으로 사용할 수 없습니다.",
    "수수료 : 무료",
)


def named(scene: Scene, *labels: str, person: Person | None = None, name: str = "holder_name") -> Entry:
    """The name of `person`, by default the holder's, behind one of those labels."""
    who = person or scene.person
    label = scene.manner.word(*labels)
    return entry(label, scene.name(who), **{name: who.name})


def identified(scene: Scene, *labels: str) -> Entry:
    """The holder's registration number, or the birth date in its stead; one of `labels` where the form has its own."""
    born = scene.birth_date(scene.person)
    own = labels and scene.manner.identity != "birth_date"
    label = scene.manner.word(*labels) if own else scene.identity_label()
    return entry(label, scene.identity(scene.person), **({"birth_date": born} if born else {}))


def asides(scene: Scene, purpose: str = "") -> list[Entry]:
    """Labelled texts of no interest; on a plain form what it was asked for, where it has that label (`purpose`)."""
    manner = scene.manner
    found = []
    if manner.maybe(0.5, plainly=bool(purpose)):
        label = manner.word(purpose or "용도", "용도", "사용목적", "용도 및 목적")
        found.append(aside(label, manner.word(*_PURPOSES)))
    if manner.maybe(0.35, plainly=purpose == "용도"):
        found.append(aside("제출처", manner.word(*_RECEIVERS)))
    if manner.maybe(0.15):
        found.append(aside("전화번호", f"010-0000-{manner.chance.randrange(10_000):04d}"))
    if manner.maybe(0.1):
        found.append(aside("비고", manner.word("", "해당 없음", "재발급")))
    return found


def clerk(sheet: Writing, scene: Scene) -> None:
    """Who saw to it at the office, and when: in running text, or labelled; never on a plain form."""
    manner = scene.manner
    if manner.maybe(0.35):
        phone = f"02-000-{manner.chance.randrange(10_000):04d}"
        who = scene.official()
        if manner.chance.random() < 0.5:
            sheet.pairs([aside("담당자", who), aside("전화", phone)])
        else:
            sheet.sentence(f"담당자 : {who} (전화 : {phone})", "right")


def notes(scene: Scene) -> tuple[str, ...]:
    """Remarks for the foot of the page; never on a plain form."""
    manner = scene.manner
    if not scene.varied:
        return ()
    found = manner.chance.sample(_NOTES, manner.chance.choice((0, 0, 1, 2)))
    if manner.maybe(0.15):
        when = scene.issued_on - timedelta(days=manner.chance.randint(0, 3))
        found.append(f"처리기간 : 즉시 / 신청일 : {manner.day(when)}")
    return tuple(found)


def confirmation_number(scene: Scene) -> Entry | None:
    """문서확인번호, beside the number the certificate goes by: four groups of four digits, seldom there."""
    if not scene.manner.maybe(0.15):
        return None
    return aside("문서확인번호", "-".join(f"{scene.manner.chance.randrange(10_000):04d}" for _ in range(4)))
