"""When an official must say why they decide so: where the machine recommends otherwise, or nothing. Pure."""

from services.dashboard.rules import without_rrn
from shared.events import Decision
from shared.standing import Standing

LEAST = 5
"""Letters of a reason: a word that somebody else can follow."""
MOST = 500


def differs(standing: Standing, decision: Decision) -> bool:
    """Tell whether a decision is other than what was screened: a review that is decided, either way, always is."""
    mark = standing.screening
    return mark is None or mark.revision < standing.revision or mark.outcome != decision


def words_of(text: str) -> str:
    """Give a reason as it is kept, on one line and without a resident registration number; empty for what is none."""
    words = without_rrn(" ".join(text.split())[:MOST])
    return words if len(words) >= LEAST else ""
