"""The demo's check fails for a log that is not whole and for anything that is left of what was taken back."""

from typing import Any

import pytest

from deploy.gubi.demo.proving import unproven


def proof(*, log_whole: bool = True, opens: int = 0, more: int = 0) -> dict[str, Any]:
    erased = {"submission_id": "s-x", "searched": 9, "more_than_tombstones": more, "opens": opens}
    return {"log_whole": log_whole, "log_entries": 3, "erased": erased}


def test_nothing_is_said_where_all_is_proven() -> None:
    assert unproven(proof()) == []


@pytest.mark.parametrize("wrong", [proof(log_whole=False), proof(opens=2), proof(more=1)])
def test_each_thing_that_is_wrong_is_a_sentence(wrong: dict[str, Any]) -> None:
    assert len(unproven(wrong)) == 1
