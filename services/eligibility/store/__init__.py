"""What eligibility keeps, in its own database: screenings, who stands together, workplace registers, selection runs."""

from services.eligibility.store.groups import Groups
from services.eligibility.store.register import Registers
from services.eligibility.store.runs import Runs
from services.eligibility.store.screenings import Screenings

__all__ = ["Groups", "Registers", "Runs", "Screenings"]
