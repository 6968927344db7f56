"""`gubi keys` and `gubi reapply-erasures` as an operator runs them: what they say, and their exit codes."""

import json
import os
import subprocess
import sys

import pytest

from shared.settings import Settings
from shared.vault import Keyring
from shared.vault.keyring import Keys
from shared.wiring import Wiring
from tests.builders.holding import a_hold

pytestmark = pytest.mark.timeout(600)


class Gubi:
    """The command in this installation."""

    def __init__(self, settings: Settings) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GUBI_")},
            "GUBI_MONGO": settings.mongo,
            "GUBI_DATABASE_PREFIX": settings.database_prefix,
            "GUBI_KEYS": str(settings.keys),
        }

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "deploy.gubi", *words]

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*words), env=self.environment, capture_output=True, text=True, check=False)

    def stopped_at_its_first_line(self, *words: str) -> str:
        pipe = subprocess.PIPE
        with subprocess.Popen(self.command(*words), env=self.environment, stdout=pipe, text=True) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            process.kill()
        return line


@pytest.fixture
def gubi(settings: Settings) -> Gubi:
    return Gubi(settings)


async def test_an_operator_rotates_looks_and_is_refused_a_key_that_is_in_use(
    settings: Settings, keyring: Keyring, gubi: Gubi
) -> None:
    wiring = Wiring.of(settings)
    async with wiring.open():
        hold, _ = await a_hold(keyring, wiring.vault)
        await wiring.gate.hold(hold)
    old = hold.key.kek
    refused = gubi("keys", "destroy", old)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"'{old}' is the key that wraps now: run 'gubi keys rotate' first.\n"
    assert "wraps from 'gubi keys rotate' on" in gubi("keys", "add").stdout
    assert {one["key"]: one["following"] for one in json.loads(gubi("keys", "status", "--json").stdout)}[old] is False
    assert "wraps next" in gubi("keys", "status").stdout
    rotated = gubi("keys", "rotate", "--only")
    assert (rotated.returncode, rotated.stderr) == (0, "")
    refused = gubi("keys", "destroy", old)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == f"1 submissions and 0 questions are still under '{old}': run 'gubi keys rewrap' first.\n"
    rewrapped = gubi("keys", "rewrap")
    assert rewrapped.returncode == 0, rewrapped.stderr
    assert "1 submissions and 0 questions are under the current key now." in rewrapped.stdout
    shown = {one["key"]: one for one in json.loads(gubi("keys", "status", "--json").stdout)}
    assert shown[old]["submissions"] == 0
    assert not shown[old]["current"]
    assert shown[Keys.read(settings.keys).current]["submissions"] == 1
    assert f"Nothing is under '{old}': it is destroyed in 60 s" in gubi.stopped_at_its_first_line(
        "keys", "destroy", old
    )
    assert old in Keys.read(settings.keys).keys, "stopped while it waits, it destroys nothing"


def test_there_is_nothing_to_reapply_where_there_is_no_log_and_that_is_said(
    settings: Settings, keyring: Keyring, gubi: Gubi
) -> None:
    del keyring
    done = gubi("reapply-erasures")
    assert done.returncode == 1
    assert done.stderr.startswith("There is no erasure log at ")
    assert "Traceback" not in done.stderr


def test_a_word_that_is_no_submission_id_is_refused(settings: Settings, keyring: Keyring, gubi: Gubi) -> None:
    del settings, keyring
    done = gubi("erased", "GB-AAAA-BBBB-CCCC")
    assert done.returncode == 1
    assert done.stderr.startswith("That is no submission id")
