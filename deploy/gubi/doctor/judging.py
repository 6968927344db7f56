"""What measurements mean: each becomes a row. The limits are those of the alerts in `deploy/monitoring`. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from deploy.gubi.doctor.clocks import Behind
from deploy.gubi.doctor.rows import Row, State, spell
from deploy.gubi.topics.planning import Plan

WAITING_SECONDS = 300.0
OWED_SECONDS = 60.0
STUCK_SECONDS = 900.0
SKEW_SECONDS = 2.0
WORST_SKEW_SECONDS = 30.0
"""A wallet app's signed request is taken for a minute or so: beyond this, good ones are refused."""
UNSIGNED_SECONDS = 300.0
REBUILD_SECONDS = 60.0
LEAST_FREE = 1 << 30


@dataclass(frozen=True)
class Partitions:
    """How the broker's partitions of this installation are."""

    brokers: int
    controller: bool
    unled: Sequence[str]
    """Topics of which a partition has no leader."""
    thin: Sequence[str]
    """Topics of which a partition has fewer replicas in step than it should."""


def of_broker(found: Partitions) -> Row:
    """Judge the broker."""
    about = {"brokers": found.brokers, "unled": list(found.unled), "not_in_step": list(found.thin)}
    if found.unled:
        says = f"{len(found.unled)} topics have a partition without a leader"
        return Row("broker", "ill", says, "Start the brokers that are away; none of their disks may be full.", about)
    if not found.controller:
        return Row("broker", "ill", "no controller", "Most of the controllers must be there: start them.", about)
    if found.thin:
        says = f"{len(found.thin)} topics have replicas that are behind or away"
        return Row("broker", "look", says, "See which broker is away or slow; one more loss may stop writing.", about)
    return Row("broker", "well", f"answers; {found.brokers} of them, every partition is led", about=about)


def of_topics(plan: Plan) -> Row:
    """Judge whether the topics are as the code says."""
    missing = [one.topic for one in plan.changes if one.what == "create"]
    other = sorted({one.topic for one in plan.changes} - set(missing))
    lacking = sorted({one.topic for one in plan.left if one.lacking})
    about = {"missing": missing, "to_change": other, "lacking_replicas": lacking}
    if missing:
        return Row("topics", "ill", f"{len(missing)} are missing", "gubi topics apply", about)
    if other:
        says = f"{len(other)} are not as the code says"
        return Row("topics", "look", says, "gubi topics apply --check, then without it", about)
    if lacking:
        says = f"{len(lacking)} have fewer replicas than the code asks for"
        return Row("topics", "look", says, "Add replicas with the broker's kafka-reassign-partitions.sh.", about)
    return Row("topics", "well", "as the code says", about=about)


@dataclass(frozen=True)
class Waiting:
    """What waits for a service."""

    service: str
    consumers: int
    records: int
    oldest_seconds: float | None = None
    """Age of the oldest that waits; None where nothing does, or it could not be read."""


def of_waiting(found: Waiting) -> Row:
    """Judge one service's lag."""
    name, check = found.service, f"lag {found.service}"
    about = {"consumers": found.consumers, "records": found.records, "oldest_seconds": found.oldest_seconds}
    age = found.oldest_seconds or 0.0
    waits = f"{found.records:,} records wait" + (f", the oldest for {spell(age)}" if found.oldest_seconds else "")
    if not found.consumers:
        says = f"does not run; {waits}" if found.records else "does not run; nothing waits"
        return Row(check, "ill" if found.records else "look", says, f"Start it: gubi run {name}.", about)
    if age > WAITING_SECONDS:
        remedy = f"See its log for 'given-back'; where it only does not keep up, run more of {name} (runbook)."
        return Row(check, "look", waits, remedy, about)
    says = waits if found.records else "nothing waits"
    return Row(check, "well", f"{says}; {found.consumers} consumers", about=about)


def of_letters(waiting: int) -> Row:
    """Judge the dead letters."""
    about = {"waiting": waiting}
    if waiting:
        remedy = "gubi dead list; correct the cause, then gubi dead replay"
        return Row("dead letters", "look", f"{waiting:,} records could not be handled", remedy, about)
    return Row("dead letters", "well", "none wait", about=about)


