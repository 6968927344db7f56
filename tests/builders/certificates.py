"""Real signed sample certificates for tests, made once for each run."""

from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from services.wallet_simulator.samples import Issuer, Person, Sample, make, population
from shared.clock import seoul_date, utc_now


def trust_roots() -> str:
    return (issuer_folder() / "sample-root.pem").read_text()


@cache
def issuer_folder() -> Path:
    folder = Path(mkdtemp(prefix="gubi-issuer-"))
    Issuer.open(folder)
    return folder


def today() -> date:
    return seoul_date(utc_now())


def people(count: int, seed: int = 1) -> list[Person]:
    return list(islice(population(seed), count))


def a_sample(kind: str, person: Person, **how: Any) -> Sample:
    return make(kind, person=person, **{"seed": 1, "issued_on": today(), "issuer": Issuer.open(issuer_folder())} | how)
