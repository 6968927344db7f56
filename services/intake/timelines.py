"""The timeline by API: as JSON, or as server-sent events for a wallet app that names them in its Accept header."""

from fastapi import APIRouter, Request, Response

from services.intake import openapi
from services.intake.answers import TimelineAnswer
from services.intake.following import Following
from services.intake.requests import Requests
from services.intake.streams import Stream, Watch, wants_stream
from services.intake.submissions import SubmissionId
from services.intake.telling import Story


def routes(requests: Requests, following: Following, watch: Watch) -> APIRouter:
    """Give the route."""
    api = APIRouter()

    async def data(story: Story) -> str:
        return (await following.told(story)).model_dump_json(by_alias=True)

    @api.get("/v1/submissions/{submission_id}/timeline", response_model=TimelineAnswer, **openapi.TIMELINE)
    async def timeline(request: Request, submission_id: SubmissionId) -> TimelineAnswer | Response:
        """진행. What happened, what is expected next, and when; as it happens, for whoever accepts events."""
        story = await following.story(await requests.take(request), submission_id)
        if not wants_stream(request.headers.get("accept", "")):
            return await following.told(story)
        return Stream(watch, watch.open(submission_id), story, data, request.headers.get("last-event-id"))

    return api
