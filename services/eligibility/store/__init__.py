"""What eligibility keeps, in its own database: screenings, and which submissions stand together."""

from services.eligibility.store.groups import Groups
from services.eligibility.store.screenings import Screenings

__all__ = ["Groups", "Screenings"]
