"""What the gate keeps of what was done by hand: that values were corrected, what was asked for, and what came of it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from shared.events import SupplementWhy


@dataclass(frozen=True)
class Corrected:
    """That an official corrected values, or found out conditions. What they said is sealed beside it."""

    official: str
    office: str
    at: datetime
    request_id: str
    address: str = ""
    about: Literal["values", "conditions"] = "values"


@dataclass(frozen=True)
class Asked:
    """A better certificate that is asked for (보완), and until when; kept once it has come, for the record."""

    request_id: str
    """Of what was asked last: asked for, asked for again, or given longer."""
    revision: int
    """The one that does not suffice: with the next one this is answered."""
    due_on: date
    """An Asia/Seoul date."""
    part: int | None
    why: SupplementWhy
    official: str
    office: str
    at: datetime
    extensions: int = 0
    """How often the citizen was given longer: twice at most (민원처리법 시행령 24조)."""
    again: bool = False
    """Whether it was asked for once more, the first time having passed."""
    address: str = ""

    @staticmethod
    def from_document(document: dict[str, Any]) -> "Asked":
        """Read `to_document`'s form."""
        return Asked(**{**document, "due_on": date.fromisoformat(document["due_on"])})

    def to_document(self) -> dict[str, Any]:
        """Give the form the gate stores: MongoDB knows no dates without a time."""
        return {**asdict(self), "due_on": self.due_on.isoformat()}


@dataclass(frozen=True)
class Answered:
    """One revision that came in answer to what was asked for."""

    revision: int
    request_id: str
    digest: str
    """A keyed token of its canonical content, as that of the first revision."""
    at: datetime
