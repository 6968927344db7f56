"""What failed and waits for a person: unreadable, parked, stuck, and what could not be told. Pure.

A failure is named by what it is, whose it is and since when: one that comes again later is another.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.dashboard.rules import Entry
from shared.gate import Case, State

Kind = Literal["unreadable", "parked", "stuck", "untold"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
What = Literal["replayed", "dismissed"]
WHATS: tuple[What, ...] = What.__args__  # type: ignore[attr-defined]
Reason = Literal["handed_in", "sent_again", "told", "settled", "not_needed"]
REASONS: tuple[Reason, ...] = Reason.__args__  # type: ignore[attr-defined]
"""Why nothing more is done: it was handed in otherwise · the citizen sent it again · was told directly · it is
settled · it need not be done. Words of one's own could name somebody, and these are not sealed."""

_ENDING: tuple[State, ...] = ("taking_back", "withdrawing")
MOVES_ON = ("extraction", "eligibility", "intake")
"""Services whose parked message keeps a submission from going on: while it matters, that stands in class parked."""


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
class UntoldNotice:
    """A notice that a wallet app did not accept, and that is not tried any more."""

    submission_id: str
    notice: str
    at: datetime
    code: str | None
    webhook_id: str = ""


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
    def is_owed(self) -> bool:
        """Whether the citizen ended it and it is still here: that is done again until it is gone, and never dismissed.

        Of all that fails only this is theirs to have ended whatever an official thinks; the rest an official may settle
        by hand. What the withdrawal service could not work on is always of this kind: it takes nothing else.
        """
        if self.kind == "parked":
            return self.service == "withdrawal"
        return self.kind == "stuck" and self.code in _ENDING

    @property
    def name(self) -> str:
        """What it is called in a form."""
        return (
            f"{self.kind}|{self.entry.submission_id}|{int(self.since.timestamp() * 1000)}"
            + f"|{self.webhook_id}" * bool(self.webhook_id)
        )


def failures(
    entries: Mapping[str, Entry],
    parked: Iterable[Parked],
    untold: Iterable[UntoldNotice],
    overdue: Iterable[Case],
    answered: Mapping[str, datetime],
    done: Iterable[Done],
    *,
    now: datetime,
    patience: timedelta,
) -> list[Failure]:
    """Give what waits for a person of these submissions, by kind and the oldest first.

    Of `parked`, `untold`, `overdue` and `done` all that is about these submissions is taken in; `answered` tells when
    the questions that they wait on were answered. Left out is what was dismissed and is not owed, and what was parked
    and has gone on, or was done again: it is parked anew where its cause still holds.
    """
    acts, before = list(done), now - patience
    dismissed = {act.about for act in acts if act.what == "dismissed"}
    again = {act.about for act in acts if act.what == "replayed"}
    letters = [_parked(one, entries[one.submission_id]) for one in parked if one.submission_id in entries]
    held_up = {one.entry.submission_id for one in letters if one.service in MOVES_ON}
    found = [
        *(_unreadable(entry) for entry in entries.values() if _is_unreadable(entry)),
        *(_stuck(entry) for name, entry in entries.items() if name not in held_up and _is_stuck(entry, before)),
        *(one for entry in entries.values() if (one := _unscreened(entry, answered)) and one.since <= before),
        *(_ending(case, entries[case.submission_id]) for case in overdue if _is_overdue(case, entries, before)),
        *(one for one in letters if _waits(one, again)),
        *(_untold(one, entries[one.submission_id]) for one in untold if one.submission_id in entries),
    ]
    there = {one.name: one for one in sorted(found, key=lambda one: one.since, reverse=True)}
    with_acts = (_with_acts(one, acts) for one in there.values() if one.is_owed or one.name not in dismissed)
    return sorted(with_acts, key=lambda one: (KINDS.index(one.kind), one.since, one.name))


def last_event(entry: Entry) -> datetime | None:
    """Give when something was last heard of a submission on its way."""
    standing = entry.standing
    instants = (standing.received_at, standing.sent_at, standing.read_at, standing.failed_at, standing.screened_at)
    return max((instant for instant in instants if instant), default=None)


def _is_unreadable(entry: Entry) -> bool:
    return entry.standing.submission_class == "unreadable" and entry.standing.decided_at is None


def _is_stuck(entry: Entry, before: datetime) -> bool:
    """Tell whether a submission waits to be read or screened, and nothing was heard of it for long."""
    standing, last = entry.standing, last_event(entry)
    waits = standing.submission_class in ("in_flight", "parked") and standing.decided_at is None
    return waits and last is not None and last <= before


def _is_overdue(case: Case, entries: Mapping[str, Entry], before: datetime) -> bool:
    return case.submission_id in entries and case.ending_due is not None and case.ending_due <= before


def _waits(letter: Failure, again: Collection[str]) -> bool:
    if letter.service in MOVES_ON:
        return letter.entry.standing.submission_class in ("parked", "in_flight")
    return letter.name not in again


def _unreadable(entry: Entry) -> Failure:
    standing = entry.standing
    return Failure("unreadable", entry, standing.failed_at or _received(entry), standing.unreadable or "")


def _stuck(entry: Entry) -> Failure:
    return Failure("stuck", entry, last_event(entry) or _received(entry), "read" if entry.standing.read_at else "")


def _unscreened(entry: Entry, answered: Mapping[str, datetime]) -> Failure | None:
    """Give that a submission was not screened again after it was corrected, or a question that it waits on answered."""
    standing = entry.standing
    if standing.rescreening_due is not None:
        return Failure("stuck", entry, standing.rescreening_due, "corrected")
    if standing.submission_class != "review" or standing.decided_at is not None or standing.screening is None:
        return None
    since = [answered[name] for name in standing.screening.waiting_on if name in answered]
    return Failure("stuck", entry, min(since), "answered") if since else None


def _ending(case: Case, entry: Entry) -> Failure:
    return Failure("stuck", entry, case.ending_due or _received(entry), case.state)


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
