"""The wallet simulator: six fake wallet apps behind one address, and the holders' wallets behind them.

In memory, on purpose: it stands for the world outside, and nothing in Gubi may rest on what it remembers.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, JSONResponse

from gubi_wallet import AppKey, Problem, WalletClient
from services.wallet_simulator import holding, receiving, scanning, sending
from services.wallet_simulator.answering import Answering
from services.wallet_simulator.inbox import Inbox
from services.wallet_simulator.issuing import Press
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.page import Page
from services.wallet_simulator.samples import Issuer
from services.wallet_simulator.sending import Apps
from services.wallet_simulator.verifying import Verifier
from services.wallet_simulator.world import No, World
from shared.catalog import Catalog, load
from shared.clock import Clock, utc_now
from shared.settings import Settings

_ANSWERS_AFTER = 3.0
"""Long enough to be seen waiting at the desk, in seconds."""


def build(
    door: str,
    catalog: Catalog,
    keys: Mapping[str, AppKey],
    issuer: Issuer,
    *,
    clock: Clock = utc_now,
    transport: httpx.AsyncBaseTransport | None = None,
    answers_after: float = _ANSWERS_AFTER,
) -> FastAPI:
    """Wire the simulator up.

    `door` is intake's public address, `keys` are what the apps sign with; `issuer` makes the certificates; `transport`
    reaches the door another way than over the network; `answers_after` are the seconds a holder lets a request wait.
    """
    world, inbox, verifier = World(), Inbox(keys), Verifier(door, clock, transport)
    clients = {app: WalletClient(door, key, clock=clock, transport=transport) for app, key in keys.items()}
    apps, press = Apps(clients), Press(issuer, clock)
    answering = Answering(world, apps, press, answers_after)
    page = Page(catalog, world, inbox, clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for client in clients.values():
                await stack.enter_async_context(client)
            yield
            await answering.close()
            await verifier.close()

    api = FastAPI(
        title="전자문서지갑 모의 앱 (예시): wallet simulator, made-up data only",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    api.include_router(holding.routes(world, press))
    api.include_router(sending.routes(world, apps, clock))
    api.include_router(scanning.routes(apps))
    api.include_router(receiving.routes(world, inbox, verifier, answering, clock))

    @api.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def index() -> str:
        """Show the page for people."""
        return page.html()

    @api.get("/livez", include_in_schema=False)
    async def livez() -> dict[str, str]:
        """Tell that the process answers."""
        return {"status": "alive"}

    @api.exception_handler(No)
    async def refused(_: Request, no: No) -> JSONResponse:
        """Answer with the simulator's own refusal."""
        return JSONResponse({"code": no.code, "detail": no.detail}, no.status)

    @api.exception_handler(Problem)
    async def refused_by_the_door(_: Request, problem: Problem) -> JSONResponse:
        """Pass on what the door said."""
        return JSONResponse(dict(problem.problem), problem.status, media_type="application/problem+json")

    return api


def app() -> FastAPI:
    """Give the real one. Raises `GubiError` where nothing was prepared."""
    settings = Settings()
    return build(
        settings.public_url,
        load(settings.catalog),
        ensure_wallet_keys(settings.keys),
        Issuer.open(settings.keys / "sample-issuer"),
    )
