"""One run: the bad network, the workers, the real withdrawal service, the kills; then calm, the end, and its files."""

import asyncio
import json
import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.gubi.installation import settings_from
from deploy.gubi.supervisor import Supervisor, service_command
from shared.audit import CheckpointSigner
from shared.clock import utc_now
from shared.kafka import ensure_topics
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.gate_history.draining import Draining
from tests.gate_history.ending import Ending
from tests.gate_history.history import FOLDER
from tests.gate_history.proxy import KINDS
from tests.gate_history.rotating import Rotations
from tests.gate_history.tied import tied

OPERATIONS = ("view", "take_back", "decide", "undo", "withdraw", "machine_read")
"""What is counted; holding, reading a case, asking what is gone, closing what is due come on top."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a run is to do."""

    operations: int
    store: str
    """URL of the real store."""
    kafka: str = ""
    """Bootstrap servers; without a broker the workers play the withdrawal service."""
    folder: Path = FOLDER
    seed: int = field(default_factory=lambda: secrets.randbelow(1 << 31))
    rate: float = 0.02
    """How many of the requests to the store are hit; twice as many of the writes."""
    workers: int = 4
    in_play: int = 3
    """Submissions that all call about at once."""
    seconds: float = 1800.0
    """When to give up."""


class Network:
    """The proxy's process and its control."""

    def __init__(self, store: str, seed: int) -> None:
        address, proxy = urlsplit(store), [sys.executable, "-m", "tests.gate_history.proxy"]
        self.process = subprocess.Popen(
            tied([*proxy, str(address.hostname), str(address.port), str(seed)]),
            stdout=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        port, control = json.loads(self.process.stdout.readline())
        self.store = f"mongodb://127.0.0.1:{port}/?directConnection=true"
        self._control = socket.create_connection(("127.0.0.1", control))
        self._answers = self._control.makefile("rb")

    def order(self, **order: float) -> Counter[str]:
        """Give an order; get what was done so far."""
        self._control.sendall(json.dumps(order).encode() + b"\n")
        return Counter(json.loads(self._answers.readline()))

    def end(self) -> None:
        """End it."""
        self._control.close()
        self.process.terminate()
        self.process.wait()


class Tail:
    """Counts what workers write, reading on where it stopped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: Counter[Path] = Counter()
        self.calls: Counter[str] = Counter()

    def look(self) -> int:
        """Read on; give how many operations there are by now."""
        for path in self._folder.glob("worker-*.jsonl"):
            with path.open("rb") as file:
                file.seek(self._read[path])
                fresh = file.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._read[path] += len(whole)
            for line in whole.splitlines():
                if line.startswith(b'{"is":"invoke"'):
                    self.calls[line.split(b'"call":"', 1)[1].split(b'"', 1)[0].decode()] += 1
        return sum(self.calls[call] for call in OPERATIONS)


class Run:
    """A run under way."""

    def __init__(self, plan: Plan, say: Say) -> None:
        self.plan = plan
        self._say = say
        self._dice = random.Random(plan.seed)
        self._tail = Tail(plan.folder)
        self._active: deque[tuple[str, float]] = deque()
        self.submissions: list[str] = []
        self.done: Counter[str] = Counter()
        self.keys: Counter[str] = Counter()
        self.died: list[str] = []

    async def go(self) -> dict[str, Any]:
        """Do it all; give what is kept of it, which stands in `run.json` too."""
        plan, began = self.plan, time.monotonic()
        shutil.rmtree(plan.folder, ignore_errors=True)
        plan.folder.mkdir(parents=True)
        network = Network(plan.store, plan.seed)
        try:
            environment = self._environment(network)
            settings = settings_from(environment)
            async with _direct(settings, plan.store) as wiring:
                await self._play(network, environment, wiring)
                faults = await self._calm(network)
                await self._end(settings, wiring)
        finally:
            network.end()
        kept = {
            "seed": plan.seed,
            "workers": plan.workers,
            "seconds": round(time.monotonic() - began, 1),
            "submissions": len(self.submissions),
            "calls": dict(sorted(self._tail.calls.items())),
            "faults": dict(sorted(faults.items())),
            "kills": dict(sorted(self.done.items())),
            "keyring": {what: self.keys[what] for what in ("rotated", "wrapped anew", "destroyed")},
            "died_by_themselves": self.died,
            "stack": os.environ.get("GUBI_STACK", "a store alone"),
            "withdrawal": "the real service" if plan.kafka else "played by the workers",
        }
        (plan.folder / "run.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False))
        return kept

    def _environment(self, network: Network) -> dict[str, str]:
        name = secrets.token_hex(3)
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith("GUBI_")},
            "GUBI_MONGO": network.store,
            "GUBI_KAFKA": self.plan.kafka or "127.0.0.1:1",
            "GUBI_DATABASE_PREFIX": f"history_{name}",
            "GUBI_TOPIC_PREFIX": f"{name}-",
            "GUBI_PARTITIONS": "3",
            "GUBI_SESSION_TIMEOUT_MS": "6000",
            "GUBI_KEYS": str(self.plan.folder / "keys"),
            "GUBI_CHECKPOINTS": str(self.plan.folder / "checkpoints"),
            "GATE_HISTORY": str(self.plan.folder),
            "GATE_BUS": "kafka" if self.plan.kafka else "none",
        }

    async def _play(self, network: Network, environment: dict[str, str], wiring: Wiring) -> None:
        if self.plan.kafka:
            await ensure_topics(wiring.settings)
        self._keyring = wiring.keyring
        self._rotate()
        workers = [f"worker-{number}" for number in range(self.plan.workers)]
        supervisor = Supervisor(environment, logs=self.plan.folder / "logs", say=self._died, command=self._command)
        supervisor.start([*workers, *(["withdrawal"] if self.plan.kafka else [])])
        try:
            network.order(rate=self.plan.rate)
            await self._until_enough(network, supervisor, workers, Rotations(wiring, self.keys))
            self._board(over=True)
            for name in workers:
                child = supervisor.children[name].process
                child.send_signal(signal.SIGCONT)
                await asyncio.to_thread(child.wait, 60)
            network.order(rate=0)
            supervisor.restarting = True
            for name in workers:
                del supervisor.children[name]
            if self.plan.kafka:
                await Draining(supervisor, wiring).end()
        finally:
            supervisor.stop()

    async def _until_enough(
        self, network: Network, supervisor: Supervisor, workers: Sequence[str], rotations: Rotations
    ) -> None:
        troubles = Troubles(self._dice, network, supervisor, workers, self.done)
        began = said = time.monotonic()
        while (count := self._tail.look()) < self.plan.operations:
            now = time.monotonic()
            assert now - began < self.plan.seconds, f"only {count} operations in {now - began:.0f} s"
            self._rotate()
            supervisor.look()
            await rotations.come(now)
            troubles.come(now)
            if now - said >= 5:
                said = now
                kills = self.done["workers killed"] + self.done["withdrawal service killed"]
                faults = sum(network.order()[kind] for kind in KINDS)
                self._say(
                    f"{now - began:5.0f} s  {count:6,} of {self.plan.operations:,} operations on "
                    f"{len(self.submissions)} submissions; {faults} faults, {kills} kills"
                )
            await asyncio.sleep(0.05)

    def _died(self, line: str) -> None:
        if "SIGKILL" not in line:  # nobody of ours did that
            self.died.append(line)
            self._say(line)

    def _rotate(self) -> None:
        now = time.monotonic()
        before = len(self.submissions)
        while self._active and self._active[0][1] < now:
            self._active.popleft()
        while len(self._active) < self.plan.in_play:
            name = f"s-{self._keyring.token('submission', secrets.token_hex(8))}"
            self.submissions.append(name)
            self._active.append((name, now + self._dice.uniform(0.3, 2.5)))
        if len(self.submissions) != before:
            self._board()

    def _board(self, *, over: bool = False) -> None:
        fresh = self.plan.folder / "board.new"
        fresh.write_text(json.dumps({"active": [name for name, _ in self._active], "over": over}))
        fresh.rename(self.plan.folder / "board.json")

    def _command(self, name: str) -> Sequence[str]:
        kind, _, number = name.partition("-")
        if kind != "worker":
            return tied(service_command(name))
        return tied([sys.executable, "-m", "tests.gate_history.worker", number, str(self.plan.seed + int(number))])

    async def _calm(self, network: Network) -> Counter[str]:
        while (counts := network.order(rate=0)).pop("still late"):
            await asyncio.sleep(0.1)
        return counts

    async def _end(self, settings: Settings, wiring: Wiring) -> None:
        await Ending(wiring, self.plan.folder, settings, played=not self.plan.kafka).write(self.submissions)


_EVERY = {"kill": 5.0, "pause": 9.0, "kill_withdrawal": 20.0, "storm": 7.0, "freeze": 11.0}
"""Seconds between two troubles of a kind, on average."""


class Troubles:
    """What happens to processes, and to all of the network, now and then."""

    def __init__(
        self, dice: random.Random, network: Network, supervisor: Supervisor, workers: Sequence[str], done: Counter[str]
    ) -> None:
        self._dice = dice
        self._network = network
        self._supervisor = supervisor
        self._workers = list(workers)
        self._done = done
        begin = time.monotonic() + 2
        self._next = {name: begin + dice.uniform(0, every) for name, every in _EVERY.items()}
        self._paused: dict[str, float] = {}

    def come(self, now: float) -> None:
        """Do what is due."""
        for name, until in list(self._paused.items()):
            if until < now:
                self._supervisor.kill(name, signal.SIGCONT)
                del self._paused[name]
        for name, due in self._next.items():
            if due < now:
                self._next[name] = now + self._dice.expovariate(1 / _EVERY[name])
                getattr(self, f"_{name}")(now)

    def _kill(self, _: float) -> None:
        name = self._dice.choice(self._workers)
        self._paused.pop(name, None)
        self._supervisor.kill(name)
        self._done["workers killed"] += 1

    def _kill_withdrawal(self, _: float) -> None:
        if "withdrawal" in self._supervisor.children:
            self._supervisor.kill("withdrawal")
            self._done["withdrawal service killed"] += 1

    def _pause(self, now: float) -> None:
        name = self._dice.choice(self._workers)
        self._supervisor.kill(name, signal.SIGSTOP)
        self._paused[name] = now + self._dice.uniform(0.2, 1.5)
        self._done["workers paused"] += 1

    def _storm(self, _: float) -> None:
        self._network.order(storm=self._dice.uniform(0.2, 0.8))

    def _freeze(self, _: float) -> None:
        self._network.order(freeze=self._dice.uniform(0.1, 1.0))


@asynccontextmanager
async def _direct(settings: Settings, store: str) -> AsyncIterator[Wiring]:
    """The store itself, past the bad network, with its indexes and all keys made."""
    Keyring.create(settings.keys)
    CheckpointSigner.create(settings.keys)
    Signer.create(settings.keys)
    async with Wiring.of(settings.model_copy(update={"mongo": store}), utc_now).open() as wiring:
        yield wiring
