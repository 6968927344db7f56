"""The command `gubi doctor`."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.gubi.saying import console

if TYPE_CHECKING:
    from deploy.gubi.doctor.rows import Row

_COLOURS = {"well": "green", "look": "yellow", "ill": "red", "unknown": "magenta"}


def command(
    as_json: Annotated[bool, typer.Option("--json", help="print JSON, with the numbers behind each row")] = False,
    patience: Annotated[float, typer.Option(min=1, help="seconds that each thing asked may take to answer")] = 10,
) -> None:
    """Say whether this installation is well, and where not, what to do.

    Looked at are broker, topics, store, lag of each service, dead letters, what is stuck, events owed, whether the
    classes sum, the read model, keys, the erasure log, the access log's checkpoints, clocks and disks.

    Each row that is not well names its remedy. It changes nothing, and takes at most about twice --patience.

    Exit codes: 0 all is well; 1 something is worth a look; 2 something is broken, or could not be told.

    \b
    gubi doctor
    gubi doctor --json | jq '.rows[] | select(.state != "well")'
    """  # noqa: D301
    from deploy.gubi.doctor.examining import examine
    from deploy.gubi.doctor.rows import exit_code
    from shared.settings import Settings

    rows = asyncio.run(examine(Settings(), patience))
    code = exit_code(rows)
    if as_json:
        print(json.dumps({"exit_code": code, "rows": [asdict(row) for row in rows]}, ensure_ascii=False, indent=2))
    else:
        _print(rows)
    raise typer.Exit(code)


def _print(rows: Sequence["Row"]) -> None:
    table = Table("what", "is", "what was found, and what to do")
    alike: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        alike.setdefault((row.state, row.says, row.remedy), []).append(row.check)
    for (state, says, remedy), checks in alike.items():
        todo = f"\n[bold]→[/bold] {escape(remedy)}" if state != "well" else ""
        colour = _COLOURS[state]
        table.add_row("\n".join(checks), f"[{colour}]{state}[/{colour}]", escape(says) + todo)
    console.print(table)
