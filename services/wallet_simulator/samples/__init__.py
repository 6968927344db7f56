"""Signed Korean sample certificates, each with what a perfect reader would return for it.

    issuer = Issuer.open(folder)                       # folder/"sample-root.pem" is the trust root to give to a reader
    for seed, person in zip(range(100), population(7)):
        sample = make("EI_HIST", person=person, seed=seed, issued_on=date(2022, 12, 12), issuer=issuer)
        sample.pdf, sample.expected                    # bytes, shared.facts.Certificate

    make("INCOME", ..., producer="reportlab", varied=True)   # another typesetter, and anything that may vary does

A kind (`kinds/`) writes a `Paper`, which any producer (`producers/`) sets in type. The same arguments and the same
issuer give the same bytes, except for `scan`, `encrypted` and `untrusted`.
On the command line: `gubi samples make` and `gubi samples cases`.
"""

from services.wallet_simulator.samples.cases import CASES, Case
from services.wallet_simulator.samples.issuer import Issuer
from services.wallet_simulator.samples.kinds import KINDS, cases_of
from services.wallet_simulator.samples.making import Sample, make
from services.wallet_simulator.samples.people import Person, population
from services.wallet_simulator.samples.producers import PRODUCERS
from services.wallet_simulator.samples.workplaces import Workplace, town

__all__ = [
    "CASES",
    "KINDS",
    "PRODUCERS",
    "Case",
    "Issuer",
    "Person",
    "Sample",
    "Workplace",
    "cases_of",
    "make",
    "population",
    "town",
]
