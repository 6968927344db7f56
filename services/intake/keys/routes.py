"""Routes by which a wallet app changes its own keys without a pause."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import JSONResponse

from services.intake import openapi
from services.intake.keys.answers import KeyAnswer
from services.intake.keys.changing import Changing
from services.intake.requests import DESCRIBES, Requests


def routes(requests: Requests, changing: Changing) -> APIRouter:
    """Give the routes; each is for the app that signs, and shows it nothing of another's."""
    api = APIRouter()

    @api.get("/v1/wallet-keys", **openapi.KEYS)
    async def keys(request: Request) -> list[KeyAnswer]:
        """앱의 키 목록. The app's keys, and since when each holds."""
        return await changing.listed(await requests.take(request))

    @api.post("/v1/wallet-keys", **openapi.REGISTER)
    async def register(request: Request) -> Response:
        """새 키 등록. Signed by a key in force and by the new one; 201, or 200 when it was registered before."""
        answer, new = await changing.register(await requests.take(request, limit=DESCRIBES))
        return JSONResponse(answer.model_dump(mode="json"), 201 if new else 200)

    @api.post("/v1/wallet-keys/{keyid}/retire", **openapi.RETIRE)
    async def retire(request: Request, keyid: Annotated[str, Path(examples=["toss-2026"])]) -> KeyAnswer:
        """키 폐기. Another key of the app holds no longer, from now or from a later instant on."""
        return await changing.retire(await requests.take(request, limit=DESCRIBES), keyid)

    return api
