"""Every import contract is tried once on a violation: a contract that cannot break guards nothing."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

VIOLATIONS = {
    "services-apart": ("services/intake/rules.py", "import services.withdrawal.rules"),
    "services-not-simulator": ("services/intake/rules.py", "import services.wallet_simulator"),
    "wallet-client-apart": ("services/wallet_client/gubi_wallet/client.py", "import shared.clock"),
    "services-not-wallet-client": ("services/intake/rules.py", "import gubi_wallet"),
    "shared-below": ("shared/clock.py", "import services.withdrawal.rules"),
    "services-not-deploy": ("services/withdrawal/rules.py", "import deploy.gubi"),
    "layers": ("services/withdrawal/rules.py", "import services.withdrawal.store"),
    "rules-pure": ("services/withdrawal/rules.py", "import asyncio"),
    "faststream": ("services/withdrawal/app.py", "import faststream"),
    "drivers": ("services/withdrawal/app.py", "import pymongo"),
    "desk-no-vault": ("services/dashboard/rules.py", "import shared.vault"),
    "pdf-in-jail": ("services/intake/rules.py", "import pypdf"),
}


def contracts() -> set[str]:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return {name.rsplit(":", 1)[1] for name in parser.sections() if ":contract:" in name}


def lint(root: Path, *names: str) -> subprocess.CompletedProcess[str]:
    chosen = [part for name in names for part in ("--contract", name)]
    program = (
        "import sys; sys.path[:0] = ['', 'services/wallet_client']; "
        "from importlinter.cli import lint_imports_command; lint_imports_command()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", *chosen], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("services", "shared", "deploy"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.pdf", "static"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_every_contract_has_a_violation_to_be_tried_on() -> None:
    assert contracts() == set(VIOLATIONS)


@pytest.mark.timeout(600)
def test_every_contract_breaks_on_its_violation(copy: Path) -> None:
    for name, (place, line) in VIOLATIONS.items():
        path = copy / place
        before = path.read_text()
        path.write_text(f"{before}\n{line}  # noqa\n")
        broken = lint(copy, name)
        path.write_text(before)
        assert broken.returncode == 1, f"{name} did not notice {line!r} in {place}: {broken.stdout}{broken.stderr}"
        assert "BROKEN" in broken.stdout
