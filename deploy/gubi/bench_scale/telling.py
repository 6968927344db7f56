"""What all parts tell in one way."""

import platform
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.gubi.installation import Installation
from shared.clock import utc_now

Say = Callable[[str], None]


def measured_on(place: Installation) -> dict[str, Any]:
    """Give what a part was measured on, of which commit, and when: a report may hold parts of several runs."""
    servers = {server.name: f"{server.product} {server.version}" for server in place.stack.servers}
    stack = {"name": place.stack.name, "python": python(), **servers}
    return {"stack": stack, "commit": commit(), "at": utc_now().isoformat(timespec="seconds")}


def python() -> str:
    """Give the interpreter's version and how it was optimised when it was built, which tells in every figure."""
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    means = {"PGO": "--enable-optimizations", "LTO": "--with-lto"}
    by = [name for name, option in means.items() if option in options]
    return f"{platform.python_version()} ({', '.join(by) or 'not optimised'})"


def commit(folder: Path = Path(__file__).parent) -> str:
    """Give the commit of the code in `folder`, with a + where something is not committed; `unknown` outside Git."""
    try:
        found = subprocess.run(
            ["git", "describe", "--always", "--exclude=*", "--dirty=+"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()
