"""How a service's process ended, as one line for a person; of its log only codes are quoted, never a text."""

import json
import signal
from pathlib import Path

_TAIL_BYTES = 64 * 1024


def line(name: str, exit_code: int, log: Path, since: int = 0) -> str:
    """Return what to say of a process that ended; `since` is how long its log was, in bytes, when it was started."""
    how = f"exit {exit_code}" if exit_code >= 0 else f"by {signal.Signals(-exit_code).name}"
    return f"{name} ended ({how}): {_last_event(log, since)}; see {log}"


def _last_event(log: Path, since: int) -> str:
    with log.open("rb") as written:
        written.seek(max(since, log.stat().st_size - _TAIL_BYTES))
        lines = written.read().decode("utf-8", "replace").splitlines()
    for text in reversed(lines):
        try:
            fields = json.loads(text)
        except ValueError:
            continue
        if isinstance(fields, dict) and "event" in fields:
            return " ".join(str(fields[name]) for name in ("event", "code") if name in fields)
    return "it logged nothing"
