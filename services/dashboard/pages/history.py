"""What has happened to one submission, in order of time, as an official reads it. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services.dashboard.pages import access_words, words
from services.dashboard.pages.language import gettext as _
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
    steps = [
        Step(case.received_at, _("접수 · {wallet}").format(wallet=wallet)),
        *_by_machine(standing),
        *_by_hand(case, office, reason),
    ]
    return sorted(steps, key=lambda step: step.at)


def _by_machine(standing: Standing) -> Iterator[Step]:
    if standing.failed_at and standing.unreadable:
        yield Step(standing.failed_at, f"{_('판독불가')} · {words.of(words.UNREADABLE, standing.unreadable)}")
    if standing.read_at:
        yield Step(standing.read_at, _("판독"))
    if standing.screened_at and standing.screening:
        yield Step(standing.screened_at, f"{_('선별')} · {words.of(words.CLASS, standing.screening.outcome)}")


def _by_hand(case: Case, office: Callable[[str], str], reason: str) -> Iterator[Step]:
    if case.first_view:
        purpose = access_words.purpose(case.first_view.purpose)
        yield Step(case.first_view.at, f"{_('첫 열람')} · {office(case.first_view.office)} · {purpose}")
    for one in case.corrections:
        what = _("조건 확인") if one.about == "conditions" else _("값 정정")
        yield Step(one.at, f"{what} · {office(one.office)} · {one.official}")
    if case.asked:
        what = _("보완 기한 연장") if case.asked.extensions else _("보완 요청")
        until = _("{day}까지").format(day=day(case.asked.due_on))
        yield Step(case.asked.at, f"{what} · {until} · {office(case.asked.office)}")
    for answer in case.answered:
        yield Step(answer.at, _("보완한 증명서 접수"))
    if case.decided:
        word = words.of(words.DECISION, case.decided.decision)
        why = f" · {_('사유')}: {reason}" if reason else ""
        yield Step(case.decided.at, f"{_('{word} 확정').format(word=word)} · {office(case.decided.office)}{why}")
    if case.closed_at:
        yield Step(case.closed_at, _("처리 종결, 신청인에게 알림"))
