"""What every submission of the made-up queue leaves elsewhere, so that one that is opened is opened beside them all.

The gate's documents, the sealed facts and the groups are made by number as `bench_select` does; sealed rows, timelines,
screenings, readings and deliveries are copied as `bench_scale` does. The access log has an entry, through its own door
and chained, for each that the queue shows as looked at. Not there: the certificates' ciphertexts, which are looked up
by name alone. Every gate document stands as held, also of what the queue shows as further on: no list reads the gate,
and those that are opened were sent.
"""

from collections.abc import Iterable, Iterator

from deploy.gubi.bench_desk.asking import OFFICIAL
from deploy.gubi.bench_scale.filling import LEFT
from deploy.gubi.installation import Installation
from services.dashboard.rules import Entry
from shared.audit import Access
from shared.vault import Keyring
from shared.wiring import Wiring

ELSEWHERE = {database: collections for database, collections in LEFT.items() if database != "dashboard"}
"""By database, the collections that are filled after the pattern of what was sent; the gate is filled besides."""
_COUNTED = {"gate": "submissions", "vault": "rows", "audit": "entries", "eligibility": "screenings"}


def looks(entries: Iterable[Entry], keyring: Keyring) -> Iterator[Access]:
    """Give the access that each of these was looked at by, if it was."""
    for entry in entries:
        programme, office = entry.place
        if entry.standing.viewed_at is not None:
            yield Access(
                what="viewed",
                at=entry.standing.viewed_at,
                act=f"bench|{entry.submission_id}",
                official=OFFICIAL,
                office=office,
                purpose="심사",
                programme_id=programme,
                submissions=(entry.submission_id,),
                holders=(keyring.token("holder", entry.submission_id),),
            )


async def kept_beside(place: Installation) -> dict[str, int]:
    """Count what stands beside the queue, by database."""
    wiring = Wiring.of(place.settings)
    async with wiring.open():
        return {
            name: await wiring.database(name).get_collection(collection).estimated_document_count()
            for name, collection in _COUNTED.items()
        }
