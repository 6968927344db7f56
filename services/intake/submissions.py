"""Routes of submissions: sent, followed, taken back, withdrawn. What comes after is in `destroyed`."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import JSONResponse

from services.intake import examples, openapi
from services.intake.answers import ClosingAnswer, Documents, StatusAnswer
from services.intake.following import Following
from services.intake.requests import DESCRIBES, Requests
from services.intake.rules import Limits
from services.intake.submitting import Submitting
from shared.clock import Clock

SubmissionId = Annotated[str, Path(examples=[examples.SUBMISSION_ID])]
Asked = Annotated[Documents, Query(description="What becomes of the certificates", examples=["destroy"])]


def routes(
    requests: Requests, submitting: Submitting, following: Following, limits: Limits, return_days: int, clock: Clock
) -> APIRouter:
    """Give the routes; a withdrawn application's certificates can be fetched back for `return_days`."""
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

    @api.post("/v1/submissions/{submission_id}/withdraw", **openapi.WITHDRAW)
    async def withdraw(request: Request, submission_id: SubmissionId, documents: Asked = "destroy") -> ClosingAnswer:
        """취하, the application as a whole: 202 until the case is closed, also when it was viewed; 409 from then on."""
        taken = await requests.take(request, limit=DESCRIBES)
        days = return_days if documents == "return" else 0
        until = clock() + timedelta(days) if days else None
        return await following.close("withdraw", taken, submission_id, until)

    return api
