"""What failed and waits for a person: unreadable, parked, stuck, and what could not be told. Pure.

A failure is named by what it is, whose it is and since when: one that comes again later is another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.dashboard.rules import Entry
from services.dashboard.store.untold import UntoldNotice

Kind = Literal["unreadable", "parked", "stuck", "untold"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
What = Literal["replayed", "dismissed"]
Reason = Literal["handed_in", "sent_again", "told", "settled", "not_needed"]
REASONS: tuple[Reason, ...] = Reason.__args__  # type: ignore[attr-defined]
"""Why nothing more is done: it was handed in otherwise · the citizen sent it again · was told directly · it is
settled · it need not be done. Words of one's own could name somebody, and these are not sealed."""

_MOVED_ON = ("extraction", "eligibility", "intake")
"""Services whose parked message no longer matters once the submission has gone on."""


@dataclass(frozen=True)
class Parked:
    """A message that a service could not work on."""

    event_id: str
    submission_id: str
    service: str
    topic: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Done:
    """What an official did about a failure."""

    about: str
    """The failure's name."""
    submission_id: str
    what: What
    reason: str
    """Why it was dismissed; empty of a replay."""
    official: str
    office: str
    at: datetime
    token: str
    """Of the form: sent twice it is one act."""


@dataclass(frozen=True)
class Failure:
    """One thing that failed, with what is known of its submission and what was done about it."""

    kind: Kind
    entry: Entry
    since: datetime
    code: str
    """Why, as a code: what could not be read, why it was parked, how the last attempt failed."""
    service: str = ""
    notice: str = ""
    webhook_id: str = ""
    replayed: tuple[Done, ...] = ()

    @property
    def name(self) -> str:
        """What it is called in a form."""
        return (
            f"{self.kind}|{self.entry.submission_id}|{int(self.since.timestamp() * 1000)}"
            + f"|{self.webhook_id}" * bool(self.webhook_id)
        )


def failures(
    entries: Iterable[Entry],
    parked: Iterable[Parked],
    untold: Iterable[UntoldNotice],
    known: Mapping[str, Entry],
    done: Iterable[Done],
    *,
    now: datetime,
    patience: timedelta,
) -> list[Failure]:
    """Give what waits for a person, by kind and the oldest first.

    `entries` are the undecided ones that are unreadable or in flight, `known` those that `parked` and `untold` are
    about. What was dismissed is left out, and what was parked and has gone on by itself.
    """
    acts = list(done)
    dismissed = {act.about for act in acts if act.what == "dismissed"}
    found = [
        *(_unreadable(entry) for entry in entries if entry.standing.submission_class == "unreadable"),
        *(_stuck(entry) for entry in entries if _is_stuck(entry, now - patience)),
        *(_parked(one, known[one.submission_id]) for one in parked if _waits(one, known.get(one.submission_id))),
        *(_untold(one, known[one.submission_id]) for one in untold if one.submission_id in known),
    ]
    there = {one.name: one for one in sorted(found, key=lambda one: one.since, reverse=True)}
    with_acts = (_with_acts(one, acts) for one in there.values() if one.name not in dismissed)
    return sorted(with_acts, key=lambda one: (KINDS.index(one.kind), one.since, one.name))


def last_event(entry: Entry) -> datetime | None:
    """Give when something was last heard of a submission on its way."""
    standing = entry.standing
    instants = (standing.received_at, standing.sent_at, standing.read_at, standing.failed_at, standing.screened_at)
    return max((instant for instant in instants if instant), default=None)


def _is_stuck(entry: Entry, before: datetime) -> bool:
    last = last_event(entry)
    return entry.standing.submission_class == "in_flight" and last is not None and last <= before


def _waits(parked: Parked, entry: Entry | None) -> bool:
    if entry is None:
        return False
    return parked.service not in _MOVED_ON or entry.standing.submission_class in ("parked", "in_flight")


def _unreadable(entry: Entry) -> Failure:
    standing = entry.standing
    return Failure("unreadable", entry, standing.failed_at or _received(entry), standing.unreadable or "")


def _stuck(entry: Entry) -> Failure:
    return Failure("stuck", entry, last_event(entry) or _received(entry), "read" if entry.standing.read_at else "")


def _parked(parked: Parked, entry: Entry) -> Failure:
    return Failure("parked", entry, parked.at, parked.reason, service=parked.service)


def _untold(notice: UntoldNotice, entry: Entry) -> Failure:
    return Failure("untold", entry, notice.at, notice.code or "", notice=notice.notice, webhook_id=notice.webhook_id)


def _received(entry: Entry) -> datetime:
    if entry.standing.received_at is None:
        raise ValueError("its reception is not known")
    return entry.standing.received_at


def _with_acts(failure: Failure, acts: Iterable[Done]) -> Failure:
    replayed = tuple(act for act in acts if act.about == failure.name and act.what == "replayed")
    return replace(failure, replayed=replayed)
