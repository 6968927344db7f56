"""`gubi samples`: sample certificates of fictional people, with what should be read from each."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.gubi.preparing import trusted_sample_issuer
from services.wallet_simulator.samples import CASES, KINDS, cases_of, make, population
from shared.clock import seoul_date, utc_now
from shared.settings import Settings


def make_samples(kind: str, count: int, seed: int, case: str, out: Path) -> Iterator[Path]:
    """Write `count` samples and their expected readings; give the PDF files. Raises `ValueError` with one sentence."""
    if kind not in KINDS:
        raise ValueError(f"There is no kind '{kind}'. There are {', '.join(KINDS)}.")
    if case not in cases_of(kind):
        raise ValueError(f"{kind} has no case '{case}'. 'gubi samples cases' lists those there are.")
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
    """Print every case, and which kinds it can be made in."""
    table = Table("case", "what it is", "kinds")
    for name, case in CASES.items():
        table.add_row(name, case.says, ", ".join(kind for kind in KINDS if name in cases_of(kind)))
    console.print(table)
