"""Ports that are chosen before anything listens there: nobody else's meanwhile, and none that others connect from."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.gubi.installation import kept_doors
from deploy.stack import StackUnavailable, ports
from deploy.stack.ports import HOST, is_free, kept, settle

KEEP = (
    "import sys, time; from deploy.stack.ports import kept\n"
    "with kept((int(sys.argv[1]),)) as (port,): print(port, flush=True); time.sleep(60)"
)
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.fixture(autouse=True)
def _cache_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUBI_CACHE", str(tmp_path))


@contextmanager
def somebody_else(wanted: int) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Another process that was given a port, and does not listen there."""
    command = [sys.executable, "-c", KEEP, str(wanted)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process
        finally:
            process.kill()


def a_free_port() -> int:
    with socket.create_server((HOST, 0)) as free:
        port: int = free.getsockname()[1]
    return port


def test_of_two_that_want_one_port_before_either_listens_the_second_is_given_another():
    wanted = a_free_port()
    with somebody_else(wanted) as (theirs, process), kept((wanted, 0, 0)) as ours:
        assert theirs == wanted
        assert is_free(wanted), "nobody listens yet"
        assert len({theirs, *ours}) == 4
        process.send_signal(signal.SIGKILL)
        process.wait()
        with kept((wanted,)) as (again,):
            assert again == wanted


def test_what_is_kept_stays_kept_while_what_listened_there_is_dead():
    with kept((0,)) as (port,):
        for _ in range(2):
            with socket.create_server((HOST, port)), somebody_else(port) as (theirs, _process):
                assert theirs != port
            with somebody_else(port) as (theirs, _process):
                assert theirs != port
    with somebody_else(port) as (theirs, _process):
        assert theirs == port


def test_two_installations_that_come_up_together_have_no_door_in_common_and_keep_those_they_are_given():
    with kept_doors({}) as ours, kept_doors({"GUBI_INTAKE_PORT": "1"}) as theirs:
        assert set(ours) == {"GUBI_INTAKE_PORT", "GUBI_DASHBOARD_PORT", "GUBI_SIMULATOR_PORT"}
        assert set(theirs) == {"GUBI_DASHBOARD_PORT", "GUBI_SIMULATOR_PORT"}
        assert len({*ours.values(), *theirs.values()}) == 5


@pytest.mark.skipif(not EPHEMERAL.exists(), reason="says how Linux gives ports to whoever connects")
def test_no_port_in_the_place_of_another_is_one_that_the_system_gives_to_whoever_connects():
    low, high = map(int, EPHEMERAL.read_text().split())
    with socket.create_server((HOST, 0)) as taken, kept((0, taken.getsockname()[1])) as doors:
        servers = settle({"kafka-1": (taken.getsockname()[1],) * 2, "mongo": (taken.getsockname()[1],)})
    chosen = [*doors, *servers["kafka-1"], *servers["mongo"]]
    assert len(set(chosen)) == 5
    assert not [port for port in chosen if low <= port <= high]


def test_where_none_is_left_somebody_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(ports, "_OTHER_DOORS", range(28_000, 28_001))
    with kept((0,)), pytest.raises(StackUnavailable, match="take down"), kept((0,)):
        pass
