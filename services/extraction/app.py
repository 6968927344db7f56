"""Extraction: open what is held, read it in the jail, seal what was read, say how it ended."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.extraction.originals import Originals
from services.extraction.outcomes import event_of, portions
from services.extraction.reader import Reader
from services.extraction.reading import reading_jail
from services.extraction.store import Readings
from shared.catalog import Catalog, load
from shared.ending import ended
from shared.errors import Unavailable
from shared.events import SubmissionExpired, SubmissionReceived, SubmissionTakenBack, SubmissionWithdrawn
from shared.kafka import Bus
from shared.sandbox import Jail
from shared.service import Worker
from shared.settings import Settings
from shared.trust import trust_roots
from shared.uptake import Uptake
from shared.wiring import Wiring

BATCH = 128
PORTION_BYTES = 24 * 1024 * 1024
PORTION_CERTIFICATES = 16
HANDS = 3
"""Portions at a time: one is read while the one before is saved and said, so that neither readers nor store wait."""
MOST_SECONDS = 300.0
"""After this long no further portion of a batch is begun: far less than a consumer may take over one."""


def build(wiring: Wiring, jail: Jail, trust_roots: str, catalog: Catalog) -> Worker:
    """Wire the service up on a store, its keys, a bus, a jail and what the catalogue permits.

    Signatures are checked by `trust_roots` (PEM).
    """
    bus = Bus(wiring.settings, "extraction", clock=wiring.clock)
    uptake = Uptake.of(wiring, catalog)
    readings = Readings(wiring.database("extraction"))
    reader = Reader(wiring, jail, trust_roots, readings, Originals(wiring, jail, catalog))

    async def say(events: Sequence[SubmissionReceived]) -> None:
        made = await readings.known((event.submission_id, event.revision) for event in events)
        done = [(event, made.get((event.submission_id, event.revision))) for event in events]
        await bus.say(event_of(event, attempt) for event, attempt in done if attempt is not None)

    @bus.on(SubmissionReceived, batch=BATCH)
    async def on_submission_received(events: Sequence[SubmissionReceived]) -> None:
        """Read what was received, some portions at a time; what a killed run has read is said and not read again.

        A batch of slow documents is given back before its time is up, and goes on where it was.
        """
        deadline = asyncio.get_running_loop().time() + MOST_SECONDS
        known = await readings.known((event.submission_id, event.revision) for event in events)
        await say([event for event in events if (event.submission_id, event.revision) in known])
        waiting = {event.submission_id: event for event in events if (event.submission_id, event.revision) not in known}
        cases = await wiring.gate.for_machine(waiting)
        await uptake.know(case.case.programme_id for case in cases.values())
        await reader.forget_gone([event.submission_id for event in events if event.submission_id not in cases])
        left = portions(cases.values(), PORTION_BYTES, PORTION_CERTIFICATES)

        async def work() -> None:
            for portion in left:
                if asyncio.get_running_loop().time() > deadline:
                    raise Unavailable("extraction:batch_unfinished")
                names = [case.case.submission_id for case in portion]
                await reader.read(portion)
                await reader.forget_gone(names)
                await say([waiting[name] for name in names])

        hands = [asyncio.create_task(work()) for _ in range(HANDS)]
        try:
            await asyncio.gather(*hands)
        finally:
            await ended(*hands)

    @bus.on(SubmissionTakenBack, SubmissionWithdrawn, SubmissionExpired)
    async def on_submission_gone(
        events: Sequence[SubmissionTakenBack | SubmissionWithdrawn | SubmissionExpired],
    ) -> None:
        """Forget what was attempted."""
        await readings.forget([event.submission_id for event in events])

    @asynccontextmanager
    async def ready() -> AsyncIterator[None]:
        async with wiring.open(readings, uptake), jail:
            yield

    return Worker(bus, [uptake.ever("extraction")], ready, wiring.store_answers, wiring.drain)


def app() -> Worker:
    """Give the real one."""
    settings = Settings()
    certificates = settings.catalog / "certificates" if settings.catalog else None
    jail = reading_jail(workers=settings.readers, certificates=certificates)
    return build(Wiring.of(settings, service="extraction"), jail, trust_roots(settings), load(settings.catalog))
