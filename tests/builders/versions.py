"""An older version of Gubi's code, from this repository's history, run as it was."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BEFORE = "38e287a311baa248f4a39ed4cca22f102a2ee2a7"
"""The last whole version before supplements and published programmes: some commits back might be a half."""


def older(folder: Path) -> str:
    """Write an older version to a folder and give its commit; empty where there is no history.

    GUBI_OLD_COMMIT names one; else it is the newest tag, or the version before this one.
    """
    named = os.environ.get("GUBI_OLD_COMMIT") or _git("describe", "--tags", "--abbrev=0") or _BEFORE
    commit = _git("rev-parse", "--verify", "--quiet", f"{named}^{{commit}}")
    if not commit:
        return ""
    folder.mkdir(parents=True)
    packed = subprocess.run(
        ["git", "-C", ROOT, "archive", commit, "services", "shared", "deploy"], capture_output=True, check=True
    )
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)
    return commit


def service_command(folder: Path, name: str) -> Sequence[str]:
    """How a service of that version is run."""
    return [*python(folder), "-m", "deploy.gubi", "run", name.partition("-")[0]]


def python(folder: Path) -> list[str]:
    """A Python that imports that version, and not the one in the working directory."""
    return ["env", f"PYTHONPATH={folder}", sys.executable, "-P"]


def _git(*words: str) -> str:
    try:
        return subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
