"""The disk of a broker that leads runs full; later there is room again, and it is started anew."""

import asyncio
import os
import resource
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.builders.waiting import until
from tests.faults.scene import BROKER_WITHIN, Fault, Scene

ROOM = 6
"""Megabytes that are free on the small disk before it is filled."""
FULL_FOR = 20.0
WORDS = (b"No space left on device", b"File too large", b"unsafe memory access")


async def happen(scene: Scene) -> None:
    """The others go on in its place; recovery is counted from when nothing can be written any more."""
    brokers = scene.brokers
    victim, *_ = await brokers.leading()
    async with a_small_disk(scene, victim) as (how, fill):
        scene.counted[how] += 1
        scene.say(f"  {victim}: {how}.")
        log = brokers.home(victim) / "log"
        before = log.stat().st_size
        fill()
        scene.blow(within=BROKER_WITHIN)
        await until(lambda: any(words in log.read_bytes()[before:] for words in WORDS), every=0.5)
        await until(lambda: not brokers.alive(victim), every=0.2)
        scene.counted["broker ended by itself"] += 1
        await asyncio.sleep(FULL_FOR)
        led = await brokers.leading()
        assert victim not in led, f"{victim} leads though its disk is full"
        assert len(led) == 2, "the others do not lead in its place"
    await brokers.start_again()
    await asyncio.sleep(5)


@asynccontextmanager
async def a_small_disk(scene: Scene, victim: str) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """Have the broker's data on a file system of its own, which can be filled; where nobody may mount one, have it
    find that its files cannot grow.
    """
    brokers, data = scene.brokers, scene.brokers.home(victim) / "data"
    brokers.kill(victim, how=signal.SIGTERM)
    await until(lambda: not brokers.alive(victim))
    with tempfile.TemporaryDirectory(prefix="gubi-") as scratch:
        aside = Path(scratch) / "data"
        _copy(data, aside)
        used = int(_run("du", "-sk", str(aside)).split()[0]) // 1024
        try:
            _run("mount", "-t", "tmpfs", "-o", f"size={used + ROOM}m", "tmpfs", str(data))
        except subprocess.CalledProcessError:
            await brokers.start_again()
            yield (
                "no disk of its own could be mounted: RLIMIT_FSIZE, its files cannot grow",
                lambda: _no_growth(brokers.servers[victim].pid),
            )
            return
        try:
            _copy(aside, data)
            await brokers.start_again()
            yield "disk full", lambda: _fill(data / "filler")
        finally:
            if brokers.alive(victim):
                brokers.kill(victim)
                await until(lambda: not brokers.alive(victim))
            (data / "filler").unlink(missing_ok=True)
            _run("rm", "-rf", str(aside))
            _copy(data, aside)
            _run("umount", str(data))
            _run("rm", "-rf", str(data))
            _copy(aside, data)


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(os.urandom(64 * 1024))
        except OSError:
            return


def _no_growth(pid: int | None) -> None:
    assert pid
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, 4096))


def _copy(source: Path, target: Path) -> None:
    _run("cp", "-a", "--sparse=always", f"{source}/.", str(target))


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


FAULT = Fault("disk-full", happen, brokers=3)
