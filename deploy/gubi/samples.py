"""`gubi samples`: sample certificates of fictional people, with what should be read from each."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.gubi.prepare import trusted_sample_issuer
from deploy.trouble import Trouble
from services.wallet_simulator.samples import CASES, KINDS, cases_of, make, population
from shared.clock import seoul_date, utc_now
from shared.settings import Settings


def _check(kind: str, case: str) -> None:
    if kind not in KINDS:
        raise Trouble(f"There is no kind '{kind}'. There are {', '.join(KINDS)}.")
    if case not in cases_of(kind):
        close = get_close_matches(case, cases_of(kind), n=1)
        meant = f" Did you mean '{close[0]}'?" if close else ""
        raise Trouble(f"{kind} has no case '{case}'.{meant} 'gubi samples cases' lists those there are.")


def make_samples(kind: str, count: int, seed: int, case: str, out: Path) -> Iterator[Path]:
    """Write `count` samples and their expected readings; give the PDF files. Raises `Trouble`."""
    _check(kind, case)
    issuer = trusted_sample_issuer(Settings())
    out.mkdir(parents=True, exist_ok=True)
    for number, person in enumerate(islice(population(seed), count)):
        sample = make(
            kind, person=person, seed=seed + number, issued_on=seoul_date(utc_now()), case=case, issuer=issuer
        )
        path = out / f"{kind}-{case}-{seed + number}.pdf"
        path.write_bytes(sample.pdf)
        path.with_suffix(".expected.json").write_text(sample.expected.model_dump_json(indent=2))
        yield path


def print_cases(console: Console) -> None:
    """Print every case, what should come of it, and which kinds it can be made in."""
    table = Table("case", "what it is", "what should come of it", "kinds")
    for name, case in CASES.items():
        table.add_row(name, case.says, case.outcome, ", ".join(kind for kind in KINDS if name in cases_of(kind)))
    console.print(table)
