"""The few calls that show each wrong gate for what it is: what random callers meet by chance happens here for sure.

They are made by the callers of a run, on a real store, and written into the same journal for the same checker.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from shared.audit import CheckpointSigner
from shared.clock import utc_now
from shared.gate import Gate
from shared.settings import Settings
from shared.vault import Keyring, rotation
from shared.wiring import Wiring
from tests.builders.holding import submission_id
from tests.gate_history.broken import (
    BringsKeysBack,
    ExpiresTooEarly,
    Guesses,
    Looser,
    ReadsThenWrites,
    RemembersKeys,
    SeesEverything,
    UndoesWhatIsClosed,
)
from tests.gate_history.calls import Caller
from tests.gate_history.ending import Ending
from tests.gate_history.history import Journal
from tests.gate_history.proxy import Proxy, Weather


class LosesAnswers(Weather):
    """Hands each update to the store, and loses the answers of so many."""

    losing = 0

    def strikes(self, command: str, frame: bytes) -> str:
        """Lose it where one is to be lost."""
        if command != "update" or not self.losing:
            return ""
        self.losing -= 1
        return "lost"


@dataclass(frozen=True)
class Stage:
    """One submission, and what may be done about it."""

    sid: str
    gate: Gate
    caller: Caller
    weather: LosesAnswers
    keys: Path

    async def ask(self, call: str, request: str = "", **details: str) -> None:
        """Make one call."""
        about = [self.sid] if call == "machine_read" else self.sid
        await self.caller.perform(call, about, request or f"{call}.1", **details)

    async def meanwhile(self, call: str, then: Callable[[], Awaitable[object]]) -> None:
        """Make one call, and the others `then`: between its reading and its writing, where the gate lets them in."""
        if isinstance(self.gate, Looser):
            self.gate.meanwhile = then
            await self.ask(call)
        else:
            await self.ask(call)
            await then()


Scene = Callable[[Stage], Awaitable[None]]


async def looked_at_once_taken_back(stage: Stage) -> None:
    """It is taken back, and then looked at."""
    await stage.ask("take_back")
    await stage.ask("view", official="o-1")


async def looked_at_while_being_taken_back(stage: Stage) -> None:
    """Somebody looks while it is being taken back."""
    await stage.meanwhile("take_back", lambda: stage.ask("view", official="o-1"))


async def decided_and_the_answer_lost(stage: Stage) -> None:
    """It is decided, and neither the answer nor that to the driver's own repetition comes back."""
    stage.weather.losing = 2
    await stage.ask("decide", say_at=utc_now().isoformat())


async def read_by_the_machine_once_taken_back(stage: Stage) -> None:
    """The machine reads it, it is taken back, and the machine reads it again."""
    await stage.ask("machine_read")
    await stage.ask("take_back")
    await stage.ask("machine_read")


async def undone_once_closed(stage: Stage) -> None:
    """It is decided, the undo time is over, and the decision is undone."""
    await stage.ask("decide", "d.1", say_at=utc_now().isoformat())
    await stage.ask("close_due")
    await stage.ask("undo", "d.1")


async def taken_back_while_wrapped_anew(stage: Stage) -> None:
    """Its key is destroyed while it is being wrapped anew."""
    rotation.rotate(stage.keys, utc_now())

    async def take_back() -> None:
        await stage.ask("take_back", "t.1")
        await stage.ask("finish_take_back", "t.1")

    await stage.meanwhile("rewrap", take_back)


async def expired_before_its_time(stage: Stage) -> None:
    """It is to expire, and its retention lasts."""
    await stage.ask("expire")


class Wrong(NamedTuple):
    """A gate that is wrong on purpose, what shows it, and the law by which it must be noticed."""

    gate: type[Gate]
    scene: Scene
    law: str


WRONG = (
    Wrong(SeesEverything, looked_at_once_taken_back, "nothing_shown_afterwards"),
    Wrong(ReadsThenWrites, looked_at_while_being_taken_back, "one_order_explains_all"),
    Wrong(Guesses, decided_and_the_answer_lost, "one_order_explains_all"),
    Wrong(RemembersKeys, read_by_the_machine_once_taken_back, "nothing_shown_afterwards"),
    Wrong(UndoesWhatIsClosed, undone_once_closed, "one_order_explains_all"),
    Wrong(BringsKeysBack, taken_back_while_wrapped_anew, "what_was_given_back_opens_nowhere"),
    Wrong(ExpiresTooEarly, expired_before_its_time, "one_order_explains_all"),
)


async def play(kind: type[Gate], scene: Scene, settings: Settings, folder: Path) -> None:
    """Hold one submission at a gate of this kind and play a scene with it; leave its history in `folder`."""
    CheckpointSigner.create(settings.keys)
    Keyring.create(settings.keys)
    address = urlsplit(settings.mongo)
    weather = LosesAnswers(0)
    proxy = Proxy(str(address.hostname), address.port or 0, weather)
    door = await asyncio.start_server(proxy.connection, "127.0.0.1")
    port = door.sockets[0].getsockname()[1]
    through = {"mongo": f"mongodb://127.0.0.1:{port}/?directConnection=true", "mongo_driver": "pymongo"}
    far = settings.model_copy(update=through)  # motor says goodbye without letting the proxy, in this loop, hear it
    async with Wiring.of(settings).open() as near, Wiring.of(far).open() as wiring:
        gate = kind(wiring.database("gate"), wiring.vault, wiring.keyring, wiring.clock, wiring.log)
        journal = Journal(folder / "worker-1.jsonl")
        caller = Caller("1", journal, gate, wiring.vault, wiring.keyring, lambda _: None)
        stage = Stage(submission_id(near.keyring), gate, caller, weather, settings.keys)
        await stage.ask("hold", "h.1")
        await scene(stage)
        await Ending(near, folder, settings, played=True).write([stage.sid])
    door.close()
