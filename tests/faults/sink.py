"""What the wallet apps themselves were told, by their own inbox, against what they had to be told. Pure.

That a notice was accepted is said in a topic too, by who sent it; here it is who received it that is asked. One webhook
id twice is allowed (Standard Webhooks 1.0: the id is what a receiver tells a repetition by), and counted.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from tests.faults.judging import Seen, Verdict, due, those_there
from tests.faults.ledger import Sent


@dataclass(frozen=True)
class Received:
    """One webhook id at one app."""

    webhook_id: str
    app: str
    submission_id: str
    notice: str
    times: int
    """How often the app accepted it."""


def judge_sink(sent: Iterable[Sent], seen: Seen, received: Iterable[Received], others: Collection[str] = ()) -> Verdict:
    """Find what an app was never told, told under two webhook ids, or told though it is not so."""
    found, by_submission = Verdict(), _by_submission(received)
    ours = set[str]()
    for holder in sent:
        ours |= {holder.would_be, *holder.names}
        for name in those_there(holder, seen):
            wanted, notices = due(name, holder, seen), by_submission.get(name, {})
            for notice in wanted:
                if not notices.get(notice):
                    found.lost[name] = f"the app itself was never told '{notice}'"
            for notice, some in notices.items():
                if notice not in wanted:
                    found.doubled[name] = f"the app was told '{notice}', and it is not so"
                elif len({one.webhook_id for one in some}) > 1:
                    found.doubled[name] = f"the app was told '{notice}' under two webhook ids"
                elif {one.app for one in some} != {holder.app}:
                    found.doubled[name] = f"another app was told '{notice}'"
    for name in by_submission.keys() - ours - set(others):
        found.doubled[name] = "nobody sent it, and an app was told of it"
    return found


def repeated(received: Iterable[Received]) -> int:
    """Count the webhook ids that an app accepted more than once."""
    return sum(one.times > 1 for one in received)


def both(one: Verdict, other: Verdict) -> Verdict:
    """Put two verdicts together; where both have a reason, the first one's stands."""
    return Verdict(other.lost | one.lost, other.doubled | one.doubled, max(one.took_effect, other.took_effect))


def _by_submission(received: Iterable[Received]) -> Mapping[str, Mapping[str, list[Received]]]:
    found: defaultdict[str, defaultdict[str, list[Received]]] = defaultdict(lambda: defaultdict(list))
    for one in received:
        if one.times:
            found[one.submission_id][one.notice].append(one)
    return found
