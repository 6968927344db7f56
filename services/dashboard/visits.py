"""Somebody who is signed in and asks for something: who, by which act, and whether it is theirs to do."""

from dataclasses import dataclass

from services.dashboard.people import Person
from services.dashboard.roles import Act, Role, may, may_somewhere, roles_of
from services.dashboard.store.sessions import Session


@dataclass(frozen=True)
class Visit:
    """One request of somebody who is signed in."""

    session: Session
    act: Act
    """What the request's route declares that it does."""

    @property
    def person(self) -> Person:
        """Who."""
        return self.session.person

    @property
    def csrf(self) -> str:
        """What our own forms carry."""
        return self.session.csrf

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles they hold anywhere."""
        return roles_of(self.session.rights)

    def may(self, act: Act, programme_id: str | None = None, *offices: str) -> bool:
        """Tell whether an act is theirs to do in a programme, at each of these offices; anywhere, where none is named.

        At no office of a programme nothing is theirs to do.
        """
        if programme_id is None:
            return may_somewhere(self.session.rights, act)
        return bool(offices) and all(may(self.session.rights, act, programme_id, office) for office in offices)

    def must(self, programme_id: str, *offices: str, act: Act | None = None, led_by: str = "") -> None:
        """Raise `NotAllowed` unless the request's act, or another, is theirs to do at each of these offices.

        `led_by` is the office whose work it is, where it is about a whole programme.
        """
        wanted = act or self.act
        if not self.may(wanted, programme_id, *offices):
            raise NotAllowed(self, wanted, led_by)


class NotAllowed(Exception):
    """The act is not theirs to do, or not there."""

    def __init__(self, visit: Visit, act: Act, led_by: str = "") -> None:
        """Take who asked for what, and the office whose work it is, where it is about a whole programme."""
        self.visit, self.act, self.led_by = visit, act, led_by
        super().__init__(act)
