"""What is written down about a running stack: `stack.json` for ourselves, a dotenv file for the services.

Both are replaced whole, never half written, and readable by their owner only: an external address may carry a password.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from deploy.stack.model import STACKS, Server, Stack

_STATE = "stack.json"


def load(folder: Path) -> Stack | None:
    """Return the stack last written in `folder`; None when there is none, or what stands there is not one of ours."""
    try:
        noted = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        if noted["name"] not in STACKS:
            return None
        servers = tuple(Server(**{**server, "ports": tuple(server["ports"])}) for server in noted.pop("servers"))
        return Stack(**noted, servers=servers)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save(folder: Path, stack: Stack) -> None:
    """Write `stack` down in `folder`."""
    _write(folder / _STATE, json.dumps(asdict(stack), indent=2) + "\n")


def save_environment(path: Path, stack: Stack) -> None:
    """Write the dotenv file that tells a service, or a shell, where Kafka and MongoDB are."""
    said = {"GUBI_STACK": stack.name, "GUBI_KAFKA": stack.kafka, "GUBI_MONGO": stack.mongo}
    _write(path, "".join(f"{name}='{_plain(value)}'\n" for name, value in said.items()))


def _plain(url: str) -> str:
    """Escape as a URL does (RFC 3986, section 2.1) what shells and dotenv readers each take for something else."""
    return url.translate({ord(character): f"%{ord(character):02X}" for character in "'\\$"})


def forget(folder: Path) -> None:
    """Remove what `save` wrote; the data stays."""
    (folder / _STATE).unlink(missing_ok=True)


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Let one process at a time in, and the others wait; freed by the system when its holder dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def claim(path: Path) -> Iterator[bool]:
    """Tell whether it is ours until the end, as `lock` is, or at once that another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
