"""The kinds of certificate that can be made. A new kind is a module here, a template beside, and a line below."""

from services.wallet_simulator.samples.cases import CASES
from services.wallet_simulator.samples.kinds import ei_hist, employ, rr_full
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene

KINDS: dict[str, Kind] = {kind.code: kind for kind in (ei_hist.KIND, employ.KIND, rr_full.KIND)}
"""Every kind by its code."""


def cases_of(kind: str) -> tuple[str, ...]:
    """The names of the cases in which that kind can be made, in the order of `CASES`."""
    return tuple(name for name, case in CASES.items() if case.every_kind or name in KINDS[kind].cases)


__all__ = ["KINDS", "Draft", "Kind", "Scene", "cases_of"]
