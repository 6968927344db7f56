"""What is told of recovery is tried on blows that nobody got over, or only the last."""

import random
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from tests.faults.ledger import Ledger, Sent
from tests.faults.report import Recovered
from tests.faults.scene import SERVICE_WITHIN, WORK, Blow, Scene

NEVER_READY = "dashboard"


def scene(folder: Path, sent: list[Sent], worked: dict[tuple[str, str], float], *blows: Blow) -> Scene:
    ledger, watch = Ledger(folder / "ledger"), cast(Any, SimpleNamespace(first=worked))
    for one in sent:
        ledger.write(one, "submit", "acknowledged", one.would_be)
    nowhere: Any = None
    there = Scene(nowhere, watch, ledger, random.Random(1), 1.0, print)
    there.blows += blows
    return there


async def test_a_blow_that_nobody_got_over_is_told_as_one(tmp_path: Path) -> None:
    at = time.monotonic()
    lost = Sent("k", "s-lost", asked_at=at + 1)
    blows = [Blow(at, name, SERVICE_WITHIN) for name in ("extraction", NEVER_READY)] + [Blow(at)]
    found = await scene(tmp_path, [lost], {}, *blows).recovered()
    assert found == [
        Recovered("extraction", None, SERVICE_WITHIN),
        Recovered(NEVER_READY, None, SERVICE_WITHIN),
        Recovered("everything", None),
    ]


async def test_a_killed_desk_recovers_when_it_opens_what_it_was_asked_for_since_another_was_started(
    tmp_path: Path,
) -> None:
    at = time.monotonic()
    blow = Blow(at, "dashboard", SERVICE_WITHIN)
    there = scene(tmp_path, [], {}, blow)
    there.anew[blow] = at + 2
    there.ledger.answered["view"] += [(at - 1, at + 0.1), (at + 1, at + 1.5), (at + 3, at + 5), (at + 4, at + 4.5)]
    [(victim, took, _)] = await there.recovered()
    assert (victim, took and round(took, 1)) == ("dashboard", 4.5)


async def test_whoever_is_struck_again_before_it_worked_recovers_from_the_last_blow_and_that_is_counted(
    tmp_path: Path,
) -> None:
    at = time.monotonic()
    sent, worked = Sent("k", "s-1", asked_at=at + 3), {(WORK["extraction"], "s-1"): at + 4}
    blows = (Blow(at, "extraction"), Blow(at + 1, "intake"), Blow(at + 2, "extraction"), Blow(at + 9, "extraction"))
    found = scene(tmp_path, [sent], worked, *blows)
    took = [(victim, seconds and round(seconds)) for victim, seconds, _ in await found.recovered()]
    assert took == [("intake", None), ("extraction", 2), ("extraction", None)]
    assert found.counted == {"extraction struck again before it worked": 1}
