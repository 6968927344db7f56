"""Routes of the wallet apps' webhook endpoints, of what came in, and of the switches that make an app fail."""

import asyncio
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.wallet_simulator.answering import Answering
from services.wallet_simulator.inbox import Inbox, Mode, Notice, Switch
from services.wallet_simulator.verifying import Verifier
from services.wallet_simulator.world import No, World
from shared.clock import Clock

_LARGEST = 20_000
"""Bytes of a webhook's body (Standard Webhooks 1.0 asks for less than 20 kB)."""

_REFUSING: dict[Mode, int] = {"error": 500, "gone": 410}


class NewSwitch(BaseModel):
    """How an app is to behave from now on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Mode
    seconds: float = Field(10.0, ge=0, le=120)
    """How late a `slow` app answers."""


async def read_at_most(request: Request, size: int) -> bytes:
    """Give a request's body. Raises `No` where it is longer than that."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > size:
            raise No(413, "body-too-big", "본문이 너무 큽니다.")
    return body


def routes(world: World, inbox: Inbox, verifier: Verifier, answering: Answering, clock: Clock) -> APIRouter:
    """Give the routes."""
    api = APIRouter(tags=["notices"])

    def known(app: str) -> str:
        if app not in inbox.switches:
            raise No(404, "app-not-found", f"지갑 앱은 {', '.join(inbox.switches)}입니다.")
        return app

    def shown(notice: Notice) -> dict[str, Any]:
        sent = world.sent.get(notice.submission_id)
        return {**asdict(notice), "holder": sent.holder_id if sent else None}

    @api.post("/wallets/{app}/notices", status_code=204)
    async def told(app: str, request: Request) -> Response:
        """A webhook: verified before anything else, counted by its id, answered as the switch says."""
        switch = inbox.switches[known(app)]
        body = await read_at_most(request, _LARGEST)
        if switch.mode == "down":
            while (await request.receive())["type"] != "http.disconnect":
                pass
            return Response(status_code=503)
        content = await verifier.verified(app, body, request.headers)
        accepted = switch.mode not in _REFUSING
        notice = inbox.take(app, request.headers["webhook-id"], content, clock(), accepted=accepted)
        if accepted:
            answering.told(notice)
        if switch.mode == "slow":
            await asyncio.sleep(switch.seconds)
        return Response(status_code=_REFUSING.get(switch.mode, 204))

    @api.put("/wallets/{app}/switch")
    async def switch(app: str, asked: NewSwitch) -> Switch:
        """지갑 앱을 고장 내거나 고친다."""
        inbox.switches[known(app)] = Switch(asked.mode, asked.seconds)
        return inbox.switches[app]

    @api.get("/notices")
    async def notices(app: str | None = None, submission: str | None = None) -> dict[str, Any]:
        """받은 알림, 오래된 것부터."""
        found = inbox.notices(app=app, submission_id=submission)
        return {"counts": inbox.counts(), "notices": [shown(notice) for notice in found]}

    @api.get("/holders/{holder_id}/inbox")
    async def inbox_of(holder_id: str) -> list[dict[str, Any]]:
        """한 사람이 받은 알림: 어느 앱으로 왔든."""
        world.holder(holder_id)
        mine = [shown(notice) for notice in inbox.notices() if notice.times]
        return [notice for notice in mine if notice["holder"] == holder_id]

    return api
