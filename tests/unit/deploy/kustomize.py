"""Manifests as kustomize builds them, which is part of kubectl too."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.unit.deploy.manifests import Manifests


def built(folder: Path) -> Manifests:
    """Build a folder with a kustomization; skips where neither program is here."""
    if program := shutil.which("kustomize"):
        building = [program, "build"]
    elif program := shutil.which("kubectl"):
        building = [program, "kustomize"]
    else:
        pytest.skip("neither kustomize nor kubectl is here: nothing can be built")
    done = subprocess.run([*building, folder], capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(done.stdout))
