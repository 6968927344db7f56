"""The keyring is rotated while everything runs; a key that is destroyed takes old backups with it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.gubi.keys.rotating import destroy, held, rewrap
from deploy.trouble import Trouble
from shared.clock import utc_now
from shared.errors import Unavailable
from shared.gate import Gate, Hold
from shared.mongo import database
from shared.settings import Settings
from shared.vault import Keyring, rotation
from shared.vault.keyring import KeyringError, Keys, Unopenable
from shared.wiring import Wiring
from tests.builders.backups import dumped, restored
from tests.builders.erasing import end, opens
from tests.builders.holding import a_hold, hold_one

pytestmark = pytest.mark.timeout(600)
LONG_AGO = timedelta(hours=1)


@pytest.fixture
async def wiring(settings: Settings, keyring: Keyring) -> AsyncIterator[Wiring]:
    async with Wiring.of(settings).open() as wiring:
        yield wiring


async def readable(wiring: Wiring, *holds: Hold) -> bool:
    names = [hold.submission_id for hold in holds]
    return set(await wiring.gate.for_machine(names)) == set(names)


async def test_a_running_service_takes_up_a_rotation_and_two_keys_live_at_once(
    wiring: Wiring, settings: Settings
) -> None:
    before = await hold_one(wiring)
    old = before.key.kek
    keys = rotation.rotate(settings.keys, utc_now())
    after = await hold_one(wiring)
    assert after.key.kek == keys.current != old
    assert await readable(wiring, before, after)
    assert Keyring.load(settings.keys).token("holder", "x") == wiring.keyring.token("holder", "x")
    assert (settings.keys / "keyring.json").stat().st_mode & 0o077 == 0


async def test_a_service_that_has_not_yet_got_the_last_file_opens_what_another_wraps_with_the_key_added_before(
    wiring: Wiring, settings: Settings, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "copied"
    added = rotation.add(settings.keys)
    assert rotation.add(settings.keys) == added, "one is the next"
    shutil.copytree(settings.keys, elsewhere)
    late = Wiring.of(settings.model_copy(update={"keys": elsewhere}))
    async with late.open():
        before = await hold_one(wiring)
        assert before.key.kek == added.current, "what was added does not wrap yet"
        assert rotation.rotate(settings.keys, utc_now()).current == added.following
        after = await hold_one(wiring)
        assert after.key.kek == added.following
        assert await readable(late, before, after)
        await rewrap(settings=settings)
        assert await readable(late, before, after)
        assert await readable(wiring, await hold_one(late))


async def test_a_key_that_was_added_and_is_destroyed_is_not_the_next(settings: Settings, keyring: Keyring) -> None:
    del keyring
    added = rotation.add(settings.keys)
    assert added.following is not None
    rotation.destroy(settings.keys, added.following)
    assert rotation.rotate(settings.keys, utc_now()).current != added.following


async def test_wrapping_anew_is_resumed_and_ends_with_nothing_under_the_old_key(
    wiring: Wiring, settings: Settings
) -> None:
    holds = [await hold_one(wiring) for _ in range(7)]
    old = holds[0].key.kek
    asked = {wiring.questions.id_of("firm"): {"topic": "workplace_in_seoul", "name": "한빛가상", "number": None}}
    await wiring.questions.raise_new("SONMOK9988_2022", asked)
    rotation.rotate(settings.keys, utc_now())
    part = await wiring.gate.rewrap(old, limit=3)  # and here the command is killed
    assert (part.seen, part.done) == (3, 3)
    told: list[int] = []
    done = await rewrap(told.append, settings)
    assert (done.submissions, done.questions, done.unopenable) == (4, 1, 0)
    assert [(one.submissions, one.questions) for one in await held(settings) if not one.current] == [(0, 0)]
    assert await readable(wiring, *holds)
    [question] = (await wiring.questions.get(asked)).values()
    assert question.text["name"] == "한빛가상"


async def test_what_does_not_open_is_counted_and_left_and_all_else_is_wrapped_anew(
    wiring: Wiring, settings: Settings
) -> None:
    broken, whole = await hold_one(wiring), await hold_one(wiring)
    names = sorted(wiring.questions.id_of(firm) for firm in ("one", "two"))
    await wiring.questions.raise_new("SONMOK9988_2022", {name: {"topic": "workplace_in_seoul"} for name in names})
    damage = {"$set": {"sealed": f"{broken.key.kek}|".encode() + bytes(40)}}
    await wiring.database("gate").get_collection("questions").update_one({"_id": names[0]}, damage)
    damage = {"$set": {"key.wrapped": bytes(60)}}
    await wiring.database("gate").get_collection("submissions").update_one({"_id": broken.submission_id}, damage)
    rotation.rotate(settings.keys, utc_now())
    done = await rewrap(settings=settings)
    assert (done.submissions, done.questions, done.unopenable) == (1, 1, 2)
    assert [(one.submissions, one.questions) for one in await held(settings)] == [(1, 1), (1, 1)]
    assert await readable(wiring, whole)


async def test_a_key_destroyed_while_it_is_wrapped_anew_stays_destroyed(
    wiring: Wiring, settings: Settings, tmp_path: Path
) -> None:
    hold = await hold_one(wiring)
    rotation.rotate(settings.keys, utc_now())
    gate = Gate(database(wiring.client, settings, "gate"), wiring.vault, wiring.keyring, utc_now, wiring.log)
    found: list[str] = []

    original = gate._submissions.bulk_write

    async def after_a_take_back(*positional: object, **named: object) -> object:
        await end(wiring, "take_back", hold.submission_id, hold.holder, tmp_path / "topic")
        found.append("between")
        return await original(*positional, **named)

    gate._submissions = _With(gate._submissions, bulk_write=after_a_take_back)  # type: ignore[assignment]
    part = await gate.rewrap(hold.key.kek)
    assert found == ["between"]
    assert (part.seen, part.done) == (1, 0)
    assert await opens(settings, hold.submission_id) == 0


class _With:
    """An object with some of its parts replaced."""

    def __init__(self, whole: object, **parts: object) -> None:
        self._whole, self._parts = whole, parts

    def __getattr__(self, name: str) -> object:
        return self._parts.get(name) or getattr(self._whole, name)


async def test_a_key_is_not_destroyed_while_it_wraps_or_anything_is_under_it_or_a_request_may_still_use_it(
    wiring: Wiring, settings: Settings
) -> None:
    hold = await hold_one(wiring)
    old = hold.key.kek
    with pytest.raises(Trouble, match="is the key that wraps now"):
        await destroy(old, settings)
    with pytest.raises(Trouble, match="There is no key"):
        await destroy("kek-0", settings)
    late, _ = await a_hold(wiring.keyring, wiring.vault)
    rotation.rotate(settings.keys, utc_now() - LONG_AGO)
    with pytest.raises(Trouble, match=r"1 submissions and 0 questions are still under"):
        await destroy(old, settings)
    await rewrap(settings=settings)

    async def while_a_request_ends(seconds: float) -> None:
        assert seconds == 60
        await wiring.gate.hold(late)

    with pytest.raises(Trouble, match=r"1 submissions and 0 questions are still under"):
        await destroy(old, settings, while_a_request_ends)
    await rewrap(settings=settings)
    await destroy(old, settings, at_once)
    assert old not in Keys.read(settings.keys).keys
    assert await readable(wiring, hold, late)


async def at_once(_: float) -> None:
    """A minute in which no request ends."""


async def test_a_backup_from_before_opens_nothing_once_the_old_key_is_destroyed(
    wiring: Wiring, settings: Settings, tmp_path: Path
) -> None:
    gone, stays = await hold_one(wiring), await hold_one(wiring)
    old, kept = gone.key.kek, tmp_path / "kept"
    shutil.copytree(settings.keys, kept)
    backup = dumped(settings)
    rotation.rotate(settings.keys, utc_now())
    await rewrap(settings=settings)
    await end(wiring, "take_back", gone.submission_id, gone.holder, tmp_path / "topic")
    await destroy(old, settings, at_once)
    assert await readable(wiring, stays)
    restored(settings, backup)
    assert await opens(settings, gone.submission_id) == 0
    assert await opens(settings, stays.submission_id) == 0
    with_the_old_key = settings.model_copy(update={"keys": kept})
    assert await opens(with_the_old_key, gone.submission_id) > 0, "only the key's end makes the difference"


async def test_a_request_that_waited_until_its_key_was_destroyed_holds_nothing(
    wiring: Wiring, settings: Settings
) -> None:
    late, _ = await a_hold(wiring.keyring, wiring.vault)
    rotation.rotate(settings.keys, utc_now())
    rotation.destroy(settings.keys, late.key.kek)
    with pytest.raises(Unavailable):
        await wiring.gate.hold(late)
    assert await wiring.gate.case(late.submission_id) is None


async def test_two_who_rotate_at_once_lose_no_key(settings: Settings, keyring: Keyring) -> None:
    await asyncio.gather(*(asyncio.to_thread(rotation.rotate, settings.keys, utc_now()) for _ in range(8)))
    keys = Keys.read(settings.keys)
    assert len(keys.keys) == 9
    assert set(keys.retired) == set(keys.keys) - {keys.current}


async def test_a_damaged_keyring_file_does_not_disturb_who_has_loaded_it(settings: Settings, keyring: Keyring) -> None:
    _, key = keyring.new_key("s-one")
    (settings.keys / "keyring.json").write_text("{")
    keyring.open("s-one", key)
    with pytest.raises(KeyringError):
        Keyring.load(settings.keys)
    with pytest.raises((KeyringError, Unopenable)):
        keyring.open("s-two", key)
