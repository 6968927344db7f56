"""The holders' own ledger, written and synced before anything is believed; who judges reads the file, and no more."""

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
    unanswered: set[Act] = field(default_factory=set)
    """What was tried at least once without an answer, and so may have been done, whatever was said to a later try."""

    @property
    def acknowledged(self) -> bool:
        """Whether its holder has a receipt."""
        return self.last.get("submit") == "acknowledged"

    @property
    def indeterminate(self) -> bool:
        """Whether something was asked of which its holder never learnt how it ended."""
        return "given up" in self.last.values()


class Account:
    """What a ledger's lines come to."""

    def __init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.counts: Counter[tuple[Act, Outcome]] = Counter()

    def take(self, sent: Sent, act: Act, outcome: Outcome, name: str) -> None:
        self.sent[sent.key] = sent
        self.counts[act, outcome] += 1
        sent.last[act] = outcome
        if outcome == "no answer":
            sent.unanswered.add(act)
        if name:
            sent.names.add(name)


class Ledger(Account):
    """Each line is something a holder asked, or what came of it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("w")
        self._asked: dict[str, float] = {}
        self._receipts: list[tuple[float, float]] = []

    def write(self, sent: Sent, act: Act, outcome: Outcome, name: str = "") -> None:
        line = {"key": sent.key, "would_be": sent.would_be, "asked_at": sent.asked_at, "act": act, "outcome": outcome}
        self._file.write(json.dumps(line | {"submission_id": name, "at": time.time()}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.take(sent, act, outcome, name)
        if (act, outcome) == ("submit", "asked"):
            self._asked[sent.key] = time.monotonic()
        elif (act, outcome) == ("submit", "acknowledged"):
            asked = self._asked.get(sent.key, sent.asked_at)
            self._receipts.append((asked, time.monotonic() - asked))

    def fastest_since(self, begin: float) -> float:
        """Give the fewest seconds of a receipt that was asked for since an instant, of the monotonic clock."""
        found = [took for asked, took in self._receipts if asked >= begin]
        assert found, "nobody was given a receipt meanwhile"
        return min(found)


def read_back(path: Path) -> Account:
    """Give what a ledger's file says. Raises `ValueError` for a line that is none: then nothing can be judged by it."""
    account = Account()
    for line in path.read_text().splitlines():
        told = json.loads(line)
        sent = account.sent.get(told["key"]) or Sent(told["key"], told["would_be"], told["asked_at"])
        account.take(sent, told["act"], told["outcome"], told["submission_id"])
    return account
