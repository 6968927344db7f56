"""A Chromium without a window that prints pages as PDF, driven over a pair of pipes.

The pipes speak the Chrome DevTools Protocol (messages in JSON, each ended by a zero byte). They need no port and no
library, and a browser whose pipes are closed ends by itself, so that none is left behind even by a process that was
killed.
"""

import base64
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any
from xml.sax.saxutils import escape

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE_MILLISECONDS = 60_000
_FREE = 10
"""No pipe of ours is numbered below, so that none stands where Chromium expects its own, at 3 and 4."""
_QUIET = (
    "--headless",
    "--remote-debugging-pipe",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--force-device-scale-factor=2",  # else letters are set apart by whole pixels, and words run together
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-first-run",
    "--no-proxy-server",
)
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <selectfont>
    <rejectfont><glob>/usr/share/fonts/*.*</glob></rejectfont>
    <acceptfont><glob>/usr/share/fonts/*/NanumMyeongjo*</glob></acceptfont>
  </selectfont>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
"""Of the machine's own fonts the browser is shown but the serif one, so that pages look alike everywhere."""


class BrowserFailed(RuntimeError):
    """Chromium did not start, ended, no longer answers, or refused."""


class Browser:
    """One running Chromium with one tab, for one thread at a time. Close it, or use it as a context manager."""

    def __init__(self, fonts: Path) -> None:
        """Start it with the fonts in the folder `fonts`. Raises FileNotFoundError where Chromium is not installed."""
        program = next(filter(None, map(shutil.which, _NAMES)), None)
        if program is None:
            raise FileNotFoundError("Chromium is not installed: on Debian, apt-get install chromium")
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._asked, self._tab, self._unread = 0, "", b""
        self.process = self._started(program, fonts)
        try:
            tab = self._ask("Target.createTarget", url="about:blank")["targetId"]
            self._tab = self._ask("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
            self._frame = self._ask("Page.getFrameTree")["frameTree"]["frame"]["id"]
        except BrowserFailed:
            self.close()
            raise

    def __enter__(self) -> "Browser":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def pdf(self, html: str) -> bytes:
        """That page printed as its own style says (`@page`), untagged. Raises BrowserFailed."""
        self._ask("Page.setDocumentContent", frameId=self._frame, html=html)
        made = self._ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True, generateTaggedPDF=False)
        return base64.b64decode(made["data"])

    def close(self) -> None:
        """End the browser and forget its profile; safe to call again."""
        if not self.process:
            return
        os.close(self._to)
        with contextlib.suppress(BrowserFailed):
            while self._read():
                pass
        os.killpg(self.process, signal.SIGKILL)  # helpers that linger would write to the profile
        os.waitpid(self.process, 0)
        os.close(self._from)
        self.process = 0
        self._profile.cleanup()

    def _started(self, program: str, fonts: Path) -> int:
        folder = Path(self._profile.name)
        known = folder / "fonts.conf"
        known.write_text(_FONTS.format(fonts=escape(str(fonts)), cache=escape(str(folder / "fonts"))))
        command = [program, *_QUIET, f"--user-data-dir={folder}", "about:blank"]
        if not os.geteuid():
            command.insert(1, "--no-sandbox")  # as root Chromium refuses to start with one
        (asked, self._to), (self._from, told) = (map(_moved, os.pipe()) for _ in range(2))
        files = [(os.POSIX_SPAWN_OPEN, place, os.devnull, os.O_RDWR, 0) for place in range(3)]
        pipes = [(os.POSIX_SPAWN_DUP2, asked, 3), (os.POSIX_SPAWN_DUP2, told, 4)]
        environment = {**os.environ, "FONTCONFIG_FILE": str(known)}
        process = os.posix_spawn(program, command, environment, file_actions=[*files, *pipes], setpgroup=0)
        os.close(asked)
        os.close(told)
        return process

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._asked += 1
        session = {"sessionId": self._tab} if self._tab else {}
        self._write(json.dumps({"id": self._asked, "method": method, "params": params, **session}).encode() + b"\0")
        while (answer := self._answer()).get("id") != self._asked:
            pass
        if "error" in answer:
            raise BrowserFailed(f"Chromium refused {method}: {answer['error'].get('message')}")
        found: dict[str, Any] = answer["result"]
        return found

    def _answer(self) -> dict[str, Any]:
        parts = [self._unread]
        while b"\0" not in parts[-1]:
            parts.append(self._read())
            if not parts[-1]:
                raise BrowserFailed("Chromium ended; where it never starts, run it by hand to see what it lacks")
        message, _, self._unread = b"".join(parts).partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def _read(self) -> bytes:
        """What has come, at once or after waiting; nothing once the browser has ended."""
        waiting = select.poll()
        waiting.register(self._from, select.POLLIN)
        if not waiting.poll(_PATIENCE_MILLISECONDS):
            raise BrowserFailed("Chromium does not answer")
        return os.read(self._from, 1 << 20)

    def _write(self, message: bytes) -> None:
        left = memoryview(message)
        try:
            while left:
                left = left[os.write(self._to, left) :]
        except BrokenPipeError as error:
            raise BrowserFailed("Chromium ended") from error


def _moved(pipe: int) -> int:
    free = fcntl.fcntl(pipe, fcntl.F_DUPFD_CLOEXEC, _FREE)
    os.close(pipe)
    return free
