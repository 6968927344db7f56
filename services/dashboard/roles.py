"""Which role may do which act at the desk. Pure: one table, and whatever stands in no row of it is allowed to nobody.

A route declares its act (`pages.guard.needs`); a role is granted per programme and office (담당 부서), and one
person may hold several.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["reader", "handler", "approver", "administrator"]
ROLES: tuple[Role, ...] = Role.__args__  # type: ignore[attr-defined]

Act = Literal[
    "see",
    "leave",
    "open",
    "correct",
    "supplement",
    "decide",
    "undo",
    "answer",
    "run",
    "draft",
    "propose",
    "decline",
    "confirm",
    "export",
    "reveal",
    "tend",
    "mend",
    "publish",
]
ACTS: tuple[Act, ...] = Act.__args__  # type: ignore[attr-defined]
"""Lists, counts and drafts, without a value · signing out · opening a certificate · correcting what
was read · asking for a better certificate · deciding one from its page ·
undoing · answering a question · asking for a selection run · drafting decisions on many · proposing one's own draft ·
refusing one, or taking one's own back · deciding many · tables without values · tables with values · seeing to
what failed · seeing to what citizens could not be told · drafting, publishing and closing a programme."""

_ALL = frozenset(ROLES)

MAY: Mapping[Act, frozenset[Role]] = {
    "see": _ALL,
    "leave": _ALL,
    "open": frozenset({"handler"}),
    "correct": frozenset({"handler"}),
    "supplement": frozenset({"handler"}),
    "decide": frozenset({"handler"}),
    "undo": frozenset({"handler", "approver"}),
    "answer": frozenset({"handler"}),
    "run": frozenset({"handler"}),
    "draft": frozenset({"handler"}),
    "propose": frozenset({"handler"}),
    "decline": frozenset({"handler", "approver"}),
    "confirm": frozenset({"approver"}),
    "export": frozenset({"handler", "approver"}),
    "reveal": frozenset({"handler"}),
    "tend": frozenset({"handler", "administrator"}),
    "mend": frozenset({"administrator"}),
    "publish": frozenset({"administrator"}),
}


@dataclass(frozen=True)
class Grant:
    """A role, and where it holds."""

    role: Role
    programmes: tuple[str, ...] | None = None
    """Ids of programmes; None for every one."""
    offices: tuple[str, ...] | None = None
    """Ids of offices; None for every one."""

    def covers(self, programme_id: str, office: str) -> bool:
        """Tell whether it holds for what this programme's citizens sent to this office."""
        return (self.programmes is None or programme_id in self.programmes) and (
            self.offices is None or office in self.offices
        )


Rights = tuple[Grant, ...]
"""Everything granted to one person."""


def may_somewhere(rights: Iterable[Grant], act: Act) -> bool:
    """Tell whether some grant allows an act, wherever it holds."""
    return any(grant.role in MAY.get(act, ()) for grant in rights)


def may(rights: Iterable[Grant], act: Act, programme_id: str, office: str) -> bool:
    """Tell whether some grant allows an act in this programme and office. What no grant allows is denied."""
    return any(grant.role in MAY.get(act, ()) and grant.covers(programme_id, office) for grant in rights)


def roles_of(rights: Iterable[Grant]) -> tuple[Role, ...]:
    """Give the roles held anywhere, in the order of `ROLES`."""
    held = {grant.role for grant in rights}
    return tuple(role for role in ROLES if role in held)
