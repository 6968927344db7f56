"""What a history shows, in figures and in sentences."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.gate_history.checker import LAWS, check
from tests.gate_history.linearize import NEVER, Op
from tests.gate_history.model import READS
from tests.gate_history.reading import Submission, lost_closings, submissions, took_effect
from tests.gate_history.run import OPERATIONS

_FAULTS = {
    "delay": "delayed",
    "reset": "cut before the store had it",
    "lost": "done by the store, answer lost",
    "silent": "done by the store, answer lost after a silence",
    "late": "cut, and handed to the store later",
}


def report(folder: Path) -> dict[str, Any]:
    """Check the history in `folder`; give all figures."""
    run = json.loads((folder / "run.json").read_text())
    found = submissions(folder)
    violations = check(found)
    lost = [(op, one) for one in found for op in one.lost if op.call not in READS]
    took = sum(took_effect(op, one.ended) for op, one in lost)
    unresolved = sum(one.law == "every_lost_answer_is_resolved" for one in violations)
    return {
        "operations": sum(run["calls"].get(call, 0) for call in OPERATIONS),
        "violations": len(violations),
        "indeterminate": len(lost),
        "resolved": len(lost) - unresolved,
        "resolved_as": {"took_effect": took, "did_not": len(lost) - took},
        "asked_again_and_answered": sum(_asked_again(op, one) for op, one in lost),
        "also_lost": {
            "reads, which gave nothing": sum(op.call in READS for one in found for op in one.lost),
            "closings, which the documents tell": lost_closings(folder),
        },
        "outcomes": _outcomes(found),
        "ended": dict(Counter(str(one.ended.state) for one in found).most_common()),
        "contention": _contention(found),
        "ciphertexts_that_nothing_opens": sum(one.ended.ciphertexts for one in found if not one.ended.keys),
        "laws": [f"{law.__name__}: {law.__doc__}" for law in LAWS],
        "found": [vars(one) for one in violations[:50]],
        **run,
    }


def write(found: dict[str, Any], path: Path) -> None:
    """Write the figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


def tell(found: dict[str, Any]) -> Iterator[str]:
    """Say it in sentences."""
    contention, faults, kills = found["contention"], found["faults"], found["kills"]
    yield ""
    yield (
        f"{found['operations']:,} operations on {found['submissions']} submissions by {found['workers']} processes in "
        f"{found['seconds']:.0f} s on '{found['stack']}', seed {found['seed']}; withdrawal: {found['withdrawal']}."
    )
    for call, outcomes in found["outcomes"].items():
        yield f"  {call:17} " + ", ".join(f"{count} {name}" for name, count in outcomes.items())
    yield (
        f"Races, both sides under way at once: the holder won in {contention['holder_won_against_the_office']} "
        f"submissions, the office in {contention['office_won_against_the_holder']}; officials among themselves in "
        f"{contention['officials_among_themselves']}. At most {contention['most_at_once']} calls were under way on one "
        f"submission at once, {contention['usually_at_once']} at the busiest moment of the median one."
    )
    yield (
        "On the way to the store: "
        + ", ".join(f"{faults.get(kind, 0)} {what}" for kind, what in _FAULTS.items())
        + f"; {faults.get('storm', 0)} storms in which half was hit, {faults.get('freeze', 0)} times nothing moved."
    )
    yield "Processes: " + (", ".join(f"{what} {count} times" for what, count in kills.items()) or "none killed") + "."
    keys = found["keyring"]
    yield (
        f"The keyring was rotated {keys['rotated']} times while all that went on, {keys['wrapped anew']} keys were "
        f"wrapped anew beside what the workers did, and {keys['destroyed']} old keys destroyed."
    )
    yield (
        f"{found['indeterminate']} calls that write got no answer; {found['resolved']} are resolved: "
        f"{found['resolved_as']['took_effect']} took effect, {found['resolved_as']['did_not']} did not; "
        f"{found['asked_again_and_answered']} by asking again, and all by what stood in the store at the end."
    )
    for line in found["died_by_themselves"]:
        yield f"DIED BY ITSELF: {line}"
    if not found["violations"]:
        yield "Violations: 0. Never two winners, nothing shown after a take-back, no take-back granted after a view;"
        yield "every answer was right at some instant of its call, and every event was said under one id."
    else:
        yield f"VIOLATIONS: {found['violations']}"
        for one in found["found"]:
            yield f"  {one['law']}: {one['submission']}: {one['what']}"


def _asked_again(lost: Op, one: Submission) -> bool:
    return any(op.call == lost.call and op.request == lost.request and op.end > lost.begin for op in one.ops)


def _outcomes(found: Sequence[Submission]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for one in found:
        for op in (*one.ops, *one.lost, *one.bugs):
            said = "no answer" if op.answer is None else " ".join(str(part) for part in _short(op))
            counts.setdefault(op.call, Counter())[said] += 1
    return {call: dict(counts[call].most_common()) for call in sorted(counts)}


def _short(op: Op) -> Sequence[Any]:
    assert op.answer is not None
    return op.answer[:1] if op.answer[0] in ("is", "shown", "held", "accepted") else op.answer


def _contention(found: Sequence[Submission]) -> dict[str, int]:
    most = sorted(_most_at_once(one) for one in found)
    return {
        "holder_won_against_the_office": sum(_raced(one, _HOLDER, _OFFICE) for one in found),
        "office_won_against_the_holder": sum(_raced(one, _OFFICE, _HOLDER) for one in found),
        "officials_among_themselves": sum(_raced(one, _OFFICE, _OFFICE) for one in found),
        "most_at_once": most[-1] if most else 0,
        "usually_at_once": most[len(most) // 2] if most else 0,
    }


_HOLDER = ("take_back", "withdraw")
_OFFICE = ("view", "decide")
_WON = (("accepted",), ("accepted", "own"), ("shown", True))


def _raced(one: Submission, winners: Sequence[str], losers: Sequence[str]) -> bool:
    """Whether a call that won was under way at the same time as one that lost."""
    won = [op for op in one.ops if op.call in winners and op.answer in _WON]
    lost = [op for op in one.ops if op.call in losers and op.answer and op.answer[0] == "refused"]
    return any(_overlap(a, b) for a in won for b in lost if b.answer != ("refused", "not_found"))


def _overlap(a: Op, b: Op) -> bool:
    return a.begin <= b.end and b.begin <= a.end


def _most_at_once(one: Submission) -> int:
    moments = sorted(moment for op in one.ops if op.end < NEVER for moment in ((op.begin, 1), (op.end, -1)))
    most = at_once = 0
    for _, step in moments:
        at_once += step
        most = max(most, at_once)
    return most
