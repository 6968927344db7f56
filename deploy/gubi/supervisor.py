"""Keeps services running as processes of their own: starts them, starts those again that die, and stops them all."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.gubi import ended
from deploy.gubi.remedies import told_of_code
from deploy.trouble import Trouble
from shared.settings import Settings
from shared.vault.keyring import Keyring, KeyringError

LOGS = Path("var/logs")
LONGEST_PAUSE = 10.0
SAID_AGAIN = 10
"""A service that keeps dying is spoken of the first time and every so many times."""

Say = Callable[[str], None]


@dataclass
class Child:
    """One service process and how it has fared."""

    name: str
    process: subprocess.Popen[bytes]
    started_at: float
    logged_before: int = 0
    """Bytes in its log when it was started."""
    restarts: int = 0
    deaths: int = 0
    start_again_at: float | None = None


def service_command(name: str) -> Sequence[str]:
    """Return how a service is run; "extraction-2" is a second extraction."""
    return [sys.executable, "-m", "deploy.gubi", "run", name.partition("-")[0]]


def _quiet(_: str) -> None:
    """Say nothing."""


@dataclass
class Supervisor:
    """Runs services; `logs` is where each writes, `environment` what they are given, `say` is told of deaths."""

    environment: Mapping[str, str]
    logs: Path = LOGS
    restarting: bool = True
    say: Say = _quiet
    command: Callable[[str], Sequence[str]] = service_command
    children: dict[str, Child] = field(default_factory=dict)
    _name: str = field(default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}")
    """Nobody else's: a service that is started again has the name it had, and no other process ever has."""
    _stopping: threading.Event = field(default_factory=threading.Event)

    def start(self, names: Iterable[str]) -> None:
        """Start these services."""
        self.logs.mkdir(parents=True, exist_ok=True)
        for name in names:
            self.children[name] = self._spawn(name)

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _spawn(self, name: str) -> Child:
        with self._log(name).open("ab") as log:
            logged_before = log.tell()
            process = subprocess.Popen(
                self.command(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self.environment, "GUBI_REPLICA": f"{self._name}-{name}"},
                start_new_session=True,
            )
        return Child(name, process, time.monotonic(), logged_before)

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
                self._tell_death(child)
                quick = now - child.started_at < 10
                child.restarts = child.restarts + 1 if quick else 1
                pause = min(LONGEST_PAUSE, 0.2 * 2**child.restarts) if quick else 0.0
                child.start_again_at = now + pause
            if now >= child.start_again_at:
                again = self._spawn(child.name)
                child.process, child.started_at, child.start_again_at = again.process, now, None
                child.logged_before = again.logged_before

    def _tell_death(self, child: Child) -> None:
        child.deaths += 1
        if child.deaths == 1 or child.deaths % SAID_AGAIN == 0:
            self.say(ended.line(child.name, child.process.returncode, self._log(child.name), child.logged_before))

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


def _need_a_keyring(folder: Path) -> None:
    try:
        Keyring.load(folder)
    except KeyringError as error:
        raise Trouble(told_of_code(error.code).filled(who="Gubi", keys=folder).sentence) from None


def run_all(names: Iterable[str], say: Say) -> None:
    """Run services until Ctrl-C, saying where each one logs. Raises `Trouble` where nothing was prepared."""
    _need_a_keyring(Settings().keys)
    stop_on_signals()
    supervisor = Supervisor(os.environ, say=say)
    names = list(names)
    say(f"Starting {', '.join(names)}; logs are in {supervisor.logs}/. Ctrl-C stops them all.")
    supervisor.start(names)
    try:
        while True:
            supervisor.look()
            time.sleep(0.2)
    except KeyboardInterrupt:
        say("Stopping.")
    finally:
        supervisor.stop()
