"""What a holder is given at the end: their certificates back, and the signed record of what was destroyed.

Asked for as the status is, by a signed request of any wallet app for the holder named in it.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.intake import openapi
from services.intake.answers import DestructionAnswer, ReturnedAnswer
from services.intake.following import Following
from services.intake.problems import Refusal, Refused
from services.intake.requests import Requests
from services.intake.submissions import SubmissionId
from shared.gate import ENDED, Gate
from shared.gate import Refused as GateRefused

Number = Annotated[int, Path(ge=1, le=99, examples=[1])]


def routes(gate: Gate, requests: Requests, following: Following) -> APIRouter:
    """Give the routes."""
    api = APIRouter()

    @api.get("/v1/submissions/{submission_id}/destruction-record", **openapi.DESTRUCTION)
    async def record(request: Request, submission_id: SubmissionId) -> DestructionAnswer:
        """파기 확인서. What was destroyed, when, by which request, and until when a backup could open it; signed."""
        case = await following.case(await requests.take(request), submission_id)
        if case.state not in ENDED or case.destruction is None:
            raise Refused(Refusal("not-destroyed"))
        return DestructionAnswer(submission_id=submission_id, state=case.state, record=case.destruction)

    @api.get("/v1/submissions/{submission_id}/certificates/{number}", **openapi.GIVEN_BACK)
    async def certificate(request: Request, submission_id: SubmissionId, number: Number) -> Response:
        """반환. A withdrawn application's certificate, back to its holder, until `return_until`."""
        case = await following.case(await requests.take(request), submission_id)
        given = await gate.given_back(submission_id, number - 1, holder=case.holder)
        if isinstance(given, GateRefused):
            raise Refused(Refusal("not-found" if given.reason == "not_found" else "nothing-to-give-back"))
        return Response(given, media_type="application/pdf")

    @api.delete("/v1/submissions/{submission_id}/certificates", **openapi.GOT_BACK)
    async def got_back(request: Request, submission_id: SubmissionId) -> ReturnedAnswer:
        """반환 완료. The holder has them: what is left is destroyed now rather than at `return_until`."""
        case = await following.case(await requests.take(request), submission_id)
        answer = await gate.got_back(submission_id, holder=case.holder)
        if isinstance(answer, GateRefused):
            raise Refused(Refusal("nothing-to-give-back"))
        left = answer.case
        return ReturnedAnswer(submission_id=submission_id, state=left.state, return_until=left.return_until)

    return api
