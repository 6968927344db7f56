"""What may be left of a submission that has ended, collection by collection: ids, instants, classes. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

Document = Mapping[str, Any]

_STANDING = {
    "receipt", "programme_id", "wallet_app", "office", "received_at", "certificates",
    "taken_back_at", "withdrawn_at", "expired_at",
}  # fmt: skip
_ENDED = ("taken_back", "withdrawn", "expired")
_STILL_TOLD = ("received", "viewed", "decided", "taken_back", "withdrawn")


def _gate(document: Document, _: str) -> bool:
    blank = all(not (held["key"] or held["kind"] or held["fingerprint"]) for held in document["certificates"])
    unset = (
        not {"key", "submitter", "finds", "corrections", "asked", "answered"} & set(document) and not document["digest"]
    )
    return document["state"] in _ENDED and blank and unset


def _queue(document: Document, _: str) -> bool:
    return document["class"] in _ENDED and not document["waiting_on"] and set(document["standing"]) <= _STANDING


def _run_rows(document: Document, submission_id: str) -> bool:
    mine = [row for row in document["rows"] if submission_id in str(row)]
    return all(
        row["outcome"] in _ENDED and row["place"] is None and not row["edition"]
        if isinstance(row, Mapping)
        else any(f"|{end}|" in row for end in _ENDED)
        for row in mine
    )


def _always(_document: Document, _submission_id: str) -> bool:
    return True


TOMBSTONES: Mapping[str, Callable[[Document, str], bool]] = {
    "gate.submissions": _gate,
    "audit.entries": _always,  # who looked, when and why: the citizen is owed it, and the law keeps it two years
    "withdrawal.erasures": _always,
    "intake.timelines": lambda document, _: "gone" in document and not document.get("events"),
    "dashboard.queue": _queue,
    "dashboard.run_rows": _run_rows,
    "dashboard.decisions": lambda document, _: document["decision"] is None and not document["expects"],
    "dashboard.batches": _always,  # names what was to be undone, by id
    "dashboard.looks": _always,
    "dashboard.failure_acts": _always,  # what an official did about it, as codes
    "eligibility.run_rows": _run_rows,
    "eligibility.runs": _always,  # the first of each portion of rows, by id
    "notification.submissions": lambda document, _: "gone_at" in document,
    "notification.deliveries": lambda document, _: document["notice"] in _STILL_TOLD,
}
"""By database and collection, whether a document that names the submission tells no more than a tombstone may."""


def is_tombstone(collection: str, document: Document, submission_id: str) -> bool:
    """Tell whether a document that names a submission is only its tombstone. What is not known here never is."""
    judge = TOMBSTONES.get(collection)
    try:
        return judge is not None and judge(document, submission_id)
    except (KeyError, TypeError, IndexError):
        return False
