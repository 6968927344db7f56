"""The gate under fire, in short; and the checker tried on what it must notice."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.gate_history.checker import check
from tests.gate_history.proxy import KINDS
from tests.gate_history.reading import submissions
from tests.gate_history.report import report, tell
from tests.gate_history.run import Plan, Run
from tests.gate_history.spoil import SPOILT, Spoil

pytestmark = [pytest.mark.connected, pytest.mark.faults, pytest.mark.timeout(240)]

OPERATIONS = int(os.environ.get("GUBI_GATE_OPERATIONS", "2000"))

TURNS = 10

BROKEN = {
    "sees_everything": "nothing_shown_afterwards",
    "reads_then_writes": "one_order_explains_all",
    "guesses": "one_order_explains_all",
    "remembers_keys": "nothing_shown_afterwards",
    "undoes_what_is_closed": "one_order_explains_all",
    "brings_keys_back": "what_was_given_back_opens_nowhere",
    "expires_too_early": "one_order_explains_all",
}
"""Gates that are wrong on purpose, and the law by which each must be noticed."""


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


@pytest.mark.skipif(
    "GUBI_FAULT_ROUNDS" not in os.environ, reason="what shows a wrong gate is a race, which is chance: `make faults`"
)
@pytest.mark.parametrize("variant", BROKEN)
def test_a_gate_that_is_wrong_is_noticed(store_url: str, tmp_path: Path, variant: str) -> None:
    rate = 0.05 if variant == "guesses" else 0.0
    noticed: set[str] = set()
    for turn in range(TURNS):  # what is wrong needs a race to show itself, and races are chance
        folder = tmp_path / str(turn)
        plan = Plan(600, store_url, folder=folder, variant=variant, rate=rate, kills=False, workers=2, in_play=2)
        asyncio.run(Run(plan, print).go())
        noticed |= {found.law for found in check(submissions(folder))}
        if BROKEN[variant] in noticed:
            return
    pytest.fail(f"only noticed by {noticed or 'nothing'}")
