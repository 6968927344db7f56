"""What the rolling upgrade's test runs beside this version, and what it does where there is no history."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders.versions import long_ago, the_one_before


def git(folder: Path, *words: str) -> str:
    named = ("-c", "user.name=n", "-c", "user.email=n@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", "-C", folder, *named, *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A first version, one merged over it, and two commits since."""
    if not shutil.which("git"):
        pytest.skip("git is not here")
    folder = tmp_path / "history"
    folder.mkdir()
    git(folder, "init", "-q")

    def commit(version: str) -> None:
        for name in ("services", "shared", "deploy"):
            (folder / name).mkdir(exist_ok=True)
            (folder / name / "version").write_text(version)
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", version)

    commit("first")
    git(folder, "checkout", "-q", "-b", "side")
    commit("merged")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "-m", "landed", "side")
    commit("a half")
    commit("this")
    return folder


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GUBI_OLD_COMMIT", "GUBI_COMMIT_BEFORE", "CI"):
        monkeypatch.delenv(name, raising=False)


def test_the_one_before_is_what_was_merged_last(history: Path, tmp_path: Path) -> None:
    assert (the_one_before(tmp_path / "code", history) / "shared" / "version").read_text() == "merged"


def test_another_can_be_named(history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, version in (("GUBI_OLD_COMMIT", long_ago), ("GUBI_COMMIT_BEFORE", the_one_before)):
        monkeypatch.setenv(variable, "HEAD~1")
        assert (version(tmp_path / variable, history) / "deploy" / "version").read_text() == "a half"


@pytest.mark.parametrize(("ci", "ends"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
@pytest.mark.parametrize("version", [long_ago, the_one_before])
def test_without_history_it_is_skipped_and_fails_where_a_landing_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version, ci: str, ends: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(ends, match="there is no history"):
        version(tmp_path / "code", tmp_path)


@pytest.mark.parametrize("version", [long_ago, the_one_before])
def test_in_a_shallow_clone_it_is_skipped_wherever_that_is(
    history: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version
) -> None:
    monkeypatch.setenv("CI", "true")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{history}", "shallow")
    with pytest.raises(pytest.skip.Exception, match="shallow"):
        version(tmp_path / "code", tmp_path / "shallow")
