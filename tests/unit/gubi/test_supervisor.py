"""A service that dies is started again, and spoken of the first time and every tenth, in codes."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.gubi import ended
from deploy.gubi.supervisor import Supervisor, service_command

DIES = """
import json, sys
print(json.dumps({"event": "cannot-start", "code": "keyring:missing_or_damaged", "reason": "secret"}))
print("secret words of a library", file=sys.stderr)
sys.exit(1)
"""
LIVES = "import time; time.sleep(60)"


@contextmanager
def supervising(folder: Path, program: str) -> Iterator[tuple[Supervisor, list[str]]]:
    """A supervisor of one service, which is a real process; and what it said."""
    said: list[str] = []
    one = Supervisor(os.environ, logs=folder, say=said.append, command=lambda _: [sys.executable, "-c", program])
    try:
        one.start(["extraction"])
        yield one, said
    finally:
        one.stop()


def look_until(supervisor: Supervisor, happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline
        supervisor.look()
        time.sleep(0.02)


def test_a_first_death_is_said_with_its_exit_code_the_last_code_and_where_it_logs(tmp_path: Path) -> None:
    with supervising(tmp_path, DIES) as (supervisor, said):
        look_until(supervisor, lambda: bool(said))
    log = tmp_path / "extraction.log"
    assert said == [f"extraction ended (exit 1): cannot-start keyring:missing_or_damaged; see {log}"]


def test_deaths_are_said_the_first_time_and_every_tenth(tmp_path: Path) -> None:
    with supervising(tmp_path, DIES) as (supervisor, said):
        child = supervisor.children["extraction"]

        def dead_often_enough() -> bool:
            child.start_again_at = child.start_again_at and 0.0  # the pause is another test's matter
            return child.deaths == 10

        look_until(supervisor, dead_often_enough)
    assert len(said) == 2


def test_a_killed_service_that_had_run_for_a_while_is_back_at_once(tmp_path: Path) -> None:
    with supervising(tmp_path, LIVES) as (supervisor, said):
        child = supervisor.children["extraction"]
        first = child.process.pid
        child.started_at -= 60
        supervisor.kill("extraction")
        child.process.wait()
        supervisor.look()
        assert child.process.pid != first
        assert child.process.poll() is None
        assert said == [f"extraction ended (by SIGKILL): it logged nothing; see {tmp_path / 'extraction.log'}"]


def test_only_what_this_process_logged_is_looked_at(tmp_path: Path) -> None:
    log = tmp_path / "intake.log"
    log.write_text('{"event": "stopped"}\n')
    before = log.stat().st_size
    assert "stopped" in ended.line("intake", 1, log)
    assert ended.line("intake", -signal.SIGTERM, log, before).startswith("intake ended (by SIGTERM): it logged nothing")


def test_a_second_process_of_a_service_is_run_as_that_service() -> None:
    assert service_command("extraction-2")[-2:] == ["run", "extraction"]
