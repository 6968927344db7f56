"""What a spawned process does of a run: reads, opens and decides stretches of a population; ranks and writes the rows.

It opens its own connection and unwraps each submission's key from the gate's document; nothing opened leaves it.
"""

import asyncio
import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

from pydantic import ValidationError

from services.eligibility.selection.deciding import Counted, Pinned, closed, count, unread
from services.eligibility.selection.digest import Digest, Result, line
from services.eligibility.selection.ranking import Candidate, Draw, Place, rank
from services.eligibility.store.runs import Runs
from shared.corrections import laid_over
from shared.errors import GubiError
from shared.facts import Facts, Submitter
from shared.gate import Filed
from shared.settings import Settings
from shared.vault.store import row_id
from shared.wiring import Wiring

PORTION = 500
_NOWHERE = Place("none", None)


class Seconds(NamedTuple):
    """How long each part of the work took in this process, of the clock on the wall."""

    read: float = 0.0
    open: float = 0.0
    decide: float = 0.0
    rank: float = 0.0
    write: float = 0.0


class Stretch(NamedTuple):
    """A stretch of the population, decided: pickled, since whoever passes it on need not look inside."""

    counted: bytes
    """Everybody, as columns of `Counted` but for the candidates."""
    candidates: bytes
    """Columns of `Candidate`."""
    seconds: Seconds
    cpu: float
    """Seconds of processor time that all of it took, whatever else the machine had to do."""
    peak: int
    """The most memory that this process has held, in KiB."""


class Ranked(NamedTuple):
    """A run, ranked and written."""

    result: Result
    seconds: Seconds
    cpu: float
    peak: int


@dataclass(frozen=True)
class _Here:
    """What this process was given."""

    wiring: Wiring
    pinned: Pinned
    runner: asyncio.Runner


_here: list[_Here] = []


def prepare(settings: Settings, pinned: Pinned) -> None:
    """Take what all the work of a run shares. The process ends when the one that started it does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _here[:] = [_Here(Wiring.of(settings), pinned, asyncio.Runner())]
    gc.disable()  # it ends with the run, and hardly anything that a submission makes holds itself


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def decide_stretch(start: str, end: str) -> Stretch:
    """Decide every submission of the programme from id `start` up to `end`. Raises `Unavailable`."""
    here = _here[0]
    began, cpu = perf_counter(), process_time()
    filed, rows = here.runner.run(_read(here, start, end))
    read = perf_counter() - began
    token, pinned = here.wiring.keyring.token, here.pinned
    counted: list[Counted] = []
    opening = deciding = 0.0
    for one in filed:  # each from end to end: what was opened is still in the processor's cache when it is decided
        at = perf_counter()
        values = _open(here, one, rows)
        then = perf_counter()
        if values is not None:
            counted.append(count(one, *values, pinned, token))
        else:
            counted.append(unread(one) if one.is_open else closed(one))
        opening += then - at
        deciding += perf_counter() - then
    return Stretch(
        counted=_packed([one[:-1] for one in counted]),
        candidates=_packed([one.candidate for one in counted if one.candidate]),
        seconds=Seconds(read=read, open=opening, decide=deciding),
        cpu=process_time() - cpu,
        peak=peak_memory(),
    )


def settle(run_id: str, lease: str, stretches: list[tuple[bytes, bytes]], draw: Draw | None) -> Ranked:
    """Rank a whole population and write its rows under a lease. Raises `Unavailable`.

    It is given as `Stretch` has it, rows and candidates, in order of ids.
    """
    here = _here[0]
    began, cpu = perf_counter(), process_time()
    candidates = chain.from_iterable(_rows(packed) for _, packed in stretches)
    places = rank(map(Candidate._make, candidates), here.pinned.selection, draw)
    at = perf_counter()
    digest, firsts = Digest(), list[str]()

    def portions() -> Iterator[tuple[int, list[str]]]:
        lines = _lines(chain.from_iterable(_rows(packed) for packed, _ in stretches), places)
        while portion := list(islice(lines, PORTION)):
            digest.add(portion)
            firsts.append(portion[0].partition("|")[0])
            yield len(firsts) - 1, portion

    here.runner.run(Runs(here.wiring.database("eligibility")).write(run_id, lease, portions()))
    result = Result(digest=digest.digest, firsts=tuple(firsts))
    seconds = Seconds(rank=at - began, write=perf_counter() - at)
    return Ranked(result, seconds, process_time() - cpu, peak_memory())


def peak_memory() -> int:
    """Give the most memory that this process has held, in KiB; 0 where the kernel does not say."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return next((int(text.split()[1]) for text in status.splitlines() if text.startswith("VmHWM")), 0)


async def _read(here: _Here, start: str, end: str) -> tuple[list[Filed], dict[str, bytes]]:
    filed, rows = await asyncio.gather(
        here.wiring.gate.filed(here.pinned.programme.id, start, end), here.wiring.vault.facts_between(start, end)
    )
    return filed, rows


def _open(here: _Here, filed: Filed, rows: dict[str, bytes]) -> tuple[Facts, Submitter] | None:
    """Open one submission; None where it is closed, not read yet, or does not open."""
    if not filed.is_open:
        return None
    revision = filed.revision
    sealed = rows.get(row_id(filed.submission_id, "facts", revision))
    if sealed is None:
        return None
    try:
        seal, submitter = here.wiring.gate.opened(filed)
        facts = Facts.model_validate_json(seal.open("facts", revision, sealed))
        return laid_over(facts, here.wiring.gate.corrections(filed, seal)), submitter
    except (GubiError, ValidationError):
        return None


def _packed(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Pack rows as plain columns: named tuples take several times as long to pickle."""
    return pickle.dumps([list(column) for column in zip(*rows, strict=True)], pickle.HIGHEST_PROTOCOL)


def _rows(packed: bytes) -> Iterator[tuple[Any, ...]]:
    return zip(*pickle.loads(packed), strict=True)  # noqa: S301 - from our own processes


def _lines(counted: Iterable[tuple[Any, ...]], places: Mapping[str, Place]) -> Iterator[str]:
    for submission_id, outcome, revision, edition in counted:
        standing, place = places.get(submission_id, _NOWHERE)
        yield line(submission_id, outcome, standing, place, revision, edition)
