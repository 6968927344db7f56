"""The idempotent producer's wedge: its sequence numbers no longer follow, and it will never send again.

After a broker has restarted without its newest records, every send fails so until the producer is made anew (aiokafka
issue 1017). Brokers that keep what they acknowledged do not show it. So the line swallows one request and answers that
the numbers do not follow; from then on they do not, and the real brokers say the same.
"""

from tests.builders.waiting import until
from tests.faults.behind import behind_lines
from tests.faults.line import Line
from tests.faults.scene import WORK, Fault, Scene


async def happen(scene: Scene) -> None:
    """Each service that says anything, in turn: it must notice, end, and be started with a fresh producer."""
    async with behind_lines(scene, WORK) as lines:
        for name, line in lines.items():
            await _wedge(scene, name, line)


async def _wedge(scene: Scene, name: str, line: Line) -> None:
    before, child = scene.logged()[name], scene.place.supervisor.children[name]
    pid, line.gaps = child.process.pid, 1
    await until(lambda: child.process.pid != pid)
    scene.blow(name)
    wedged = await scene.log_lines(name, holding='"producer-wedged"', since=before)
    scene.counted[f"{name} wedged"] += wedged
    assert wedged, f"{name} ended, and not since its producer was wedged"
    await scene.works(name)


WHAT = "a proxy swallows one request and answers that its numbers do not follow; no broker restarts"
FAULT = Fault("producer-wedged", happen, what=WHAT)
