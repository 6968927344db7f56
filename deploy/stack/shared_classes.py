"""Halves a broker's start: the JVM's archive of parsed classes, made once per Java and set of jars, beside the jars.

An archive is only an aid. Without one, or with one that does not fit, Java starts as ever.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from deploy.stack.model import Say, StackUnavailable
from deploy.stack.state import lock

_QUIET = ("-Xlog:cds=off", "-Xlog:cds+dynamic=off")


def archive(java: str, jars: Path) -> Path:
    """Return where the archive for this Java is or will be; a Java that was replaced in place is another one."""
    program = Path(java).resolve()
    release = program.parent.parent / "release"
    known_by = f"{program} {release.read_bytes() if release.is_file() else program.stat().st_mtime_ns!r}"
    return jars.with_name(f"{jars.name}-{hashlib.sha256(known_by.encode()).hexdigest()[:8]}.jsa")


def flags(java: str, jars: Path) -> tuple[str, ...]:
    """Return the flags that use the archive; none when there is none."""
    made = archive(java, jars)
    return (f"-XX:SharedArchiveFile={made}", *_QUIET) if made.is_file() else ()


def make(java: str, jars: Path, rehearse: Callable[[Path, tuple[str, ...]], None], say: Say) -> None:
    """Make the archive unless it is there.

    `rehearse(folder, flags)` runs a broker in the scratch `folder` with `flags` until it serves, and ends it politely:
    that is when Java writes the archive. Whatever goes wrong, the next start is merely not faster.
    """
    target = archive(java, jars)
    if target.is_file():
        return
    with lock(target.with_suffix(".lock")), tempfile.TemporaryDirectory(prefix="gubi-") as scratch:
        if target.is_file():
            return
        began = time.monotonic()
        draft = target.with_suffix(".part")
        try:
            rehearse(Path(scratch), (f"-XX:ArchiveClassesAtExit={draft}", *_QUIET))
            draft.replace(target)
            say(f"Prepared quicker broker starts in {time.monotonic() - began:.0f} s (this once).")
        except (OSError, StackUnavailable) as trouble:
            say(f"Could not prepare quicker broker starts ({trouble}); going on without.")
