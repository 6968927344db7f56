"""What an erasure is, what is told of it, and how long a backup could still open what it destroyed. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.clock import seoul_date
from shared.erasures import Ended, ending_of
from shared.events import WithdrawalRequested
from shared.gate import Case

_READ = ("facts", "provenance", "screening", "correction", "reason")
"""What is made of the certificates, by machine and by hand, sealed under the submission's key: destroyed with it."""


@dataclass(frozen=True)
class Backups:
    """What the operator has set: after how many days no backup is kept, and no key of that day is there to open one."""

    kept_days: int | None
    key_days: int | None

    def last_readable(self, destroyed_at: datetime) -> dict[str, Any]:
        """Give the last Asia/Seoul date on which a backup could be opened, and what that rests on; null: not set."""
        set_ones = {"backups_deleted": self.kept_days, "keys_destroyed": self.key_days}
        known = {name: days for name, days in set_ones.items() if days is not None}
        if not known:
            return {"backups_unreadable_after": None, "because": None}
        because = min(known, key=lambda name: known[name])
        last = seoul_date(destroyed_at + timedelta(days=known[because]))
        return {"backups_unreadable_after": last.isoformat(), "because": because}


def may_begin(event: WithdrawalRequested, now: datetime) -> bool:
    """Tell whether a request can be carried out: not while its certificates can still be fetched back."""
    return event.return_until is None or event.return_until <= now


def told(event: Ended, case: Case, backups: Backups) -> dict[str, Any]:
    """Give the record of a destruction for its holder: what, when, by which request; no content.

    Counted is what the gate's own document holds, which is the same whenever it is looked at. The vault is not: there
    lies what was put there twice, and what was read while the key was destroyed comes later, and is swept.
    """
    kept = sum(certificate.blob_id is not None for certificate in case.certificates)
    return {
        "sub": event.submission_id,
        "iat": int(event.at.timestamp()),
        "receipt": case.receipt,
        "ending": ending_of(event),
        "request": event.cause,
        "destroyed_at": event.at.isoformat(),
        "destroyed": {"data_key": 1, "submitter": 1, "certificate": kept},
        "sealed_under_data_key": list(_READ),
        **backups.last_readable(event.at),
    }


def progress(event: Ended, at: datetime) -> dict[str, Any]:
    """Give what is kept of an erasure: that it was done, and when; nothing of what was erased."""
    return {"kind": ending_of(event), "destroyed_at": event.at, "erased_at": at}
