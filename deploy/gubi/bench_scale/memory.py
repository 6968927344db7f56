"""How memory grows: what each service holds, asked ever again, and the slope of it by least squares."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deploy.gubi.bench import SERVICES
from deploy.gubi.cost import family, own_mb, processes_of
from deploy.gubi.installation import Installation

EVERY = 5.0
PER = 600.0
"""A slope is told in MB per ten minutes."""
Point = tuple[float, float]


@dataclass
class Grown:
    """What was seen of one process, (seconds, MB) at a time."""

    points: list[Point] = field(default_factory=list)

    def report(self, warm_up: float) -> Mapping[str, float | int | None]:
        """Give slope, number of points and both ends, without those of the first `warm_up` seconds."""
        told = [point for point in self.points if point[0] >= warm_up]
        grows = slope(told)
        return {
            "mb_per_10_min": None if grows is None else round(grows * PER, 2),
            "n": len(told),
            "first_mb": round(told[0][1], 1) if told else None,
            "last_mb": round(told[-1][1], 1) if told else None,
            "most_mb": round(max((mb for _, mb in told), default=0.0), 1),
        }


def slope(points: Sequence[Point]) -> float | None:
    """Give the slope of the straight line that fits best by least squares, per second; None of fewer than three."""
    if len(points) < 3:
        return None
    n = len(points)
    at, mb = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - at) ** 2 for x, _ in points)
    return sum((x - at) * (y - mb) for x, y in points) / spread if spread else None


async def sample(place: Installation, grown: dict[str, Grown], began: float) -> None:
    """Look ever again until cancelled. Extraction's jailed readers, which are replaced now and then, stand apart."""
    while True:
        for name, pid in processes_of(place).items():
            _note(grown, name, began, [pid])
            if name in SERVICES and (readers := family([pid])[1:]):
                _note(grown, f"{name}'s readers", began, readers)
        await asyncio.sleep(EVERY)


def _note(grown: dict[str, Grown], name: str, began: float, pids: Sequence[int]) -> None:
    grown.setdefault(name, Grown()).points.append((round(time.monotonic() - began, 1), round(own_mb(pids), 2)))
