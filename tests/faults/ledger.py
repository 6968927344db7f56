"""The holders' own ledger, written and synced before anything is believed."""

import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Act = Literal["submit", "take back"]
Outcome = Literal["asked", "acknowledged", "refused", "no answer", "given up"]
"""`no answer` is followed by another try under the same key, or by `given up`: then it may have happened, or not."""


@dataclass
class Sent:
    """One submission as its holder knows it."""

    key: str
    would_be: str
    """The id it has if it arrived: what a holder who never got an answer cannot know, and the gate can be asked for."""
    asked_at: float = field(default_factory=time.monotonic)
    last: dict[Act, Outcome] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    """Ids it was given a receipt for: more than one is one too many."""

    @property
    def acknowledged(self) -> bool:
        """Whether its holder has a receipt."""
        return self.last.get("submit") == "acknowledged"

    @property
    def indeterminate(self) -> bool:
        """Whether something was asked of which its holder never learnt how it ended."""
        return "given up" in self.last.values()


class Ledger:
    """Each line is something a holder asked, or what came of it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w")
        self.sent: dict[str, Sent] = {}
        self.counts: Counter[tuple[Act, Outcome]] = Counter()

    def write(self, sent: Sent, act: Act, outcome: Outcome, name: str = "") -> None:
        line = {"key": sent.key, "act": act, "outcome": outcome, "submission_id": name, "at": time.time()}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.sent[sent.key] = sent
        self.counts[act, outcome] += 1
        sent.last[act] = outcome
        if name:
            sent.names.add(name)
