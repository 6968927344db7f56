"""Rotation of the keyring over a store that is in use."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from deploy.gubi.audit import reading
from deploy.trouble import Trouble
from shared.clock import utc_now
from shared.settings import Settings
from shared.vault import rotation
from shared.vault.keyring import Keys
from shared.wiring import Wiring

console = Console(highlight=False)


def say(sentence: str) -> None:
    """Print one sentence as it is."""
    console.print(sentence, markup=False, soft_wrap=True)


@dataclass(frozen=True)
class Held:
    """One key, and what is under it."""

    key: str
    current: bool
    following: bool
    retired_at: str | None
    submissions: int
    questions: int


@dataclass
class Rewrapping:
    """How far wrapping anew has come."""

    submissions: int = 0
    questions: int = 0
    unopenable: int = 0
    """What did not open under the key that it names: it stays as it is, and keeps that key from being destroyed."""


async def held(settings: Settings | None = None) -> list[Held]:
    """Give every key of the keyring with what is under it. Raises `Unavailable`, `KeyringError`."""
    async with reading(settings or Settings()) as wiring:
        keys = Keys.read(wiring.settings.keys)
        return [
            Held(
                name,
                name == keys.current,
                name == keys.following,
                keys.retired.get(name),
                await wiring.gate.wrapped_under(name),
                await wiring.questions.sealed_under(name),
            )
            for name in keys.keys
        ]


async def rewrap(told: Callable[[int], None] = lambda _: None, settings: Settings | None = None) -> Rewrapping:
    """Wrap all that is under older keys with the current one; `told` is given how many keys each portion had.

    Raises `Unavailable`: what was done stays done, and running it again goes on with the rest.
    """
    done = Rewrapping()
    async with Wiring.of(settings or Settings()).open() as wiring:
        keys = Keys.read(wiring.settings.keys)
        for kek in (name for name in keys.keys if name != keys.current):
            after: str | None = ""
            while after is not None:
                portion = await wiring.gate.rewrap(kek, after)
                after = portion.after
                done.submissions += portion.done
                done.unopenable += len(portion.unopenable)
                told(portion.seen)
            after = ""
            while after is not None:
                portion = await wiring.questions.rewrap(kek, after)
                after = portion.after
                done.questions += portion.done
                done.unopenable += len(portion.unopenable)
    return done


async def destroy(
    key: str, settings: Settings | None = None, wait: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Destroy a key that nothing is under, and was not for the time that the latest request may take.

    Raises `Trouble`, `KeyringError`, `Unavailable`.
    """
    settings = settings or Settings()
    keys = Keys.read(settings.keys)
    if key not in keys.keys:
        raise Trouble(f"There is no key '{key}' in {settings.keys}. There are {', '.join(keys.keys)}.")
    if key == keys.current:
        raise Trouble(f"'{key}' is the key that wraps now: run 'gubi keys rotate' first.")
    await _nothing_under(key, settings)
    await wait(rotation.SETTLED_AFTER.total_seconds())
    await _nothing_under(key, settings)
    rotation.destroy(settings.keys, key)


async def _nothing_under(key: str, settings: Settings) -> None:
    found = next((one for one in await held(settings) if one.key == key), None)
    if found and (found.submissions or found.questions):
        under = f"{found.submissions:,} submissions and {found.questions:,} questions"
        raise Trouble(f"{under} are still under '{key}': run 'gubi keys rewrap' first.")


def add_key() -> None:
    """Add the key that is to wrap next, and say so."""
    keys = rotation.add(Settings().keys)
    say(f"'{keys.following}' is in {Settings().keys}, and wraps from 'gubi keys rotate' on.")
    say("Put the file wherever services read it, and rotate once all of them have it: a minute, on Kubernetes two.")


def rotate_keyring() -> None:
    """Have a new key wrap, and say so."""
    keys = rotation.rotate(Settings().keys, utc_now())
    say(f"'{keys.current}' wraps from now on; services take it up at once.")


def rewrap_all() -> None:
    """Wrap everything anew, and say what came of it."""
    waiting = sum(one.submissions for one in asyncio.run(held()) if not one.current)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("wrapping anew", total=waiting or None)
        done = asyncio.run(rewrap(lambda seen: bar.advance(task, seen)))
    say(f"{done.submissions:,} submissions and {done.questions:,} questions are under the current key now.")
    if done.unopenable:
        raise Trouble(
            f"{done.unopenable:,} values do not open under the key that they name, and were left as they are."
        )


def destroy_key(key: str) -> None:
    """Destroy a key, and say what that means."""

    async def told(seconds: float) -> None:
        say(f"Nothing is under '{key}': it is destroyed in {seconds:.0f} s, if every request under way left it so.")
        await asyncio.sleep(seconds)

    asyncio.run(destroy(key, wait=told))
    say(f"'{key}' is destroyed. A backup made before the last rewrap opens nowhere, unless a copy of the key is left.")


def print_status(*, as_json: bool) -> None:
    """Print each key and what is under it."""
    found = asyncio.run(held())
    if as_json:
        print(json.dumps([asdict(one) for one in found]))
        return
    table = Table("key", "", "submissions", "questions")
    for one in found:
        table.add_row(one.key, _since(one), f"{one.submissions:,}", f"{one.questions:,}")
    console.print(table)


def _since(one: Held) -> str:
    if one.current:
        return "wraps now"
    return "wraps next" if one.following else f"wrapped until {one.retired_at or 'a time not known'}"
