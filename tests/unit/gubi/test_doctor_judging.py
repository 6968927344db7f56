"""What the doctor's measurements mean."""

import re
from pathlib import Path

import pytest

from deploy.gubi.doctor import judging
from deploy.gubi.doctor.at_store import _OWING
from deploy.gubi.doctor.clocks import Behind
from deploy.gubi.doctor.judging import Opened, Partitions, Waiting
from deploy.gubi.doctor.rows import Row, State, exit_code, spell
from deploy.gubi.topics.planning import Change, Left, Plan

ROOT = Path(__file__).parents[3]
LACKING = Left("t", "replication", "1", "3", lacking=True, why="")


@pytest.mark.parametrize(
    ("states", "code"),
    [((), 0), (("well",), 0), (("well", "look"), 1), (("look", "ill"), 2), (("well", "unknown"), 2)],
)
def test_the_exit_code_is_the_worst_that_was_found(states: tuple[State, ...], code: int) -> None:
    assert exit_code([Row("x", state, "") for state in states]) == code


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (judging.of_broker(Partitions(3, True, [], [])), "well"),
        (judging.of_broker(Partitions(3, True, ["t"], [])), "ill"),
        (judging.of_broker(Partitions(3, True, [], ["t"])), "look"),
        (judging.of_broker(Partitions(1, False, [], [])), "ill"),
        (judging.of_topics(Plan([], [])), "well"),
        (judging.of_topics(Plan([Change("t", "create")], [])), "ill"),
        (judging.of_topics(Plan([Change("t", "setting", "retention.ms", "1", "-1")], [])), "look"),
        (judging.of_topics(Plan([], [LACKING])), "look"),
        (judging.of_waiting(Waiting("intake", 1, 0)), "well"),
        (judging.of_waiting(Waiting("intake", 1, 9_000, 12.0)), "well"),
        (judging.of_waiting(Waiting("intake", 1, 1, 301.0)), "look"),
        (judging.of_waiting(Waiting("intake", 0, 0)), "look"),
        (judging.of_waiting(Waiting("intake", 0, 1, 2.0)), "ill"),
        (judging.of_letters(0), "well"),
        (judging.of_letters(1), "look"),
        (judging.of_stuck({}, 0), "well"),
        (judging.of_stuck({"P": 1}, 0), "ill"),
        (judging.of_stuck({}, 1), "ill"),
        (judging.of_owed({}), "well"),
        (judging.of_owed({"gate.submissions": (3, 59.0)}), "well"),
        (judging.of_owed({"gate.submissions": (3, 61.0)}), "ill"),
        (judging.of_classes({"P": 0}, 5, 5), "well"),
        (judging.of_classes({"P": 0}, 4, 5), "look"),
        (judging.of_classes({"P": 0}, 6, 5), "look"),
        (judging.of_classes({"P": 1}, 5, 5), "ill"),
        (judging.of_read_model(None, 0.0), "well"),
        (judging.of_read_model("building", 5.0), "well"),
        (judging.of_read_model("building", 61.0), "look"),
        (judging.of_read_model("swapping", 61.0), "ill"),
        (judging.of_drained({}), "well"),
        (judging.of_drained({"intake": 3.0}), "look"),
        (judging.of_keys(Opened(512, {"a"}, set(), {})), "well"),
        (judging.of_keys(Opened(512, {"a", "b"}, {"b"}, {})), "ill"),
        (judging.of_keys(Opened(512, {"a"}, set(), {"a": 512})), "ill"),
        (judging.of_clock(0.3, [], Behind()), "well"),
        (judging.of_clock(-2.5, [], Behind()), "look"),
        (judging.of_clock(31.0, [], Behind()), "ill"),
        (judging.of_clock(0.0, ["submission-received-v1"], Behind()), "look"),
        (judging.of_clock(0.0, [], Behind(9, {"extraction": 1.9})), "well"),
        (judging.of_clock(0.0, [], Behind(9, {"extraction": 2.1})), "look"),
        (judging.of_clock(0.0, [], Behind(9, {"extraction": 2.1, "dashboard": 31.0})), "ill"),
        (judging.of_checkpoints([], [], 0, 0.0), "well"),
        (judging.of_checkpoints([], [], 5, 90.0), "well"),
        (judging.of_checkpoints([], [], 5, 301.0), "look"),
        (judging.of_checkpoints([3], [], 0, 0.0), "ill"),
        (judging.of_checkpoints([], [3], 0, 0.0), "ill"),
        (judging.of_disk({"/a": 2 << 30}), "well"),
        (judging.of_disk({"/a": 2 << 30, "/b": 1 << 20}), "look"),
    ],
)
def test_each_measurement_is_judged_and_what_is_not_well_names_a_remedy(row: Row, state: State) -> None:
    assert (row.state, bool(row.remedy)) == (state, state != "well")


def test_the_collections_that_owe_events_are_those_of_the_code() -> None:
    code = [path.read_text() for part in ("services", "shared") for path in (ROOT / part).rglob("*.py")]
    assert sum(len(re.findall(r"= OwedEvents\(", text)) for text in code) == len(_OWING)


@pytest.mark.parametrize(("seconds", "words"), [(3, "3 s"), (119, "119 s"), (600, "10 minutes"), (172_800, "2 days")])
def test_stretches_of_time_are_written_as_a_person_would(seconds: float, words: str) -> None:
    assert spell(seconds) == words
