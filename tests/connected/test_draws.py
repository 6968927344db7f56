"""Lotteries in public, on a real store: every commitment is listed, in order, whether it was drawn with or not."""

import hashlib
import random
from datetime import date, timedelta
from typing import Any

import pytest

from services.intake.draws.store import Draws
from shared.clock import utc_now
from shared.events import SelectionAnnounced, SelectionEvent, SelectionRequested
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.doors import PROGRAMME, opened

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]
AT = utc_now().replace(microsecond=0)
SEEDS = {f"run-{number}": bytes([number]) * 32 for number in (1, 2, 3)}


def events() -> list[SelectionEvent]:
    """Three seeds committed to, one after the other; drawn with the second; and a run that draws nothing."""
    of: dict[str, Any] = {"programme_id": PROGRAMME, "rule_version": 1, "as_of": date(2022, 12, 12)}
    announced: list[SelectionEvent] = [
        SelectionAnnounced.because_of(
            run_id, run_id=run_id, at=AT + timedelta(hours=at), announced="토요일의 번호",
            commitment=hashlib.sha256(seed).hexdigest(), **of,
        )
        for at, (run_id, seed) in enumerate(SEEDS.items())
    ]  # fmt: skip
    later = AT + timedelta(days=8)
    drawn = SelectionRequested.because_of(
        "run-2", run_id="run-2", at=later, office="o", seed=SEEDS["run-2"].hex(), public_value="1 2 3", **of
    )
    plain = SelectionRequested.because_of("run-4", run_id="run-4", at=later, office="o", **of)
    return [*announced, drawn, plain]


async def test_whoever_tried_several_seeds_is_seen_to_have_and_each_fits_what_was_promised(
    settings: Settings, keyring: Keyring
) -> None:
    del keyring  # made where the door loads it from
    async with opened(settings) as door, door.plain() as anybody:
        draws = Draws(door.wiring.database("intake"))
        await draws.prepare()
        before = [event for event in events() if isinstance(event, SelectionAnnounced)]
        await draws.record(before)
        promised = (await anybody.get(f"/v1/programmes/{PROGRAMME}/draws")).json()
        assert [(one["number"], one["run_id"], one["seed"]) for one in promised] == [
            (1, "run-1", None), (2, "run-2", None), (3, "run-3", None),
        ]  # fmt: skip
        for turn in range(3):  # as a bus may bring them, again and in any order
            shuffled = [*events(), *events()]
            random.Random(turn).shuffle(shuffled)
            for event in shuffled:
                await draws.record([event])
        listed = (await anybody.get(f"/v1/programmes/{PROGRAMME}/draws")).json()
        assert [one["run_id"] for one in listed] == ["run-1", "run-2", "run-3"]
        assert [(one["seed"], one["public_value"]) for one in listed if one["drawn_at"]] == [
            (SEEDS["run-2"].hex(), "1 2 3")
        ]
        assert hashlib.sha256(bytes.fromhex(listed[1]["seed"])).hexdigest() == listed[1]["commitment"]
        assert (await anybody.get("/v1/programmes/DISHOUSE_2023/draws")).json() == []
        assert (await anybody.get("/v1/programmes/NONE/draws")).status_code == 404
