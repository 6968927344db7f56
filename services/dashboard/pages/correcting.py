"""Correcting what was read, or reading by hand what the machine could not: with a reason, beside what was read."""

import uuid
from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.dashboard.by_hand import Field, Mistyped, fields_of, typed
from services.dashboard.desk import Desk
from services.dashboard.pages.drawing import draw
from services.dashboard.pages.guard import Acting, Acts, DeskOf, SignedIn, needs
from services.dashboard.pages.labels import Labels
from services.dashboard.pages.language import gettext as _
from services.dashboard.pages.submission import entry_of, open_look, refused_page
from services.dashboard.pages.troubles import Forbidden, NotThere
from services.dashboard.reasons import LEAST
from services.dashboard.rules import without_rrn
from services.dashboard.store.sessions import OpenLook
from services.dashboard.visits import Visit
from shared.catalog import CertificateKind
from shared.facts import Certificate
from shared.gate import Opened, Refused

router = APIRouter()

_NAMES = uuid.UUID("7c1d2b90-0a4e-5f3b-8e65-2f9a4d3c1b08")
_ADDRESS = "/submissions/{submission_id}/looks/{look_id}/certificates/{part}/values"


@router.get(_ADDRESS)
@needs("correct")
async def form(
    request: Request, desk: DeskOf, visit: SignedIn, submission_id: str, look_id: str, part: int
) -> Response:
    """Show what stands in one certificate as a form, to whoever has it uncovered before them."""
    entry = await entry_of(desk, visit, submission_id)
    taken = await _uncovered(desk, visit, submission_id, look_id)
    if taken is None:
        return RedirectResponse(f"/submissions/{submission_id}/looks/{look_id}", 303)
    opened = await open_look(desk, visit, entry, taken.purpose, look_id)
    if isinstance(opened, Refused):
        return refused_page(request, visit, opened)
    return _form(request, desk, visit, opened, taken, part)


@router.post(_ADDRESS)
@needs("correct")
async def correct(
    request: Request, desk: DeskOf, acting: Acts, submission_id: str, look_id: str, part: int
) -> Response:
    """Take fields `v:PATH` for each value, `reason`, `expects` (how many corrections there were) and `token`."""
    entry = await entry_of(desk, acting.visit, submission_id)
    taken = await _uncovered(desk, acting.visit, submission_id, look_id)
    if taken is None or not acting.text("expects").isdecimal():
        raise Forbidden
    opened = await open_look(desk, acting.visit, entry, taken.purpose, look_id)
    if isinstance(opened, Refused):
        return refused_page(request, acting.visit, opened)
    back = f"/submissions/{submission_id}/looks/{look_id}"
    certificate, kind = _certificate(desk, opened, part)
    request_id = f"correct-{uuid.uuid5(_NAMES, '|'.join((acting.text('token'), look_id, str(part))))}"
    if any(one.request_id == request_id for one in opened.case.corrections):  # with it there is nothing left to change
        return RedirectResponse(f"{back}#paper-{part}", 303)
    said = {name.removeprefix("v:"): acting.texts(name) for name in acting.form if name.startswith("v:")}
    reason = without_rrn(acting.text("reason"))
    try:
        change = typed(said, fields_of(certificate, kind), kind, certificate)
    except Mistyped as wrong:
        return _form(request, desk, acting.visit, opened, taken, part, said=acting, wrong=str(wrong))
    if len(reason) < LEAST:
        return _form(request, desk, acting.visit, opened, taken, part, said=acting, wrong="reason")
    if not change.anything:
        return _form(request, desk, acting.visit, opened, taken, part, said=acting, wrong="nothing")
    done = await desk.gate.correct(
        submission_id,
        part,
        change.values,
        change.unknown,
        reason=reason,
        official=acting.person.official,
        look_id=look_id,
        request_id=request_id,
        expects=int(acting.text("expects")),
    )
    if isinstance(done, Refused):
        return refused_page(request, acting.visit, done, back=back)
    await desk.done(done.event)
    return RedirectResponse(f"{back}#paper-{part}", 303)


async def _uncovered(desk: Desk, visit: Visit, submission_id: str, look_id: str) -> OpenLook | None:
    taken = await desk.stores.sessions.look(look_id, submission_id, visit.person, desk.clock())
    return taken if taken and taken.unmasked else None


def _certificate(desk: Desk, opened: Opened, part: int) -> tuple[Certificate, CertificateKind]:
    """Give a certificate as it counts, and its kind's template. Raises `NotThere`."""
    there = opened.facts.certificates if opened.facts else ()
    certificate = next((one for one in there if one.part == part), None)
    kind = desk.catalog.certificates.get(certificate.kind) if certificate else None
    if certificate is None or kind is None:
        raise NotThere
    return certificate, kind


def _form(
    request: Request,
    desk: Desk,
    visit: Visit,
    opened: Opened,
    taken: OpenLook,
    part: int,
    *,
    said: Acting | None = None,
    wrong: str = "",
) -> Response:
    certificate, kind = _certificate(desk, opened, part)
    places = opened.provenance.certificates if opened.provenance else ()
    pages = next((len(one.pages) for one in places if one.part == part), 0)
    held = opened.case.certificates[part]
    return draw(
        request,
        visit,
        "correct.html",
        status=422 if wrong else 200,
        opened=opened,
        case=opened.case,
        taken=taken,
        part=part,
        kind=kind,
        certificate=certificate,
        groups=_groups(fields_of(certificate, kind), Labels(kind)),
        pages=max(pages, 1) if held.blob_id else 0,
        programme=desk.catalog.programmes.get(opened.case.programme_id),
        expects=int(said.text("expects")) if said else len(opened.case.corrections),
        said={name: said.texts(name) for name in said.form} if said else {},
        reason=said.text("reason") if said else "",
        wrong=wrong,
    )


def _groups(fields: Sequence[Field], labels: Labels) -> list[tuple[str, list[tuple[Field, str]]]]:
    """Give the fields as they stand together: those of the certificate itself, then row by row; the last is new."""
    found: dict[str, list[tuple[Field, str]]] = {}
    own = _("증명서 내용")
    for field in fields:
        row, _dot, column = field.path.rpartition(".")
        title = labels.row(row) if column and row else own
        found.setdefault(title, []).append((field, labels.of(field.path)))
    return [
        (
            title
            if title == own or any(field.now is not None for field, _label in some)
            else f"{title} ({_('새 줄')})",
            some,
        )
        for title, some in found.items()
    ]
