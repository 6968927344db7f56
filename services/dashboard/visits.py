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

    def may(self, act: Act, programme_id: str | None = None, office: str | None = None) -> bool:
        """Tell whether an act is theirs to do in a programme and office; anywhere, where none is named."""
        if programme_id is None or office is None:
            return may_somewhere(self.session.rights, act)
        return may(self.session.rights, act, programme_id, office)

    def must(self, programme_id: str, office: str, act: Act | None = None) -> None:
        """Raise `NotAllowed` unless the request's act, or another, is theirs to do in a programme and office."""
        wanted = act or self.act
        if not self.may(wanted, programme_id, office):
            raise NotAllowed(self, wanted)


class NotAllowed(Exception):
    """The act is not theirs to do, or not there."""

    def __init__(self, visit: Visit, act: Act) -> None:
        """Take who asked for what."""
        self.visit, self.act = visit, act
        super().__init__(act)
