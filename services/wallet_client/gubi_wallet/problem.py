"""A door's refusal."""

from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """The door said no. Its text is status and code alone, which hold nothing personal and may be logged."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        """Take the HTTP status and the RFC 9457 body; empty where something in between answered for the door."""
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", "no-code"))
        """The stable code, as listed at `/v1/problems`."""
        self.part: str | None = problem.get("part")
        """What it lies in: a header, a parameter of the signature, a part of the body."""
        self.remedy = str(problem.get("remedy", ""))
        """What to do about it, in the language asked for."""
        super().__init__(f"{status} {self.code}" + (f" ({self.part})" if self.part else ""))
