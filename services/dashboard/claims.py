"""Who works on which submission: a lease, so that two do not do the same, and nobody keeps one for ever. Pure.

It says who is at it and takes no right from anybody: the gate alone judges who looks and who decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.dashboard.people import Person

LEASE = timedelta(minutes=15)
MOST = 100
"""Claims of one official that are listed, at most."""


@dataclass(frozen=True)
class Claim:
    """One official's claim of one submission."""

    submission_id: str
    programme_id: str
    official: str
    name: str
    office: str
    until: datetime

    def is_of(self, person: Person) -> bool:
        """Tell whether it is this official's."""
        return self.official == person.id

    def holds(self, now: datetime) -> bool:
        """Tell whether it has not run out."""
        return self.until > now


def claim_of(person: Person, submission_id: str, programme_id: str, now: datetime) -> Claim:
    """Give the claim that an official makes now."""
    return Claim(submission_id, programme_id, person.id, person.name, person.office, now + LEASE)
