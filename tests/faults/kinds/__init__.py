"""All faults, in the order in which they happen: a file or two each."""

from tests.faults.kinds import (
    clock_skew,
    cut_off,
    disk_full,
    leader_killed,
    partition_lost,
    poison,
    poisoned_deploy,
    producer_wedged,
    quorum_lost,
    repeated,
    services_killed,
    store_away,
)
from tests.faults.scene import Fault

FAULTS: tuple[Fault, ...] = (
    services_killed.FAULT,
    leader_killed.FAULT,
    quorum_lost.FAULT,
    disk_full.FAULT,
    cut_off.FAULT,
    producer_wedged.FAULT,
    store_away.FAULT,
    poison.FAULT,
    poisoned_deploy.FAULT,
    poisoned_deploy.INVALID,
    clock_skew.FAULT,
    repeated.FAULT,
    partition_lost.FAULT,
)
"""Each needs an installation that is whole, and leaves it so."""