def of_stuck(in_flight: Mapping[str, int], closing: int) -> Row:
    """Judge what gets nowhere: submissions by programme, and take-backs and withdrawals that are not carried out."""
    about = {"in_flight": dict(in_flight), "closing": closing}
    parts = [f"{count:,} of {programme} neither read nor screened" for programme, count in in_flight.items()]
    if closing:
        parts.append(f"{closing:,} take-backs or withdrawals not carried out")
    if parts:
        remedy = "See the rows of lag and of dead letters; where both are well: gubi rebuild read-model."
        return Row("stuck", "ill", f"for over {spell(STUCK_SECONDS)}: {', '.join(parts)}", remedy, about)
    return Row("stuck", "well", "nothing", about=about)


def of_owed(owed: Mapping[str, tuple[int, float]]) -> Row:
    """Judge the events owed: by collection how many, and for how long the oldest is, in seconds."""
    about = {name: {"events_of": count, "oldest_seconds": age} for name, (count, age) in owed.items()}
    late = {name: found for name, found in owed.items() if found[1] > OWED_SECONDS}
    if late:
        says = ", ".join(f"{count:,} in {name} for {spell(age)}" for name, (count, age) in late.items())
        remedy = "Start the service that says them and see its log for 'outbox-waits'; nothing is written by hand."
        return Row("owed events", "ill", f"not said yet: {says}", remedy, about)
    return Row("owed events", "well", "none is late", about=about)


def of_classes(unaccounted: Mapping[str, int], listed: int, held: int) -> Row:
    """Judge whether every submission is in one class, and whether the desk knows all that the gate holds."""
    about = {"unaccounted": dict(unaccounted), "at_the_desk": listed, "at_the_gate": held}
    wrong = [f"{count:+,} in {name}" for name, count in unaccounted.items() if count]
    if wrong:
        remedy = "A defect, or two versions at the desk: finish the roll-out, then gubi rebuild read-model."
        return Row("classes", "ill", f"the classes do not sum to what was received: {', '.join(wrong)}", remedy, about)
    if listed < held:
        remedy = "Where nothing waits (lag, owed events): gubi rebuild read-model."
        return Row("classes", "look", f"the desk lists {held - listed:,} fewer than the gate holds", remedy, about)
    if listed > held:
        remedy = "After a restore, these came after the backup: 'gubi restore store' has named them."
        return Row("classes", "look", f"the desk lists {listed - held:,} that the gate does not hold", remedy, about)
    return Row("classes", "well", f"they sum to the {listed:,} received", about=about)


def of_read_model(phase: str | None, still_seconds: float) -> Row:
    """Judge a rebuild of the read model that is not done: its phase, and for how long it gave no sign of life."""
    about = {"rebuild": phase, "still_seconds": still_seconds}
    remedy = "gubi rebuild read-model goes on with it"
    if phase is None:
        return Row("read model", "well", "no rebuild is under way", about=about)
    if still_seconds < REBUILD_SECONDS:
        return Row("read model", "well", "is being rebuilt; the old one serves until the new one is level", about=about)
    if phase == "swapping":
        says = "a rebuild was killed while swapping: some of what came just then may not be listed"
        return Row("read model", "ill", says, remedy, about)
    return Row("read model", "look", "a rebuild was begun and left; the old one serves", remedy, about)


def of_drained(services: Mapping[str, float]) -> Row:
    """Judge what is drained, by service for how many seconds."""
    if services:
        says = ", ".join(f"{name} for {spell(age)}" for name, age in services.items())
        remedy = "; ".join(f"gubi undrain {name}" for name in services)
        return Row("drained", "look", f"takes nothing, as it was told: {says}", remedy, {"seconds": dict(services)})
    return Row("drained", "well", "no service was told to take nothing", about={"seconds": {}})


@dataclass(frozen=True)
class Opened:
    """What came of opening keys of submissions by the keyring."""

    looked_at: int
    under: Collection[str]
    """The key-encryption keys that they say they are under."""
    strange: Collection[str]
    """Those of them that the keyring lacks."""
    shut: Mapping[str, int]
    """Of those that it has, by which how many did not open."""


