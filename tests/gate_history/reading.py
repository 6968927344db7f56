"""From the files of a history to what the checker looks at: for each submission its calls, its end, its events."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.gate_history.history import Record, records
from tests.gate_history.linearize import NEVER, Op
from tests.gate_history.model import CLOSED, READS


@dataclass(frozen=True)
class End:
    """What stood in the store when all was over and the network was well again."""

    state: str | None
    held_by: str
    first_view: str | None
    decided: str | None
    closed: bool
    closing: str | None
    undone: tuple[str, ...]
    looks: frozenset[str]
    keys: int
    """Keys left in the document: the submission's own and its certificates'."""
    ciphertexts: int
    """Sealed values left in the vault."""
    opens: bool
    """Whether anything was given by a view, a certificate or the machine's door, asked then."""
    begin: int
    end: int


@dataclass(frozen=True)
class Submission:
    """All that is known of one submission."""

    name: str
    ops: tuple[Op, ...]
    """Calls whose answer somebody got."""
    lost: tuple[Op, ...]
    """Calls whose answer nobody got: indeterminate."""
    bugs: tuple[Op, ...]
    """Calls that ended in what the gate never promised to raise."""
    ended: End
    said: tuple[Record, ...] = field(default=())
    """Events in the topics, and those still owed."""


def submissions(folder: Path) -> list[Submission]:
    """Read a whole history."""
    ops: dict[str, list[Op]] = defaultdict(list)
    lost: dict[str, list[Op]] = defaultdict(list)
    bugs: dict[str, list[Op]] = defaultdict(list)
    for path in sorted(folder.glob("worker-*.jsonl")):
        for begun, ended in _calls(path):
            for op in _split(begun, ended):
                where = bugs if ended and ended["is"] == "bug" else ops if op.known else lost
                where[op.submission].append(op)
    said: dict[str, list[Record]] = defaultdict(list)
    for event in records(folder / "events.jsonl"):
        said[event["s"]].append(event)
    return [
        Submission(
            name, tuple(ops[name]), tuple(lost[name]), tuple(bugs[name]), _end(record), tuple(said[name])
        )
        for name, record in ((record["s"], record) for record in records(folder / "final.jsonl"))
    ]  # fmt: skip


def lost_closings(folder: Path) -> int:
    """How often nobody knows what a call that closes all that are due has closed; the documents know."""
    return sum(
        begun["call"] == "close_due" and (ended is None or ended["is"] == "info")
        for path in folder.glob("worker-*.jsonl")
        for begun, ended in _calls(path)
    )


def _calls(path: Path) -> Iterator[tuple[Record, Record | None]]:
    begun: dict[str, Record] = {}
    for record in records(path):
        if record["is"] == "invoke":
            begun[record["op"]] = record
        elif first := begun.pop(record["op"], None):
            yield first, record
    for first in begun.values():
        yield first, None


def _split(begun: Record, ended: Record | None) -> Iterator[Op]:
    """One call on several submissions is one on each: each was read, or changed, at an instant of its own."""
    about = begun["s"]
    answer = ended["answer"] if ended and ended["is"] in ("ok", "fail") else None
    shown = (ended or {}).get("shown") or {}
    if begun["call"] == "rewrap":  # whose key it was is known by the answer alone
        for name, said in (answer or {}).items():
            yield _op(begun, ended, name, said, {})
    elif begun["call"] == "close_due":
        for name, [request] in (answer or {}).items():
            yield _op(begun, ended, name, ["closed"], {}, call="close", request=request)
    elif isinstance(about, list):
        for name in about:
            yield _op(begun, ended, name, answer and answer[name], {"submitter": shown.get(name, "")})
    else:
        yield _op(begun, ended, about, answer, shown)


def _op(begun: Record, ended: Record | None, name: str, answer: Any, shown: dict[str, str], **other: str) -> Op:
    known = answer is not None
    return Op(
        op=begun["op"],
        call=other.get("call", begun["call"]),
        submission=name,
        request=other.get("request", begun["r"]),
        begin=begun["t"],
        end=ended["t"] if known and ended else NEVER,
        answer=tuple(answer) if known else None,
        shown=tuple(value for value in shown.values() if value),
        details=begun["details"],
    )


def _end(record: Record) -> End:
    fields = {key: value for key, value in record.items() if key != "s"}
    return End(**fields | {"undone": tuple(record["undone"]), "looks": frozenset(record["looks"])})


def took_effect(op: Op, ended: End) -> bool:
    """Resolve an indeterminate call by what stood in the store when all was over."""
    if op.call in READS:
        return False  # nothing was given, and nothing can have changed
    return {
        "hold": ended.held_by == op.request,
        "view": op.request == ended.first_view or op.request in ended.looks,
        "take_back": ended.closing == op.request,
        "withdraw": ended.closing == op.request,
        "decide": op.request == ended.decided or op.request in ended.undone,
        "undo": op.request in ended.undone,
        "finish_take_back": ended.state == CLOSED["take_back"],
        "finish_withdraw": ended.state == CLOSED["withdraw"],
        "expire": ended.state == "expired",
    }[op.call]


def calls_to_explain(submission: Submission) -> list[Op]:
    """Give what one order has to explain: calls with an answer, lost ones that took effect, and the end itself.

    Two calls may be two steps, and then both are there: a look is marked, and then refused, because the application
    was withdrawn before anything was shown; a decision is in force, and undone before its answer came.

    Some things happen without a caller of ours: the withdrawal service destroys a key, of what was asked for and of
    what is past its retention, and a closing whose answer was lost closes. Where the end shows that they happened,
    they may have happened at any time after their cause.
    """
    ended = submission.ended
    ops = [step for op in submission.ops for step in _steps(op, ended)]
    ops += [op for op in submission.lost if took_effect(op, ended)]
    ops.append(
        Op(
            "end", "final", submission.name, "", ended.begin, ended.end,
            ("is", ended.state, ended.first_view, ended.decided, ended.closed, ended.closing, ended.undone),
        )
    )  # fmt: skip
    asked = (*submission.ops, *submission.lost)
    if ended.closed and ended.decided and not any(op.call == "close" for op in ops):
        ops += _somebody("close", ended.decided, submission.name, (op for op in asked if op.request == ended.decided))
    for kind, state in CLOSED.items():
        if ended.state == state and not any(op.call == f"finish_{kind}" for op in ops):
            causes = (op for op in asked if op.request == ended.closing)
            ops += _somebody(f"finish_{kind}", ended.closing or "", submission.name, causes)
    if ended.state == "expired":  # the service's may have come before every one of ours
        ops += _somebody("expire", "", submission.name, (op for op in asked if op.request == ended.held_by))
    return ops


def _steps(op: Op, ended: End) -> list[Op]:
    marked = op.call == "view" and op.request == ended.first_view and op.answer and op.answer[0] == "refused"
    if marked or op.answer == ("refused", "undone"):  # by this call, or by the one it repeats
        return [replace(op, answer=None, end=NEVER), replace(op, call="told") if marked else op]
    return [op]


def _somebody(call: str, request: str, name: str, causes: Iterable[Op]) -> list[Op]:
    """A step that nobody of ours took: it may have come at any time after its cause was begun."""
    begun = [op.begin for op in causes]
    return [Op(f"somebody-{call}", call, name, request, min(begun))] if begun else []
