"""The stand-ins, each a process of its own that we never import: SecantusDB for MongoDB, noida-db for Kafka.

SecantusDB speaks MongoDB's wire protocol over WiredTiger. It runs with `--sync-on-commit`: without it a killed store
loses writes it had acknowledged as majority (in five kills under four writers 179 of 9,686; with it none of 13,299).
GUBI_STORE=secantus-rs takes its Rust server instead, two to ten times as fast (without the flag 116 of 40,792 lost,
with it none of 25,185). noida-db keeps records in memory and saves now and then: a killed one loses acknowledged
records. It is for the demo only.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from functools import partial
from importlib.metadata import version
from pathlib import Path

from deploy.stack import health
from deploy.stack.model import Say, StackUnavailable
from deploy.stack.parts import Part
from deploy.stack.ports import HOST, Ports

_COMPILED = "secantusd-rs"
_RUST_VERSION = "0.5.3-beta.196"
_STORES = ("secantus-py", "secantus-rs")  # the first where GUBI_STORE is not set
_INSTALL = "pip install 'gubi[standins]'"


def mongo_url(port: int) -> str:
    """Return the URL of a store on this machine: spoken to directly, since a set of one has nobody to discover."""
    return f"mongodb://{HOST}:{port}/?directConnection=true"


def store_missing() -> str:
    """Return what the store that GUBI_STORE names lacks, with the remedy; an empty string when it can run."""
    named = _store_named()
    if named not in _STORES:
        return f"There is no store called '{named}': GUBI_STORE is one of {', '.join(_STORES)}."
    if named == "secantus-rs" and shutil.which(_COMPILED) is None:
        build = f"cargo install secantus-mdb --version {_RUST_VERSION} --ignore-rust-version"
        return f"GUBI_STORE=secantus-rs needs the program secantusd-rs: {build} (about ten minutes)."
    if named == "secantus-py" and importlib.util.find_spec("secantus") is None:
        return f"The stand-in store SecantusDB is not installed: {_INSTALL}."
    return ""


def broker_missing() -> str:
    """Return what the stand-in broker lacks, with the remedy; an empty string when it can run."""
    if importlib.util.find_spec("noida_db") is None:
        return f"The stand-in broker noida-db is not installed (there is one for Linux on x86-64 only): {_INSTALL}."
    return ""


def prefer_compiled(say: Say) -> None:
    """Take the compiled store where it is installed and nothing else was asked for, and say so."""
    if "GUBI_STORE" not in os.environ and shutil.which(_COMPILED):
        os.environ["GUBI_STORE"] = "secantus-rs"
        say(f"{_COMPILED} is installed, so the store is compiled; GUBI_STORE=secantus-py takes the other.")


def store(folder: Path, ports: Ports) -> Part:
    """Return the store that GUBI_STORE names, its data under `folder` and apart from the other's.

    Raises StackUnavailable when it cannot run.
    """
    if missing := store_missing():
        raise StackUnavailable(missing)
    named = _store_named()
    rust = named == "secantus-rs"
    port = ports["mongo"][0]
    home = folder / named
    program = (shutil.which(_COMPILED) or "",) if rust else (sys.executable, "-m", "secantus")
    listen = ("--host", HOST, "--port", str(port), "--storage-path", str(home / "data"))
    size = ("--cache-size", "512M", *(("--log-file-max", "32MB") if rust else ()))
    # As many writers at once inside the engine as there are cores. All that wait in there are woken at each sync of its
    # log: under a full load it changes threads 24,000 times a second without this, and 12,000 times with it.
    more = ("--write-tickets", str(os.cpu_count() or 1)) if rust else ()
    return Part(
        name="mongo",
        product="SecantusDB (Rust)" if rust else "SecantusDB",
        version=_says_version(program) if rust else version("secantusdb"),
        ports=ports["mongo"],
        command=(*program, *listen, *size, "--sync-on-commit", "--log-level", "WARNING", *more),
        log=home / "log",
        trouble=partial(health.mongo_trouble, mongo_url(port)),
        prepare=partial((home / "data").mkdir, parents=True, exist_ok=True),
    )


def _says_version(program: tuple[str, ...]) -> str:
    answer = subprocess.run([*program, "--version"], capture_output=True, text=True, check=False, timeout=60)
    words = answer.stdout.split()
    return words[1] if len(words) > 1 else "of unknown version"


def _store_named() -> str:
    return os.environ.get("GUBI_STORE") or _STORES[0]


def broker(folder: Path, ports: Ports) -> Part:
    """Return the stand-in broker, its data under `folder`. Raises StackUnavailable when it cannot run."""
    found = importlib.util.find_spec("noida_db")
    if found is None or found.origin is None:
        raise StackUnavailable(broker_missing())
    program = Path(found.origin).with_name("noida-db")
    port = ports["kafka-1"][0]
    home = folder / "noida-db"
    listen = ("--host", HOST, "--only", "kafka", "--kafka-port", str(port), "--data-dir", str(home / "data"))

    def prepare() -> None:
        (home / "data").mkdir(parents=True, exist_ok=True)
        if not os.access(program, os.X_OK):  # the wheel leaves that to its first run
            program.chmod(0o755)

    return Part(
        name="kafka-1",
        product="noida-db",
        version=version("noida-db"),
        ports=(port,),
        command=(str(program), "start", *listen),
        log=home / "log",
        trouble=partial(health.kafka_trouble, port),
        prepare=prepare,
    )
