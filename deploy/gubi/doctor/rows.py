"""What the doctor says: rows, and the exit code they end in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["well", "look", "ill", "unknown"]
"""All is as it should be · worth a look · something is broken · could not be told."""


@dataclass(frozen=True)
class Row:
    """One thing that was looked at."""

    check: str
    state: State
    says: str
    remedy: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    """Numbers and names behind it, for `--json`."""


def exit_code(rows: Sequence[Row]) -> int:
    """Give 0 where all is well, 1 where something is worth a look, 2 where something is broken or cannot be told."""
    states = {row.state for row in rows}
    return 2 if states & {"ill", "unknown"} else 1 if "look" in states else 0


def spell(seconds: float) -> str:
    """Write a stretch of time as a person would."""
    for name, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:,.0f} {name}"
    return f"{seconds:,.0f} s"
