"""The corpus: certificates of every kind by every producer, each with what a perfect reader returns; made each run.

Chance comes from the seed alone, so the same seed gives the same corpus whoever makes it: as many processes as there
are cores.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from services.wallet_simulator.samples import Issuer, Sample, make, population

ISSUED_ON = date(2022, 12, 12)
_PORTION = 25


@dataclass(frozen=True)
class Lot:
    """Some certificates of one kind by one producer: the seeds `first` up to `first + count`."""

    kind: str
    producer: str
    first: int
    count: int


def lots(kinds: Sequence[str], producers: Sequence[str], each: int, seed: int) -> list[Lot]:
    """Return the work of making `each` certificates of every kind by every producer, in portions.

    A producer starts at seeds of its own, so that no two set the same certificate.
    """
    return [
        Lot(kind, producer, seed + 1_000_000 * place + start, min(_PORTION, each - start))
        for place, producer in enumerate(producers)
        for kind in kinds
        for start in range(0, each, _PORTION)
    ]


def made(work: Sequence[Lot], issuer: Path) -> Iterator[tuple[Lot, list[Sample]]]:
    """Make every lot, signed by the issuer kept in that folder; yields each as it is done."""
    # Spawned, because a browser or a typesetter that was started before a fork would be shared by both.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(_make, lot, issuer): lot for lot in work}
        for done in as_completed(waiting):
            yield waiting[done], done.result()


def _make(lot: Lot, folder: Path) -> list[Sample]:
    issuer = Issuer.open(folder)
    people = islice(population(lot.first, varied=True), lot.count)
    return [
        make(
            lot.kind,
            person=person,
            seed=lot.first + place,
            issued_on=ISSUED_ON,
            issuer=issuer,
            producer=lot.producer,
            varied=True,
        )
        for place, person in enumerate(people)
    ]
