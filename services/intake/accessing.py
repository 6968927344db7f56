"""The access log, as far as it is the holder's: `GET /v1/submissions/{id}/accesses`, signed as for the status."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.intake import openapi
from services.intake.accesses import MARK, AccessesAnswer, closed_at, mark_of, mark_text, told_accesses
from services.intake.following import Following
from services.intake.requests import Requests
from services.intake.telling import Telling
from shared.gate import Gate

_PAGE = 50
_MOST = 200
_EXAMPLE = {
    "submission_id": "s-abcdefghijklmnopqrstuvwxyz",
    "entries": [
        {
            "what": "viewed",
            "by": "person",
            "office": {"id": "sonmok9988", "name": {"ko": "예시시 예시과", "en": "Example Division, Example City"}},
            "at": "2026-11-23T01:02:03.004000Z",
            "purpose": {"ko": "심사", "en": "review"},
        },
        {
            "what": "read",
            "by": "machine",
            "at": "2026-11-22T03:00:01.500000Z",
            "purpose": {"ko": "증명서 판독", "en": "reading the certificates"},
        },
    ],
    "next": "/v1/submissions/s-abcdefghijklmnopqrstuvwxyz/accesses?before=1795316401500-00000012.0000000034&limit=2",
}
_DESCRIBED = {
    **openapi.STATUS,
    "responses": {
        200: {"description": "The accesses, newest first", "content": {"application/json": {"example": _EXAMPLE}}},
        **openapi.refusals(400, 401, 404, 422, 503),
    },
}


def routes(requests: Requests, following: Following, telling: Telling, gate: Gate) -> APIRouter:
    """Give the route."""
    api = APIRouter()

    @api.get("/v1/submissions/{submission_id}/accesses", **_DESCRIBED)
    async def accesses(
        request: Request,
        submission_id: str,
        before: Annotated[str | None, Query(pattern=MARK, description="as `next` has it")] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = _PAGE,
    ) -> AccessesAnswer:
        """열람 이력. Which office looked, when, why and at what; and what the machine read, which is not viewing."""
        case, events = await following.story(await requests.take(request), submission_id)
        found = await gate.accesses(case, limit=limit, before=mark_of(before or ""), until=closed_at(events))
        more = f"{request.url.path}?before={mark_text(found[-1])}&limit={limit}" if len(found) == limit else None
        told = told_accesses(case, found, lambda office: telling.office_name(case.programme_id, office))
        return AccessesAnswer(submission_id=submission_id, entries=told, next=more)

    return api
