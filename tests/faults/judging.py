"""What the holders were answered against what is there, when all is quiet. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from shared.events import (
    ExtractionFailed,
    SubmissionExtracted,
    SubmissionReceived,
    SubmissionScreened,
    SubmissionTakenBack,
    WalletNotified,
)
from tests.faults.ledger import Sent

ONCE = (SubmissionReceived.topic, SubmissionExtracted.topic, ExtractionFailed.topic, SubmissionTakenBack.topic)
"""Said about a submission at the most once, under one id, however often that is repeated: nobody asks these holders for
a better certificate, by which one would be read anew. How often it is screened depends on who else comes and goes."""
UNDER_WAY = ("in_flight", "parked")


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


@dataclass
class Verdict:
    """What is wrong, by submission and why. A submission counts once on each side."""

    lost: dict[str, str] = field(default_factory=dict)
    doubled: dict[str, str] = field(default_factory=dict)
    """Done twice, or done though it was refused, or by nobody's wish."""
    took_effect: int = 0
    """Submissions that nobody was answered for and that are there all the same."""


def judge(sent: Iterable[Sent], seen: Seen, others: Collection[str] = ()) -> Verdict:
    """Compare. `others` are submissions of other ledgers, which may be there too."""
    found = Verdict()
    holders = list(sent)
    for holder in holders:
        if len(holder.names) > 1:
            found.doubled.update(dict.fromkeys(holder.names, "one key was given two receipts"))
        for name in holder.names or ({holder.would_be} & seen.gate.keys()):
            found.took_effect += not holder.names
            if why := _lost(name, holder, seen):
                found.lost[name] = why
            if why := _refused(name, holder, seen) or _doubled(name, seen):
                found.doubled[name] = why
    ours = {name for holder in holders for name in (holder.would_be, *holder.names)}
    for place, names in (("gate", seen.gate), ("queue", seen.desk)):
        for name in names.keys() - ours - set(others):
            found.doubled[name] = f"nobody sent it, and it is in the {place}"
    return found


def _lost(name: str, holder: Sent, seen: Seen) -> str:
    state, listed, asked = seen.gate.get(name), seen.desk.get(name), holder.last.get("take back")
    if state is None:
        return "it is not at the gate"
    gone = state == "taken_back"
    end = (SubmissionTakenBack.topic,) if gone else (SubmissionScreened.topic, ExtractionFailed.topic)
    wrongs = {
        "nobody was told that it was received": (SubmissionReceived.topic, name) not in seen.said,
        "nothing came of it": not any((topic, name) in seen.said for topic in end),
        "its take-back was acknowledged and is not done": asked == "acknowledged" and not gone,
        "its take-back hangs": state == "taking_back",
        "it was taken back and something of it opens": gone and name in seen.opens,
        "it is not in the queue": listed is None,
        f"it is {listed} in the queue": listed in UNDER_WAY or gone != (listed == "taken_back"),
        "the app was not told that it was received": (told("received"), name) not in seen.said,
        "the app was not told that it was taken back": gone and (told("taken_back"), name) not in seen.said,
    }
    return next((why for why, wrong in wrongs.items() if wrong), "")


def _refused(name: str, holder: Sent, seen: Seen) -> str:
    """What was refused, at the first try that was answered at all, must not have been done."""
    refused = {act for act, outcome in holder.last.items() if outcome == "refused"} - holder.unanswered
    if "submit" in refused:
        return "it was refused, and it is at the gate"
    if "take back" in refused and seen.gate.get(name) in ("taking_back", "taken_back"):
        return "its take-back was refused, and it is taken back"
    return ""


def _doubled(name: str, seen: Seen) -> str:
    for topic in (*ONCE, told("received"), told("taken_back")):
        if len(seen.said.get((topic, name), ())) > 1:
            return f"{topic} was said under two ids"
    return ""
