"""The commands of `gubi register`, each a thin door to where the work is done."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Workplace registers (사업장 명부): imported, they answer by themselves where somebody works.",
    no_args_is_help=True,
)


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            help="a CSV file in UTF-8 or CP949, with the columns 사업장명 (or name), 주소 (or address) and, if it has "
            "one, 사업장관리번호 or 사업자등록번호 (or number)",
            exists=True,
            dir_okay=False,
        ),
    ],
    source: Annotated[
        str, typer.Option(help="what the register is called; importing under the same name replaces it")
    ] = "사업장 명부",
    on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="the date it is of; else today")
    ] = None,
) -> None:
    """Import a workplace register, in place of the one imported under the same name before.

    It answers every question about a workplace that no official has answered, now and when one is raised later. Rows
    that cannot be taken are named by their line and left out.

    Exit codes: 0 every row is taken; 1 rows were left out, or none could be taken and nothing was changed.
    """
    from deploy.gubi.registers.importing import import_register_file

    raise typer.Exit(1 if import_register_file(file, source, on.date() if on else None).left_out else 0)


@app.command("list")
def list_registers() -> None:
    """List the registers in force, how many workplaces each lists, and how many questions it answers.

    Exit codes: 0 listed, also where there is none; 1 the store or the keyring is away.
    """
    from deploy.gubi.registers.importing import print_registers

    print_registers()


@app.command("remove")
def remove(source: Annotated[str, typer.Argument(help="its name, as `gubi register list` shows it")]) -> None:
    """Remove a register, and take back the answers it gave; what an official answered stays.

    Whoever was screened on those answers is screened again. Importing the register anew brings it all back.

    Exit codes: 0 removed; 1 there is no such register, or the store or the keyring is away.
    """
    from deploy.gubi.registers.importing import remove_register

    remove_register(source)
