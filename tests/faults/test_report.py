"""The report is tried on what it must say, and on what it must not claim."""

from pathlib import Path

import pytest

from tests.faults.judging import Verdict
from tests.faults.ledger import Ledger, Sent
from tests.faults.report import Recovered, at_most, figures, totals
from tests.faults.run import Judged
from tests.faults.table import line, summary


@pytest.mark.parametrize(
    ("recovered", "failed"),
    [
        ([Recovered("intake", 14.9, 15.0), Recovered("everything", 40.0)], ""),
        ([Recovered("intake", 15.0, 15.0)], "recovered too late: intake in 15.0 s, not 15"),
        ([Recovered("everything", 31.2, 30.0)], "recovered too late: everything in 31.2 s, not 30"),
        ([Recovered("intake", 1.0, 15.0), Recovered("intake", None, 15.0)], "never recovered: intake"),
        ([], "nothing was to recover, so nothing is known of how long it takes"),
    ],
)
def test_whoever_recovers_too_late_or_never_fails_the_run_and_stands_in_the_figures(
    tmp_path: Path, recovered: list[Recovered], failed: str
) -> None:
    found = figures(Ledger(tmp_path / "ledger"), Verdict(), recovered, {"seconds": 1.0})
    assert found["failed"] == failed
    whole = totals({"one": found})
    assert whole["that_failed"] == (["one"] if failed else [])
    assert whole["recoveries_missing"] == ({"intake": 1} if "never" in failed else {})
    assert bool(whole["recoveries_late"]) == ("late" in failed)
    assert figures(Ledger(tmp_path / "ledger"), Verdict(), recovered, {}, "it did not bite")["failed"]


def test_the_bound_is_the_rule_of_three_and_nothing_is_claimed_of_nothing() -> None:
    assert at_most(0, 600) == 0.005
    assert at_most(0, 0) is None
    assert at_most(1, 600) is None, "the rule holds where none was seen"


def test_all_faults_are_summed_with_their_bound_and_recoveries_are_told_in_all_and_by_victim(tmp_path: Path) -> None:
    ledger, more = Ledger(tmp_path / "ledger"), {"seconds": 12.0}
    for number in range(30):
        ledger.write(Sent(f"k{number}", ""), "submit", "acknowledged", f"s-{number}")
    ledger.write(Sent("k", ""), "submit", "given up")
    first = figures(ledger, Verdict(), [Recovered("intake", 2.0), Recovered("everything", 9.0)], more)
    other = figures(ledger, Verdict(lost={"s-1": "why"}), [Recovered("intake", 4.0)], more)
    whole = totals({"one": first, "other": other})
    assert [whole[name] for name in ("acknowledged", "lost", "doubled", "indeterminate")] == [60, 1, 0, 2]
    assert (whole["lost_at_most_95"], whole["doubled_at_most_95"]) == (None, 0.05)
    assert (whole["recovery_p50"], whole["recovery_max"], whole["that_failed"]) == (4.0, 9.0, ["other"])
    assert whole["recovery_by_victim"]["intake"] == {"recovery_p50": 3.0, "recovery_max": 4.0, "recoveries": 2}
    assert line("one", first) == (
        "one: 30 acknowledged, 0 lost, 0 doubled (95 %: at most 10.00%), 1 indeterminate; "
        "recovery p50 5.5 s, max 9.0 s."
    )
    table = summary({"one": first, "other": other})
    assert table[1].split() == ["one", "30", "0", "0", "1", "10.00%", "5.5", "9", "0", "0", "12"]
    assert table[2].split() == ["other", "30", "1", "0", "1", "-", "4", "4", "0", "0", "12"]
    assert table[3].split() == ["in", "all", "60", "1", "0", "2", "-", "4", "9", "0", "0", "24"]
    assert len({len(row) for row in table[:4]}) == 1, "the columns do not stand under their heads"
    assert "intake 3.0 / 4.0 s (n = 2)" in table[-2]
    assert table[-1] == "other FAILED: something was lost or doubled."


def test_a_run_in_which_nothing_recovered_is_told_too(tmp_path: Path) -> None:
    found = figures(Ledger(tmp_path / "ledger"), Verdict(), [], {"seconds": 1.0})
    assert "Recovery p50 / max by victim: nobody." in summary({"one": found})


def test_what_a_fault_is_not_and_what_was_not_sent_are_told(tmp_path: Path) -> None:
    more = {"seconds": 1.0, "what": "no broker restarts", "skipped": 3}
    found = figures(Ledger(tmp_path / "ledger"), Verdict(), [Recovered("intake", 1.0)], more)
    assert "one: no broker restarts." in summary({"one": found})
    assert line("one", found).endswith("3 were not sent, since too many waited.")


def test_what_is_seen_only_at_the_end_of_a_run_is_counted_and_named(tmp_path: Path) -> None:
    account = Ledger(tmp_path / "ledger")
    account.write(Sent("k", "s-1"), "submit", "acknowledged", "s-1")
    one = Judged(account, Verdict(), [Recovered("intake", 1.0)], {"seconds": 1.0}, "")
    assert (one.figures()["failed"], one.figures(Verdict())["failed"]) == ("", "")
    late = one.figures(Verdict(doubled={"s-1": "told under two ids"}))
    assert (late["doubled"], late["seen_late"], bool(late["failed"])) == (1, ["s-1"], True)
