"""Older versions of Gubi's code, from this repository's history, run as they were."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from tests.builders.lacking import is_not_here

ROOT = Path(__file__).parents[2]
_BEFORE_SUPPLEMENTS = "38e287a311baa248f4a39ed4cca22f102a2ee2a7"
"""The last whole version before supplements and published programmes: some commits back might be a half."""


def long_ago(folder: Path, root: Path = ROOT) -> Path:
    """Write a version of long ago to a folder: GUBI_OLD_COMMIT names one, else the newest tag does."""
    named = os.environ.get("GUBI_OLD_COMMIT") or _git(root, "describe", "--tags", "--abbrev=0") or _BEFORE_SUPPLEMENTS
    return _written(folder, root, named)


def the_one_before(folder: Path, root: Path = ROOT) -> Path:
    """Write the version before this one to a folder: what was merged last before this commit, which is a whole.

    Of the commits in between any might be a half. GUBI_COMMIT_BEFORE names another.
    """
    merged = ("rev-list", "--first-parent", "--merges", "--max-count=1", "HEAD^")
    return _written(folder, root, os.environ.get("GUBI_COMMIT_BEFORE") or _git(root, *merged))


def _written(folder: Path, root: Path, named: str) -> Path:
    commit = named and _git(root, "rev-parse", "--verify", "--quiet", f"{named}^{{commit}}")
    if not commit:
        _without(root)
    folder.mkdir(parents=True)
    packed = subprocess.run(
        ["git", "-C", root, "archive", commit, "services", "shared", "deploy"], capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    print(f"The older version is {commit}.")
    return folder


def _without(root: Path) -> NoReturn:
    if _git(root, "rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("this clone is shallow, so there is no older version in it: git fetch --unshallow")
    is_not_here("an older version", "there is no history to take one from")


def service_command(folder: Path, name: str) -> Sequence[str]:
    """How a service of that version is run."""
    return [*python(folder), "-m", "deploy.gubi", "run", name.partition("-")[0]]


def python(folder: Path) -> list[str]:
    """A Python that imports that version, and not the one in the working directory."""
    return ["env", f"PYTHONPATH={folder}", sys.executable, "-P"]


def _git(root: Path, *words: str) -> str:
    try:
        return subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
