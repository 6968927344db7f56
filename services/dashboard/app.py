"""The desk's process: folds every event into the queue, serves the pages, says what officials did."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from services.dashboard import pages, rules
from services.dashboard.counting import Counting
from services.dashboard.covers import Covers
from services.dashboard.deciding import Deciding
from services.dashboard.desk import Desk
from services.dashboard.figuring import Figuring
from services.dashboard.folding import Folding
from services.dashboard.live import Live
from services.dashboard.oidc import Provider
from services.dashboard.pages.shield import Shield
from services.dashboard.saying import Saying
from services.dashboard.store import Stores
from shared.catalog import Catalog, load
from shared.door import Observed
from shared.ending import ended
from shared.events import Event, QuestionAnswered, QuestionRaised, SelectionCompleted, SelectionRows
from shared.kafka import Bus
from shared.sandbox import Done, Jail, Stopped
from shared.service import Loop, ever_again, running
from shared.settings import Settings
from shared.uptake import Uptake
from shared.wiring import Wiring

DOTS_PER_INCH = 110
_PORTIONS = 20
"""Of a run's rows that are folded at once."""


def build(wiring: Wiring, catalog: Catalog, *, listening: bool = True) -> FastAPI:
    """Wire the desk up. Without `listening` it neither hears nor says anything: events stay owed."""
    bus = Bus(wiring.settings, "dashboard", clock=wiring.clock)
    stores = Stores.of(wiring.database("dashboard"))
    counting = Counting(stores.queue, wiring.clock)
    folding = Folding(stores, counting, wiring.clock)
    deciding = Deciding(wiring.gate, stores, wiring.clock)
    jail = Jail(task="shared.sandbox.render:page_image", workers=1)
    saying, uptake = Saying(wiring, stores, bus), Uptake.of(wiring, catalog)

    @bus.on(*rules.FOLDED, *rules.UNTOLD)
    async def on_submission_event(events: Sequence[Event]) -> None:
        """Fold them into the queue, and into what citizens could not be told."""
        await folding.heard(events)

    @bus.on(QuestionRaised, QuestionAnswered)
    async def on_question_event(events: Sequence[QuestionRaised | QuestionAnswered]) -> None:
        """Fold them into the list of questions."""
        await folding.questions(events)

    @bus.on(SelectionRows, SelectionCompleted, batch=_PORTIONS)
    async def on_selection_event(events: Sequence[SelectionRows | SelectionCompleted]) -> None:
        """Fold them into drafts of selection runs."""
        await folding.selection(events)

    async def render(document: bytes, page: int, covers: Covers | None) -> Done | Stopped:
        cover = covers.as_json() if covers else {}
        return await jail.run(document, {"page": page, "dpi": DOTS_PER_INCH, **cover})

    def soon(*events: Event | None) -> None:
        if listening:
            saying.soon(*events)

    async def close_due() -> None:
        await desk.done(*await wiring.gate.close_due())

    async def count_all() -> None:
        await counting.show(catalog.programmes)

    again = partial(ever_again, service="dashboard", waits="desk-waits")
    loops: list[Loop] = [
        again(close_due, 1),
        again(deciding.work_all, 1),
        again(deciding.drop_drafts, 3600),
        again(count_all, 60),
        uptake.ever("dashboard"),
    ]

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with wiring.open(stores, uptake), jail:
            if listening:
                async with running(bus, [*saying.loops, *loops], wiring.store_answers, wiring.drain):
                    yield
            else:
                tasks = [asyncio.ensure_future(loop()) for loop in loops]
                yield
                await ended(*tasks)

    desk = Desk(
        settings=wiring.settings,
        clock=wiring.clock,
        catalog=catalog,
        gate=wiring.gate,
        questions=wiring.questions,
        published=wiring.published,
        uptake=uptake,
        stores=stores,
        counting=counting,
        folding=folding,
        deciding=deciding,
        live=Live(),
        figuring=Figuring(stores, wiring.gate, wiring.clock),
        render=render,
        provider=Provider.of(wiring.settings, catalog, wiring.clock),
        soon=soon,
    )
    app = FastAPI(title="Gubi", lifespan=lifespan, openapi_url=None)
    app.state.desk, app.state.bus, app.state.watch = desk, bus, desk.live
    app.mount("/static", StaticFiles(directory=Path(pages.__file__).parent / "static"))
    pages.attach(app)
    app.add_middleware(Shield, https=desk.https)
    app.add_middleware(Observed, service="dashboard")
    return app


def app() -> FastAPI:
    """Give the real one."""
    settings = Settings()
    return build(Wiring.of(settings, service="dashboard"), load(settings.catalog))
