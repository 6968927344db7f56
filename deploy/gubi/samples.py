"""`gubi samples`: sample certificates of fictional people, with what should be read from each."""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice, product
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.gubi.prepare import trusted_sample_issuer
from deploy.trouble import Trouble
from services.wallet_simulator.samples import CASES, KINDS, PRODUCERS, cases_of, make, population
from shared.clock import seoul_date, utc_now
from shared.settings import Settings

ALL = "all"


@dataclass(frozen=True)
class Order:
    """What is asked for: `count` samples of every kind by every producer, from `seed` on."""

    kinds: tuple[str, ...]
    producers: tuple[str, ...]
    count: int
    seed: int
    case: str
    varied: bool

    @property
    def total(self) -> int:
        """How many files with certificates that makes."""
        return len(self.kinds) * len(self.producers) * self.count


def ordered(kind: str, producer: str, count: int, seed: int, case: str, *, varied: bool) -> Order:
    """Give the order that these words make; `all` stands for all kinds that have the case, or all producers.

    Raises `Trouble`.
    """
    if case not in CASES:
        raise Trouble(f"There is no case '{case}'.{_meant(case, CASES)} 'gubi samples cases' lists those there are.")
    if kind not in (ALL, *KINDS):
        raise Trouble(f"There is no kind '{kind}'.{_meant(kind, KINDS)} There are {', '.join(KINDS)}, and {ALL}.")
    if producer not in (ALL, *PRODUCERS):
        raise Trouble(
            f"There is no producer '{producer}'.{_meant(producer, PRODUCERS)} "
            f"There are {', '.join(PRODUCERS)}, and {ALL}."
        )
    if kind != ALL and case not in cases_of(kind):
        raise Trouble(
            f"{kind} has no case '{case}'.{_meant(case, cases_of(kind))} 'gubi samples cases' lists those there are."
        )
    kinds = tuple(name for name in KINDS if case in cases_of(name)) if kind == ALL else (kind,)
    producers = tuple(PRODUCERS) if producer == ALL else (producer,)
    return Order(kinds, producers, count, seed, case, varied)


def _meant(word: str, words: Iterable[str]) -> str:
    close = get_close_matches(word, words, n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


def make_samples(order: Order, out: Path) -> Iterator[Path]:
    """Write the samples ordered and their expected readings; give the PDF files. Raises `Trouble`."""
    issuer, today = trusted_sample_issuer(Settings()), seoul_date(utc_now())
    out.mkdir(parents=True, exist_ok=True)
    for kind, producer in product(order.kinds, order.producers):
        for seed, person in enumerate(islice(population(order.seed, varied=order.varied), order.count), order.seed):
            try:
                sample = make(
                    kind,
                    person=person,
                    seed=seed,
                    issued_on=today,
                    case=order.case,
                    issuer=issuer,
                    producer=producer,
                    varied=order.varied,
                )
            except FileNotFoundError as error:  # a font or a browser that the producer cannot do without
                raise Trouble(f"{producer} cannot make samples: {error}.") from error
            path = out / f"{kind}-{order.case}-{'varied' if order.varied else 'plain'}-{producer}-{seed}.pdf"
            path.write_bytes(sample.pdf)
            path.with_suffix(".expected.json").write_text(sample.expected.model_dump_json(indent=2))
            if sample.metadata:
                path.with_suffix(".metadata.json").write_bytes(b64decode(sample.metadata))
            yield path


def print_cases(console: Console) -> None:
    """Print every case, what should come of it, and which kinds it can be made in."""
    table = Table("case", "what it is", "what should come of it", "kinds")
    for name, case in CASES.items():
        kinds = "all" if case.every_kind else ", ".join(kind for kind in KINDS if name in cases_of(kind))
        table.add_row(name, case.says, case.outcome, kinds)
    console.print(table)
