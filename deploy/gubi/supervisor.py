"""Keeps services running as processes of their own: starts them, starts those again that die, and stops them all."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

LOGS = Path("var/logs")
LONGEST_PAUSE = 10.0


@dataclass
class Child:
    """One service process and how it has fared."""

    name: str
    process: subprocess.Popen[bytes]
    started_at: float
    restarts: int = 0
    start_again_at: float | None = None


@dataclass
class Supervisor:
    """Runs services; `logs` is where each writes, `environment` what they are given."""

    environment: Mapping[str, str]
    logs: Path = LOGS
    restarting: bool = True
    children: dict[str, Child] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, names: Iterable[str]) -> None:
        """Start these services."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for name in names:
            self.children[name] = Child(name, self._spawn(name), time.monotonic())

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        service = name.partition("-")[0]  # "extraction-2" is a second extraction
        with (self.logs / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "deploy.gubi", "run", service],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                start_new_session=True,
            )

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to one service; if it dies of it, `look` starts it again."""
        self.children[name].process.send_signal(how)

    def look(self) -> None:
        """Start again what has died: at once when it had run for a while, else after a growing pause."""
        now = time.monotonic()
        for child in self.children.values():
            if child.process.poll() is None or not self.restarting:
                continue
            if child.start_again_at is None:
                quick = now - child.started_at < 10
                child.restarts = child.restarts + 1 if quick else 1
                pause = min(LONGEST_PAUSE, 0.2 * 2**child.restarts) if quick else 0.0
                child.start_again_at = now + pause
            if now >= child.start_again_at:
                child.process, child.started_at, child.start_again_at = self._spawn(child.name), now, None

    def watch(self) -> None:
        """Look ever again until `stop`; for a thread."""
        while not self._stopping.wait(0.2):
            self.look()

    def stop(self, patience: float = 15.0) -> None:
        """Ask every service to stop, and kill those that do not within `patience` seconds."""
        self._stopping.set()
        for child in self.children.values():
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + patience
        for child in self.children.values():
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def stop_on_signals() -> None:
    """Let SIGTERM end this process as Ctrl-C does, also where a shell in the background had SIGINT ignored."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.default_int_handler)


def run_all(names: Iterable[str], console: Console) -> None:
    """Run services until Ctrl-C, saying where each one logs."""
    import os

    stop_on_signals()
    supervisor = Supervisor(os.environ)
    names = list(names)
    console.print(f"Starting {', '.join(names)}; logs are in {supervisor.logs}/. Ctrl-C stops them all.")
    supervisor.start(names)
    try:
        while True:
            supervisor.look()
            time.sleep(0.2)
    except KeyboardInterrupt:
        console.print("Stopping.")
    finally:
        supervisor.stop()
