"""The brokers that this run has started: who leads, killing one, and having those that died start again."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from deploy.gubi.broker import asking, ours
from deploy.gubi.installation import Installation
from deploy.stack import Server, current, up
from deploy.stack.processes import lives


class Brokers:
    """Those of one installation; no other process is ever sent a signal."""

    def __init__(self, place: Installation) -> None:
        self._place = place
        self._folder = place.folder / "stack"

    @property
    def servers(self) -> dict[str, Server]:
        """The brokers by name, `kafka-1` and so on, as they were started last."""
        stack = current(self._folder)
        return {server.name: server for server in stack.servers if server.is_kafka} if stack else {}

    def home(self, name: str) -> Path:
        """Where a broker keeps its data."""
        return self._folder.resolve() / f"jvm-{self._place.stack.brokers}" / name.replace("kafka", "broker")

    def alive(self, name: str) -> bool:
        """Whether it runs."""
        server = self.servers[name]
        return lives(server.pid, server.born)

    def kill(self, *names: str, how: signal.Signals = signal.SIGKILL) -> None:
        """kill -9, or another signal."""
        for name in names:
            pid = self.servers[name].pid
            assert pid, f"{name} is no process"
            assert self.alive(name), f"{name} does not run"
            os.kill(pid, how)

    async def start_again(self) -> None:
        """Start those that died, by their old ports and with their data, and wait until all have joined."""
        file = self._place.folder / "local.env"
        await asyncio.to_thread(
            up, "jvm", brokers=self._place.stack.brokers, folder=self._folder, environment_file=file
        )

    async def leading(self) -> Sequence[str]:
        """The brokers that lead partitions of this installation, whoever leads most of them first."""
        settings = self._place.settings
        async with asking(settings) as admin:
            described = await admin.describe_topics(ours(settings, await admin.list_topics()))
        leaders = Counter(f"kafka-{part['leader']}" for topic in described for part in topic["partitions"])
        return [name for name, _ in leaders.most_common() if name in self.servers]
