"""Routes of submissions: sent, followed, taken back. Withdrawing, and what comes after, is in `destroyed`."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import JSONResponse

from services.intake import examples, openapi
from services.intake.answers import ClosingAnswer, StatusAnswer
from services.intake.following import Following
from services.intake.requests import DESCRIBES, Requests
from services.intake.rules import Limits
from services.intake.submitting import Submitting

SubmissionId = Annotated[str, Path(examples=[examples.SUBMISSION_ID])]


def routes(requests: Requests, submitting: Submitting, following: Following, limits: Limits) -> APIRouter:
    """Give the routes."""
    api = APIRouter()

    @api.post("/v1/submissions", **openapi.SUBMIT)
    async def submit(request: Request) -> Response:
        """제출. All certificates or none. 201 with the receipt; sent again, 200 with the same receipt."""
        async with requests.taking(request, limit=limits.body) as taken:
            receipt, new = await submitting.submit(taken)
        request.state.subject = receipt.submission_id
        answer = receipt.model_dump(mode="json")
        return JSONResponse(answer, 201 if new else 200, headers={"location": receipt.status_url})

    @api.get("/v1/submissions/{submission_id}", **openapi.STATUS)
    async def status(request: Request, submission_id: SubmissionId) -> StatusAnswer:
        """상태와 이력. For the holder, through any wallet app."""
        return await following.status(await requests.take(request), submission_id)

    @api.post("/v1/submissions/{submission_id}/take-back", **openapi.TAKE_BACK)
    async def take_back(request: Request, submission_id: SubmissionId) -> ClosingAnswer:
        """회수. 202 when agreed; 409 at once, with who saw it and when, once somebody at the office has."""
        return await following.close("take_back", await requests.take(request, limit=DESCRIBES), submission_id)

    return api
