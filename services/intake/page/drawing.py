"""Draws the page: one template, in one of two languages, from the story as the API tells it."""

import io
from datetime import date, datetime
from pathlib import Path

import segno
from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from services.intake import words
from services.intake.answers import TimelineAnswer
from services.intake.expecting import Coming
from services.intake.links import Links
from services.intake.page.words import CAN_DO, CLOSED, TEXTS, Language
from services.intake.streams import name_of
from services.intake.telling import Story, Telling, day
from services.intake.timeline import What, foremost
from shared.catalog import Bilingual, Catalog
from shared.clock import SEOUL

_PATH: tuple[Coming, ...] = ("read", "waiting", "viewed", "decided")
"""The way a submission goes when nothing comes between."""
_TONES: dict[What, str] = {
    "unreadable": "attention",
    "supplement_asked": "attention",
    "decided": "done",
    "taken_back": "gone",
    "withdrawn": "gone",
    "expired": "gone",
}


@pass_context
def _say(context: Context, text: Bilingual) -> str:
    return text.en if context["language"] == "en" else text.ko


@pass_context
def _moment(context: Context, instant: datetime) -> str:
    english = context["language"] == "en"
    form = "EEE d MMMM y, HH:mm" if english else "y년 M월 d일(E) HH:mm"
    return format_datetime(instant, form, tzinfo=SEOUL, locale="en" if english else "ko")


@pass_context
def _day(context: Context, value: date) -> str:
    return _say(context, day(value))


def qr(address: str) -> Markup:
    """Draw an address as an SVG to stand in a page: no colours of its own, a quarter of damage allowed."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", scale=4, border=4, xmldecl=False, svgns=False, svgclass=None, lineclass=None, omitsize=True
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704 - made above, of nothing but paths


def ahead(answer: TimelineAnswer) -> list[tuple[Coming, Bilingual]]:
    """Give the steps that are still to come, as far as one can say."""
    if answer.next is None:
        return []
    if answer.next.what not in _PATH:
        return [(answer.next.what, answer.next.title)]
    return [(what, words.NEXT[what][0]) for what in _PATH[_PATH.index(answer.next.what) :]]


class Drawing:
    """Draws."""

    def __init__(self, catalog: Catalog, links: Links, telling: Telling) -> None:
        """Take what is named, what makes links, and what tells stories."""
        self._catalog = catalog
        self._links = links
        self._telling = telling
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {"say": _say, "moment": _moment, "day": _day}

    def page(self, story: Story, language: str) -> str:
        """Draw where a submission stands."""
        answer = self._telling.answer(story)
        programme = self._catalog.programmes.get(story.case.programme_id)
        name = self._links.name(story.case.submission_id)
        latest = foremost(answer.steps)
        return self._draw(
            "receipt.html",
            language,
            answer=answer,
            latest=latest,
            tone=_TONES.get(latest.what, "going"),
            ahead=ahead(answer),
            programme=programme.name if programme else words.both(answer.programme, answer.programme),
            policy=programme.take_back_policy if programme else None,
            can_do=CLOSED if story.case.closed_at else CAN_DO[story.case.state],
            certificates=len(story.case.certificates),
            offices=answer.alternatives,
            name=name_of(story),
            here=f"/r/{name}",
            stream=None if answer.over else f"/r/{name}/stream",
            address=answer.page_url,
            qr=qr(answer.page_url),
        )

    def unknown(self, language: str) -> str:
        """Draw that there is no such receipt."""
        return self._draw("trouble.html", language, title=TEXTS["unknown_title"], says=TEXTS["unknown"], offices=())

    def away(self, language: str) -> str:
        """Draw that the system does not answer, with every office there is."""
        offices = self._telling.alternatives(None)
        return self._draw("trouble.html", language, title=TEXTS["away_title"], says=TEXTS["away"], offices=offices)

    def _draw(self, template: str, language: str, **context: object) -> str:
        spoken: Language = "en" if language == "en" else "ko"
        return self._templates.get_template(template).render(language=spoken, texts=TEXTS, **context)
