"""Whatever a document does to its worker stays its own."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from shared.errors import Unavailable
from shared.sandbox import Done, Jail, Limits, Stopped

HERE = Path(__file__).parent
QUICK = Limits(cpu_seconds=1, wall_seconds=5)


def a_jail(*, workers=1, limits=QUICK, **more):
    return Jail("hostile:task", workers=workers, limits=limits, search=[HERE], **more)


@pytest.fixture
async def jail():
    async with a_jail() as jail:
        yield jail


async def pid_of(jail):
    outcome = await jail.run(b"pid", {})
    assert isinstance(outcome, Done)
    return outcome.result


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_arguments_and_results_pass_as_json(jail):
    arguments = {"이름": "김가상", "list": [1, 2.5, None, {"deep": True}]}
    assert await jail.run(b"echo", arguments) == Done(arguments)


async def test_a_worker_is_told_what_to_prepare_once():
    async with a_jail(prepare={"folder": "x"}) as jail:
        assert await jail.run(b"setup", {}) == Done({"folder": "x"})


async def test_a_worker_has_no_environment(jail, monkeypatch):
    monkeypatch.setenv("GUBI_SECRET", "s")
    outcome = await jail.run(b"environment", {})
    assert set(outcome.result) <= {"LC_CTYPE"}  # which the interpreter sets itself


async def test_what_libraries_print_is_not_an_answer(jail):
    assert await jail.run(b"print", {}) == Done("quiet")


@pytest.mark.parametrize(
    ("document", "arguments", "reason"),
    [
        ("spin", {}, "time_limit"),
        ("sleep", {"seconds": 30}, "time_limit"),
        ("hoard", {}, "memory_limit"),
        ("die", {"signal": "SIGKILL"}, "memory_limit"),
        ("die", {"signal": "SIGABRT"}, "memory_limit"),
        ("die", {"signal": "SIGSEGV"}, "reader_failed"),
        ("flood", {}, "output_limit"),
        ("lie", {}, "output_limit"),
        ("nested", {}, "reader_failed"),
        ("raise", {}, "reader_failed"),
        ("not json", {}, "reader_failed"),
        ("surrogate", {}, "reader_failed"),
        ("no such act", {}, "reader_failed"),
    ],
)
async def test_a_bad_document_ends_with_its_reason_and_the_next_is_served(document, arguments, reason):
    async with a_jail(limits=Limits(cpu_seconds=1, wall_seconds=8)) as jail:
        before = await pid_of(jail)
        assert await jail.run(document.encode(), arguments) == Stopped(reason)
        assert await jail.run(b"echo", {"next": 1}) == Done({"next": 1})
        assert await pid_of(jail) != before


async def test_cpu_time_is_renewed_for_each_document():
    async with a_jail(limits=Limits(cpu_seconds=1, wall_seconds=10)) as jail:
        before = await pid_of(jail)
        for _ in range(4):
            assert await jail.run(b"burn", {"seconds": 0.7}) == Done("burnt")
        assert await pid_of(jail) == before


async def test_a_document_longer_than_allowed_never_reaches_a_worker():
    async with a_jail(limits=Limits(document_bytes=10)) as jail:
        assert await jail.run(b"x" * 11, {}) == Stopped("memory_limit")


async def test_documents_that_wait_are_not_harmed_by_bad_ones():
    async with a_jail(workers=2, limits=Limits(cpu_seconds=1, wall_seconds=20)) as jail:
        documents = [b"die" if place % 5 == 0 else b"echo" for place in range(30)]
        outcomes = await asyncio.gather(
            *(jail.run(document, {"signal": "SIGSEGV", "n": place}) for place, document in enumerate(documents))
        )
    for place, outcome in enumerate(outcomes):
        if place % 5 == 0:
            assert outcome == Stopped("reader_failed")
        else:
            assert outcome.result["n"] == place


async def test_several_workers_work_at_once():
    async with a_jail(workers=2) as jail:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.gather(*(jail.run(b"sleep", {"seconds": 2.0}) for _ in range(2)))
        assert loop.time() - began < 3.8  # one after the other would be 4


async def test_a_worker_that_died_idle_is_replaced_and_the_document_is_still_read(jail):
    pid = await pid_of(jail)
    os.kill(pid, 9)
    while not gone(pid):
        await asyncio.sleep(0.01)
    assert await jail.run(b"echo", {"a": 1}) == Done({"a": 1})


async def test_a_worker_is_replaced_after_so_many_documents():
    async with a_jail(limits=Limits(documents_per_worker=2)) as jail:
        pids = [await pid_of(jail) for _ in range(6)]
    assert len(set(pids)) == 3


async def test_a_cancelled_run_kills_its_worker(jail):
    pid = await pid_of(jail)
    run = asyncio.create_task(jail.run(b"sleep", {"seconds": 30}))
    await asyncio.sleep(0.2)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert await jail.run(b"echo", {}) == Done({})
    assert gone(pid)


async def test_stopping_leaves_no_process_behind():
    async with a_jail(workers=2) as jail:
        pids = {await pid_of(jail) for _ in range(4)}
        # Two are inside, three wait for a free worker: none of them is to blame.
        waiting = [asyncio.create_task(jail.run(b"sleep", {"seconds": 30})) for _ in range(5)]
        await asyncio.sleep(0.1)
    assert all(map(gone, pids))
    assert [type(end) for end in await asyncio.gather(*waiting, return_exceptions=True)] == [Unavailable] * 5


async def test_a_task_that_cannot_be_imported_is_unavailable_not_the_documents_fault():
    jail = Jail("no.such.module:task", limits=Limits(start_seconds=10))
    with pytest.raises(Unavailable):
        await jail.start()


async def test_the_event_loop_is_not_blocked_while_a_document_is_read(jail):
    longest, last = 0.0, asyncio.get_running_loop().time()
    run = asyncio.create_task(jail.run(b"sleep", {"seconds": 2.0}))
    while not run.done():
        await asyncio.sleep(0.005)
        now = asyncio.get_running_loop().time()
        longest, last = max(longest, now - last), now
    assert longest < 1.0


async def test_nothing_can_be_written(jail, tmp_path):
    target = tmp_path / "file"
    assert await jail.run(b"write", {"path": str(target)}) != Done("written")
    assert not target.exists() or target.stat().st_size == 0


async def test_what_the_isolation_says_is_what_a_document_meets(jail, tmp_path):
    assert "limits" in jail.isolation
    secret = tmp_path / "secret"
    secret.write_text("s")
    if "landlock" in jail.isolation:
        assert await jail.run(b"read", {"path": str(secret)}) == Done("PermissionError")
    if "seccomp" in jail.isolation:
        assert await jail.run(b"fork", {}) == Done("PermissionError")
        assert await jail.run(b"exec", {}) == Done("PermissionError")
    if {"seccomp", "network_namespace"} & set(jail.isolation):
        with socket.create_server(("127.0.0.1", 0)) as server:
            assert (await jail.run(b"connect", {"port": server.getsockname()[1]})).result != "allowed"
