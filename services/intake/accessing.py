"""The access log, as far as it is the holder's: `GET /v1/submissions/{id}/accesses`, signed as for the status."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.intake import examples, openapi
from services.intake.accesses import MARK, AccessesAnswer, closed_at, mark_of, mark_text, told_accesses
from services.intake.following import Following
from services.intake.requests import Requests
from services.intake.submissions import SubmissionId
from services.intake.telling import Telling
from shared.gate import Gate

_PAGE = 50
_MOST = 200


def routes(requests: Requests, following: Following, telling: Telling, gate: Gate) -> APIRouter:
    """Give the route."""
    api = APIRouter()

    @api.get("/v1/submissions/{submission_id}/accesses", **openapi.ACCESSES)
    async def accesses(
        request: Request,
        submission_id: SubmissionId,
        before: Annotated[
            str | None, Query(pattern=MARK, description="as `next` has it", examples=[examples.BEFORE])
        ] = None,
        limit: Annotated[int, Query(ge=1, le=_MOST, examples=[2])] = _PAGE,
    ) -> AccessesAnswer:
        """열람 이력. Which office looked, when, why and at what; and what the machine read, which is not viewing."""
        case, events = await following.story(await requests.take(request), submission_id)
        found = await gate.accesses(case, limit=limit, before=mark_of(before or ""), until=closed_at(events))
        more = f"{request.url.path}?before={mark_text(found[-1])}&limit={limit}" if len(found) == limit else None
        told = told_accesses(case, found, telling.office_name)
        return AccessesAnswer(submission_id=submission_id, entries=told, next=more)

    return api
