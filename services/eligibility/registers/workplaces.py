"""Workplace registers (사업장 명부): what a listed workplace is kept as, and which questions a register answers. Pure.

A register is kept as keyed tokens, without a name or an address: a sole trader's firm may bear their name.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from services.eligibility.questions import Question, digits, firm_key
from shared.questions import AnswerValue, AskedQuestion, GivenAnswer
from shared.regions import Place

Token = Callable[[str, str], str]
"""Makes a keyed token of a text for a purpose."""

_ANSWERS: Mapping[Place, AnswerValue] = {"inside": "yes", "outside": "no"}


class Identity(NamedTuple):
    """What a workplace is known by."""

    name: str
    """Token of the name as `firm_key` gives it."""
    business: str
    """Token of the 사업자등록번호 (business number), the first ten digits; empty where none is known."""
    unit: str
    """The eleventh digit of the 사업장관리번호 (workplace number); empty where none is known."""


class Workplace(NamedTuple):
    """A workplace as it is kept: which register lists it, what it is known by, and whether it is in Seoul."""

    register: str
    identity: Identity
    place: Place


@dataclass(frozen=True)
class Register:
    """A register in force."""

    name: str
    as_of: date
    """The date its contents are of."""
    imported_at: datetime
    generation: int
    """Counts the imports under this name: only the workplaces of the one in force count."""
    inside: int
    outside: int
    unknown: int
    """How many workplaces it lists in Seoul, outside, and with an address that does not say."""


@dataclass(frozen=True)
class Verdict:
    """What the registers say to a question: the answer, and the names of those that say so."""

    value: AnswerValue
    registers: frozenset[str]


def identity(name: str, number: str | None, token: Token) -> Identity:
    """Give what a workplace is known by. A number of neither ten nor eleven digits tells nothing."""
    figures = digits(number)
    if len(figures) not in (10, 11):
        figures = ""
    business = token("workplace-number", figures[:10]) if figures else ""
    return Identity(token("workplace-name", firm_key(name)), business, figures[10:])


def asked_of(question: Question, token: Token) -> Identity | None:
    """Give the workplace that a question asks a register about; None where it asks about something else."""
    return identity(question.name, question.number, token) if question.topic == "workplace_in_seoul" else None


def verdict(asked: Identity, listed: Iterable[Workplace]) -> Verdict | None:
    """Give what the workplaces that `asked` may be have in common; None where they differ, or one is unknown.

    It may be any of the same name whose number does not speak against it; where one has its very number, only that.
    """
    may_be = [one for one in listed if _may_be(asked, one.identity)]
    chosen = [one for one in may_be if asked.business and one.identity == asked] or may_be
    places = {one.place for one in chosen}
    value = _ANSWERS.get(places.pop()) if len(places) == 1 else None
    return Verdict(value, frozenset(one.register for one in chosen)) if value else None


def due(
    asked: AskedQuestion, said: Verdict | None, registers: Mapping[str, Register], now: datetime
) -> tuple[GivenAnswer | None] | None:
    """Give what the registers, by name, have to do about a question: its new answer, or None in its place to take back
    theirs; None where there is nothing to do, as always once an official has answered it or taken an answer back.
    """
    if asked.party == "official":
        return None
    if said is None:
        return (None,) if asked.answer else None
    if asked.answer and asked.answer.value == said.value and asked.answer.by in said.registers:
        return None
    newest = max((registers[name] for name in said.registers), key=lambda one: (one.as_of, one.name))
    return (GivenAnswer(said.value, f"{newest.name}({newest.as_of:%Y-%m-%d} 기준)", newest.name, now),)


def _may_be(asked: Identity, listed: Identity) -> bool:
    pairs = ((asked.business, listed.business), (asked.unit, listed.unit))
    return asked.name == listed.name and all(not one or not other or one == other for one, other in pairs)