def of_keys(found: Opened) -> Row:
    """Judge whether the keyring is this installation's own."""
    about = {
        "looked_at": found.looked_at,
        "keys_in_use": sorted(found.under),
        "not_in_the_keyring": sorted(found.strange),
        "not_opened": dict(found.shut),
    }
    if found.strange:
        says = f"the store holds submissions under keys that the keyring lacks: {', '.join(sorted(found.strange))}"
        remedy = "Restore this installation's own keyring.json (docs/backup.md); without it they open nowhere."
        return Row("keys", "ill", says, remedy, about)
    if found.shut:
        says = (
            f"of {found.looked_at:,} submissions {sum(found.shut.values()):,} do not open by the keyring's key of the "
            f"name they are under ({', '.join(sorted(found.shut))}): it is another's, or something was altered"
        )
        remedy = (
            "Stop the services, as a wrong keyring gives wrong receipts too, and restore this installation's own "
            "keyring.json (docs/backup.md)."
        )
        return Row("keys", "ill", says, remedy, about)
    return Row("keys", "well", f"the keyring opens the keys of the {found.looked_at:,} submissions tried", about=about)


def of_clock(store_ahead: float, ahead_of_us: Sequence[str], behind: Behind) -> Row:
    """Judge the clocks: how far the store's is ahead of this machine's, topics with records from the future, and who
    said something of a submission before it was received.
    """
    about = {
        "store_ahead_seconds": round(store_ahead, 3),
        "records_from_the_future": list(ahead_of_us),
        "behind_intake_seconds": {name: round(seconds, 3) for name, seconds in behind.seconds.items()},
        "events_compared": behind.compared,
    }
    remedy = "Have every machine keep time (chrony or ntpd), then look again."
    if abs(store_ahead) > SKEW_SECONDS:
        word = "ahead of" if store_ahead > 0 else "behind"
        state: State = "ill" if abs(store_ahead) > WORST_SKEW_SECONDS else "look"
        return Row("clock", state, f"the store's is {spell(abs(store_ahead))} {word} this machine's", remedy, about)
    if ahead_of_us:
        says = f"records bear times that have not been yet: {', '.join(ahead_of_us[:3])}"
        return Row("clock", "look", says, remedy, about)
    late = {name: seconds for name, seconds in behind.seconds.items() if seconds > SKEW_SECONDS}
    if late:
        worst: State = "ill" if max(late.values()) > WORST_SKEW_SECONDS else "look"
        says = ", ".join(f"{name}'s is {spell(seconds)} behind intake's" for name, seconds in sorted(late.items()))
        return Row("clock", worst, f"{says}, by what they said of the same submissions", remedy, about)
    says = f"the store's and this machine's differ by {abs(store_ahead):.2f} s"
    heard = f"of {behind.compared:,} events of the last hour none is earlier than its reception"
    unseen = "whether intake's is behind cannot be seen here"
    return Row(
        "clock", "well", f"{says}; {heard if behind.compared else 'no event of it tells more'}; {unseen}", about=about
    )


def of_checkpoints(missing: Sequence[int], forged: Sequence[int], unsigned: int, oldest_seconds: float) -> Row:
    """Judge the latest strands of the access log: those without a checkpoint, with a wrong one, what is not signed."""
    about = {"missing": list(missing), "not_genuine": list(forged), "unsigned": unsigned, "seconds": oldest_seconds}
    if forged or missing:
        says = f"{len(forged)} strands have a checkpoint that is not genuine, {len(missing)} have none"
        remedy = "Set GUBI_CHECKPOINTS to where they are kept, then: gubi audit verify"
        return Row("audit checkpoints", "ill", says, remedy, about)
    if unsigned and oldest_seconds > UNSIGNED_SECONDS:
        says = f"{unsigned:,} accesses bear no signature for {spell(oldest_seconds)}"
        remedy = "A process was killed, or cannot write its checkpoints: gubi audit verify --sign"
        return Row("audit checkpoints", "look", says, remedy, about)
    return Row("audit checkpoints", "well", "the access log is signed for", about=about)


def of_disk(free: Mapping[str, int]) -> Row:
    """Judge what room is left where keys, erasure log and checkpoints are: bytes by folder."""
    about = {"free_bytes": dict(free)}
    short = [f"{path} has {count / LEAST_FREE:.1f} GiB" for path, count in free.items() if count < LEAST_FREE]
    if short:
        remedy = "Make room: where the erasure log or a checkpoint cannot be written, nothing is destroyed and opened."
        return Row("disk", "look", ", ".join(short), remedy, about)
    return Row("disk", "well", "there is room for the erasure log and the checkpoints", about=about)
