"""Asks the desk for pages of lists, at its own code, and the store for the same rows without the desk.

A page's time is the server's: from the request as the application gets it to the last byte it gives, session, counts,
list, claims and template included, without a network. Right after each page the very queries that it sent for its rows
are sent again raw, by the same driver to the same store. The ratio says what the desk adds, whatever the machine.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from random import Random
from time import perf_counter, process_time
from typing import Any

import httpx
from pymongo import monitoring

from deploy.gubi.bench_desk.making import SECOND_OFFICE
from deploy.gubi.demo.desk import forms
from services.dashboard.claims import claim_of
from services.dashboard.counting import Counting
from services.dashboard.desk import Desk
from services.dashboard.people import Person
from services.dashboard.rules import Entry
from services.wallet_simulator.samples import population
from shared.catalog import Programme
from shared.catalog.search import initials, normalise
from shared.events import SubmissionViewed
from shared.mongo import Database

OFFICIAL = "sample-0"
_HOUR = timedelta(hours=1)
_CHANGES = 30
_OF_THE_DRIVER = ("lsid", "txnNumber")

LISTS: dict[str, dict[str, str]] = {
    "all": {},
    "class": {"class": "eligible"},
    "class, not looked at": {"class": "review", "mark": "unseen"},
    "small class": {"class": "taken_back"},
    "undecided": {"mark": "undecided"},
    "decided": {"mark": "decided"},
    "older than 30 days, undecided": {"class": "eligible", "mark": "undecided", "age": "30"},
    "one office": {"office": SECOND_OFFICE, "class": "eligible"},
    "one office, every class": {"office": SECOND_OFFICE},
    "new since I was here": {"only": "new"},
    "new since I was here, one class": {"only": "new", "class": "review"},
    "retention ends soon": {"only": "soon"},
    "mine": {"only": "mine"},
}
"""The lists that are asked for, by their address's fields."""


class Queries(monitoring.CommandListener):
    """What is asked of the queue; register it before the client is made."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.found: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Keep a query of the queue, without what the driver adds to it."""
        if event.command.get("find") == "queue":
            own = {name: value for name, value in event.command.items() if name not in _OF_THE_DRIVER}
            self.found.append({name: value for name, value in own.items() if not name.startswith("$")})

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Pass over."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Pass over."""


class Asking:
    """An official at a desk of the service's own code."""

    def __init__(
        self, desk: Desk, official: httpx.AsyncClient, programme: Programme, queries: Queries, database: Database
    ) -> None:
        """Take the desk, who is signed in, whose queue it is, what hears the queries, and the desk's own database."""
        self.desk, self.official, self.programme = desk, official, programme
        self.queries, self.database = queries, database
        self.chance = Random(1)  # noqa: S311 - the same places each time

    async def arrive(self, mine: Iterable[Entry]) -> None:
        """Let the official have been here an hour ago last, be here now, and hold claims on these."""
        now, stays = self.desk.clock(), self.desk.stores.stays
        await stays.all_seen(OFFICIAL, self.programme.id, now - _HOUR, now - _HOUR)
        await stays.come(OFFICIAL, self.programme.id, now)
        for entry in mine:
            claim = claim_of(Person(OFFICIAL, "", ""), entry.submission_id, self.programme.id, now)
            await self.desk.stores.claims.take(claim, now)

    async def page(self, fields: Mapping[str, str], edges: list[Entry], samples: int) -> Any:
        """Time one list: at its beginning and, where it has pages, at places all over it, in both directions."""
        pages, raws, cpu = list[float](), list[float](), 0.0
        for sample in range(samples + 1):
            places = {} if fields.get("only") else self._place(edges)
            self.queries.found.clear()
            began, spent = perf_counter(), process_time()
            await self._get("/queue", {"programme": self.programme.id, **fields, **places})
            took, spent = perf_counter() - began, process_time() - spent
            asked = list(self.queries.found)
            began = perf_counter()
            await asyncio.gather(*(self.database.command(query) for query in asked))
            if sample:  # the first warms up
                pages.append(took)
                raws.append(perf_counter() - began)
                cpu += spent * 1000 / samples
        return {**spread(pages), "cpu": round(cpu, 1), "raw": spread(raws)}

    async def finding(self, samples: int) -> dict[str, dict[str, float]]:
        """Time a search by receipt number, by a whole name, and by its initial consonants; each finds somebody."""
        page = await self.official.get("/queue", params={"programme": self.programme.id})
        form = next(form for form in forms(page.text) if form.action.endswith("/find"))
        ways: dict[str, Callable[[int, str], str]] = {
            "receipt": lambda number, _: f"R-{number:09}",
            "name": lambda _, name: name,
            "initials": lambda _, name: initials(normalise(name)),
        }
        people = list(zip(range(samples + 1), population(0), strict=False))
        times: dict[str, list[float]] = {way: [] for way in ways}
        for way, typed in ways.items():
            for number, person in people:
                # A form sent again is one entry of the access log: each of these is another.
                wanted = {**form.fields, "wanted": typed(number, person.name), "token": f"{way}-{number}"}
                began = perf_counter()
                answer = await self.official.post(form.action, data=wanted)
                times[way].append(perf_counter() - began)
                assert "/submissions/s-" in answer.text, f"nobody is found by {way}"
        return {way: spread(some[1:]) for way, some in times.items()}

    async def counting(self, entries: list[Entry]) -> dict[str, Any]:
        """Time the counts: of the whole programme, and again after one submission was looked at."""
        counting = Counting(self.desk.stores.queue, self.desk.clock)  # as after a start
        began = perf_counter()
        await counting.fresh(self.programme.id)
        first = perf_counter() - began
        fresh = (entry for entry in entries if entry.standing.viewed_at is None)
        times = []
        for entry, _ in zip(fresh, range(_CHANGES), strict=False):
            event = SubmissionViewed.because_of(
                entry.submission_id,
                submission_id=entry.submission_id,
                at=self.desk.clock(),
                office=self.programme.office,
            )
            began = perf_counter()
            await self.desk.folding.submissions([event])
            await counting.fresh(self.programme.id)
            times.append(perf_counter() - began)
        return {"whole_seconds": round(first, 2), "after_one_change": spread(times)}

    def _place(self, edges: list[Entry]) -> dict[str, str]:
        """A place in the list, from which it is read on or back; or its beginning."""
        entry = self.chance.choice(edges)
        assert entry.standing.received_at is not None
        way = self.chance.choice(("after", "before", ""))
        return {way: f"{entry.standing.received_at.isoformat()}~{entry.submission_id}"} if way else {}

    async def _get(self, path: str, fields: dict[str, str]) -> None:
        answer = await self.official.get(path, params=fields)
        assert answer.status_code == 200, answer.status_code
        assert answer.url.path == path


def spread(seconds: Iterable[float]) -> dict[str, float]:
    """Give p50 and p95 of these, in ms."""
    ordered = sorted(seconds)
    found = {"p50": ordered[len(ordered) // 2], "p95": ordered[int(len(ordered) * 0.95)]}
    return {name: round(value * 1000, 1) for name, value in found.items()}
