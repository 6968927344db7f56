"""A process lives on without us, and is ended by us alone, and nothing else is."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.stack import processes

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")
DEAF = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
)


def spawned(command: tuple[str, ...], log: Path) -> tuple[int, str]:
    pid = processes.spawn(command, environment=os.environ, log=log)
    mark = processes.born(pid)
    assert mark is not None
    return pid, mark


@pytest.fixture
def sleeper(tmp_path: Path) -> Iterator[tuple[int, str]]:
    victim = spawned(SLEEP, tmp_path / "log")
    yield victim
    processes.stop([victim], grace_seconds=5)


def test_a_process_is_known_by_its_pid_and_its_birth(sleeper: tuple[int, str]):
    assert processes.lives(*sleeper)
    assert processes.born(sleeper[0]) == sleeper[1]


def test_stopping_ends_it_and_leaves_no_zombie(tmp_path: Path):
    victim = spawned(SLEEP, tmp_path / "log")

    processes.stop([victim], grace_seconds=5)

    assert processes.born(victim[0]) is None
    with pytest.raises(ProcessLookupError):
        os.kill(victim[0], 0)


def test_another_process_that_was_given_the_pid_since_is_left_alone(sleeper: tuple[int, str]):
    processes.stop([(sleeper[0], "another boot/12345")], grace_seconds=0)

    assert processes.lives(*sleeper)


def test_one_that_will_not_listen_is_killed_when_its_grace_is_over(tmp_path: Path):
    log = tmp_path / "log"
    victim = spawned(DEAF, log)
    deadline = time.monotonic() + 60
    while processes.last_words(log) != "deaf" and time.monotonic() < deadline:
        time.sleep(0.01)

    processes.stop([victim], grace_seconds=0.1)

    assert not processes.lives(*victim)


def test_a_child_that_ended_counts_as_ended_though_nobody_waited_for_it(tmp_path: Path):
    pid = processes.spawn((sys.executable, "-c", ""), environment=os.environ, log=tmp_path / "log")
    deadline = time.monotonic() + 60
    while processes.born(pid) and time.monotonic() < deadline:
        time.sleep(0.01)

    assert processes.born(pid) is None


def test_it_outlives_the_process_that_started_it(tmp_path: Path):
    starter = (
        "import os, sys; from pathlib import Path; from deploy.stack import processes;"
        "print(processes.spawn((sys.executable, '-c', 'import time; time.sleep(60)'),"
        " environment=os.environ, log=Path(sys.argv[1])))"
    )
    told = subprocess.run(
        [sys.executable, "-c", starter, str(tmp_path / "log")], capture_output=True, text=True, check=True
    )
    pid = int(told.stdout)
    mark = processes.born(pid)
    assert mark is not None
    assert os.getsid(pid) == pid

    processes.stop([(pid, mark)], grace_seconds=5)

    assert processes.born(pid) is None


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("first\nlast\n\n  \n", "last"),
        (
            "Caused by: java.net.BindException: Address already in use\n\tat Net.java\n\t... 18 more\n",
            "Caused by: java.net.",
        ),
        ("12:00 ERROR the disk is full\n12:01 INFO bye\n", "12:00 ERROR the disk is full"),
        ("\n", ""),
    ],
)
def test_the_last_words_are_the_last_error_or_the_last_line(tmp_path: Path, log: str, words: str):
    (tmp_path / "log").write_text(log)

    assert processes.last_words(tmp_path / "log").startswith(words)
    assert bool(processes.last_words(tmp_path / "log")) == bool(words)


def test_a_log_that_is_not_there_says_nothing(tmp_path: Path):
    assert processes.last_words(tmp_path / "none") == ""
