"""A real Chromium for tests, as quiet as it can be made."""

import shutil

import pytest

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
needs_chromium_and_fonts = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here: on Debian, apt-get install chromium fonts-nanum"
)
