"""What was answered to the holders and to the official against what is there, when all is quiet. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shared.events import (
    ExtractionFailed,
    SubmissionDecided,
    SubmissionExtracted,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    SubmissionViewed,
    WalletNotified,
)
from tests.faults.ledger import Sent

ONCE = (
    SubmissionReceived.topic,
    SubmissionExtracted.topic,
    SubmissionTakenBack.topic,
    SubmissionViewed.topic,
    SubmissionDecided.topic,
)
"""Said about a submission at the most once, under one id, however often that is repeated: nobody asks these holders for
a better certificate, by which one would be read anew. How often it is screened depends on who else comes and goes."""
NOTICES = ("received", "viewed", "decided", "taken_back")
"""All that the apps may be told of these submissions: each is one readable certificate, signed by who is trusted."""
SCREENED = ("eligible", "ineligible", "review")
"""The classes in which what was not taken back must end: whatever else is there, such a certificate can be read."""


def told(notice: str) -> str:
    """The name under which a notice that a wallet app accepted is looked up beside the topics."""
    return f"{WalletNotified.topic}:{notice}"


@dataclass(frozen=True)
class Seen:
    """All that is there."""

    gate: Mapping[str, str]
    """Submission → its state."""
    desk: Mapping[str, str]
    """Submission → its class in the queue."""
    said: Mapping[tuple[str, str], Counter[str]]
    """(topic, submission) → event ids, and how often each stands there. Notices are apart, by their webhooks' ids."""
    opens: Collection[str] = ()
    """Those of which a key still opens something."""
    told_of_looks: Collection[str] = ()
    """The wallet apps that are told when somebody looks."""


@dataclass
class Verdict:
    """What is wrong, by submission and why. A submission counts once on each side."""

    lost: dict[str, str] = field(default_factory=dict)
    """Not there, not done, not told, or come to another end than it must."""
    doubled: dict[str, str] = field(default_factory=dict)
    """Done twice, or done though it was refused, or by nobody's wish."""
    took_effect: int = 0
    """Submissions that nobody was answered for and that are there all the same."""


def those_there(holder: Sent, seen: Seen) -> Collection[str]:
    """Give the ids by which a submission must be there, or, where nobody was answered, is."""
    return holder.names or ({holder.would_be} & seen.gate.keys())


def judge(sent: Iterable[Sent], seen: Seen, others: Collection[str] = ()) -> Verdict:
    """Compare. `others` are submissions of other ledgers, which may be there too."""
    found = Verdict()
    holders = list(sent)
    for holder in holders:
        if len(holder.names) > 1:
            found.doubled.update(dict.fromkeys(holder.names, "one key was given two receipts"))
        for name in those_there(holder, seen):
            found.took_effect += not holder.names
            if why := next(_lost(name, holder, seen), ""):
                found.lost[name] = why
            if why := next(_doubled(name, holder, seen), ""):
                found.doubled[name] = why
    ours = {name for holder in holders for name in (holder.would_be, *holder.names)}
    for place, names in (("gate", seen.gate), ("queue", seen.desk)):
        for name in names.keys() - ours - set(others):
            found.doubled[name] = f"nobody sent it, and it is in the {place}"
    return found


def due(name: str, holder: Sent, seen: Seen) -> list[str]:
    """Give the notices that the app must have been told of a submission, as it is."""
    when = {
        "received": True,
        "viewed": _was_said(SubmissionViewed.topic, name, seen) and holder.app in seen.told_of_looks,
        "decided": _was_said(SubmissionDecided.topic, name, seen),
        "taken_back": seen.gate.get(name) == "taken_back",
    }
    return [notice for notice in NOTICES if when[notice]]


def _was_said(topic: str, name: str, seen: Seen) -> bool:
    return (topic, name) in seen.said


