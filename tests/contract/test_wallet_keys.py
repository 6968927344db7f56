"""The registry of wallet keys on a real store: added once, retired for good, known at every door within seconds."""

import asyncio
from datetime import timedelta

import pytest

from gubi_wallet import AppKey
from services.intake.keys.registry import MISSED_AFTER, OLD_AFTER, Registry
from services.intake.keys.store import REMEMBERED, KeyStore
from shared.clock import utc_now
from shared.mongo import Client, database
from shared.settings import Settings
from tests.builders.wallets import public

pytestmark = pytest.mark.both_drivers
NOW = utc_now()


@pytest.fixture
async def store(client: Client, settings: Settings) -> KeyStore:
    store = KeyStore(database(client, settings, "intake"))
    await store.prepare()
    return store


async def test_of_ten_at_once_one_adds_the_key_and_the_others_find_it(store: KeyStore) -> None:
    key = public(AppKey.generate("toss", "toss-1"))
    added = await asyncio.gather(*(store.add(key) for _ in range(10)))
    assert sorted(added) == ["new", *["same"] * 9]
    assert await store.get("toss-1") == key


async def test_a_name_and_a_public_key_are_each_taken_once(store: KeyStore) -> None:
    first = AppKey.generate("toss", "toss-1", "ecdsa-p256-sha256")
    assert await store.add(public(first)) == "new"
    assert await store.add(public(AppKey.generate("toss", "toss-1"))) == "keyid_taken"
    assert await store.add(public(AppKey("toss", "toss-2", first.private_key))) == "key_known"
    assert await store.add(public(AppKey("naver", "naver-1", first.private_key))) == "key_known"
    assert list(await store.known(NOW)) == ["toss-1"]


async def test_a_retirement_can_come_earlier_and_never_later_or_from_another_app(store: KeyStore) -> None:
    await store.add(public(AppKey.generate("toss", "toss-1")))
    assert await store.retire("toss-1", "naver", NOW) is None
    assert await store.retire("toss-9", "toss", NOW) is None
    tomorrow = await store.retire("toss-1", "toss", NOW + timedelta(days=1))
    assert tomorrow is not None
    assert (tomorrow.standing(NOW), tomorrow.standing(NOW + timedelta(days=1))) == ("active", "retired")
    at_once = await store.retire("toss-1", "toss", NOW)
    again = await store.retire("toss-1", "toss", NOW + timedelta(days=2))
    assert at_once == again
    assert again is not None
    assert again.retired_at == NOW


async def test_a_key_retired_long_ago_is_not_read_any_more_and_its_name_stays_taken(store: KeyStore) -> None:
    await store.add(public(AppKey.generate("toss", "toss-1")))
    await store.retire("toss-1", "toss", NOW)
    assert list(await store.known(NOW + REMEMBERED)) == []
    assert list(await store.known(NOW + REMEMBERED - timedelta(seconds=1))) == ["toss-1"]
    assert await store.add(public(AppKey.generate("toss", "toss-1"))) == "keyid_taken"


async def test_a_running_door_learns_of_a_new_key_within_a_second_and_of_a_retired_one_within_five(
    store: KeyStore,
) -> None:
    passed = 0.0
    registry = Registry(store, lambda: NOW, monotonic=lambda: passed, patience=60)
    assert await registry.find("toss-1") is None
    await store.add(public(AppKey.generate("toss", "toss-1")))
    assert await registry.find("toss-1") is None
    passed += MISSED_AFTER + 0.1
    assert await registry.find("toss-1") is not None
    await store.retire("toss-1", "toss", NOW)
    passed += OLD_AFTER + 0.1
    found = await registry.find("toss-1")
    assert found is not None
    assert found.standing(NOW) == "retired"


async def test_a_thousand_made_up_key_ids_make_the_door_ask_the_store_once(store: KeyStore) -> None:
    asked = 0

    class Counting(KeyStore):
        async def known(self, *arguments: object) -> dict:  # type: ignore[override,type-arg]
            nonlocal asked
            asked += 1
            return await store.known(*arguments)  # type: ignore[arg-type]

    registry = Registry(Counting.__new__(Counting), lambda: NOW, monotonic=lambda: 0.0, patience=60)
    await asyncio.gather(*(registry.find(f"toss-{number}") for number in range(1000)))
    assert asked == 1
    registry.forget()
    await registry.find("toss-1")
    assert asked == 2
