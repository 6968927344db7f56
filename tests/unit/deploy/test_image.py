"""The image: its Dockerfile is linted and compared with the code; it holds what services need and nothing else."""

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from shared.settings import Settings
from tests.unit.deploy.known import DOCKERFILE, ROOT, SERVICES

TEXT = DOCKERFILE.read_text()
WORKFLOW = (ROOT / ".github" / "workflows" / "containers.yml").read_text()
INSTALLED = 230_000_000
"""Bytes of packages and ours, compiled, that the services may need: 213 MB when this was written, 33 of it babel's."""
BENEATH = 170_000_000
"""Bytes for what the image stands on, python:3.13-slim-trixie, and for the tar it is counted in: a guess."""


def hadolint(text: str) -> str:
    done = subprocess.run(
        [Path(sys.executable).parent / "hadolint", "-"], input=text, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def pins(lock: Path) -> dict[str, set[str]]:
    """Each pin of a lock file, with its hashes."""
    found = re.findall(r"^(\S+==\S+)[^\\\n]*\\\n((?:    --hash=\S+(?: \\)?\n)+)", lock.read_text(), re.MULTILINE)
    return {pin: set(re.findall(r"sha256:\w+", hashes)) for pin, hashes in found}


def needed(extra: str = "") -> set[str]:
    """Every distribution that gubi needs with this extra, and what those need, on this machine.

    What is not installed is not needed: pyproject.toml overrides one package's wish for matplotlib.
    """
    found: set[str] = set()
    waiting = [("gubi", {extra})]
    while waiting:
        name, extras = waiting.pop()
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            if requirement.marker and not any(requirement.marker.evaluate({"extra": one}) for one in extras | {""}):
                continue
            if (wanted := canonicalize_name(requirement.name)) not in found and _is_here(wanted):
                found.add(wanted)
                waiting.append((wanted, requirement.extras))
    return found


def _is_here(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def test_hadolint_has_nothing_to_say() -> None:
    assert hadolint(TEXT) == ""


def test_hadolint_says_something_of_a_tag_that_moves() -> None:
    assert "DL3007" in hadolint(TEXT.replace(":3.13-slim-trixie", ":latest"))


def test_the_image_runs_gubi_as_a_user_without_a_name() -> None:
    assert re.findall(r"^USER (.+)$", TEXT, re.MULTILINE) == ["10001:10001"]
    assert re.findall(r"^ENTRYPOINT (.+)$", TEXT, re.MULTILINE) == ['["gubi"]']


def test_the_last_stage_is_the_services_and_no_stage_takes_stand_ins_or_tools() -> None:
    stages = re.findall(r"^FROM \S+ AS (\S+)$", TEXT, re.MULTILINE)
    assert stages[-1] == "services"
    assert re.findall(r"--extra (\S+)", TEXT) == ["samples"]
    installing = re.findall(r"^RUN (?:uv )?pip install .*$", TEXT, re.MULTILINE)
    assert installing
    assert all("--require-hashes" in line for line in installing)


def test_what_the_image_sets_are_settings() -> None:
    names = {name.lower() for name in re.findall(r"\bGUBI_(\w+)=", TEXT)}
    assert names == {"host", "probe_port", "keys", "trust_roots", "checkpoints"}
    assert names <= Settings.model_fields.keys()


def test_what_is_copied_is_let_in_and_nothing_else_is() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = {word for line in re.findall(r"^COPY (?!--from)(.+) \S+$", TEXT, re.MULTILINE) for word in line.split()}
    assert ignored[1] == "*", "everything is kept out first"
    assert {word.split("/")[0] for word in copied} == {line[1:] for line in ignored if line.startswith("!")}


def test_what_builds_the_image_is_locked_as_everything_else_is() -> None:
    building, everything = pins(ROOT / "deploy" / "builder.lock"), pins(ROOT / "requirements.lock")
    assert {pin.split("==")[0] for pin in building} == {"uv", "setuptools"}
    assert all(building.values())
    for pin, hashes in building.items():
        if not pin.startswith("uv=="):
            assert hashes == everything[pin], "make lock"


def test_every_package_of_the_image_is_locked() -> None:
    locked = {canonicalize_name(pin.split("==")[0]) for pin in pins(ROOT / "requirements.lock")}
    assert needed() | needed("samples") <= locked


def installed(extra: str = "") -> int:
    """Bytes of all that is installed with this extra, its compiled modules included."""
    files = [file.locate() for name in {*needed(extra), "gubi-wallet"} for file in distribution(name).files or ()]
    ours = [file for part in ("deploy", "services", "shared") for file in (ROOT / part).rglob("*")]
    return sum(Path(str(file)).stat().st_size for file in [*files, *ours] if Path(str(file)).is_file())


def test_the_image_is_small_and_the_workflow_that_builds_it_says_how_small() -> None:
    assert installed() < INSTALLED
    assert installed("samples") > INSTALLED, "who takes in what samples are made of is noticed"
    assert re.findall(r"MOST: (\d+)", WORKFLOW) == [str(INSTALLED + BENEATH)]
    assert 'test "$size" -lt "$MOST"' in WORKFLOW


def test_no_service_needs_a_package_that_its_image_lacks() -> None:
    """Every distribution that is installed here and not there is hidden from a process that imports all services."""
    ours = {"gubi", "gubi-wallet"}  # both wheels are built in the image
    assert "--wheel-dir /wheels . ./services/wallet_client" in TEXT
    there = needed() | ours | {"pip"}
    absent = sorted(
        package
        for package, distributions in packages_distributions().items()
        if not {canonicalize_name(name) for name in distributions} & there
    )
    assert {"pytest", "typst", "reportlab", "testcontainers"} <= set(absent)
    modules = ["deploy.gubi.main", "deploy.gubi.prepare", *(f"services.{service}.app" for service in SERVICES)]
    program = (
        "import importlib, sys\n"
        "modules, absent = sys.argv[1].split(), set(sys.argv[2:])\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in absent: raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "for module in modules: importlib.import_module(module)\n"
    )

    def importing(*names: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, "-c", program, " ".join(names), *absent]
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    done = importing(*modules)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "typst" in importing("typst").stderr
