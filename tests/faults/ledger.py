"""The client's own ledger, written and synced before anything is believed, and what is compared with it afterwards."""

import json
import os
from collections import Counter
from pathlib import Path


class Ledger:
    """Each line is one answer a client got: acknowledged, refused, or indeterminate (no answer)."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")
        self.acknowledged: dict[str, str] = {}
        self.counts: Counter[str] = Counter()

    def write(self, key: str, outcome: str, submission_id: str = "") -> None:
        self._file.write(json.dumps({"key": key, "outcome": outcome, "submission_id": submission_id}) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.counts[outcome] += 1
        if submission_id:
            earlier = self.acknowledged.setdefault(key, submission_id)
            assert earlier == submission_id, "one key was given two submissions"
