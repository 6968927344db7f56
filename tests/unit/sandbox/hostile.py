"""Tasks that do to a worker what hostile documents do."""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

SETUP: dict[str, Any] = {}


def prepare(setup: dict[str, Any]) -> None:
    SETUP.update(setup)


def task(document: bytes, arguments: dict[str, Any]) -> Any:
    """Do what the document says."""
    return ACTS[document.decode()](arguments)


def _spin(_: Any) -> None:
    while True:
        pass


def _burn(arguments: Any) -> str:
    until = time.process_time() + arguments["seconds"]
    while time.process_time() < until:
        pass
    return "burnt"


def _die(arguments: Any) -> None:
    os.kill(os.getpid(), getattr(signal, arguments["signal"]))


def _raise(_: Any) -> None:
    raise ValueError("성명 김가상")


def _write_a_file(arguments: Any) -> str:
    try:
        Path(arguments["path"]).write_bytes(b"x" * 10)
    except OSError as error:
        return type(error).__name__
    return "written"


def _refused(act: Any) -> str:
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "allowed"


def _lie(_: Any) -> None:
    # Descriptor numbers above the standard ones are the pipes: a worker taken over can say anything on them.
    for descriptor in range(3, 16):
        try:
            os.write(descriptor, b"D" + (1 << 31).to_bytes(4, "big"))
        except OSError:
            continue
    time.sleep(30)


def _nested(_: Any) -> Any:
    for descriptor in range(3, 16):
        try:
            os.write(descriptor, b"D" + (200_000).to_bytes(4, "big") + b"[" * 200_000)
        except OSError:
            continue
    time.sleep(30)


def _print(_: Any) -> str:
    print("D" * 100)
    return "quiet"


ACTS: dict[str, Any] = {
    "echo": lambda arguments: arguments,
    "pid": lambda _: os.getpid(),
    "setup": lambda _: SETUP,
    "environment": lambda _: dict(os.environ),
    "spin": _spin,
    "burn": _burn,
    "sleep": lambda arguments: time.sleep(arguments["seconds"]),
    "hoard": lambda _: len(bytearray(4 << 30)),
    "die": _die,
    "raise": _raise,
    "print": _print,
    "flood": lambda _: "x" * (3 << 20),
    "lie": _lie,
    "nested": _nested,
    "not json": lambda _: float("nan"),
    "surrogate": lambda _: "\ud800",
    "write": _write_a_file,
    "read": lambda arguments: _refused(lambda: Path(arguments["path"]).read_bytes()),
    "connect": lambda arguments: _refused(
        lambda: socket.create_connection(("127.0.0.1", arguments["port"]), 1).close()
    ),
    "fork": lambda _: _refused(os.fork),
    "exec": lambda _: _refused(lambda: os.execv("/bin/true", ["true"])),
}