def _lost(name: str, holder: Sent, seen: Seen) -> Iterator[str]:
    state, listed, last = seen.gate.get(name), seen.desk.get(name), holder.last
    if state is None:
        yield "it is not at the gate"
        return
    gone = state == "taken_back"
    said = {topic: _was_said(topic, name, seen) for topic in (*ONCE, SubmissionScreened.topic, ExtractionFailed.topic)}
    wrongs = {
        "nobody was told that it was received": not said[SubmissionReceived.topic],
        "its readable certificate was called unreadable": said[ExtractionFailed.topic] or listed == "unreadable",
        "it was never read": not gone and not said[SubmissionExtracted.topic],
        "it was never screened": not gone and not said[SubmissionScreened.topic],
        "nobody was told that it was taken back": gone and not said[SubmissionTakenBack.topic],
        "its take-back was acknowledged and is not done": last.get("take back") == "acknowledged" and not gone,
        "its take-back hangs": state == "taking_back",
        "it was taken back and something of it opens": gone and name in seen.opens,
        "it is not in the queue": listed is None,
        f"it is {listed} in the queue": listed not in (("taken_back",) if gone else SCREENED),
        **_lost_by_the_desk(holder, state, said),
    }
    yield from (why for why, wrong in wrongs.items() if wrong)
    for notice in due(name, holder, seen):
        if not _was_said(told(notice), name, seen):
            yield f"nothing says that the app was told '{notice}'"


def _lost_by_the_desk(holder: Sent, state: str, said: Mapping[str, bool]) -> Mapping[str, bool]:
    viewed, decided = holder.last.get("view"), holder.last.get("decide")
    return {
        "it was opened and the gate does not know": viewed == "acknowledged" and state not in ("viewed", "decided"),
        "it was opened and nobody was told": viewed == "acknowledged" and not said[SubmissionViewed.topic],
        "it would not open, and it is not taken back": viewed == "refused" and state != "taken_back",
        "its take-back was refused, and nobody has opened it": holder.last.get("take back") == "refused"
        and not said[SubmissionViewed.topic],
        "its decision was acknowledged and the gate has none": decided == "acknowledged" and state != "decided",
        "its decision was acknowledged and is not said": decided == "acknowledged"
        and not said[SubmissionDecided.topic],
        "its decision was refused, and nothing stood against it": decided == "refused",
        "it is decided and nobody was told": state == "decided" and not said[SubmissionDecided.topic],
    }


def _doubled(name: str, holder: Sent, seen: Seen) -> Iterator[str]:
    yield from _done_though_refused(name, holder, seen)
    last, gone = holder.last, seen.gate.get(name) in ("taking_back", "taken_back")
    viewed, decided = (_was_said(event.topic, name, seen) for event in (SubmissionViewed, SubmissionDecided))
    both = last.get("view") == last.get("take back") == "acknowledged"
    wrongs = {  # a look ends the right to take back, and what is taken back never opens: the gate lets one win
        "it was opened, and it was taken back": both or (gone and viewed),
        "it is taken back, and nobody asked for it": gone and "take back" not in last,
        "it was opened, and nobody asked for it": viewed and "view" not in last,
        "it is decided, and nobody decided it": decided and "decide" not in last,
    }
    yield from (why for why, wrong in wrongs.items() if wrong)
    for topic in (*ONCE, *map(told, NOTICES)):
        if len(seen.said.get((topic, name), ())) > 1:
            yield f"{topic} was said under two ids"


def _done_though_refused(name: str, holder: Sent, seen: Seen) -> Iterator[str]:
    """What was refused, at the first try that was answered at all, must not have been done."""
    state, refused = seen.gate.get(name), {act for act, outcome in holder.last.items() if outcome == "refused"}
    done = {
        "submit": ("it was refused, and it is at the gate", True),
        "take back": ("its take-back was refused, and it is taken back", state in ("taking_back", "taken_back")),
        "view": ("it would not open, and it is opened", state in ("viewed", "decided")),
        "decide": ("its decision was refused, and it is decided", state == "decided"),
    }
    for act in refused - holder.unanswered:
        why, is_done = done[act]
        if is_done:
            yield why
