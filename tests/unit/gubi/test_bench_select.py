"""The bench of selection runs fails for each thing that it promises and that is not so."""

from typing import Any

import pytest

from deploy.gubi.bench_select.running import JUDGED_FROM, bytes_per_row, met


def report(**changes: Any) -> dict[str, Any]:
    memory = {"quarter": {"parent": 134, "deciding": 91, "ranking": 97}} | {
        "whole": {"parent": 187, "deciding": 95, "ranking": 143}
    }
    return {
        "seconds": {"all": 9.0},
        "same_digest": {"again": True, "shuffled": True, "other_workers": True},
        "population": 180_000,
        "classes_sum": 180_000,
        "one_screening_ms": 0.11,
        "bytes_per_row": bytes_per_row(memory, 180_000),
        **changes,
    }


def test_what_was_measured_meets_all_of_it() -> None:
    judged = met(report())
    assert len(judged) == 7
    assert all(judged.values())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"seconds": {"all": 10.01}}, "seconds"),
        ({"one_screening_ms": 1.001}, "one_screening_ms"),
        ({"same_digest": {"again": True, "shuffled": False}}, "same_digest"),
        ({"classes_sum": 179_999}, "classes_sum"),
        ({"bytes_per_row": {"parent": 641, "deciding": 31, "ranking": 357}}, "memory_parent"),
        ({"bytes_per_row": {"parent": 412, "deciding": 65, "ranking": 357}}, "memory_deciding"),
        ({"bytes_per_row": {"parent": 412, "deciding": 31, "ranking": 513}}, "memory_ranking"),
    ],
)
def test_each_that_is_not_met_is_named_alone(changes: dict[str, Any], name: str) -> None:
    assert [one for one, is_met in met(report(**changes)).items() if not is_met] == [name]


def test_of_few_neither_seconds_nor_memory_are_judged() -> None:
    few = JUDGED_FROM - 1
    judged = met(report(population=few, classes_sum=few, seconds={"all": 99.0}, bytes_per_row={}))
    assert judged == {"same_digest": True, "classes_sum": True, "one_screening_ms": True}
