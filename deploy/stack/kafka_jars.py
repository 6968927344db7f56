"""Brings the Kafka broker's jars to this machine once, through Maven, into a cache outside the checkout.

A cache folder is either whole or absent: it is filled under another name and renamed, by one process at a time.
"""

import hashlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from deploy.stack.model import Say, StackUnavailable
from deploy.stack.processes import last_words
from deploy.stack.state import lock

VERSION = "4.3.1"
POM = Path(__file__).with_name("pom.xml")


def cache() -> Path:
    """Return GUBI_CACHE, or `gubi` in the user's cache folder."""
    named = os.environ.get("GUBI_CACHE")
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(named).expanduser().resolve() if named else base / "gubi"


def folder() -> Path:
    """Return where the jars are or will be; the name tells the version and pom.xml, so that another pom is another."""
    return cache() / f"kafka-{VERSION}-{hashlib.sha256(POM.read_bytes()).hexdigest()[:8]}"


def present() -> bool:
    """Whether the jars are here."""
    return folder().is_dir()


def missing() -> str:
    """Return why the jars cannot be had, with the remedy; an empty string when they are here or can be fetched."""
    if present() or shutil.which("mvn"):
        return ""
    return "Maven is needed once, to fetch the Kafka broker, and no 'mvn' was found: install Maven."


def fetch(say: Say) -> Path:
    """Return the folder of the jars, fetched first when they are not here yet (about 45 MB).

    Raises StackUnavailable when Maven is missing or could not fetch them.
    """
    target = folder()
    if present():
        return target
    with lock(cache() / f"{target.name}.lock"):
        if not present():  # the process we waited for may have brought them
            _copy_dependencies(target, say)
    return target


def _copy_dependencies(target: Path, say: Say) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise StackUnavailable(
            "Maven is needed once, to fetch the Kafka broker, and no 'mvn' was found: install Maven."
        )
    say(f"Fetching Apache Kafka {VERSION} with Maven (about 45 MB, this once) into {target}.")
    began = time.monotonic()
    draft = target.with_name(target.name + ".part")
    shutil.rmtree(draft, ignore_errors=True)
    log = target.with_name(target.name + ".log")
    command = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", "-DincludeScope=runtime"]
    with log.open("wb") as out:
        ended = subprocess.run(
            [*command, f"-DoutputDirectory={draft}"], stdout=out, stderr=subprocess.STDOUT, check=False
        )
    if ended.returncode != 0 or not (draft / f"kafka_2.13-{VERSION}.jar").is_file():
        raise StackUnavailable(
            f"Maven could not fetch Apache Kafka {VERSION} (see {log}; it ends with '{last_words(log)}'): "
            "check the network or Maven's settings, or copy the cache folder from a machine that has it."
        )
    draft.rename(target)
    say(f"Fetched it in {time.monotonic() - began:.0f} s.")
