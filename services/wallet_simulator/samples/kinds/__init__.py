"""The kinds of certificate that can be made. A new kind is a module here and a line below."""

from services.wallet_simulator.samples.cases import CASES
from services.wallet_simulator.samples.kinds import (
    blss,
    disab,
    ei_hist,
    employ,
    income,
    ltax_item,
    nearpoor,
    nhi_hist,
    nhi_pay,
    rr_abst,
    rr_full,
    singlep,
)
from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene

KINDS: dict[str, Kind] = {
    module.KIND.code: module.KIND
    for module in (
        ei_hist,
        employ,
        rr_full,
        rr_abst,
        disab,
        blss,
        nearpoor,
        singlep,
        nhi_hist,
        nhi_pay,
        income,
        ltax_item,
    )
}
"""Every kind by its code."""


def cases_of(kind: str) -> tuple[str, ...]:
    """The names of the cases in which that kind can be made, in the order of `CASES`."""
    return tuple(name for name, case in CASES.items() if case.every_kind or name in KINDS[kind].cases)


__all__ = ["KINDS", "Draft", "Kind", "Scene", "cases_of"]
