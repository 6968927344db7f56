"""What anybody may ask: who takes certificates and for what, the QR code that leads there, the table of problems."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.intake import openapi, problems
from services.intake.answers import (
    AcceptedKind,
    InstitutionAnswer,
    OfficeAnswer,
    ProblemRow,
    ProgrammeAnswer,
    ReceivingOffice,
    problem_row,
)
from services.intake.policy import PolicyAnswer, policy_of
from services.intake.problems import Refusal, Refused
from services.intake.telling import named
from shared.catalog import Catalog, Institution, Programme
from shared.clock import Clock
from shared.qr import address, qr
from shared.settings import Settings

Typed = Annotated[
    str,
    Query(
        max_length=100,
        description="a name or an alias, also in initial consonants (초성) or half typed",
        examples=["ㅅㅁㄷㅌ"],
    ),
]
InstitutionId = Annotated[str, Path(examples=["seoul"])]
ProgrammeId = Annotated[str, Path(examples=["SONMOK9988_2022"])]


def institution_answer(institution: Institution, origin: str) -> InstitutionAnswer:
    """Give an institution as it is answered."""
    offices = tuple(
        OfficeAnswer(id=office.id, name=office.name, contact=office.contact) for office in institution.offices
    )
    return InstitutionAnswer(
        id=institution.id,
        name=institution.name,
        code=institution.code,
        offices=offices,
        programmes_url=f"{origin}/v1/institutions/{institution.id}/programmes",
    )


def programme_answer(programme: Programme, catalog: Catalog, origin: str, clock: Clock) -> ProgrammeAnswer:
    """Give a programme as it is answered now."""
    accepts = programme.accepts
    receiving = filter(None, map(catalog.office, programme.offices))
    return ProgrammeAnswer(
        id=programme.id,
        version=programme.version,
        name=programme.name,
        aliases=programme.aliases,
        institution=programme.institution,
        office=programme.office,
        offices=tuple(
            ReceivingOffice(id=office.id, institution=institution.id, name=named(institution, office))
            for institution, office in receiving
        ),
        opens_at=programme.opens_at,
        closes_at=programme.closes_at,
        open=programme.is_open(clock()),
        closed_because=programme.closed_because,
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
        qr_png=f"{address(programme.id, origin)}/qr.png",
    )


def routes(catalog: Catalog, settings: Settings, origin: str, clock: Clock) -> APIRouter:
    """Give the routes that need no signature; a programme's policy is told by the settings."""
    api = APIRouter()
    _of_institutions(api, catalog, origin, clock)
    _of_programmes(api, catalog, settings, origin, clock)
    _of_problems(api)
    return api


def _of_institutions(api: APIRouter, catalog: Catalog, origin: str, clock: Clock) -> None:
    def institution_of(institution_id: str) -> Institution:
        found = catalog.institutions.get(institution_id)
        if found is None:
            raise Refused(Refusal("institution-not-found"))
        return found

    @api.get("/v1/institutions", **openapi.INSTITUTIONS)
    async def institutions(q: Typed = "") -> list[InstitutionAnswer]:
        """기관 검색. Recipient institutions (제출기관) by name or 초성, best first; all of them without `q`."""
        return [institution_answer(one, origin) for one in catalog.search_institutions(q)]

    @api.get("/v1/institutions/{institution_id}", **openapi.INSTITUTION)
    async def institution(institution_id: InstitutionId) -> InstitutionAnswer:
        """기관 안내. One institution and its offices."""
        return institution_answer(institution_of(institution_id), origin)

    @api.get("/v1/institutions/{institution_id}/programmes", **openapi.PROGRAMMES_OF)
    async def programmes_of(institution_id: InstitutionId) -> list[ProgrammeAnswer]:
        """기관의 사업. Its programmes, each with the certificates it needs."""
        found = institution_of(institution_id)
        theirs = (one for one in catalog.programmes.values() if one.institution == found.id)
        return [programme_answer(one, catalog, origin, clock) for one in theirs]


def _of_programmes(api: APIRouter, catalog: Catalog, settings: Settings, origin: str, clock: Clock) -> None:
    def programme_of(programme_id: str) -> Programme:
        found = catalog.programmes.get(programme_id)
        if found is None:
            raise Refused(Refusal("programme-not-found"))
        return found

    @api.get("/v1/programmes", **openapi.PROGRAMMES)
    async def programmes(q: Typed = "") -> list[ProgrammeAnswer]:
        """사업 검색. By name, alias or 초성 (initial consonants, as ㅅㅁㄷㅌ), best first; all of them without `q`."""
        return [programme_answer(one, catalog, origin, clock) for one in catalog.search(q)]

    @api.get("/v1/programmes/{programme_id}", **openapi.PROGRAMME)
    async def programme(programme_id: ProgrammeId) -> ProgrammeAnswer:
        """사업 안내. Period, certificates accepted, take-back policy."""
        return programme_answer(programme_of(programme_id), catalog, origin, clock)

    @api.get("/v1/programmes/{programme_id}/policy", **openapi.POLICY)
    async def policy(programme_id: ProgrammeId) -> PolicyAnswer:
        """사업의 약속. What counts as viewed, taking back, withdrawing, retention, and the record of destruction."""
        return policy_of(programme_of(programme_id), settings.return_days, settings.access_log_days)

    @api.get("/v1/programmes/{programme_id}/qr.svg", **openapi.QR_SVG)
    async def qr_svg(programme_id: ProgrammeId) -> Response:
        """사업 QR (SVG). Leads a wallet app to the programme: it says the programme's address at this door."""
        return Response(qr(programme_of(programme_id).id, origin, "svg"), media_type="image/svg+xml")

    @api.get("/v1/programmes/{programme_id}/qr.png", **openapi.QR_PNG)
    async def qr_png(programme_id: ProgrammeId) -> Response:
        """사업 QR (PNG). The same as a bitmap."""
        return Response(qr(programme_of(programme_id).id, origin, "png"), media_type="image/png")


def _of_problems(api: APIRouter) -> None:
    @api.get("/v1/problems", **openapi.PROBLEMS)
    async def all_problems() -> list[ProblemRow]:
        """오류 코드 표. Every code, in Korean and English."""
        return [problem_row(row) for row in problems.TABLE.values()]

    @api.get("/v1/problems/{code}", **openapi.PROBLEM)
    async def one_problem(code: Annotated[str, Path(examples=["take-back-viewed"])]) -> ProblemRow:
        """오류 코드. One of them; the `type` of a problem leads here."""
        if code not in problems.TABLE:
            raise Refused(Refusal("not-found"))
        return problem_row(problems.TABLE[code])
