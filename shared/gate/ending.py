"""How a submission ends: its key is destroyed, and what is left tells that it was here, and nothing of what it was."""

from datetime import datetime
from typing import Any

from shared.erasures import Ending
from shared.events import Event
from shared.gate.model import State
from shared.outbox import owing

ENDED_AS: dict[Ending, State] = {"take_back": "taken_back", "withdraw": "withdrawn", "expire": "expired"}

_BLANK = {"kind": "", "fingerprint": "", "key": None}
"""Of each certificate; their number stays, for the receipt."""
_BY_HAND = ("corrections", "corrected", "asked", "answered")
_GONE = ("key", "submitter", "finds", "ground", *_BY_HAND, "retain_until", "return_until", "close_at", "end_at")


def ended(ending: Ending, event: Event, now: datetime) -> dict[str, Any]:
    """Give the one update that ends a submission. The event is owed by it; without the key nothing opens, anywhere.

    The digest of what was sent goes too: with a copy of it and the token secret somebody could show that it was sent.
    """
    blank = {f"certificates.$[].{name}": nothing for name, nothing in _BLANK.items()}
    fields = {"state": ENDED_AS[ending], "digest": "", **blank}
    return owing(event, now, {"$set": fields, "$unset": dict.fromkeys(_GONE, "")})


def tombstone(ending: Ending, event: Event, now: datetime) -> dict[str, Any]:
    """Give the document of a submission that ended and that the store, restored from before, has never heard of.

    It stands in the way of the same submission being held once more.
    """
    nothing: dict[str, Any] = dict.fromkeys(("receipt", "programme_id", "wallet_app", "holder", "office", "digest"), "")
    fields: dict[str, Any] = {"state": ENDED_AS[ending], "received_at": event.at, "revision": 0, "certificates": []}
    return {"_id": event.subject, **nothing, **fields, **owing(event, now)}
