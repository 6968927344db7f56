"""The wallets' door: its routes, and the timeline it keeps from every event."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from starlette.responses import JSONResponse

from services.intake import accessing, destroyed, openapi, page, public, timelines, webhook_keys
from services.intake.answers import ClosingAnswer, StatusAnswer
from services.intake.following import Following
from services.intake.guard import Guard, tell_problems
from services.intake.links import Links
from services.intake.offers import Offers
from services.intake.orphans import Orphans
from services.intake.requests import DESCRIBES, Requests
from services.intake.rules import Limits
from services.intake.signatures import Signatures
from services.intake.store import Store
from services.intake.stories import Stories
from services.intake.streams import Watch
from services.intake.submitting import Submitting
from services.intake.telling import Telling
from services.intake.wallet_keys import WalletKey, load_wallet_keys
from shared import events as said
from shared.catalog import Catalog, load
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.service import running
from shared.settings import Settings
from shared.wiring import Wiring


def build(wiring: Wiring, catalog: Catalog, keys: Mapping[str, WalletKey], limits: Limits | None = None) -> FastAPI:
    """Wire the door up: on a store and its keys, the catalogue, and the wallet apps' public keys by id."""
    origin = wiring.settings.public_url.rstrip("/")
    clock, limits = wiring.clock, limits or Limits()
    bus = Bus(wiring.settings, "intake", clock=clock)
    store, links = Store(wiring.database("intake")), Links(wiring.keyring, origin)
    outbox = Outbox(wiring.gate.owed, bus.say, [said.SubmissionReceived, said.WithdrawalRequested], clock)
    orphans = Orphans(wiring.gate, wiring.vault, clock)
    requests = Requests(Signatures(keys, origin), store, clock)
    telling, stories = Telling(catalog, links, clock), Stories(wiring.gate, store)
    watch = Watch(stories)
    submitting = Submitting(catalog, wiring.gate, wiring.vault, wiring.keyring, outbox, clock, limits, links)
    following = Following(wiring.gate, wiring.keyring, stories, telling, links, outbox)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with wiring.open(store), running(bus, [outbox.run, orphans.run, watch.run], store.ready):
            yield

    api = FastAPI(
        title="Gubi: the wallets' door (구비, 지갑 접수 창구)",
        version="1",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.bus, api.state.watch = bus, watch
    api.openapi = openapi.describing(api, origin)  # type: ignore[method-assign]
    api.add_middleware(Guard, origin=origin)
    tell_problems(api, origin, Offers(telling, limits))

    api.include_router(public.routes(catalog, origin, clock))
    api.include_router(accessing.routes(requests, following, telling, wiring.gate))
    api.include_router(timelines.routes(requests, following, telling, watch))
    api.include_router(page.routes(catalog, links, stories, telling, watch))
    api.include_router(webhook_keys.routes(wiring.settings.keys, clock))
    api.include_router(destroyed.routes(wiring, catalog, requests, following))

    @api.post("/v1/submissions", **openapi.SUBMIT)
    async def submit(request: Request) -> Response:
        """제출. All certificates or none. 201 with the receipt; sent again, 200 with the same receipt."""
        receipt, new = await submitting.submit(await requests.take(request, limit=limits.body))
        answer = receipt.model_dump(mode="json")
        return JSONResponse(answer, 201 if new else 200, headers={"location": receipt.status_url})

    @api.get("/v1/submissions/{submission_id}", **openapi.STATUS)
    async def status(request: Request, submission_id: str) -> StatusAnswer:
        """상태와 이력. For the holder, through any wallet app."""
        return await following.status(await requests.take(request), submission_id)

    @api.post("/v1/submissions/{submission_id}/take-back", **openapi.CLOSE)
    async def take_back(request: Request, submission_id: str) -> ClosingAnswer:
        """회수. 202 when agreed; 409 at once, with who saw it and when, once somebody at the office has."""
        return await following.close("take_back", await requests.take(request, limit=DESCRIBES), submission_id)

    @api.get("/livez", include_in_schema=False)
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @api.get("/readyz", include_in_schema=False)
    async def readyz() -> dict[str, str]:
        """Ready when the store answers; while Kafka is away submissions are held and said later."""
        await store.ready()
        return {"status": "ready"}

    @bus.on(
        said.SubmissionReceived,
        said.WithdrawalRequested,
        said.SubmissionExtracted,
        said.ExtractionFailed,
        said.SubmissionScreened,
        said.SubmissionTakenBack,
        said.SubmissionWithdrawn,
        said.SubmissionExpired,
        said.SubmissionViewed,
        said.SubmissionDecided,
        said.SupplementAsked,
    )
    async def on_submission_event(events: Sequence[said.SubmissionEvent]) -> None:
        """Keep the citizen's timeline: entries under their own ids, so that order and repetition do not matter."""
        await store.record(events)

    return api


def app() -> FastAPI:
    """Give the real one. Raises where keyring, wallet keys or catalogue are missing."""
    settings = Settings()
    keys = load_wallet_keys(settings.keys / "wallets.json")
    return build(Wiring.of(settings, service="intake"), load(settings.catalog), keys)
