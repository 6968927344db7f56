"""The figures of a run, as they go to var/faults.json."""

import json
import os
import platform
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from deploy.stack import Stack
from tests.faults.judging import Verdict
from tests.faults.ledger import Account

REPORT = Path("var/faults.json")
SHOWN = 20
Figures = dict[str, Any]


class Recovered(NamedTuple):
    """What became of one blow."""

    victim: str
    seconds: float | None
    """Until what was broken was whole again; None where it never was."""
    within: float | None = None
    """Seconds that it may take; None where no limit is set."""

    @property
    def late(self) -> bool:
        """Whether it took longer than it may."""
        return self.seconds is not None and self.within is not None and self.seconds >= self.within


def at_most(found: int, among: int) -> float | None:
    """The 95 % upper bound of a share of which none was found among so many: the rule of three, 3/n."""
    return round(3 / among, 6) if among and not found else None


def figures(
    ledger: Account, verdict: Verdict, recovered: Sequence[Recovered], counted: Mapping[str, Any], bit: str = ""
) -> Figures:
    """What one fault did; `bit` is what it failed of while it happened, if it did."""
    by_victim: dict[str, list[float]] = {}
    for victim, took, _ in recovered:
        by_victim.setdefault(victim, []).extend([] if took is None else [round(took, 1)])
    n = sum(len(sent.names) for sent in ledger.sent.values())
    lost, doubled = len(verdict.lost), len(verdict.doubled)
    return {
        "acknowledged": n,
        "lost": lost,
        "lost_at_most_95": at_most(lost, n),
        "doubled": doubled,
        "doubled_at_most_95": at_most(doubled, n),
        "indeterminate": sum(sent.indeterminate for sent in ledger.sent.values()),
        "indeterminate_that_took_effect": verdict.took_effect,
        "take_backs_acknowledged": ledger.counts["take back", "acknowledged"],
        "opened": ledger.counts["view", "acknowledged"],
        "decided": ledger.counts["decide", "acknowledged"],
        "refused": sum(count for (_, outcome), count in ledger.counts.items() if outcome == "refused"),
        "tries_without_an_answer": sum(
            count for (_, outcome), count in ledger.counts.items() if outcome == "no answer"
        ),
        **recovery([took for _, took, _ in recovered if took is not None]),
        "recovery_seconds": by_victim,
        "recovery_limits": {one.victim: one.within for one in recovered if one.within is not None},
        "recoveries_late": [f"{one.victim}: {one.seconds:.1f} s" for one in recovered if one.late],
        "recoveries_missing": dict(Counter(one.victim for one in recovered if one.seconds is None)),
        **counted,
        "failed": failure(verdict, recovered, bit),
        "why": {**dict(list(verdict.lost.items())[:SHOWN]), **dict(list(verdict.doubled.items())[:SHOWN])},
    }


def failure(verdict: Verdict, recovered: Sequence[Recovered], bit: str = "") -> str:
    """Why a fault was not survived, or did not happen as it should; nothing where all is well."""
    if bit:
        return bit + (", and something was lost or doubled" if verdict.lost or verdict.doubled else "")
    if verdict.lost or verdict.doubled:
        return "something was lost or doubled"
    if not recovered:
        return "nothing was to recover, so nothing is known of how long it takes"
    if never := sorted({one.victim for one in recovered if one.seconds is None}):
        return f"never recovered: {', '.join(never)}"
    late = [f"{one.victim} in {one.seconds:.1f} s, not {one.within:g}" for one in recovered if one.late]
    return f"recovered too late: {', '.join(late)}" if late else ""


def totals(faults: Mapping[str, Figures]) -> Figures:
    """All faults together."""
    names = ("acknowledged", "lost", "doubled", "indeterminate", "take_backs_acknowledged", "refused")
    names += ("opened", "decided")
    found: Figures = {name: sum(fault[name] for fault in faults.values()) for name in names}
    for name in ("lost", "doubled"):
        found[f"{name}_at_most_95"] = at_most(found[name], found["acknowledged"])
    every = [(victim, took) for fault in faults.values() for victim, some in fault["recovery_seconds"].items()
             for took in some]  # fmt: skip
    found |= recovery([took for _, took in every])
    found["recovery_by_victim"] = {
        victim: recovery([took for who, took in every if who == victim]) for victim, _ in every
    }
    missing = Counter(victim for fault in faults.values() for victim in Counter(fault["recoveries_missing"]).elements())
    found |= {"recoveries_missing": dict(missing)}
    found |= {"recoveries_late": [late for fault in faults.values() for late in fault["recoveries_late"]]}
    return found | {"faults": len(faults), "that_failed": [name for name, fault in faults.items() if fault["failed"]]}


def recovery(seconds: Sequence[float]) -> Figures:
    """How long it took until what was broken was whole again."""
    return {
        "recovery_p50": round(statistics.median(seconds), 1) if seconds else None,
        "recovery_max": round(max(seconds), 1) if seconds else None,
        "recoveries": len(seconds),
    }


def write(
    stack: Stack,
    faults: Mapping[str, Figures],
    left_out: Mapping[str, str],
    how: Mapping[str, float],
    path: Path = REPORT,
) -> None:
    """Write what there is so far; `how` is what the run was asked for, by which it can be asked for again."""
    servers = {server.name: f"{server.product} {server.version}" for server in stack.servers}
    whole = {
        "faults": faults,
        "totals": totals(faults),
        "left_out": left_out,
        **how,
        "cpus": os.cpu_count(),
        "load_of_the_machine": [round(load, 1) for load in os.getloadavg()],
        "stack": stack.name,
        "brokers": stack.brokers,
        "versions": {"python": platform.python_version(), **servers},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n")
