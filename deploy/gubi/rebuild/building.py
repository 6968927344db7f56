"""Builds the desk's read model anew beside the one that serves, and swaps them when it is level."""

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from deploy.gubi.broker import asking, partitions, reading
from deploy.gubi.rebuild.reading import Reader
from deploy.trouble import Trouble
from services.dashboard.counting import Counting
from services.dashboard.folding import Folding
from services.dashboard.rules import FOLDED as OF_SUBMISSIONS
from services.dashboard.rules import UNTOLD
from services.dashboard.store import Generations, Stores
from services.dashboard.store.generations import FOLDED, Generation, Held, Lost, Offsets, Phase
from shared.clock import seoul_date, utc_now
from shared.errors import Unavailable
from shared.events import Event, QuestionAnswered, QuestionRaised, SelectionCompleted, SelectionRows
from shared.mongo import Database, close, connect, database
from shared.settings import Settings

_LEVELLING = 5

Told = Callable[[str], None]
"""Is told of each step, for whoever watches; in tests, it kills."""


@dataclass
class Rebuilt:
    """What came of it."""

    listed_before: int | None = None
    """None where the swap was begun by one that was killed."""
    listed: int = 0
    read: int = 0
    strange: int = 0
    """Records that this version does not understand; no service does, and they are dead letters."""


async def rebuild(
    settings: Settings, *, afresh: bool = False, even_if_fewer: bool = False, told: Told = lambda _: None
) -> Rebuilt:
    """Go on with what was begun, or begin; swap when level; give what came of it.

    Killed at any step, it goes on when it is run again, and nothing that came meanwhile is missing. Raises `Trouble`
    where another is at it, or where the new one would list fewer submissions and that is not allowed; `Unavailable`.
    """
    client = connect(settings)
    desk = database(client, settings, "dashboard")
    generations = Generations(desk, f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}")
    try:
        generation = await generations.begin(utc_now(), afresh=afresh)
        return await _Rebuilding(settings, desk, generations, generation, told).run(even_if_fewer=even_if_fewer)
    except Held as held:
        raise Trouble(_at_it(held.generation)) from None
    except Lost:
        raise Trouble("Another rebuild has gone on with this one, which had stood still: see how that ends.") from None
    finally:
        with suppress(Unavailable):
            await asyncio.shield(generations.let_go())
        await close(client)


def _at_it(generation: Generation) -> str:
    return (
        f"A rebuild that began on {seoul_date(generation.started_at)} is under way, or was killed within the last half "
        "minute: wait, and run this again."
    )


class _Rebuilding:
    def __init__(
        self, settings: Settings, desk: Database, generations: Generations, generation: Generation, told: Told
    ) -> None:
        self._settings, self._desk, self._told = settings, desk, told
        self._generations, self._generation = generations, generation
        self._phase: Phase = generation.phase
        self._done = Rebuilt()

    async def run(self, *, even_if_fewer: bool) -> Rebuilt:
        async with asking(self._settings) as admin:
            parts = await partitions(admin, self._settings)
        async with reading(self._settings) as consumer:
            reader = Reader(self._settings, consumer, parts)
            cut = await reader.start(self._generation.offsets)
            if cut and not even_if_fewer:
                raise Trouble(
                    f"{cut[0]} no longer begins at its first record, so what it held would be missing from the read "
                    "model: see 'gubi topics apply'. --even-if-fewer rebuilds it all the same."
                )
            if self._phase == "building":
                await self._build(reader, even_if_fewer=even_if_fewer)
            await self._swap(reader)
        self._done.listed, _ = await self._generations.counts(self._generation)
        self._done.read, self._done.strange = reader.read, reader.strange
        return self._done

    async def _build(self, reader: Reader, *, even_if_fewer: bool) -> None:
        stores = Stores.of(self._desk, self._generation.suffix)
        await stores.prepare()
        folding = _Taking(stores, self._told)
        # The old one is counted first: whatever it lists then was said before, so it is read.
        for _ in range(_LEVELLING):
            serving, _ = await self._generations.counts(self._generation)
            await reader.to_the_end(folding.take, self._note)
            _, built = await self._generations.counts(self._generation)
            self._done.listed_before = serving
            if built >= serving:
                break
        if built < serving and not even_if_fewer:
            raise Trouble(
                f"The new one would list {built:,} submissions and the old one lists {serving:,}, so they were not "
                "swapped. Are GUBI_KAFKA and GUBI_TOPIC_PREFIX this installation's? --even-if-fewer swaps them all the "
                "same."
            )
        await self._generations.lift(self._generation)  # before the swap, as it takes its time where much is listed
        self._told("lifted")
        await reader.to_the_end(folding.take, self._note)

    async def _swap(self, reader: Reader) -> None:
        """Swap, then read again what may have been written to the old ones in between."""
        self._phase = "swapping"
        await self._note(reader.offsets)
        for name in FOLDED:
            self._told(f"swapping {name}")
            await self._generations.swap(self._generation, name)
        self._told("swapped")
        await reader.to_the_end(_Taking(Stores.of(self._desk), self._told).take, self._keep_alive)
        self._told("level")
        await self._generations.note(utc_now(), "done")

    async def _note(self, offsets: Offsets) -> None:
        await self._generations.note(utc_now(), self._phase, offsets)
        self._told("noted")

    async def _keep_alive(self, _: Offsets) -> None:
        """Give a sign of life. Where to read on stays noted as it was before the swap, until all is done."""
        await self._generations.note(utc_now(), self._phase)


class _Taking:
    """Folds what is read, by the very code that the desk folds by."""

    def __init__(self, stores: Stores, told: Told) -> None:
        self._folding, self._told = Folding(stores, Counting(stores.queue, utc_now), utc_now), told

    async def take(self, events: Sequence[Event]) -> None:
        await self._folding.heard([event for event in events if isinstance(event, (*OF_SUBMISSIONS, *UNTOLD))])
        await self._folding.questions(
            [event for event in events if isinstance(event, QuestionRaised | QuestionAnswered)]
        )
        await self._folding.selection(
            [event for event in events if isinstance(event, SelectionRows | SelectionCompleted)]
        )
        self._told(f"folded {len(events)}")
