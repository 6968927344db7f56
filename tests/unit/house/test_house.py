"""The rules of the house that no linter knows. Each is tried on a violation below, so that none is a wish."""

import ast
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = ("intake", "extraction", "eligibility", "withdrawal", "notification", "dashboard")
EVERY_SERVICE_HAS = ("app", "rules", "store")
ONE_SITTING = {"app": 130, "rules": 150, "store": 120}
ANY_OTHER = 300
PROMISE = ("Takes", "Gives", "Owns", "Never")


def python_files(root: Path) -> list[Path]:
    return [path for part in ("services", "shared", "deploy") for path in sorted((root / part).rglob("*.py"))]


def outgrown(files: Iterable[Path]) -> list[str]:
    found = []
    for path in files:
        limit = ONE_SITTING.get(path.stem, ANY_OTHER)
        lines = len(path.read_text().splitlines())
        if lines > limit:
            found.append(f"{path}: {lines} lines, more than one sitting ({limit}); it has become two things")
    return found


def strays(service: Path) -> list[str]:
    """A service has its promise, an app, rules and a store, each a file or a package of that name."""
    found = [
        f"{service.name} has no {name}: see design of the house in README"
        for name in EVERY_SERVICE_HAS
        if not (service / f"{name}.py").is_file() and not (service / name / "__init__.py").is_file()
    ]
    promise = ast.get_docstring(ast.parse((service / "__init__.py").read_text())) or ""
    found += [f"{service.name}/__init__.py does not say what it {word}" for word in PROMISE if word not in promise]
    found += [
        f"{service.name}/app.py has no {name}()"
        for name in ("build", "app")
        if f"def {name}(" not in (service / "app.py").read_text()
    ]
    return found


def copied(*folders: Path) -> str:
    done = subprocess.run(
        [
            sys.executable, "-m", "pylint", "--disable=all", "--enable=duplicate-code", "--min-similarity-lines=10",
            "--ignore-imports=y", "--ignore-docstrings=y", "--ignore-signatures=y", "--score=n", "--jobs=1", *folders,
        ],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    return done.stdout.strip()


def test_no_file_has_outgrown_one_sitting() -> None:
    assert outgrown(python_files(ROOT)) == []


def test_every_service_is_built_like_its_siblings() -> None:
    assert [stray for name in SERVICES for stray in strays(ROOT / "services" / name)] == []


@pytest.mark.timeout(600)
def test_no_code_is_copied() -> None:
    assert copied(ROOT / "services", ROOT / "shared", ROOT / "deploy") == ""


def test_an_outgrown_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n" * 141)
    (tmp_path / "other.py").write_text("x = 1\n" * 141)
    assert [line.split(":")[0] for line in outgrown(tmp_path.glob("*.py"))] == [str(tmp_path / "app.py")]


def test_a_service_without_its_rules_or_its_promise_is_found(tmp_path: Path) -> None:
    service = tmp_path / "laundry"
    service.mkdir()
    (service / "__init__.py").write_text('"""Laundry. Takes, Gives, Owns."""')
    (service / "app.py").write_text("def build(): ...\n")
    (service / "store.py").write_text("")
    said = " ".join(strays(service))
    assert "has no rules" in said
    assert "Never" in said
    assert "no app()" in said


def test_copied_code_is_found(tmp_path: Path) -> None:
    body = "\n".join(f"    value_{number} = source.read(size_{number}) + offset" for number in range(12))
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(f"def {name}(source, offset):\n{body}\n    return value_1\n")
    assert "Similar lines" in copied(tmp_path)
