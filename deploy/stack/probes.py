"""What this machine has: a probe returns an empty string, or one sentence on what is missing and the remedy."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from deploy.stack import kafka_jars, standins
from deploy.stack.model import StackName

_JAVA_NEEDED = 17  # Kafka 4 brokers need Java 17 (Kafka 4.0 upgrade notes)


def java() -> str | None:
    """Return the Java to run, of JAVA_HOME when that is set, else of PATH; None when there is none."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin") if home else None)


def java_version(program: str) -> tuple[int, str]:
    """Return the major version of a Java (0 when it does not say) and its whole first line."""
    answer = subprocess.run([program, "-version"], capture_output=True, text=True, check=False, timeout=30)
    line = (answer.stderr or answer.stdout).partition("\n")[0].strip()
    found = re.search(r'version "(?:1\.)?(\d+)', line)
    return (int(found[1]) if found else 0), line


def jvm_missing() -> str:
    """What the `jvm` stack lacks."""
    program = java()
    if program is None:
        return f"No Java was found: install a Java {_JAVA_NEEDED} or later runtime, or point JAVA_HOME at one."
    major, line = java_version(program)
    if major < _JAVA_NEEDED:
        return f"Kafka 4 needs Java {_JAVA_NEEDED} or later and this machine's says '{line}': point JAVA_HOME at one."
    return kafka_jars.missing() or standins.store_missing()


def embedded_missing() -> str:
    """What the `embedded` stack lacks."""
    return standins.broker_missing() or standins.store_missing()


def containers_missing() -> str:
    """What the `containers` stack lacks."""
    if importlib.util.find_spec("testcontainers") is None:
        return "testcontainers is not installed: pip install 'gubi[dev]'."
    from deploy.stack import containers

    return containers.engine_trouble()


def external_missing() -> str:
    """What the `external` stack lacks; whether it can be reached is asked when it is taken up."""
    absent = [name for name in ("GUBI_KAFKA", "GUBI_MONGO") if not os.environ.get(name)]
    return f"The external stack needs {' and '.join(absent)} in the environment." if absent else ""


Probes: TypeAlias = Mapping[StackName, Callable[[], str]]
"""One probe per stack, asked only when the choice depends on it."""

THIS_MACHINE: Probes = {
    "containers": containers_missing,
    "jvm": jvm_missing,
    "embedded": embedded_missing,
    "external": external_missing,
}
