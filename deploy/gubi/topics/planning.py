"""What would have to change for the broker's topics to be as code says: never less than is there. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

What = Literal["create", "partitions", "setting"]

_FOR_EVER = "-1"
_AS_LONG_AS_CAN_BE = ("retention.ms", "retention.bytes")
_ENOUGH_IN_SYNC = "min.insync.replicas"


@dataclass(frozen=True)
class Topic:
    """A topic as it is, or as it is wanted."""

    name: str
    partitions: int
    replication: int
    settings: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    """Of one that is there: the settings that were given to it, rather than to the broker."""


@dataclass(frozen=True)
class Change:
    """One thing to do. `before` and `after` are counts or a setting's values; both are empty when it is created."""

    topic: str
    what: What
    name: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Left:
    """What is not as code says and stays so, and why. A `lacking` one is less than code asks for."""

    topic: str
    name: str
    there: str
    wanted: str
    lacking: bool
    why: str


@dataclass(frozen=True)
class Plan:
    """All of it."""

    changes: Sequence[Change]
    left: Sequence[Left]

    @property
    def lacking(self) -> bool:
        """Whether something is missing that no change here gives."""
        return any(one.lacking for one in self.left)


def plan(wanted: Iterable[Topic], there: Mapping[str, Topic]) -> Plan:
    """Compare what is wanted with what is there. Partitions are only added, and nothing is kept less long."""
    changes: list[Change] = []
    left: list[Left] = []
    for topic in wanted:
        found = there.get(topic.name)
        if found is None:
            changes.append(Change(topic.name, "create"))
            continue
        _partitions(topic, found, changes, left)
        if found.replication != topic.replication:
            left.append(_replicas(topic, found))
        for name, value in topic.settings.items():
            _setting(topic, found, name, value, changes, left)
    return Plan(changes, left)


def _partitions(topic: Topic, found: Topic, changes: list[Change], left: list[Left]) -> None:
    before, after = str(found.partitions), str(topic.partitions)
    if found.partitions < topic.partitions:
        changes.append(Change(topic.name, "partitions", "partitions", before, after))
    elif found.partitions > topic.partitions:
        why = "partitions are never taken away"
        left.append(Left(topic.name, "partitions", before, after, lacking=False, why=why))


def _replicas(topic: Topic, found: Topic) -> Left:
    lacking = found.replication < topic.replication
    why = "moving replicas is the broker's own work (kafka-reassign-partitions.sh)"
    return Left(topic.name, "replication", str(found.replication), str(topic.replication), lacking=lacking, why=why)


def _setting(topic: Topic, found: Topic, name: str, value: str, changes: list[Change], left: list[Left]) -> None:
    there = found.settings.get(name, "")
    if name == _ENOUGH_IN_SYNC and found.replication < topic.replication:
        value = str(max(1, found.replication - 1))  # more than there are replicas would refuse every write
    if there == value:
        return
    if name in _AS_LONG_AS_CAN_BE and _longer(there, value):
        why = "what is kept longer is not cut short"
        left.append(Left(topic.name, name, there, value, lacking=False, why=why))
        return
    changes.append(Change(topic.name, "setting", name, there, value))


def _longer(there: str, wanted: str) -> bool:
    try:
        return wanted != _FOR_EVER and (there == _FOR_EVER or int(there) > int(wanted))
    except ValueError:  # the broker did not say
        return False
