"""Each service as a process: what it is called, where it is built, and how it is run."""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from shared.errors import GubiError
from shared.logs import configure
from shared.service import run_worker
from shared.settings import Settings


@dataclass(frozen=True)
class Process:
    """A service's factory, and whether it has a door of its own."""

    factory: str
    door: Literal["intake_port", "dashboard_port", "simulator_port"] | None = None


PROCESSES: dict[str, Process] = {
    "intake": Process("services.intake.app:app", "intake_port"),
    "extraction": Process("services.extraction.app:app"),
    "eligibility": Process("services.eligibility.app:app"),
    "withdrawal": Process("services.withdrawal.app:app"),
    "notification": Process("services.notification.app:app"),
    "dashboard": Process("services.dashboard.app:app", "dashboard_port"),
    "wallet_simulator": Process("services.wallet_simulator.app:app", "simulator_port"),
}


class CannotStart(Exception):
    """A service cannot start: one sentence that says why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def _factory(process: Process) -> Callable[[], Any]:
    module, _, name = process.factory.partition(":")
    factory: Callable[[], Any] = getattr(importlib.import_module(module), name)
    return factory


def run(name: str) -> None:
    """Run a service in this process until it is told to stop. Raises `CannotStart`, or what ends the process."""
    process = PROCESSES[name]
    settings = Settings()
    log = configure(name, settings.log_level)
    try:
        if process.door is None:
            run_worker(_factory(process))
            return
        _serve(_factory(process)(), settings.host, getattr(settings, process.door))
    except GubiError as error:
        log.error("cannot-start", code=error.code)
        raise CannotStart(_sentence(name, error)) from None


def _sentence(name: str, error: GubiError) -> str:
    if error.code.startswith("keyring:"):
        return f"{name} found no usable keyring; run 'gubi prepare', or set GUBI_KEYS to the folder that holds it."
    if error.code.startswith(("broker:", "store:")):
        away = error.code.split(":")[0]
        return f"{name} could not reach its {away}; run 'gubi stack status', or set GUBI_KAFKA and GUBI_MONGO."
    return f"{name} could not start: {error.code}."


def _serve(application: Any, host: str, port: int) -> None:
    import uvicorn

    uvicorn.run(
        application,
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
