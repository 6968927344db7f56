"""Clocks that disagree: each service's goes another way off, some by more than anything waits for."""

import json
from datetime import datetime
from typing import Any

from tests.faults.deployed import deployed
from tests.faults.scene import SERVICES, Fault, Scene

SECONDS = {
    "intake": 45,
    "extraction": -3600,
    "eligibility": 3600,
    "withdrawal": -600,
    "notification": 120,
    "dashboard": -90,
}
"""The door's and notification's by less than a signed message may be old (five minutes by Standard Webhooks 1.0; beyond
that every app refuses the notices until the clock is right). The others hear no clock but their own and the events'."""


async def happen(scene: Scene) -> None:
    """All at once, each service started anew with its clock off and, later, with the right one."""
    commands = {name: deployed("clock", name, str(seconds)) for name, seconds in SECONDS.items()}
    async with scene.otherwise(commands):
        scene.blow()
        before = len(scene.watch.records)
        await scene.works(*SERVICES)
        await scene.works(*SERVICES)
        off = list(filter(None, map(_off, scene.watch.records[before:])))
    scene.blow()
    scene.counted["events dated more than five minutes off"] = len(off)
    await scene.works(*SERVICES)
    assert off, "no event was dated wrongly"
    assert min(off) < 0 < max(off), "no clock was off"


def _off(record: Any) -> float:
    """How many seconds an event is dated before or after it was handed to the broker; 0 where it is about right."""
    try:
        at = datetime.fromisoformat(json.loads(record.value)["at"])
    except (TypeError, ValueError, KeyError):
        return 0.0
    seconds = at.timestamp() - record.timestamp / 1000
    return seconds if abs(seconds) > 300 else 0.0


FAULT = Fault("clock-skew", happen)
