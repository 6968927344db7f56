"""What the scale bench reckons, without running it."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from deploy.gubi.bench import SERVICES
from deploy.gubi.bench_scale.cells import by_part
from deploy.gubi.bench_scale.filling import renamed
from deploy.gubi.bench_scale.half import stages
from deploy.gubi.bench_scale.judging import SOAK_FROM, TARGETS, is_compiled, met, sentences
from deploy.gubi.bench_scale.memory import Grown, slope
from deploy.gubi.bench_scale.running import PARTS, Wanted, run_bench_scale
from deploy.gubi.bench_scale.sizing import BURST, BUSY, HOURS, rows, sizes
from deploy.gubi.bench_scale.stored import compared
from deploy.gubi.bench_scale.telling import commit
from deploy.gubi.load import Load, Told
from deploy.trouble import Trouble
from shared.events import SubmissionExtracted, SubmissionReceived, SubmissionScreened

COST = dict.fromkeys(SERVICES, 2.0) | {"extraction": 10.0, "broker": 6.0, "store": 9.0, "wallet_simulator": 50.0}
REPORT: dict[str, Any] = {
    "throughput": [{"per_second": 30.0}, {"per_second": 20.0}],
    "half": {"idle_cpu_ms_per_second": {"intake": 12.0, "extraction": 6.0, "broker": 30.0, "store": 60.0}},
    "stored": [
        {"stored": 100_000, "cpu_ms_per_submission": COST},
        {"stored": 1_000, "cpu_ms_per_submission": dict.fromkeys(COST, 1.0)},
    ],
    "soak": {
        "memory": {
            "extraction": {"most_mb": 100.0},
            "extraction's readers": {"most_mb": 60.0},
            "kafka-1": {"most_mb": 512.0},
        },
        "bytes_per_submission": {"store": 48 * 1024, "broker": 16 * 1024},
    },
}


def test_sizes_are_reckoned_from_the_cost_where_most_was_stored_and_what_was_not_reached_says_reckoned() -> None:
    small, city, nation = sizes(REPORT)
    assert (small.rate_reached, small.number_stored) == (True, True)
    assert (city.rate_reached, city.number_stored) == (True, False)
    assert nation.peak_per_second == round(8_000_000 / (HOURS * 3600) * BURST, 2)
    assert nation.cores_services == round((nation.peak_per_second * 0.020 + 0.018) / BUSY, 2), "without the simulator"
    assert nation.cores_store == round((nation.peak_per_second * 0.009 + 0.060) / BUSY, 2)
    assert nation.disk_gib == round(8_000_000 * 64 / 1024**2, 1)
    assert (small.memory_services_gib, small.memory_broker_gib) == (round(160 / 1024, 1), 0.5)


def test_what_every_process_takes_while_it_waits_is_reckoned_for_each_of_them() -> None:
    [one] = sizes(REPORT, {"one": 1})
    assert one.cores_services == round(0.018 / BUSY, 2)
    [many] = sizes(REPORT, {"many": 200_000_000})
    assert many.workers["extraction"] == 5
    peak = 200_000_000 / (HOURS * 3600) * BURST
    assert many.cores_services == round((peak * 0.020 + 0.012 + 5 * 0.006) / BUSY, 2)


def test_a_service_that_one_core_is_too_little_for_gets_more_workers_and_partitions_for_all() -> None:
    [much] = sizes(REPORT, {"much": 200_000_000})
    assert much.workers["extraction"] == 5
    assert much.workers["intake"] == 1
    assert not much.rate_reached
    [more] = sizes(REPORT, {"more": 2_000_000_000})
    assert more.workers["extraction"] == 47
    assert more.partitions == 64


def test_a_part_that_was_not_measured_is_named() -> None:
    for part in ("throughput", "half", "stored", "soak"):
        with pytest.raises(KeyError, match=part):
            sizes({name: value for name, value in REPORT.items() if name != part})


def test_the_table_tells_what_was_shown_apart_from_what_is_reckoned() -> None:
    heading, _, small, city, nation = rows(sizes(REPORT))
    assert [heading.index(word) for word in ("supposed", "shown", "reckoned", "workers")] == sorted(
        heading.index(word) for word in ("supposed", "shown", "reckoned", "workers")
    )
    assert "| yes / yes |" in small
    assert "| yes / no |" in city
    assert "| yes / no |" in nation
    [much] = rows(sizes(REPORT, {"much": 200_000_000}))[2:]
    assert "| no / no |" in much
    assert all(line.count("|") == 8 for line in rows(sizes(REPORT)))


def _cell(services: float, store: float) -> dict[str, Any]:
    return {"cpu_ms_per_submission": {"intake": services, "store": store}, "cpu_ms_services": services}


def test_costs_of_one_round_are_compared_so_that_a_slow_moment_of_the_machine_falls_to_both() -> None:
    rounds = [
        {1_000: _cell(10, 10), 10: _cell(10, 8)},
        {1_000: _cell(30, 30), 10: _cell(30, 24)},  # a slow moment
        {1_000: _cell(10, 11), 10: _cell(10, 10)},
    ]
    least, most = compared(rounds)
    assert (least["stored"], least["times_the_first"], least["services_times_the_first"]) == (10, 1.0, 1.0)
    assert (most["stored"], most["times_the_first"], most["services_times_the_first"]) == (1_000, 1.11, 1.0)
    assert (most["cpu_ms_whole"], most["cpu_ms_whole_rounds"]) == (21.0, [20.0, 60.0, 21.0])


def test_a_part_tells_the_commit_it_was_measured_on(tmp_path: Path) -> None:
    assert commit() != "unknown"
    assert commit(tmp_path) == "unknown"


COMPILED, INTERPRETED = {"mongo": "SecantusDB (Rust) 0.5"}, {"mongo": "SecantusDB 0.5"}
GOOD: dict[str, Any] = {
    "throughput": [{"per_second": 100.0, "cpu_ms_services": 10.0, "stack": COMPILED}],
    "stored": [{"stored": 1_000, "times_the_first": 1.0}, {"stored": 100_000, "times_the_first": 1.1}],
    "half": {"receipt_ms": {"p95": 149.9}, "end_to_end_ms": {"p95": 1999.0}},
    "soak": {"minutes": SOAK_FROM, "worst_mb_per_10_min": 0.99},
}


def _but(part: str, **other: Any) -> dict[str, Any]:
    found = GOOD[part]
    return {**GOOD, part: [{**cell, **other} for cell in found] if isinstance(found, list) else {**found, **other}}


def test_a_report_that_reaches_each_target_meets_each_and_is_told_so_in_sentences() -> None:
    assert met(GOOD) == dict.fromkeys(TARGETS, True)
    assert "submissions a second, on a compiled store: 100/s, met (at least 100/s)" in sentences(GOOD)


@pytest.mark.parametrize(
    ("missed", "report"),
    [
        ("cpu_ms", _but("throughput", cpu_ms_services=10.1)),
        ("per_second", _but("throughput", per_second=99.9)),
        ("times_the_first", _but("stored", times_the_first=1.11)),
        ("receipt_p95_ms", _but("half", receipt_ms={"p95": 150.0})),
        ("receipt_p95_ms", _but("half", receipt_ms={})),
        ("end_to_end_p95_ms", _but("half", end_to_end_ms={"p95": 2000.0})),
        ("mb_per_10_min", _but("soak", worst_mb_per_10_min=1.0)),
        ("mb_per_10_min", _but("soak", worst_mb_per_10_min=None)),
    ],
)
def test_each_target_that_is_missed_is_noticed_and_no_other(missed: str, report: dict[str, Any]) -> None:
    assert met(report) == dict.fromkeys(TARGETS, True) | {missed: False}
    assert [line.startswith(TARGETS[missed].what) for line in sentences(report) if "NOT MET" in line] == [True]


def test_what_was_not_measured_on_what_its_target_is_for_is_not_judged() -> None:
    assert "per_second" not in met(_but("throughput", per_second=1.0, stack=INTERPRETED))
    assert "mb_per_10_min" not in met(_but("soak", minutes=1, worst_mb_per_10_min=50.0))
    assert met({}) == {}
    assert all("not judged" in line for line in sentences({}))
    assert is_compiled({"mongo": "MongoDB 8.0"})


def test_the_cost_and_the_rate_that_are_judged_are_of_the_same_cell() -> None:
    slow = {"per_second": 1.0, "cpu_ms_services": 1.0, "stack": COMPILED}
    assert met({"throughput": [slow, {"per_second": 120.0, "cpu_ms_services": 11.0, "stack": COMPILED}]}) == {
        "cpu_ms": False,
        "per_second": True,
    }


def test_a_slope_is_of_the_straight_line_that_fits_best() -> None:
    assert slope([(0.0, 5.0), (1.0, 7.0), (2.0, 9.0)]) == pytest.approx(2.0)
    assert slope([(0.0, 5.0), (1.0, 8.0), (2.0, 5.0)]) == pytest.approx(0.0)
    assert slope([(0.0, 5.0), (1.0, 7.0)]) is None
    assert slope([(1.0, 5.0), (1.0, 7.0), (1.0, 9.0)]) is None


def test_the_warm_up_is_left_out_and_n_is_told() -> None:
    grown = Grown([(float(at), 50.0 + at) for at in range(60)] + [(float(at), 110.0) for at in range(60, 120)])
    assert grown.report(60.0) == {
        "mb_per_10_min": 0.0,
        "n": 60,
        "first_mb": 110.0,
        "last_mb": 110.0,
        "most_mb": 110.0,
    }
    whole = grown.report(0.0)["mb_per_10_min"]
    assert whole
    assert whole > 100


def test_all_processes_of_a_service_are_one_part_and_all_brokers_one() -> None:
    found = by_part(
        {"intake": 1.0, "intake-2": 2.0, "wallet_simulator": 3.0, "kafka-1": 4.0, "kafka-2": 5.0, "mongo": 6.0}
    )
    assert found == {"intake": 3.0, "wallet_simulator": 3.0, "broker": 9.0, "store": 6.0}


def test_a_copy_bears_the_other_name_wherever_the_first_stood_and_an_id_of_its_own() -> None:
    document = {"_id": "s-a|1", "events": {"e": {"submission_id": "s-a"}}, "rests": ["s-a", 1], "sealed": b"s-a"}
    assert renamed(document, "s-a", "s-b") == {
        "_id": "s-b|1",
        "events": {"e": {"submission_id": "s-b"}},
        "rests": ["s-b", 1],
        "sealed": b"s-a",
    }
    assert renamed({"_id": "msg_1", "submission_id": "s-a"}, "s-a", "s-b")["_id"] not in ("msg_1", "")


def test_stages_sum_to_the_whole_and_who_was_not_listed_is_passed_over() -> None:
    load = Load(due={"one": 10.0, "two": 10.0})
    for event, at in ((SubmissionReceived, 10.1), (SubmissionExtracted, 10.5), (SubmissionScreened, 10.6)):
        load.told[event.topic] = {name: Told(at, at + 0.05) for name in ("one", "two")}
    found = stages(load, {"one": 10.8})
    p50 = {name: times["p50"] for name, times in found.items()}
    assert p50 == pytest.approx({"received": 100.0, "told": 50.0, "read": 350.0, "screened": 100.0, "listed": 200.0})
    assert sum(p50.values()) == pytest.approx(800.0)


def _wanted(**other: Any) -> Wanted:
    usual: dict[str, Any] = {"workers": (1,), "partitions": (1,), "sizes": (1,), "soak_minutes": 1, "soak_rate": 1}
    return Wanted(**{"parts": PARTS, "seconds": 1, **usual, **other})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"parts": ["speed"]}, "There is no part 'speed'"),
        ({"workers": (0,)}, "--workers"),
        ({"sizes": ()}, "--stored"),
        ({"workers": (4,), "partitions": (1, 2)}, "Each worker needs a partition"),
    ],
)
def test_a_mistake_is_told_before_anything_is_started(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(Trouble, match=told):
        _wanted(**wrong).check()


@pytest.mark.parametrize("text", ["no JSON", "[]"])
def test_a_file_that_is_no_report_is_not_written_over(tmp_path: Path, text: str) -> None:
    out = tmp_path / "mine"
    out.write_text(text)
    with pytest.raises(Trouble, match="is no report"):
        run_bench_scale(_wanted(), out, Console(quiet=True))
    assert out.read_text() == text


@pytest.mark.parametrize(("receipt", "right"), [(149.0, True), (151.0, False)])
def test_the_bench_says_whether_all_is_met_of_what_its_report_holds(
    tmp_path: Path, receipt: float, right: bool
) -> None:
    half = _but(
        "half", receipt_ms={"p95": receipt}, offered_per_second=16.0, stages_ms_one_by_one={}, idle_cpu_ms_per_second={}
    )["half"]
    out = tmp_path / "report.json"
    out.write_text(json.dumps({"half": half}))
    with Console(file=(tmp_path / "said").open("w")) as console:
        assert run_bench_scale(_wanted(parts=()), out, console) is right
