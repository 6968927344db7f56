"""Imports a workplace register: in portions, so that memory stays flat however long it is, and in force only whole."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from services.eligibility.registers.file import Fault, Row
from services.eligibility.registers.workplaces import Register, Token, Workplace, identity
from services.eligibility.store import Registers
from shared.clock import Clock
from shared.regions import Place, workplace_in_seoul

PORTION = 2_000
FAULTS_KEPT = 20


@dataclass
class Imported:
    """What came of an import. Without `register` nothing was taken, and what was in force before still is."""

    register: Register | None = None
    overtaken: bool = False
    """An import under the same name that began later is in force already."""
    taken: Counter[Place] = field(default_factory=Counter)
    left_out: int = 0
    faults: list[Fault] = field(default_factory=list)
    """The first of those that were left out."""


async def import_register(
    registers: Registers, name: str, as_of: date, rows: Iterable[Row | Fault], token: Token, clock: Clock
) -> Imported:
    """Have these rows replace whatever was imported under this name before. Raises `Unavailable`.

    What was in force before is kept until `Registers.sweep`. Killed on the way it leaves that in force.
    """
    imported, generation = Imported(), await registers.begin(name)
    portion: list[Workplace] = []
    for row in rows:
        if isinstance(row, Fault):
            imported.left_out += 1
            imported.faults += [row] if len(imported.faults) < FAULTS_KEPT else []
            continue
        place = workplace_in_seoul(row.name, row.address)
        imported.taken[place] += 1
        portion.append(Workplace(name, identity(row.name, row.number, token), place))
        if len(portion) == PORTION:
            await registers.add(name, generation, portion)
            portion = []
    await registers.add(name, generation, portion)
    taken = imported.taken
    register = Register(name, as_of, clock(), generation, taken["inside"], taken["outside"], taken["unknown"])
    if taken.total() and await registers.put_in_force(register):
        imported.register = register
    else:
        imported.overtaken = bool(taken)
        await registers.drop(name, generation)
    return imported
