"""What anybody may ask: who takes certificates and for what, the QR code that leads there, the table of problems."""

import io
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Query, Response

from services.intake import openapi, problems
from services.intake.answers import AcceptedKind, InstitutionAnswer, OfficeAnswer, ProgrammeAnswer
from services.intake.problems import Refusal, Refused
from shared.catalog import Catalog, Institution, Programme
from shared.clock import Clock


def institution_answer(institution: Institution) -> InstitutionAnswer:
    """Give an institution as it is answered."""
    offices = tuple(
        OfficeAnswer(id=office.id, name=office.name, contact=office.contact) for office in institution.offices
    )
    return InstitutionAnswer(id=institution.id, name=institution.name, code=institution.code, offices=offices)


def address(programme_id: str, origin: str) -> str:
    """Give a programme's public address: what its QR code says, since no official payload is published."""
    return f"{origin}/v1/programmes/{programme_id}"


def programme_answer(programme: Programme, origin: str, clock: Clock) -> ProgrammeAnswer:
    """Give a programme as it is answered now."""
    accepts = programme.accepts
    return ProgrammeAnswer(
        id=programme.id,
        version=programme.version,
        name=programme.name,
        aliases=programme.aliases,
        institution=programme.institution,
        office=programme.office,
        opens_at=programme.opens_at,
        closes_at=programme.closes_at,
        open=programme.is_open(clock()),
        certificates=tuple(
            AcceptedKind(
                kind=kind,
                title=programme.titles[kind],
                need="each" if kind in accepts.all_of else "one_of" if kind in accepts.any_of else "optional",
                issued_within_days=programme.freshness_days.get(kind),
            )
            for kind in accepts.kinds
        ),
        take_back_policy=programme.take_back_policy,
        answers_within=programme.answers_within,
        policy=f"{address(programme.id, origin)}/policy",
        qr=f"{address(programme.id, origin)}/qr.svg",
    )


def qr_svg(programme_id: str, origin: str) -> bytes:
    """Give the QR code of a programme's address as an SVG, with its quiet zone and a quarter of damage allowed."""
    drawn = io.BytesIO()
    segno.make(address(programme_id, origin), error="q", micro=False).save(
        drawn, kind="svg", scale=8, title=programme_id
    )
    return drawn.getvalue()


def routes(catalog: Catalog, origin: str, clock: Clock) -> APIRouter:
    """Give the routes that need no signature."""
    api = APIRouter()

    def programme_of(programme_id: str) -> Programme:
        found = catalog.programmes.get(programme_id)
        if found is None:
            raise Refused(Refusal("programme-not-found"))
        return found

    @api.get("/v1/institutions", tags=["catalogue"])
    async def institutions() -> list[InstitutionAnswer]:
        """기관 목록. Recipient institutions and their offices."""
        return [institution_answer(one) for one in catalog.institutions.values()]

    @api.get("/v1/programmes", tags=["catalogue"], responses=openapi.refusals(422))
    async def programmes(q: Annotated[str, Query(max_length=100)] = "") -> list[ProgrammeAnswer]:
        """사업 검색. By name, alias or 초성 (initial consonants, as ㅅㅁㄷㅌ), best first; all of them without `q`."""
        return [programme_answer(one, origin, clock) for one in catalog.search(q)]

    @api.get("/v1/programmes/{programme_id}", tags=["catalogue"], responses=openapi.refusals(404))
    async def programme(programme_id: str) -> ProgrammeAnswer:
        """사업 안내. Period, certificates accepted, take-back policy."""
        return programme_answer(programme_of(programme_id), origin, clock)

    @api.get("/v1/programmes/{programme_id}/qr.svg", tags=["catalogue"], responses=openapi.refusals(404))
    async def qr(programme_id: str) -> Response:
        """사업 QR. Leads a wallet app to the programme."""
        return Response(qr_svg(programme_of(programme_id).id, origin), media_type="image/svg+xml")

    @api.get("/v1/problems", tags=["problems"])
    async def all_problems() -> list[dict[str, Any]]:
        """오류 코드 표. Every code, in Korean and English."""
        return [problems.described(row) for row in problems.TABLE.values()]

    @api.get("/v1/problems/{code}", tags=["problems"], responses=openapi.refusals(404))
    async def one_problem(code: str) -> dict[str, Any]:
        """오류 코드. One of them; the `type` of a problem leads here."""
        if code not in problems.TABLE:
            raise Refused(Refusal("not-found"))
        return problems.described(problems.TABLE[code])

    return api
