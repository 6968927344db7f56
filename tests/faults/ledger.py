"""The ledger of holders and of the official, written and synced before anything is believed; who judges reads the file,
and no more.
"""

import json
import os
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Act = Literal["submit", "take back", "view", "decide"]
"""What holders ask of the door, and an official of the desk."""
Outcome = Literal["asked", "acknowledged", "refused", "no answer", "given up"]
"""`no answer` is followed by another try under the same key, or by `given up`: then it may have happened, or not."""


@dataclass
class Sent:
    """One submission as its holder knows it, and the official who opened it."""

    key: str
    would_be: str
    """The id it has if it arrived: what a holder who never got an answer cannot know, and the gate can be asked for."""
    app: str = ""
    """The wallet app that sent it, and is told of it."""
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
        """Whether something was asked of which nobody ever learnt how it ended."""
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
    """Each line is something that was asked, or what came of it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("w")
        self._asked: dict[tuple[str, Act], float] = {}
        self.answered: defaultdict[Act, list[tuple[float, float]]] = defaultdict(list)
        """When each try that was acknowledged was asked, and when it was answered, by the monotonic clock."""

    def write(self, sent: Sent, act: Act, outcome: Outcome, name: str = "") -> None:
        line = {"key": sent.key, "would_be": sent.would_be, "app": sent.app, "asked_at": sent.asked_at}
        line |= {"act": act, "outcome": outcome, "submission_id": name, "at": time.time()}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.take(sent, act, outcome, name)
        if outcome == "asked":
            self._asked[sent.key, act] = time.monotonic()
        elif outcome == "acknowledged":
            self.answered[act].append((self._asked.get((sent.key, act), sent.asked_at), time.monotonic()))

    def fastest_since(self, begin: float) -> float:
        """Give the fewest seconds of a receipt that was asked for since an instant, of the monotonic clock."""
        found = [answered - asked for asked, answered in self.answered["submit"] if asked >= begin]
        assert found, "nobody was given a receipt meanwhile"
        return min(found)


def read_back(path: Path) -> Account:
    """Give what a ledger's file says. Raises `ValueError` for a line that is none: then nothing can be judged by it."""
    account = Account()
    for line in path.read_text().splitlines():
        told = json.loads(line)
        sent = account.sent.get(told["key"]) or Sent(told["key"], told["would_be"], told["app"], told["asked_at"])
        account.take(sent, told["act"], told["outcome"], told["submission_id"])
    return account
