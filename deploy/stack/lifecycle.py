"""Takes a stack up and down. Taken up twice it is one; what has died of it is started again; its data stays."""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.stack import external, kinds, running, state
from deploy.stack.choice import choose
from deploy.stack.model import Choice, Say, Server, ServerStatus, Stack, StackName, StackUnavailable
from deploy.stack.ports import HOST
from deploy.stack.standins import mongo_url
from deploy.stack.statuses import statuses

FOLDER = Path("var/stack")


def quiet(_: str) -> None:
    """Say nothing."""


def up(
    wanted: str | None = None,
    *,
    brokers: int = 1,
    folder: Path = FOLDER,
    environment_file: Path | None = None,
    fresh: bool = False,
    say: Say = quiet,
) -> Stack:
    """Return a stack that serves, started as far as it was not; its processes live on until `down`.

    `wanted`, else GUBI_STACK, names it; else the one that is up already is kept, or the most real one is taken.
    `brokers` is 1 or 3. Under `folder` are its data, its logs and `stack.json`; the dotenv file, `local.env` beside
    `folder` unless given, tells the services. `fresh` throws the data of this stack away first. One caller at a time;
    the others wait.

    Raises StackUnavailable: one sentence on what is missing and the remedy.
    """
    folder = folder.resolve()
    with state.lock(folder / "lock"):
        failed: dict[str, str] = {}
        while True:
            choice = _settle(wanted, brokers, state.load(folder), failed)
            say(f"Taking up the stack '{choice.name}': {choice.reason.rstrip('.')}.")
            try:
                stack = _take_up(choice.name, brokers, folder, fresh, say)
            except StackUnavailable as trouble:
                if choice.by_name:
                    raise
                say(f"The stack '{choice.name}' cannot be taken up: {trouble.sentence}")
                failed[choice.name] = trouble.sentence
                continue
            state.save_environment(_environment_file(folder, environment_file), stack)
            return stack


def down(
    folder: Path = FOLDER, *, environment_file: Path | None = None, throw_away: bool = False, say: Say = quiet
) -> bool:
    """End the stack noted in `folder` and return whether there was one; an external one is only forgotten.

    Its data stays, unless it is to be thrown away.
    """
    folder = folder.resolve()
    with state.lock(folder / "lock"):
        stack = state.load(folder)
        if stack is not None:
            _end(stack, folder, say)
            state.forget(folder)
            if throw_away:
                _throw_away(stack.name, kinds.home(folder, stack.name, stack.brokers))
        _environment_file(folder, environment_file).unlink(missing_ok=True)
    return stack is not None


def status(folder: Path = FOLDER) -> list[ServerStatus]:
    """Ask each server of the stack noted in `folder` how it is; empty when no stack is up."""
    stack = state.load(folder.resolve())
    return statuses(stack) if stack else []


def current(folder: Path = FOLDER) -> Stack | None:
    """Return the stack noted in `folder`, without asking its servers; None when none is up."""
    return state.load(folder.resolve())


def _settle(wanted: str | None, brokers: int, known: Stack | None, failed: dict[str, str]) -> Choice:
    asked = wanted or os.environ.get("GUBI_STACK")
    if not asked and known and known.brokers == brokers and known.servers and known.name not in failed:
        return Choice(known.name, "it was up already")
    return choose(wanted, brokers=brokers, failed=failed)


def _take_up(name: StackName, brokers: int, folder: Path, fresh: bool, say: Say) -> Stack:
    known = state.load(folder)
    if known and (fresh or (known.name, known.brokers) != (name, brokers)):
        _end(known, folder, say)
        state.forget(folder)
        known = None
    home = kinds.home(folder, name, brokers)
    if fresh:
        _throw_away(name, home)
    began = time.monotonic()
    stack = _serving(name, brokers, folder, home, known.servers if known else (), say)
    state.save(folder, stack)
    say(f"It serves, after {time.monotonic() - began:.1f} s.")
    return stack


def _serving(name: StackName, brokers: int, folder: Path, home: Path, known: Sequence[Server], say: Say) -> Stack:
    if name == "external":
        return external.up(brokers)

    def note(servers: list[Server]) -> None:
        state.save(folder, _stack(name, brokers, servers))

    if name == "containers":
        from deploy.stack import containers  # needs testcontainers, which only this stack does

        return _stack(name, brokers, containers.up(home, note, say))
    return _stack(name, brokers, kinds.up(name, brokers, home, known, note, say))


def _stack(name: StackName, brokers: int, servers: Sequence[Server]) -> Stack:
    kafka = ",".join(f"{HOST}:{server.port}" for server in servers if server.is_kafka)
    mongo = next((mongo_url(server.port) for server in servers if not server.is_kafka), "")
    return Stack(name, brokers, kafka, mongo, tuple(servers))


def _end(stack: Stack, folder: Path, say: Say) -> None:
    say(f"Taking down the stack '{stack.name}'.")
    if stack.name == "containers":
        from deploy.stack import containers

        containers.stop(kinds.home(folder, stack.name, stack.brokers))
    running.stop(stack.servers)


def _throw_away(name: StackName, home: Path) -> None:
    if name == "containers":
        from deploy.stack import containers

        containers.stop(home, remove=True)
    shutil.rmtree(home, ignore_errors=True)


def _environment_file(folder: Path, given: Path | None) -> Path:
    return (given or folder.parent / "local.env").resolve()
