"""The keys as one door holds them in memory, while the store they stand in answers and while it does not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import pytest

from gubi_wallet import AppKey
from services.intake.keys.model import WalletKey
from services.intake.keys.registry import MISSED_AFTER, OLD_AFTER, Registry
from services.intake.keys.store import KeyStore
from shared.clock import utc_now
from shared.errors import Unavailable
from tests.builders.wallets import by_id

TOSS = AppKey.generate("toss", "toss-1")


class Kept:
    """What stands in for the store here is only whether it answers; the store itself is tried in test_intake_keys."""

    def __init__(self) -> None:
        self.away, self.asked = False, 0

    async def known(self, now: datetime) -> Mapping[str, WalletKey]:
        self.asked += 1
        if self.away:
            raise Unavailable("store:autoreconnect")
        return by_id([TOSS])


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def made() -> tuple[Registry, Kept, Time]:
    kept, time = Kept(), Time()
    return Registry(cast(KeyStore, cast(Any, kept)), utc_now, time), kept, time


async def test_a_key_that_was_known_goes_on_being_known_while_the_store_is_away() -> None:
    registry, kept, time = made()
    assert await registry.find("toss-1")
    kept.away, time.now = True, time.now + OLD_AFTER + 1
    assert await registry.find("toss-1")
    with pytest.raises(Unavailable):
        await registry.find("naver-1")


async def test_a_store_that_is_away_is_asked_once_a_second_and_heard_again_once_it_answers() -> None:
    registry, kept, time = made()
    kept.away = True
    for _ in range(40):
        with pytest.raises(Unavailable):
            await registry.find("toss-1")
        time.now += MISSED_AFTER / 20
    assert kept.asked == 2
    kept.away, time.now = False, time.now + MISSED_AFTER
    assert await registry.find("toss-1")
