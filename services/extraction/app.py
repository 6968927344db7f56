"""Extraction: open what is held, read it in the jail, seal what was read, say how it ended."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from services.extraction.outcomes import Attempt, event_of, facts_of, portions, reason_of
from services.extraction.reading import read_certificate, reading_jail
from services.extraction.rules import Reading
from services.extraction.store import Readings
from shared.events import SubmissionReceived, SubmissionTakenBack, SubmissionWithdrawn
from shared.gate import MachineCase
from shared.kafka import Bus
from shared.sandbox import Jail
from shared.service import Worker
from shared.settings import Settings
from shared.vault import SealedRow
from shared.wiring import Wiring

PORTION_BYTES = 64 * 1024 * 1024
BATCH = 64


def build(wiring: Wiring, jail: Jail, trust_roots: str) -> Worker:
    """Wire the service up on a store, its keys, a bus and a jail; signatures are checked by `trust_roots` (PEM)."""
    bus = Bus(wiring.settings, "extraction", clock=wiring.clock)
    readings = Readings(wiring.database("extraction"))

    async def read(case: MachineCase, documents: dict[str, bytes]) -> list[Reading]:
        return [
            await read_certificate(
                jail,
                documents[held.blob_id],
                kind=held.kind,
                part=part,
                trust_roots=trust_roots,
                moment=case.case.received_at,
                pages=wiring.settings.max_pages,
            )
            for part, held in enumerate(case.case.certificates)
        ]

    async def read_all(cases: Sequence[MachineCase]) -> list[Attempt]:
        blobs = {held.blob_id: case.seal for case in cases for held in case.case.certificates}
        documents = await wiring.vault.certificates(blobs)
        whole = [case for case in cases if all(held.blob_id in documents for held in case.case.certificates)]
        results = await asyncio.gather(*(read(case, documents) for case in whole))
        rows, attempts = [], []
        for case, reads in zip(whole, results, strict=True):
            facts, provenance = facts_of(reads)
            name, revision, seal = case.case.submission_id, case.case.revision, case.seal
            sealed_facts = seal.seal("facts", revision, facts.model_dump_json().encode())
            sealed_places = seal.seal("provenance", revision, provenance.model_dump_json().encode())
            rows.append(SealedRow(name, "facts", revision, sealed_facts))
            rows.append(SealedRow(name, "provenance", revision, sealed_places))
            attempts.append(Attempt(name, revision, wiring.clock(), reason_of(facts)))
        await wiring.vault.put(rows)
        return attempts

    @bus.on(SubmissionReceived, batch=BATCH)
    async def on_submission_received(events: Sequence[SubmissionReceived]) -> None:
        """Read what was received.

        What was taken back meanwhile is passed over, or swept again if it just missed that.
        """
        known = await readings.known((event.submission_id, event.revision) for event in events)
        waiting = {event.submission_id for event in events if (event.submission_id, event.revision) not in known}
        cases = await wiring.gate.for_machine(waiting)
        attempts = [attempt for part in portions(cases.values(), PORTION_BYTES) for attempt in await read_all(part)]
        gone = await wiring.gate.gone([attempt.submission_id for attempt in attempts])
        if gone:
            await wiring.vault.sweep(list(gone))
        await readings.record([attempt for attempt in attempts if attempt.submission_id not in gone])
        made = await readings.known((event.submission_id, event.revision) for event in events)
        done = [(event, made.get((event.submission_id, event.revision))) for event in events]
        await bus.say(event_of(event, attempt) for event, attempt in done if attempt is not None)

    @bus.on(SubmissionTakenBack, SubmissionWithdrawn)
    async def on_submission_gone(events: Sequence[SubmissionTakenBack | SubmissionWithdrawn]) -> None:
        """Forget what was attempted."""
        await readings.forget([event.submission_id for event in events])

    @asynccontextmanager
    async def ready() -> AsyncIterator[None]:
        async with wiring.open(readings), jail:
            yield

    return Worker(bus, [], ready)


def app() -> Worker:
    """Give the real one."""
    settings = Settings()
    roots = "".join(path.read_text() for path in sorted(settings.trust_roots.glob("*.pem")))
    certificates = settings.catalog / "certificates" if settings.catalog else None
    return build(Wiring.of(settings), reading_jail(workers=settings.readers, certificates=certificates), roots)
