"""`gubi register`: workplace registers (사업장 명부), imported as data, that answer where somebody works."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from deploy.gubi.registers.reading import Reading, open_register
from deploy.gubi.saying import console, say
from deploy.trouble import Trouble
from services.eligibility.registers.answering import Answering
from services.eligibility.registers.file import Fault, FaultCode
from services.eligibility.registers.importing import Imported, import_register
from services.eligibility.registers.workplaces import Register
from services.eligibility.store import Registers
from shared.clock import SEOUL, seoul_date, utc_now
from shared.settings import Settings
from shared.wiring import Wiring

REMEDY: Mapping[FaultCode, str] = {
    "cells": "it has fewer cells than the header; write as many, and a cell that holds a comma in quotation marks",
    "name": "the workplace's name is empty; write it",
    "address": "the address is empty; write it, from the city or province on",
    "number": "the number is neither ten digits (사업자등록번호) nor eleven (사업장관리번호); write it whole, as text, "
    "or leave the cell empty",
    "characters": "it holds characters that cannot be read; save the file as 'CSV UTF-8'",
    "quotes": "a quotation mark stands where none can be, or is never closed; put cells that hold one in quotation "
    "marks, and double it inside. What follows up to the end of that cell is left out too",
}
"""What is wrong with a row, and what to do about it."""


@dataclass(frozen=True)
class Office:
    """Where registers are kept, and the questions they answer."""

    wiring: Wiring
    registers: Registers
    answering: Answering


def import_register_file(file: Path, source: str, as_of: date | None) -> Imported:
    """Import a file as the register `source` of a date, else of today, and tell what came of it. Raises `Trouble`."""
    name = " ".join(source.split())
    if not name:
        raise Trouble("A register needs a name: give it with --source, or leave the option out.")
    with open_register(file) as reading:
        imported = asyncio.run(_import(reading, name, as_of or seoul_date(utc_now())))
    for fault in imported.faults:
        say(_told(fault))
    if imported.left_out > len(imported.faults):
        say(f"and {imported.left_out - len(imported.faults):,} more rows.")
    if imported.left_out:
        say("Put them right in the file and import it again: the whole register is replaced.")
    return imported


def print_registers() -> None:
    """Print the registers in force."""
    asyncio.run(_list())


def remove_register(source: str) -> None:
    """Remove a register and take back its answers. Raises `Trouble`."""
    asyncio.run(_remove(" ".join(source.split())))


@asynccontextmanager
async def _office() -> AsyncIterator[Office]:
    wiring = Wiring.of(Settings())
    registers = Registers(wiring.database("eligibility"))
    async with wiring.open(registers):
        yield Office(wiring, registers, Answering(wiring.questions, registers, wiring.keyring.token, wiring.clock))


async def _import(reading: Reading, name: str, as_of: date) -> Imported:
    async with _office() as office:
        with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
            task = progress.add_task("reading", total=reading.size)
            watched = reading.rows(lambda done: progress.update(task, completed=done))
            wiring = office.wiring
            imported = await import_register(office.registers, name, as_of, watched, wiring.keyring.token, wiring.clock)
        register = _taken(imported, name)
        taken = imported.taken
        say(
            f"'{name}' of {as_of} is in force: {taken.total():,} workplaces, {taken['inside']:,} in Seoul, "
            f"{taken['outside']:,} elsewhere, {taken['unknown']:,} whose address does not say. "
            f"{imported.left_out:,} rows were left out{':' if imported.left_out else '.'}"
        )
        await _settle(office)
        await office.registers.sweep(name, register.generation)
    return imported


def _taken(imported: Imported, name: str) -> Register:
    """Give the register that is now in force. Raises `Trouble` where nothing was taken."""
    if imported.overtaken:
        raise Trouble(f"Another import of '{name}' that began later is in force; this one was left out.")
    if imported.register is None:
        why = (
            f" Of the first, {_told(imported.faults[0])}" if imported.faults else " There is nothing below its header."
        )
        raise Trouble(f"No row of the file could be taken, so nothing was changed.{why}")
    return imported.register


async def _settle(office: Office) -> None:
    looked_at = acts = 0
    async for questions, done in office.answering.settle_all():
        looked_at, acts = looked_at + questions, acts + done
    say(
        f"Of {looked_at:,} questions that no official has answered, {acts:,} were answered or changed by it. "
        "The running services now screen again whoever waits on them."
        if acts
        else f"Of {looked_at:,} questions that no official has answered, none is changed by it."
    )


async def _list() -> None:
    async with _office() as office:
        found = await office.registers.in_force()
        given = await office.wiring.questions.answered_by_registers()
    if not found:
        say("No register is imported. 'gubi register import FILE.csv' imports one.")
        return
    table = Table("register", "of", "imported", "in Seoul", "elsewhere", "address does not say", "questions answered")
    for name, one in found.items():
        counts = (one.inside, one.outside, one.unknown, given.get(name, 0))
        when = f"{one.imported_at.astimezone(SEOUL):%Y-%m-%d %H:%M}"
        table.add_row(escape(name), str(one.as_of), when, *(f"{count:,}" for count in counts))
    console.print(table)


async def _remove(source: str) -> None:
    async with _office() as office:
        retired = await office.registers.retire(source)
        if retired is None:
            raise Trouble(f"There is no register '{source}'.{_meant(source, await office.registers.in_force())}")
        say(f"'{source}' is no longer in force.")
        await _settle(office)
        await office.registers.sweep(source, retired.generation + 1)


def _meant(name: str, names: Iterable[str]) -> str:
    close = get_close_matches(name, names, n=1)
    return f" Did you mean '{close[0]}'?" if close else " 'gubi register list' shows those there are."


def _told(fault: Fault) -> str:
    return f"line {fault.line}: {REMEDY[fault.code]}."
