"""A submission's story told: steps and what comes next, in the words of `words.py`, with the office to turn to."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from babel.dates import format_date

from services.intake import words
from services.intake.accesses import ViewedNotice, viewed_notice
from services.intake.answers import Alternative, TimelineAnswer, ToldNext, ToldStep
from services.intake.expecting import Next, coming
from services.intake.links import Links
from services.intake.timeline import Step, citizen_class, is_over, timeline
from services.intake.verdicts import Verdict
from services.intake.words import both
from shared.catalog import Bilingual, Catalog, Institution, Office
from shared.clock import Clock, seoul_date
from shared.events import SubmissionEvent
from shared.facts import Authenticity
from shared.gate import Case

UNSAID = Verdict()


class Story(NamedTuple):
    """What the gate and the events know of a submission."""

    case: Case
    events: list[SubmissionEvent]


def day(value: date) -> Bilingual:
    """Write a date out, with its day of the week."""
    return both(format_date(value, "y년 M월 d일(E)", "ko"), format_date(value, "EEE d MMMM y", "en"))


def alternative(institution: Institution, office: Office) -> Alternative:
    """Give an office as it is offered to somebody who cannot use an app, or not now."""
    return Alternative(
        institution=institution.id, office=office.id, name=named(institution, office), contact=office.contact
    )


def named(institution: Institution, office: Office) -> Bilingual:
    """Give the name of an office together with that of its institution."""
    return both(f"{institution.name.ko} {office.name.ko}", f"{office.name.en}, {institution.name.en}")


class Telling:
    """Tells stories as the catalogue names things, at the time it is."""

    def __init__(self, catalog: Catalog, links: Links, clock: Clock) -> None:
        """Take the catalogue, what makes receipt links, and the clock."""
        self._catalog = catalog
        self._links = links
        self._clock = clock

    def answer(self, story: Story, verdict: Verdict = UNSAID) -> TimelineAnswer:
        """Tell a story whole; which way it was decided, and why, to whom the verdict may be told."""
        case, events = story
        steps = timeline(case, events)
        programme = self._catalog.programmes.get(case.programme_id)
        expected = coming(case, steps, programme, self._catalog.working_days, seoul_date(self._clock()))
        return TimelineAnswer(
            submission_id=case.submission_id,
            receipt=case.receipt,
            programme=case.programme_id,
            state=case.state,
            citizen_class=citizen_class(case, events),
            can_take_back=case.state == "held",
            over=is_over(steps),
            steps=tuple(self._step(step, verdict) for step in steps),
            next=_next(expected) if expected else None,
            alternatives=self.alternatives(case.programme_id, case.office),
            page_url=self._links.page(case.submission_id),
        )

    def alternatives(self, programme_id: str | None, office_id: str | None = None) -> tuple[Alternative, ...]:
        """Give the office that was chosen, or else the responsible one, as an alternative; or every one there is.

        The last where neither the office nor the programme is known.
        """
        programme = self._catalog.programmes.get(programme_id or "")
        found = self._catalog.office(office_id or "") or self._catalog.office(programme.office if programme else "")
        if found is not None:
            return (alternative(*found),)
        return tuple(alternative(*found) for found in self._catalog.offices)

    def office_name(self, office_id: str) -> Bilingual:
        """Give the name of an office and its institution; its id where the catalogue no longer has it."""
        found = self._catalog.office(office_id)
        return named(*found) if found else both(office_id, office_id)

    def viewed_notice(self, case: Case) -> ViewedNotice:
        """Tell how the citizen hears that somebody looked, with the app that a submission was sent with."""
        return viewed_notice(self._catalog.wallets.get(case.wallet_app))

    def _step(self, step: Step, verdict: Verdict) -> ToldStep:
        detail = words.DETAILS.get(step.what)
        if step.reason is not None:
            detail = words.UNREADABLE[step.reason]
        elif step.authenticity:
            detail = _verdicts(step.authenticity)
        elif step.office is not None:
            detail = self.office_name(step.office)
        elif step.due_on is not None:
            until = day(step.due_on)
            detail = _supplement(
                step, both(f"{until.ko}까지 보완할 수 있습니다.", f"It can be handed in until {until.en}.")
            )
        more = verdict._asdict() if step.what == "decided" else {}
        return ToldStep(**step.model_dump(), title=words.STEPS[step.what], detail=detail, **more)


def _supplement(step: Step, until: Bilingual) -> Bilingual:
    """Say which certificate is to be sent again, where it is said, why, and until when."""
    told = [until]
    if step.why is not None:
        told.insert(0, words.SUPPLEMENT[step.why])
    if step.part is not None:
        number = step.part + 1
        told.insert(0, both(f"{number}번째 증명서를 다시 내 주세요.", f"Please send certificate {number} again."))
    return both(" ".join(one.ko for one in told), " ".join(one.en for one in told))


def _verdicts(counts: Mapping[Authenticity, int]) -> Bilingual:
    told = [(words.AUTHENTICITY[state], count) for state, count in counts.items() if count]
    return both(
        ", ".join(f"{state.ko} {count}건" for state, count in told),
        ", ".join(f"{count} {state.en}" for state, count in told),
    )


def _next(expected: Next) -> ToldNext:
    title, detail = words.NEXT[expected.what]
    return ToldNext(**expected.model_dump(), title=title, detail=detail, when=_when(expected))


def _when(expected: Next) -> Bilingual | None:
    if expected.answer_by is None:
        return None
    by = day(expected.answer_by)
    if expected.what == "supplement":
        return both(f"{by.ko}까지 낼 수 있습니다.", f"It can be handed in until {by.en}.")
    if expected.overdue:
        return both(
            f"{by.ko}까지 답이 있을 것으로 예상했으나 늦어지고 있습니다. 담당 기관에 문의하실 수 있습니다.",
            f"An answer was expected by {by.en} and is late. You may ask the office.",
        )
    return both(
        f"{by.ko}까지 답이 있을 것으로 예상합니다. 예상일 뿐 약속은 아닙니다.",
        f"An answer is expected by {by.en}. This is an expectation, not a promise.",
    )
