"""`python -m services.wallet_simulator.samples`: sample certificates into a folder.

Each comes with what should be read from it, as JSON beside it.
"""

from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from services.wallet_simulator.samples import CASES, KINDS, Issuer, cases_of, make, population
from services.wallet_simulator.samples.issuer import ROOT_FILE
from services.wallet_simulator.samples.making import SEOUL_TIME

_EPILOG = "\n\n".join(
    [
        "**Kinds**",
        *(f"- `{kind.code}` {kind.title}" for kind in KINDS.values()),
        "**Cases** (of every kind unless kinds are named)",
        *(
            f"- `{name}` {case.says} → {case.outcome}"
            + ("" if case.every_kind else f" *({', '.join(kind for kind in KINDS if name in KINDS[kind].cases)})*")
            for name, case in CASES.items()
        ),
    ]
)


def write(
    kind: Annotated[str, typer.Option(help="What certificate to make; the kinds are listed below.")],
    out: Annotated[Path, typer.Option(help="Folder for the files; made if absent.")],
    seed: Annotated[int, typer.Option(help="Decides who and what; counted up for each further sample.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many.")] = 1,
    case: Annotated[str, typer.Option(help="What is odd about them; the cases are listed below.")] = "ordinary",
    issued_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of issue; today in Seoul if not given.")
    ] = None,
    issuer: Annotated[
        Path | None, typer.Option(help=f"Folder of the issuer's key and {ROOT_FILE}; OUT/issuer if not given.")
    ] = None,
) -> None:
    """Write COUNT signed sample certificates to OUT, and beside each PDF its expected values as JSON."""
    if kind not in KINDS:
        raise typer.BadParameter(f"choose from {', '.join(KINDS)}", param_hint="--kind")
    if case not in cases_of(kind):
        raise typer.BadParameter(f"{kind} can be made as {', '.join(cases_of(kind))}", param_hint="--case")
    day: date = issued_on.date() if issued_on else datetime.now(SEOUL_TIME).date()
    signer = Issuer.open(issuer or out / "issuer")
    out.mkdir(parents=True, exist_ok=True)
    for number, person in enumerate(islice(population(seed), count), start=seed):
        sample = make(kind, person=person, seed=number, issued_on=day, issuer=signer, case=case)
        path = out / f"{kind}-{case}-{number:06d}.pdf"
        path.write_bytes(sample.pdf)
        path.with_suffix(".json").write_text(sample.expected.model_dump_json(indent=2) + "\n", encoding="utf-8")
        typer.echo(path)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, rich_markup_mode="markdown", pretty_exceptions_show_locals=False)
    app.command(epilog=_EPILOG)(write)
    app(prog_name="python -m services.wallet_simulator.samples")
