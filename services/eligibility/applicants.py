"""Who submitted how often to one programme: a second submission is a finding, never merged. Pure."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Applicant:
    """One person's submissions to one programme."""

    submissions: tuple[str, ...]
    """First come first."""
    changes: int
    """How often one came or went. It only grows, and with it the edition of whatever is screened again."""

    @property
    def seconds(self) -> frozenset[str]:
        """Those that are not the first."""
        return frozenset(self.submissions[1:])

    def displaced(self, entered: Collection[str]) -> set[str]:
        """Give the one that was first until one of those `entered` came before it."""
        if not self.submissions or self.submissions[0] not in entered:
            return set()
        return set(next(([name] for name in self.submissions if name not in entered), []))
