"""Each service as a process: what it is called, where it is built, and how it is run."""

import gc
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from deploy.gubi.known import sentence_of
from deploy.trouble import Trouble
from shared import traces
from shared.logs import configure, error_fields
from shared.service import run_worker
from shared.settings import Settings

_LEFT_BEHIND = 20_000
"""Objects that may be made before those that hold each other are looked for: what a batch or two leaves behind."""


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


class CannotStart(Trouble):
    """A service cannot start: one sentence that says why and what to do."""


def _factory(process: Process) -> Callable[[], Any]:
    module, _, name = process.factory.partition(":")
    factory: Callable[[], Any] = getattr(importlib.import_module(module), name)
    return factory


def _expect_little_garbage() -> None:
    gc.collect()
    gc.freeze()  # what was loaded stays: looking through it again and again while working would be in vain
    gc.set_threshold(_LEFT_BEHIND)


def run(name: str) -> None:
    """Run a service in this process until it is told to stop. Raises `CannotStart`.

    What ends it is logged as class, place and code, and never by its text, which could quote what is being handled.
    """
    process = PROCESSES[name]
    settings = Settings()
    log = configure(name, settings.log_level)
    traces.start(name)
    try:
        factory = _factory(process)
        _expect_little_garbage()
        if process.door is None:
            run_worker(factory)
        else:
            _serve(name, factory(), settings.host, process.door, getattr(settings, process.door))
    except Exception as error:
        fields = error_fields(error)
        log.error("cannot-start", **fields)
        unknown = f"{name} could not go on: {fields['error_type']} at {fields.get('error_at', '?')}."
        raise CannotStart(sentence_of(error, name) or unknown) from None
    finally:
        traces.stop()


def _serve(name: str, application: Any, host: str, door: str, port: int) -> None:
    """Serve until told to stop. Raises what the application's start raised, `CannotStart` where the port is taken."""
    import uvicorn

    from deploy.gubi.serving import Punctual

    failed: list[Exception] = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        """Keep what a start or an end fails of, which uvicorn only turns into an exit code."""
        try:
            await application(scope, receive, send)
        except Exception as error:
            if scope["type"] == "lifespan":
                failed.append(error)
            raise

    class Server(uvicorn.Server):
        """Lets the application end what would stay open for ever, before it waits for what is in hand."""

        def handle_exit(self, sig: int, frame: Any) -> None:
            watch = getattr(getattr(application, "state", None), "watch", None)
            if watch is not None:
                watch.stop()
            super().handle_exit(sig, frame)

    server = Server(
        uvicorn.Config(
            watched,
            host=host,
            port=port,
            loop="uvloop",
            http=Punctual,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    )
    try:
        server.run()
    except KeyboardInterrupt:
        return
    except SystemExit:
        if failed:
            raise failed[0] from None
        raise CannotStart(
            f"{name} cannot listen on {host}:{port}; set GUBI_{door.upper()} to a port that is free."
        ) from None
