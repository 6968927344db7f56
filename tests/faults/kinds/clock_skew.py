"""Clocks that disagree: each service's goes another way off, some by more than anything waits for."""

from tests.faults.deployed import deployed
from tests.faults.scene import SERVICES, Fault, Scene

SECONDS = {
    "intake": 45,
    "extraction": -3600,
    "eligibility": 3600,
    "withdrawal": -600,
    "notification": 600,
    "dashboard": -90,
}
"""The door's by less than a signed request may be old; the others hear no one's clock but their own and the events'."""


async def happen(scene: Scene) -> None:
    """All at once, each service started anew with its clock off and, later, with the right one."""
    commands = {name: deployed("clock", name, str(seconds)) for name, seconds in SECONDS.items()}
    async with scene.otherwise(commands):
        for name, seconds in SECONDS.items():
            scene.counted[f"{name} seconds off"] = seconds
        await scene.works(*SERVICES)
        await scene.works(*SERVICES)
    await scene.works(*SERVICES)


FAULT = Fault("clock-skew", happen)
