"""Asks everything at once, each for a bounded time: what does not answer gives a row, and never a wait."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

from deploy.gubi.doctor import at_broker, at_files, at_store, judging
from deploy.gubi.doctor.clocks import Behind
from deploy.gubi.doctor.rows import Row
from deploy.gubi.known import told_of
from shared.audit import AuditKeyError
from shared.catalog import load
from shared.clock import utc_now
from shared.errors import GubiError, Unavailable
from shared.events import TAKES
from shared.mongo import close, connect, within
from shared.settings import Settings
from shared.vault.keyring import KeyringError
from shared.wiring import Wiring

_AWAY = {
    "broker": "See whether Kafka runs where GUBI_KAFKA says; on this machine: gubi stack up",
    "store": "See whether MongoDB runs where GUBI_MONGO says; on this machine: gubi stack up",
}


@dataclass(frozen=True)
class Check:
    """What is asked, and the rows that it is answered by."""

    names: Sequence[str]
    ask: Callable[[], Awaitable[list[Row]]]
    of: str = ""
    """Whom it asks: the broker, the store, or nobody but this machine."""


async def examine(settings: Settings, patience: float) -> list[Row]:
    """Give all rows, within twice `patience` seconds or little more, whatever does not answer."""
    place = at_store.Place(settings, connect(settings), utc_now)
    first = [
        Check(["broker"], partial(at_broker.broker, settings), "broker"),
        Check(["store"], partial(at_store.store, place), "store"),
        Check(["key files"], partial(asyncio.to_thread, at_files.key_files, settings)),
        Check(["disk"], partial(asyncio.to_thread, at_files.disk, settings)),
    ]
    try:
        rows = await _ask_all(first, patience)
        away = {row.check for row in rows if row.check in _AWAY and row.about.get("away")}
        programmes = load(settings.catalog).programmes
        then = [*_of_broker(settings), *_of_store(place, list(programmes)), *_of_keys(settings)]
        rows += await _ask_all([check for check in then if check.of not in away], patience)
        untold = [name for check in then if check.of in away for name in check.names]
        return [
            *rows,
            *(Row(name, "unknown", "cannot be told while that is away", "See the rows above.") for name in untold),
        ]
    finally:
        await close(place.client)


def _of_broker(settings: Settings) -> list[Check]:
    return [
        Check(["topics"], partial(at_broker.topics, settings), "broker"),
        Check([f"lag {service}" for service in TAKES], partial(at_broker.lag, settings, utc_now()), "broker"),
        Check(["dead letters"], partial(at_broker.dead_letters, settings), "broker"),
    ]


def _of_store(place: at_store.Place, programmes: Sequence[str]) -> list[Check]:
    async def clock() -> list[Row]:
        ahead = await at_store.clock_ahead(place)
        try:
            future = await at_broker.from_the_future(place.settings, utc_now())
            behind = await at_broker.behind(place.settings, utc_now())
        except Unavailable:
            future, behind = [], Behind()
        return [judging.of_clock(ahead, future, behind)]

    return [
        Check(["stuck"], partial(at_store.stuck, place, programmes), "store"),
        Check(["owed events"], partial(at_store.owed, place), "store"),
        Check(["classes"], partial(at_store.classes, place, programmes), "store"),
        Check(["drained"], partial(at_store.drained, place), "store"),
        Check(["read model"], partial(at_store.read_model, place), "store"),
        Check(["audit checkpoints"], partial(at_store.checkpoints_of, place), "store"),
        Check(["clock"], clock, "store"),
    ]


def _of_keys(settings: Settings) -> list[Check]:
    """Give what needs the keyring to be asked."""

    async def with_keys(ask: Callable[[Wiring], Awaitable[list[Row]]]) -> list[Row]:
        wiring = Wiring.of(settings)
        try:
            return await ask(wiring)
        finally:
            await close(wiring.client)

    return [
        Check(["keys"], partial(with_keys, at_store.keys_in_use), "store"),
        Check(["erasure log"], partial(with_keys, at_store.erasure_log), "store"),
    ]


async def _ask_all(checks: Sequence[Check], patience: float) -> list[Row]:
    return [row for rows in await asyncio.gather(*(_ask(check, patience) for check in checks)) for row in rows]


async def _ask(check: Check, patience: float) -> list[Row]:
    try:
        async with asyncio.timeout(patience):
            with within(patience):
                return await check.ask()
    except (TimeoutError, Unavailable):
        if check.of in check.names:  # the broker or the store itself
            return [Row(check.of, "ill", "does not answer", _AWAY[check.of], {"away": True})]
        remedy = "Ask again with a longer --patience; where that does not help, see the rows of broker and store."
        return [Row(name, "unknown", f"no answer within {patience:.0f} s", remedy) for name in check.names]
    except (KeyringError, AuditKeyError):
        return [
            Row(name, "unknown", "cannot be told without the keys", "See the row 'key files'.") for name in check.names
        ]
    except GubiError as error:
        told = told_of(error, "every service")
        return [Row(name, "ill", told.says, f"{told.remedy[:1].upper()}{told.remedy[1:]}.") for name in check.names]
