"""What has happened to one submission, in order of time, as an official reads it. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services.dashboard.pages import words
from services.dashboard.pages.moments import day
from shared.gate import Case
from shared.standing import Standing


@dataclass(frozen=True)
class Step:
    """One thing that happened."""

    at: datetime
    says: str


def history(case: Case, standing: Standing, wallet: str, office: Callable[[str], str], reason: str = "") -> list[Step]:
    """Give the steps so far, from the gate's document and the standing; `wallet` is the app's name.

    `reason` is why the official who decided did so, where they said it.
    """
    steps = [Step(case.received_at, f"접수 · {wallet}"), *_by_machine(standing), *_by_hand(case, office, reason)]
    return sorted(steps, key=lambda step: step.at)


def _by_machine(standing: Standing) -> Iterator[Step]:
    if standing.failed_at and standing.unreadable:
        yield Step(standing.failed_at, f"판독불가 · {words.of(words.UNREADABLE, standing.unreadable)}")
    if standing.read_at:
        yield Step(standing.read_at, "판독")
    if standing.screened_at and standing.screening:
        yield Step(standing.screened_at, f"선별 · {words.of(words.CLASS, standing.screening.outcome)}")


def _by_hand(case: Case, office: Callable[[str], str], reason: str) -> Iterator[Step]:
    if case.first_view:
        yield Step(case.first_view.at, f"첫 열람 · {office(case.first_view.office)} · {case.first_view.purpose}")
    for one in case.corrections:
        what = "조건 확인" if one.about == "conditions" else "값 정정"
        yield Step(one.at, f"{what} · {office(one.office)} · {one.official}")
    if case.asked:
        what = "보완 기한 연장" if case.asked.extensions else "보완 요청"
        yield Step(case.asked.at, f"{what} · {day(case.asked.due_on)}까지 · {office(case.asked.office)}")
    for answer in case.answered:
        yield Step(answer.at, "보완한 증명서 접수")
    if case.decided:
        word = words.of(words.DECISION, case.decided.decision)
        why = f" · 사유: {reason}" if reason else ""
        yield Step(case.decided.at, f"{word} 확정 · {office(case.decided.office)}{why}")
    if case.closed_at:
        yield Step(case.closed_at, "처리 종결, 신청인에게 알림")
