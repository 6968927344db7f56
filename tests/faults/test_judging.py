"""The judge is tried on what it must notice: one that cannot condemn acquits nobody."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from shared.events import SubmissionExtracted, SubmissionReceived, SubmissionScreened, SubmissionTakenBack
from tests.faults.judging import Seen, Verdict, judge, told
from tests.faults.ledger import Ledger, Sent, read_back
from tests.faults.report import Recovered, at_most, figures, line, summary, totals

STAYS, GONE = "s-stays", "s-gone"


def holders() -> list[Sent]:
    stays = Sent("k1", STAYS, last={"submit": "acknowledged"}, names={STAYS})
    gone = Sent("k2", GONE, last={"submit": "acknowledged", "take back": "acknowledged"}, names={GONE})
    return [stays, gone, Sent("k3", "s-unknown", last={"submit": "given up"})]


def whole() -> Seen:
    topics = {
        STAYS: (SubmissionReceived.topic, SubmissionScreened.topic, told("received")),
        GONE: (SubmissionReceived.topic, SubmissionTakenBack.topic, told("received"), told("taken_back")),
    }
    said = {(topic, name): Counter({f"{topic}-{name}": 2}) for name, some in topics.items() for topic in some}
    return Seen({STAYS: "held", GONE: "taken_back"}, {STAYS: "eligible", GONE: "taken_back"}, said)


def test_what_is_as_its_holders_were_told_is_neither_lost_nor_doubled_however_often_it_was_said() -> None:
    found = judge(holders(), whole())
    assert (found.lost, found.doubled, found.took_effect) == ({}, {}, 0)


def test_what_nobody_was_answered_for_may_be_there_or_not_but_never_by_halves() -> None:
    there = replace(whole(), gate={**whole().gate, "s-unknown": "held"})
    found = judge(holders(), there)
    assert found.took_effect == 1
    assert found.lost == {"s-unknown": "nobody was told that it was received"}


@pytest.mark.parametrize("missing", whole().said, ids=lambda key: "-".join(key))
def test_each_event_and_each_notice_that_is_missing_is_noticed(missing: tuple[str, str]) -> None:
    rest = {key: ids for key, ids in whole().said.items() if key != missing}
    assert set(judge(holders(), replace(whole(), said=rest)).lost) == {missing[1]}


@pytest.mark.parametrize("name", [STAYS, GONE])
@pytest.mark.parametrize("place", ["gate", "desk"])
def test_what_is_missing_at_the_gate_or_in_the_queue_is_noticed(place: str, name: str) -> None:
    rest = {one: state for one, state in getattr(whole(), place).items() if one != name}
    assert set(judge(holders(), replace(whole(), **{place: rest})).lost) == {name}


@pytest.mark.parametrize("state", ["held", "taking_back"])
def test_a_take_back_that_was_acknowledged_and_not_done_is_noticed(state: str) -> None:
    assert set(judge(holders(), replace(whole(), gate={STAYS: "held", GONE: state})).lost) == {GONE}


def test_what_was_taken_back_and_still_opens_is_noticed() -> None:
    assert set(judge(holders(), replace(whole(), opens={GONE})).lost) == {GONE}


@pytest.mark.parametrize("under_way", ["in_flight", "parked", "taken_back"])
def test_what_the_queue_shows_otherwise_than_it_is_is_noticed(under_way: str) -> None:
    assert set(judge(holders(), replace(whole(), desk={STAYS: under_way, GONE: "taken_back"})).lost) == {STAYS}


@pytest.mark.parametrize(
    "key", [key for key in whole().said if key[0] != SubmissionScreened.topic], ids=lambda key: "-".join(key)
)
def test_what_was_said_under_two_ids_is_noticed(key: tuple[str, str]) -> None:
    twice = {**whole().said, key: Counter({"one": 1, "another": 1})}
    assert set(judge(holders(), replace(whole(), said=twice)).doubled) == {key[1]}


def test_what_was_read_twice_is_noticed() -> None:
    read = {**whole().said, (SubmissionExtracted.topic, STAYS): Counter({"one": 5})}
    assert judge(holders(), replace(whole(), said=read)).doubled == {}
    read[SubmissionExtracted.topic, STAYS].update(["another"])
    assert set(judge(holders(), replace(whole(), said=read)).doubled) == {STAYS}


@pytest.mark.parametrize(("before", "doubled"), [([], {"s-refused"}), (["no answer"], set())])
def test_what_was_refused_and_is_there_is_noticed_unless_an_earlier_try_got_no_answer(
    tmp_path: Path, before: list[Literal["no answer"]], doubled: set[str]
) -> None:
    ledger, sent = Ledger(tmp_path / "ledger"), Sent("k", "s-refused")
    for outcome in (*before, "refused"):
        ledger.write(sent, "submit", outcome)
    there = replace(whole(), gate={**whole().gate, "s-refused": "held"})
    assert set(judge([*holders(), sent], there).doubled) == doubled
    assert set(judge([*holders(), sent], whole()).doubled) == set()


def test_a_take_back_that_was_refused_and_is_done_is_noticed() -> None:
    stays, gone, unknown = holders()
    gone.last["take back"] = "refused"
    assert set(judge([stays, gone, unknown], whole()).doubled) == {GONE}
    gone.unanswered.add("take back")
    assert judge([stays, gone, unknown], whole()).doubled == {}


def test_a_ledger_is_read_back_from_its_file_as_it_was_written(tmp_path: Path) -> None:
    ledger, one, other = Ledger(tmp_path / "ledger"), Sent("k1", "s-1"), Sent("k2", "s-2")
    ledger.write(one, "submit", "no answer")
    ledger.write(other, "submit", "given up")
    ledger.write(one, "submit", "acknowledged", "s-1")
    ledger.write(one, "take back", "refused")
    again = read_back(ledger.path)
    assert (again.sent, again.counts) == (ledger.sent, ledger.counts)
    assert again.sent["k1"] is not one
    with ledger.path.open("a") as file:
        file.write('{"key": "k3", "act')
    with pytest.raises(ValueError, match="Unterminated"):
        read_back(ledger.path)


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


def test_a_key_with_two_receipts_and_a_submission_of_nobodys_are_noticed() -> None:
    first, *others = holders()
    first.names.add("s-again")
    assert set(judge([first, *others], whole()).doubled) == {STAYS, "s-again"}
    strange = replace(whole(), gate={**whole().gate, "s-strange": "held"})
    assert set(judge(holders(), strange).doubled) == {"s-strange"}
    assert judge(holders(), strange, others={"s-strange"}).doubled == {}


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
    assert table[1].split() == ["one", "30", "0", "0", "1", "5.5", "9", "12"]
    assert "intake 3.0 / 4.0 s (n = 2)" in table[-1]


def test_a_run_in_which_nothing_recovered_is_told_too(tmp_path: Path) -> None:
    found = figures(Ledger(tmp_path / "ledger"), Verdict(), [], {"seconds": 1.0})
    assert summary({"one": found})[-1] == "Recovery p50 / max by victim: nobody."
