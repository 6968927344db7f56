"""What the demo did and was answered; from it, what must be true at the end. It knows nothing of Gubi's stores."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.gubi.demo.cast import Part

COUNTED = (
    "eligible",
    "ineligible",
    "review",
    "unreadable",
    "supplement",
    "expired",
    "taken_back",
    "withdrawn",
    "parked",
    "in_flight",
)


@dataclass
class Entry:
    """One submission that was given a receipt."""

    submission_id: str
    receipt: str
    part: Part
    wallet: str
    """The holder's wallet address."""
    taken_back: bool = False
    withdrawn: bool = False
    viewed: bool = False
    supplement_asked: bool = False
    decided: bool = False
    duplicate: bool = False
    """Whether the desk said of it that its person had sent another one before."""


@dataclass
class Ledger:
    """All of it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    take_backs_refused: int = 0
    human_actions: Counter[str] = field(default_factory=Counter)

    def expected_notices(self, told_of_viewing: Mapping[str, bool]) -> set[tuple[str, str]]:
        """Give every (submission, notice) that the wallets must have been told: these, and no others."""
        found = set()
        for name, entry in self.entries.items():
            found.add((name, "received"))
            if entry.part.unreadable:
                found.add((name, "unreadable"))
            if entry.viewed and told_of_viewing[entry.part.app]:
                found.add((name, "viewed"))
            told_anyway = ("supplement_asked", "taken_back", "withdrawn", "decided")
            found |= {(name, notice) for notice in told_anyway if getattr(entry, notice)}
        return found


@dataclass(frozen=True)
class Notices:
    """What the wallets received."""

    pairs: frozenset[tuple[str, str]]
    doubles: int
    """Webhook ids that were accepted more than once: allowed by the protocol, and counted."""

    @staticmethod
    def of(listed: Iterable[Mapping[str, Any]]) -> "Notices":
        """Read the simulator's list."""
        accepted = [notice for notice in listed if notice["times"]]
        pairs = frozenset((notice["submission_id"], notice["notice"]) for notice in accepted)
        return Notices(pairs, sum(notice["times"] > 1 for notice in accepted))


def troubles(
    ledger: Ledger, overview: Mapping[str, Any], notices: Notices, told_of_viewing: Mapping[str, bool]
) -> list[str]:
    """Give a sentence for everything that does not add up; nothing where everything does."""
    classes, submitted = overview["classes"], len(ledger.entries)
    found = undetected(ledger)
    if sum(classes.values()) != submitted or overview["received"] != submitted:
        found.append(f"The classes sum to {sum(classes.values())}, and {submitted} were submitted.")
    found += [f"{classes[name]} are {name}." for name in ("in_flight", "parked") if classes.get(name)]
    for name, mark in (("taken_back", "taken_back"), ("withdrawn", "withdrawn")):
        wanted = sum(getattr(entry, mark) for entry in ledger.entries.values())
        if classes.get(name, 0) != wanted:
            found.append(f"{classes.get(name, 0)} are {name}, and {wanted} were agreed to be.")
    for mark in ("viewed", "decided"):
        wanted = sum(getattr(entry, mark) and not entry.withdrawn for entry in ledger.entries.values())
        if overview[mark] != wanted:
            found.append(f"{overview[mark]} count as {mark}, and {wanted} were.")
    expected = ledger.expected_notices(told_of_viewing)
    found += [f"No wallet was told '{notice}' of {name}." for name, notice in sorted(expected - notices.pairs)[:10]]
    found += [f"A wallet was told '{notice}' of {name}." for name, notice in sorted(notices.pairs - expected)[:10]]
    return found


def undetected(ledger: Ledger) -> list[str]:
    """Give a sentence for each second submission that was not found to be one, and if there was none to be found."""
    second = [entry for entry in ledger.entries.values() if entry.part.role == "second_time"]
    return [
        *([] if second else ["Nobody sent a second time with another app."]),
        *(f"{one.receipt} is its person's second, and was not found to be." for one in second if not one.duplicate),
        *(
            f"{one.receipt} was found to be its person's second, and is not."
            for one in ledger.entries.values()
            if one.duplicate and one not in second
        ),
    ]


def closing(
    ledger: Ledger, overview: Mapping[str, Any], notices: Notices, *, seconds: float, stack: str, doubles: int
) -> dict[str, Any]:
    """Give the demo's result, as it is written to var/demo.json."""
    return {
        "submitted": len(ledger.entries),
        **{name: overview["classes"].get(name, 0) for name in COUNTED},
        "viewed": overview["viewed"],
        "decided": overview["decided"],
        "take_backs_refused": ledger.take_backs_refused,
        "notified": len(notices.pairs),
        "notices_doubled": doubles,
        "human_actions": sum(ledger.human_actions.values()),
        "human_actions_by_kind": dict(ledger.human_actions),
        "seconds": round(seconds, 1),
        "stack": stack,
    }
