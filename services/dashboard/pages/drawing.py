"""Templates, and the words and times that all of them use."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.dashboard.desk import Desk
from services.dashboard.pages import access_words, failure_words, queue_words, screens, untold_words, words
from services.dashboard.pages.columns import names_of
from services.dashboard.pages.language import LANGUAGES, gettext, ngettext, said, spoken, titled, tongue
from services.dashboard.pages.moments import clock, day, moment
from services.dashboard.roles import Act
from services.dashboard.visits import Visit


def office(office_id: str, offices: Mapping[str, str]) -> str:
    """Write an office by its name; by its id where the catalogue no longer has it."""
    return offices.get(office_id, office_id)


@cache
def _templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    environment.filters |= {
        "office": office,
        "moment": moment,
        "clock": clock,
        "day": day,
        "said": said,
        "tongue": tongue,
        "titled": titled,
        "number": lambda count: f"{count:,}",
    }
    environment.globals |= {
        "words": words,
        "access_words": access_words,
        "untold_words": untold_words,
        "queue_words": queue_words,
        "failure_words": failure_words,
        "screens": screens,
        "languages": LANGUAGES,
    }
    return environment


def draw(
    request: Request,
    visit: Visit | None,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> Response:
    """Draw a page. `token` names this drawing of it, so that its forms, sent twice, do once.

    `may` tells a template whether an act may be done where the page is about: at the office of its submission, in what
    is worked on of its programme, in its programme as a whole, or anywhere where it has none.
    """
    page = _templates().get_template(template)
    desk: Desk = request.app.state.desk
    where = _where(desk, context)

    def may(act: Act) -> bool:
        return visit is not None and visit.may(act, *where)

    html = page.render(
        visit=visit,
        may=may,
        menu=_menu(desk, visit, request.url.path) if visit else (),
        development=desk.settings.development,
        offices=names_of(desk.catalog)[1],
        districts={one.id: f"{said(place.name)} · {said(one.name)}" for place, one in desk.catalog.offices},
        token=uuid4().hex,
        path=request.url.path,
        here=_here(request),
        language=spoken(),
        **context,
    )
    return HTMLResponse(html, status, dict(headers or {}))


def _menu(desk: Desk, visit: Visit, path: str) -> list[screens.Entry]:
    """Give what the main menu offers: what is about whole programmes, to whoever is of a responsible office."""

    def theirs(entry: screens.Entry) -> bool:
        led = [(one.id, one.office) for one in desk.catalog.versions.values()] if entry.led else [()]
        return any(visit.may(entry.act, *place) for place in led)

    return [entry for entry in screens.menu(path) if theirs(entry)]


def _where(desk: Desk, context: Mapping[str, Any]) -> tuple[str, ...]:
    case, mine, programme = (context.get(name) for name in ("case", "reach", "programme"))
    if case is not None:
        return case.programme_id, case.office
    if mine is not None:
        return mine.programme.id, *desk.within(mine.programme.id, mine.office)
    return (programme.id, programme.office) if programme else ()


def _here(request: Request) -> str:
    """Give the address to come back to; what a form or a provider led to has none of its own."""
    if request.method != "GET":
        return "/queue"
    if request.url.path.startswith("/signin/"):
        return "/signin"  # what a provider has sent is of use once
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
