"""What manifests are compared with: the command line, the settings, the services."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from deploy.gubi.main import app
from deploy.gubi.processes import PROCESSES
from services.intake.rules import Limits
from shared.settings import Settings

ROOT = Path(__file__).parents[3]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
SERVICES = tuple(name for name in PROCESSES if name != "wallet_simulator")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
GRACEFUL_SECONDS = 10 + 15
"""uvicorn's for open requests (deploy/gubi/processes.py), then FastStream's for the batch in hand."""
ROOM_FOR_BODIES = 4 * Limits().bodies + (256 << 20)
"""Bytes that the wallets' door may need: all bodies, three times as much made of them (room.py), and the rest."""


@cache
def _command_line() -> Any:
    return typer.main.get_command(app)


def no_such_command(words: Sequence[str]) -> list[str]:
    """What `gubi` would not understand of these words."""
    command = _command_line()
    rest = list(words)
    while hasattr(command, "commands"):
        if not rest or rest[0] not in command.commands:
            return [f"gubi has no command {' '.join(words)!r}"]
        command = command.commands[rest.pop(0)]
    options = {option for parameter in command.params for option in parameter.opts if option[0] == "-"}
    unknown = [word for word in rest if word.startswith("-") and word not in options]
    if words[0] == "run" and words[1] not in PROCESSES:
        unknown.append(words[1])
    return [f"gubi {words[0]} does not know {word!r}" for word in unknown]


def no_such_settings(names: Iterable[str]) -> list[str]:
    fields = {f"GUBI_{name.upper()}" for name in Settings.model_fields}
    return [f"no setting is called {name}" for name in names if name.startswith("GUBI_") and name not in fields]


def settings_of(environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings as a process with this environment reads them; raises what it would."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Settings(_env_file=None)


def image_user() -> str:
    """The user that the image runs as, the last one named."""
    return re.findall(r"^USER (.+)$", DOCKERFILE.read_text(), re.MULTILINE)[-1]
