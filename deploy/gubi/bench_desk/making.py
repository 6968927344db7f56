"""A made-up queue in the store: folded from events as the desk folds them, written in bulk instead of one by one.

Of a hundred about seventy are eligible, a fifth was looked at, a tenth is decided, one was taken back; a tenth went to
a second office. They came in over twelve weeks, the latest just now.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from random import Random

from deploy.gubi.bench_select.making import submission_name
from services.dashboard.rules import Entry, folded
from services.dashboard.store.queue import document_of
from shared.catalog import Programme
from shared.events import (
    ExtractionFailed,
    SubmissionDecided,
    SubmissionEvent,
    SubmissionExtracted,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionViewed,
)
from shared.mongo import Database, adapting
from shared.vault import Keyring

SECOND_OFFICE = "second_office"
WEEKS = 12
_AT_ONCE = 1_000
_FATES = ("eligible",) * 70 + ("ineligible",) * 17 + ("review",) * 8 + ("unreadable",) * 3 + ("in_flight", "taken_back")


async def fill(
    database: Database, keyring: Keyring, programme: Programme, numbers: range, now: datetime
) -> AsyncIterator[list[Entry]]:
    """Store entries by number; give those of each write.

    Each is written as of its reception: a desk that runs takes up what is written about now, and not these. So start it
    afterwards.
    """
    queue = database.get_collection("queue")
    for start in range(numbers.start, numbers.stop, _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, numbers.stop))
        entries = [_entry(keyring, programme, number, now) for number in some]
        documents = [{"_id": entry.submission_id, **document_of(entry)} for entry in entries]
        async with adapting():
            await queue.insert_many(documents, ordered=False)
        yield entries


def _entry(keyring: Keyring, programme: Programme, number: int, now: datetime) -> Entry:
    chance = Random(number)  # noqa: S311 - a made-up queue, the same each time
    name = submission_name(keyring, number)
    at = now - timedelta(seconds=chance.randrange(WEEKS * 7 * 86_400))
    [entry] = folded({}, _events(name, programme, number, at, chance), at)
    return entry


def _events(name: str, programme: Programme, number: int, at: datetime, chance: Random) -> Iterator[SubmissionEvent]:
    fate = chance.choice(_FATES)
    office = SECOND_OFFICE if number % 10 == 0 else programme.office
    about = {"submission_id": name, "revision": 1}
    yield SubmissionReceived.because_of(
        name, at=at, receipt=f"R-{number:09}", programme_id=programme.id, wallet_app="naver", office=office, **about
    )
    if fate == "taken_back":
        yield SubmissionTakenBack.because_of(name, submission_id=name, at=at + timedelta(minutes=9))
        return
    if fate == "unreadable":
        yield ExtractionFailed.because_of(name, at=at, reason="no_text_layer", **about)
    if fate not in ("eligible", "ineligible", "review"):
        return
    yield SubmissionExtracted.because_of(name, at=at + timedelta(seconds=1), **about)
    yield SubmissionScreened.because_of(
        name, at=at + timedelta(seconds=2), rule_version=programme.version, as_of=date(2023, 9, 15), outcome=fate,
        findings=("unverified",), **about,
    )  # fmt: skip
    if chance.random() < 0.2:
        looked = at + timedelta(hours=chance.randrange(1, 200))
        yield SubmissionViewed.because_of(name, submission_id=name, at=looked, office=office)
        if chance.random() < 0.5 and fate != "review":
            decided = {"submission_id": name, "at": looked + timedelta(minutes=20), "office": office}
            yield SubmissionDecided.because_of(name, decision=fate, **decided)
