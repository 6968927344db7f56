"""Processes that outlive us, and that are never mistaken for another one which was later given the same pid."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_POLL_SECONDS = 0.02
_ERROR = re.compile(r"\b(ERROR|FATAL)\b|Exception\b|Error\b")


def spawn(command: tuple[str, ...], *, environment: Mapping[str, str], log: Path) -> int:
    """Start `command` (an absolute program path and its arguments) in a session of its own; return its pid.

    Its output is appended to `log`. It lives on when we end: nothing of ours holds it, and no terminal hangs it up.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    write = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        command[0],
        command,
        environment,
        setsid=True,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), write, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )


def born(pid: int) -> str | None:
    """Return a mark of this very process, which no later process with the same pid shares; None when it does not run.

    An ended child that nobody waited for counts as not running, and is reaped when it is ours.
    """
    mark = _born_linux(pid) if sys.platform == "linux" else _born_elsewhere(pid)
    if mark is None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    return mark


def _born_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()  # the name before it may itself hold blanks and parentheses
    if state in "ZX":
        return None
    start_tick = fields[18]  # proc(5): starttime is field 22, and `state`, field 3, was taken off
    return f"{_BOOT_ID.read_text(encoding='ascii').strip()}/{start_tick}"


def _born_elsewhere(pid: int) -> str | None:
    answer = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = answer.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


def lives(pid: int | None, mark: str | None) -> bool:
    """Whether the process that carried this pid and mark still runs."""
    return pid is not None and mark is not None and born(pid) == mark


def stop(victims: Iterable[tuple[int, str]], *, grace_seconds: float) -> None:
    """End each process known by (pid, mark): all asked at once, and killed when still there after `grace_seconds`.

    One that ended before, and any other process that has its pid now, is left alone.
    """
    waiting = [victim for victim in victims if _send(*victim, signal.SIGTERM)]
    deadline = time.monotonic() + grace_seconds
    while waiting and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        waiting = [victim for victim in waiting if lives(*victim)]
    for victim in waiting:
        _send(*victim, signal.SIGKILL)
    while any(lives(*victim) for victim in waiting):
        time.sleep(_POLL_SECONDS)


def _send(pid: int, mark: str, which: signal.Signals) -> bool:
    if not lives(pid, mark):
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, which)
    return True


def last_words(log: Path) -> str:
    """Return the last line of `log` that names an error, else the last that says anything, shortened; or nothing."""
    with contextlib.suppress(OSError):
        lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines()]
        said = [line for line in lines if line]
        return next((line for line in reversed(said) if _ERROR.search(line)), said[-1] if said else "")[:200]
    return ""
