"""A whole installation on this machine, for the demo, the benches and the fault tests: stack, keys, services, doors."""

import os
import secrets
import shlex
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from deploy.gubi.prepare import prepare_installation
from deploy.gubi.processes import PROCESSES
from deploy.gubi.supervisor import Supervisor
from deploy.stack import Stack, down, up
from deploy.stack.ports import kept
from deploy.trouble import Trouble
from shared.settings import Settings

Say = Callable[[str], None]

HEALTH = {"intake": "/readyz", "dashboard": "/readyz", "wallet_simulator": "/livez"}


class NotReady(Trouble):
    """A service did not come up: one sentence that says which, and where it logged."""


@dataclass(frozen=True)
class Installation:
    """A running installation."""

    stack: Stack
    settings: Settings
    environment: dict[str, str]
    supervisor: Supervisor
    folder: Path

    @property
    def environment_file(self) -> Path:
        """The settings of this installation, for a shell that is to run commands on it while it is up."""
        return self.folder / "installation.env"

    def url(self, door: str) -> str:
        """Give a door's address."""
        process = PROCESSES[door]
        assert process.door is not None, f"{door} has no door"
        return f"http://{self.settings.host}:{getattr(self.settings, process.door)}"

    def wait_until_ready(self, seconds: float = 180.0) -> None:
        """Wait until every door answers. Raises `NotReady`."""
        deadline = time.monotonic() + seconds
        for door, path in HEALTH.items():
            if door not in self.supervisor.children:
                continue
            while not _answers(self.url(door) + path):
                if time.monotonic() > deadline:
                    raise NotReady(f"{door} did not come up in {seconds:.0f} s; see {self.supervisor.logs / door}.log.")
                time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def kept_doors(given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Give a port for each door that is given none, as the variable that tells it; nobody else's until the end."""
    named = {f"GUBI_{door.upper()}": door for door in _doors()}
    wanted = [name for name in named if name not in given]
    with kept(Settings.model_fields[named[name]].default for name in wanted) as ports:
        yield {name: str(port) for name, port in zip(wanted, ports, strict=True)}


def _environment(folder: Path, stack: Stack, extra: Mapping[str, str]) -> dict[str, str]:
    name = secrets.token_hex(3)
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("GUBI_")},
        "GUBI_STACK": stack.name,
        "GUBI_KAFKA": stack.kafka,
        "GUBI_MONGO": stack.mongo,
        "GUBI_REPLICATION": str(stack.brokers),
        "GUBI_DATABASE_PREFIX": f"gubi_{name}",
        "GUBI_TOPIC_PREFIX": f"{name}-",
        "GUBI_KEYS": str(folder / "keys"),
        "GUBI_CHECKPOINTS": str(folder / "checkpoints"),
        "GUBI_TRUST_ROOTS": str(folder / "keys" / "trust"),
        "GUBI_PUBLIC_URL": f"http://127.0.0.1:{extra['GUBI_INTAKE_PORT']}",
        "GUBI_WEBHOOK_HOSTS": '["127.0.0.1"]',
        "GUBI_DEVELOPMENT": "true",
        **extra,
    }


def _doors() -> list[str]:
    return [process.door for process in PROCESSES.values() if process.door]


def settings_from(environment: dict[str, str]) -> Settings:
    """Read settings as a process with this environment would."""
    before = dict(os.environ)
    try:
        os.environ.update(environment)
        return Settings(_env_file=None)
    finally:
        for key in environment.keys() - before.keys():
            del os.environ[key]
        os.environ.update(before)


@contextmanager
def installation(
    name: str,
    say: Say,
    *,
    stack: str | None = None,
    brokers: int = 1,
    services: Sequence[str] | None = None,
    **extra: str,
) -> Iterator[Installation]:
    """Take an installation with fresh data up under var/<name>; take all of it down again at the end.

    `extra` are more environment variables. Raises `deploy.stack.StackUnavailable`, `NotReady`.
    """
    folder = Path("var") / name
    for before in ("keys", "checkpoints"):  # what they opened, and what they were signed of, goes too
        shutil.rmtree(folder / before, ignore_errors=True)
    environment_file = folder / "local.env"
    running = up(
        stack, brokers=brokers, folder=folder / "stack", environment_file=environment_file, fresh=True, say=say
    )
    supervisor: Supervisor | None = None
    doors = ExitStack()
    try:
        environment = _environment(folder, running, extra | doors.enter_context(kept_doors(extra)))
        settings = settings_from(environment)
        prepare_installation(say, settings)
        supervisor = Supervisor(environment, logs=folder / "logs")
        chosen = list(PROCESSES if services is None else services)
        supervisor.start(chosen)
        threading.Thread(target=supervisor.watch, daemon=True).start()
        whole = Installation(running, settings, environment, supervisor, folder)
        whole.wait_until_ready()
        ours = {name: value for name, value in environment.items() if name.startswith("GUBI_")}
        whole.environment_file.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in ours.items()))
        yield whole
    finally:
        if supervisor is not None:
            supervisor.stop()
        (folder / "installation.env").unlink(missing_ok=True)
        doors.close()
        down(folder / "stack", environment_file=environment_file, say=say)
