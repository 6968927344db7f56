"""A run is tried on what must not make it hang."""

import asyncio
import json
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from deploy.trouble import Trouble
from tests.faults import run
from tests.faults.asking import NoAnswer, Said, until_answered
from tests.faults.ledger import Ledger, Sent
from tests.faults.run import Plan, Run

NOWHERE: Any = None


def a_run() -> Run:
    return Run(NOWHERE, Plan([], 0.0), print)


@pytest.mark.parametrize(
    ("level", "waited_for"),
    [
        (lambda: asyncio.sleep(0, False), "the topics to be read to their ends"),
        (lambda: asyncio.sleep(60), r"broker, store and apps to say what is there \(TimeoutError\)"),
    ],
)
async def test_what_never_becomes_quiet_ends_the_run_and_says_what_it_waited_for(
    monkeypatch: pytest.MonkeyPatch, level: Any, waited_for: str
) -> None:
    monkeypatch.setattr(run, "QUIET", 0.5)
    monkeypatch.setattr(run, "ASKED_FOR", 0.1)
    with pytest.raises(Trouble, match=f"did not become quiet in .*: the run waited for {waited_for}, and ends"):
        await asyncio.wait_for(a_run()._when_quiet(cast(Any, SimpleNamespace(level=level)), []), 10)


@pytest.mark.parametrize(
    ("answers", "patient", "outcomes"),
    [
        ([NoAnswer(), "s-1"], True, ["asked", "no answer", "asked", "acknowledged"]),
        ([NoAnswer()], False, ["asked", "no answer", "given up"]),
        ([Said()], True, ["asked", "refused"]),
    ],
)
async def test_each_try_and_what_came_of_it_stands_in_the_ledger(
    tmp_path: Path, answers: list[Any], patient: bool, outcomes: list[str]
) -> None:
    ledger, coming = Ledger(tmp_path / "ledger"), iter(answers)

    async def asking() -> str:
        answer = next(coming)
        if isinstance(answer, Exception):
            raise answer
        return answer

    sent = Sent("k", "s-1")
    done = await until_answered(ledger, sent, "submit", asking, dice=random.Random(1), patient=patient)
    assert done == (outcomes[-1] == "acknowledged")
    assert [json.loads(line)["outcome"] for line in ledger.path.read_text().splitlines()] == outcomes
