"""Asking again until there is an answer, or until patience ends: each try, and what came of it, goes to the ledger."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from tests.faults.ledger import Act, Ledger, Sent

PATIENCE = 300.0
"""Seconds after which even the patient give up."""


class Said(Exception):
    """The answer was no."""


class NoAnswer(Exception):
    """There was none, or only that it is not possible just now."""


async def until_answered(
    ledger: Ledger, sent: Sent, act: Act, asking: Callable[[], Awaitable[str]], *, dice: random.Random, patient: bool
) -> bool:
    """Ask, and give whether it was acknowledged. `asking` gives the id of a receipt, if it is given one.

    It raises `Said` and `NoAnswer`.
    """
    began = time.monotonic()
    while True:
        ledger.write(sent, act, "asked")
        try:
            ledger.write(sent, act, "acknowledged", await asking())
            return True
        except Said:
            ledger.write(sent, act, "refused")
            return False
        except NoAnswer:
            ledger.write(sent, act, "no answer")
        if not patient or time.monotonic() - began > PATIENCE:
            ledger.write(sent, act, "given up")
            return False
        await asyncio.sleep(dice.uniform(0.2, 1.0))
