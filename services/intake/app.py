"""The wallets' door: its routes, and the timeline it keeps from every event."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from services.intake import accessing, destroyed, page, public, public_keys, standing, submissions, timelines
from services.intake.describing import describing
from services.intake.draws import routes as draw_routes
from services.intake.draws.store import Draws
from services.intake.following import Following
from services.intake.guard import Guard, tell_problems
from services.intake.keys import routes as key_routes
from services.intake.keys.changing import Changing
from services.intake.keys.registry import Registry
from services.intake.keys.store import KeyStore
from services.intake.links import Links
from services.intake.offers import Offers
from services.intake.orphans import Orphans
from services.intake.requests import Requests
from services.intake.room import Room
from services.intake.rules import Limits
from services.intake.sandbox import samples_only
from services.intake.signatures import Signatures
from services.intake.store import Store
from services.intake.stories import Stories
from services.intake.streams import Watch
from services.intake.submitting import Submitting
from services.intake.supplementing import Supplementing
from services.intake.supplementing import routes as supplementing_routes
from services.intake.telling import Telling
from services.intake.verdicts import remedy_of
from shared import events as said
from shared.catalog import Catalog, load
from shared.door import Observed
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.service import running
from shared.settings import Settings
from shared.signing import published
from shared.uptake import Uptake
from shared.wiring import Wiring


def build(wiring: Wiring, catalog: Catalog, limits: Limits | None = None) -> FastAPI:
    """Wire the door up: on a store and its keys, and the catalogue. Raises `SandboxError` and `SigningError`."""
    origin = wiring.settings.public_url.rstrip("/")
    clock, limits = wiring.clock, limits or Limits()
    bus = Bus(wiring.settings, "intake", clock=clock)
    drawn = Draws(wiring.database("intake"))
    store, wallet_keys = Store(wiring.database("intake")), KeyStore(wiring.database("intake"))
    outbox = Outbox(wiring.gate.owed, bus.say, [said.SubmissionReceived, said.WithdrawalRequested], clock)
    records = published(wiring.settings.keys)
    orphans = Orphans(wiring.gate, wiring.vault, clock)
    signatures, registry = Signatures(origin), Registry(wallet_keys, clock)
    requests = Requests(signatures, registry, store, Room(limits.bodies), clock)
    links = Links(wiring.keyring, origin, sandbox=wiring.settings.sandbox)
    telling, stories = Telling(catalog, links, clock), Stories(wiring.gate, store)
    watch, is_sample = Watch(stories), samples_only(wiring.settings)
    submitting = Submitting(catalog, wiring.gate, wiring.vault, wiring.keyring, outbox, clock, limits, links, is_sample)
    supplementing = Supplementing(catalog, wiring.gate, wiring.vault, wiring.keyring, outbox, clock, limits, submitting)
    uptake = Uptake.of(wiring, catalog)
    remedy = remedy_of(wiring.settings.remedy_ko, wiring.settings.remedy_en)
    following = Following(wiring.gate, wiring.keyring, stories, telling, links, outbox, remedy)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loops = [outbox.run, orphans.run, watch.run, uptake.ever("intake")]
        async with wiring.open(store, wallet_keys, drawn, uptake), running(bus, loops, store.ready, wiring.drain):
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
    api.openapi = describing(api, origin)  # type: ignore[method-assign]
    api.add_middleware(Guard, origin=origin, sandbox=wiring.settings.sandbox)
    api.add_middleware(Observed, service="intake")
    tell_problems(api, origin, Offers(telling, limits))

    api.include_router(public.routes(catalog, wiring.settings, origin, clock))
    api.include_router(draw_routes.routes(catalog, drawn))
    api.include_router(accessing.routes(requests, following, telling, wiring.gate))
    api.include_router(submissions.routes(requests, submitting, following, limits, wiring.settings.return_days, clock))
    api.include_router(supplementing_routes(requests, supplementing, limits))
    api.include_router(key_routes.routes(requests, Changing(wallet_keys, registry, signatures, clock)))
    api.include_router(timelines.routes(requests, following, watch))
    api.include_router(page.routes(catalog, links, stories, telling, watch))
    api.include_router(public_keys.routes(records, wiring.settings.keys, clock))
    api.include_router(destroyed.routes(wiring.gate, requests, following))
    api.include_router(standing.routes(api, store))

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

    @bus.on(said.SelectionAnnounced, said.SelectionRequested)
    async def on_selection_event(events: Sequence[said.SelectionEvent]) -> None:
        """Keep what is public of a lottery: what was committed to, and what it was."""
        await drawn.record(events)

    return api


def app() -> FastAPI:
    """Give the real one. Raises where keyring, signing keys or catalogue are missing."""
    settings = Settings()
    return build(Wiring.of(settings, service="intake"), load(settings.catalog))
