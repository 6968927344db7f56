"""Reads what the figure of human actions is counted from: load, and let the pure part count."""

import asyncio

from services.dashboard.acts import HumanActions, human_actions
from services.dashboard.store import Stores
from services.dashboard.tally import Tally
from shared.gate import Gate
from shared.questions import Questions


async def count_acts(
    programme_id: str, tally: Tally, *, stores: Stores, gate: Gate, questions: Questions
) -> HumanActions:
    """Count what a programme cost its officials, beside the tally of its submissions. Raises `Unavailable`."""
    batches, runs, answers, (views, exports, by_hand) = await asyncio.gather(
        stores.acts.batches(programme_id),
        stores.acts.runs(programme_id),
        questions.acts(),
        gate.looks(programme_id),
    )
    return human_actions(
        tally,
        batches,
        answers=answers.get(programme_id, 0),
        views=views,
        by_hand=by_hand,
        exports=exports,
        runs=runs,
    )
