"""The figures of a run as lines of the terminal: one line a fault as it ends, and a table of all."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.faults.report import Figures, totals

COLUMNS: Mapping[str, str] = {
    "n": "acknowledged",
    "lost": "lost",
    "doubled": "doubled",
    "indeterminate": "indeterminate",
    "95 % bound": "lost_at_most_95",
    "recovery p50": "recovery_p50",
    "recovery max": "recovery_max",
    "opened": "opened",
    "decided": "decided",
    "seconds": "seconds",
}


def line(name: str, found: Figures) -> str:
    """One fault, or all together."""
    bound = f" (95 %: at most {found['lost_at_most_95']:.2%})" if found["lost_at_most_95"] else ""
    recovered = (
        f"; recovery p50 {found['recovery_p50']} s, max {found['recovery_max']} s" if found["recoveries"] else ""
    )
    skipped = f" {found['skipped']} were not sent, since too many waited." if found.get("skipped") else ""
    failed = f" FAILED: {found['failed']}" if found.get("failed") else ""
    return (
        f"{name}: {found['acknowledged']} acknowledged, {found['lost']} lost, {found['doubled']} doubled{bound}, "
        f"{found['indeterminate']} indeterminate{recovered}.{skipped}{failed}"
    )


def summary(faults: Mapping[str, Figures]) -> Sequence[str]:
    """A whole run: a row a fault, and all together; what a name does not say; who recovered how fast; what failed."""
    whole = totals(faults)
    rows = {**faults, "in all": {**whole, "seconds": sum(found["seconds"] for found in faults.values())}}
    wide = max(map(len, [*rows, "fault"]))
    widths = {head: max(len(head), 7) + 2 for head in COLUMNS}
    lines = [f"{'fault':<{wide}}" + "".join(f"{head:>{widths[head]}}" for head in COLUMNS)]
    for name, found in rows.items():
        cells = (f"{_shown(found[figure], head):>{widths[head]}}" for head, figure in COLUMNS.items())
        lines.append(f"{name:<{wide}}" + "".join(cells))
    lines += [f"{name}: {found['what']}." for name, found in faults.items() if found.get("what")]
    victims = (
        f"{victim} {one['recovery_p50']} / {one['recovery_max']} s (n = {one['recoveries']})"
        for victim, one in sorted(whole["recovery_by_victim"].items())
    )
    lines.append(f"Recovery p50 / max by victim: {', '.join(victims) or 'nobody'}.")
    return [*lines, *(f"{name} FAILED: {found['failed']}." for name, found in faults.items() if found["failed"])]


def _shown(value: Any, head: str) -> str:
    if value is None:
        return "-"
    return f"{value:.2%}" if head.startswith("95 %") else f"{value:g}"
