"""The gate under fire, in short; and the checker tried on what it must notice."""

import asyncio
import os
from pathlib import Path

import pytest

from shared.gate import Gate
from shared.settings import Settings
from tests.gate_history.checker import check
from tests.gate_history.proxy import KINDS
from tests.gate_history.reading import submissions
from tests.gate_history.report import report, tell
from tests.gate_history.run import Plan, Run
from tests.gate_history.scenes import WRONG, Wrong, play
from tests.gate_history.spoil import SPOILT, Spoil

pytestmark = [pytest.mark.connected, pytest.mark.faults, pytest.mark.timeout(900)]

OPERATIONS = int(os.environ.get("GUBI_GATE_OPERATIONS", "2000"))


def broker() -> str:
    """The broker for the real withdrawal service; none where a killed one would never go on."""
    there = os.environ.get("GUBI_TEST_STACK") == "up" and os.environ.get("GUBI_STACK") != "embedded"
    return os.environ["GUBI_KAFKA"] if there else ""


@pytest.fixture(scope="module")
def history(store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gate") / "history"
    asyncio.run(Run(Plan(OPERATIONS, store_url, broker(), folder), print).go())
    return folder


def test_under_faults_and_kills_the_gate_keeps_every_promise(history: Path) -> None:
    found = report(history)
    print("\n".join(tell(found)))
    assert found["found"] == []
    assert found["died_by_themselves"] == []
    assert found["operations"] >= OPERATIONS
    assert found["indeterminate"] == found["resolved"] > 0
    assert found["kills"]["workers killed"] > 0
    assert all(found["faults"].get(kind) for kind in KINDS), "the network was not bad enough to show anything"
    assert found["keyring"]["rotated"] > 0
    assert found["contention"]["most_at_once"] >= 6
    assert found["contention"]["office_won_against_the_holder"] > 0


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_a_spoilt_history_is_noticed(history: Path, spoil: Spoil) -> None:
    spoilt = [one for one in map(spoil, submissions(history)) if one is not None]
    assert spoilt, "no submission of this history has what is to be spoilt"
    for one in spoilt:
        assert SPOILT[spoil] in {found.law for found in check([one])}, one.name


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.gate.__name__)
async def test_a_gate_that_is_wrong_is_noticed(settings: Settings, tmp_path: Path, wrong: Wrong) -> None:
    await play(wrong.gate, wrong.scene, settings, tmp_path)
    noticed = {found.law for found in check(submissions(tmp_path))}
    assert wrong.law in noticed, f"only noticed by {noticed or 'nothing'}"


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.scene.__name__)
async def test_nothing_is_noticed_where_the_gate_is_right(settings: Settings, tmp_path: Path, wrong: Wrong) -> None:
    await play(Gate, wrong.scene, settings, tmp_path)
    found = submissions(tmp_path)
    assert [one.ended.held_by for one in found] == ["h.1"]
    assert check(found) == []
