"""Spoilt certificates by the thousand: each ends in an outcome of the closed set, none harms the others or the parent.

And none that was changed where its signature looks is ever called genuine. GUBI_FUZZ_INPUTS says how many there are
(make fuzz: 20,000), GUBI_FUZZ_SEED where they begin; a failure names the number that repeats it.
"""

import asyncio
import json
import multiprocessing
import os
import re
import resource
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import get_args

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from services.extraction.reading import read_certificate, reading_jail
from services.wallet_simulator.samples import KINDS, Issuer, make, population
from shared.facts import Authenticity, UnreadableReason
from shared.sandbox import Limits
from tests.fuzz.mutations import learn, mutated, spoil
from tests.fuzz.pauses import Pauses

INPUTS = int(os.environ.get("GUBI_FUZZ_INPUTS", "2000"))
FIRST = int(os.environ.get("GUBI_FUZZ_SEED", "0"))
MOMENT = datetime(2022, 12, 20, tzinfo=UTC)
LIMITS = Limits(cpu_seconds=3, wall_seconds=15)
CASES = ("ordinary", "timestamped", "government_timestamp", "embedded_attachment")
_RANGE = re.compile(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")


@pytest.fixture(scope="module")
def issuer(tmp_path_factory):
    return Issuer.open(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="module")
def seeds(issuer):
    people = list(islice(population(77), len(KINDS)))
    return [
        make(kind, person=person, seed=7, issued_on=date(2022, 12, 12), issuer=issuer, case=case, producer=producer).pdf
        for kind, person in zip(KINDS, people, strict=True)
        for producer in ("typst", "reportlab")
        for case in CASES
    ]


def test_the_same_number_spoils_the_same_way(seeds):
    assert [mutated(seeds, number) for number in range(40)] == [mutated(seeds, number) for number in range(40)]


def test_most_of_what_is_made_is_spoilt(seeds):
    assert sum(mutated(seeds, number) in seeds for number in range(300)) < 30


def signed_parts(document):
    """What the signatures of a file look at: everything but the gaps for their own values."""
    gaps = [(int(first), int(second)) for first, second, _ in _RANGE.findall(document)]
    kept = bytearray(document)
    for first, second in sorted(gaps, reverse=True):
        del kept[first:second]
    return bytes(kept)


async def outcomes_of(seeds, roots, numbers) -> tuple[Counter[str], Pauses]:
    """Read each mutation; raises AssertionError, with its number, for one that ends in no known way.

    Another process spoils them, so that the loop's pauses are the reading's alone.
    """
    whole = {signed_parts(seed) for seed in seeds}
    outcomes: Counter[str] = Counter()
    loop = asyncio.get_running_loop()

    async def one_after_another(jail) -> None:
        for number in numbers:
            document = await loop.run_in_executor(elsewhere, spoil, number)
            kind = None if number % 3 else list(KINDS)[number % len(KINDS)]
            reading = await read_certificate(jail, document, kind=kind, pages=30, trust_roots=roots, moment=MOMENT)
            certificate = reading.certificate
            assert certificate.unreadable is None or certificate.unreadable in get_args(UnreadableReason), number
            assert certificate.authenticity in get_args(Authenticity), number
            if certificate.authenticity == "genuine":
                assert signed_parts(document) in whole, f"mutation {number} is called genuine"
            outcomes[certificate.unreadable or f"read, {certificate.authenticity}"] += 1

    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawning, initializer=learn, initargs=(seeds,)) as elsewhere:
        async with reading_jail(workers=2, limits=LIMITS) as jail, Pauses() as pauses:
            await asyncio.gather(*(one_after_another(jail) for _ in range(4)))
    return outcomes, pauses


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_mutated_document_ends_in_a_known_outcome(seeds, issuer):
    roots = issuer.root.public_bytes(Encoding.PEM).decode()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes, pauses = asyncio.run(outcomes_of(seeds, roots, iter(range(FIRST, FIRST + INPUTS))))
    report = {
        "inputs": outcomes.total(),
        "outcomes": dict(outcomes.most_common()),
        "loop_longest_pause_ms": round(pauses.longest * 1000, 1),
        "loop_longest_own_ms": round(pauses.own * 1000, 1),
        "parent_grew_mib": round((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024, 1),
    }
    Path("var").mkdir(exist_ok=True)
    Path("var/fuzz.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))
    assert report["inputs"] == INPUTS
    assert report["loop_longest_own_ms"] < 100
    assert report["parent_grew_mib"] < 200
