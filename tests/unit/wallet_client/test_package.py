"""The client stands alone: a wheel with three dependencies, typed, that knows nothing of Gubi."""

import ast
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path
from types import FunctionType
from zipfile import Path as Inside
from zipfile import ZipFile

import pytest

import gubi_wallet

FOLDER = Path(__file__).parents[3] / "services/wallet_client"
DEPENDENCIES = {"httpx", "cryptography", "http-message-signatures"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as it is for a stranger, with what is installed and nothing fetched."""
    place = tmp_path_factory.mktemp("wheel")
    shutil.copytree(FOLDER, place / "source", ignore=shutil.ignore_patterns("*.egg-info", "build", "__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", place, place / "source"], check=True, timeout=200)
    (built,) = place.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_its_types_and_its_three_dependencies(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    assert "gubi_wallet/py.typed" in names
    assert {name.partition("/")[0] for name in names} == {"gubi_wallet", "gubi_wallet-0.1.0.dist-info"}
    metadata: Distribution = PathDistribution(Inside(wheel, "gubi_wallet-0.1.0.dist-info/"))
    assert {one.partition(">")[0] for one in metadata.requires or []} == DEPENDENCIES


def test_the_wheel_is_imported_without_anything_of_gubi(wheel: Path, tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(wheel)!r}); import gubi_wallet; print(gubi_wallet.__file__); "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'services', 'shared', 'deploy', 'pydantic'}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=200
    )
    place, ours = done.stdout.splitlines()
    assert place.startswith(str(wheel))
    assert ours == "[]"


def test_it_imports_its_dependencies_and_the_standard_library_and_no_more() -> None:
    imported = set()
    for path in (FOLDER / "gubi_wallet").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                imported.add(node.module.partition(".")[0])
            elif isinstance(node, ast.Import):
                imported |= {one.name.partition(".")[0] for one in node.names}
    declared = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]["dependencies"]
    assert {one.partition(">")[0] for one in declared} == DEPENDENCIES
    others = imported - set(sys.stdlib_module_names) - {"gubi_wallet"}
    assert others == {name.replace("-", "_") for name in DEPENDENCIES}


def test_what_is_public_is_documented() -> None:
    for name in gubi_wallet.__all__:
        thing = getattr(gubi_wallet, name)
        if isinstance(thing, type | FunctionType):
            assert thing.__doc__, name
