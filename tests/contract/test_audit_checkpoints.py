"""Checkpoints of the access log where the disk fails: nothing that was left half done harms what comes after it."""

import errno
import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from deploy.gubi.audit import examined
from deploy.gubi.audit_expiry import expired
from shared.audit import checkpoints
from shared.errors import Unavailable
from shared.mongo import close
from shared.settings import Settings
from shared.vault import Keyring
from shared.wiring import Wiring, checkpoints_folder
from tests.builders.logging import an_access
from tests.contract.test_audit_expiry import BEGAN, MONTH, Calendar, calendar, file_of, found, places, wiring, written

__all__ = ["calendar", "wiring"]


def taking(most: int, then_full: bool = False) -> Callable[[int, bytes], int]:
    """A disk that takes a few bytes at once, and then, if so, no more."""
    write, taken = os.write, [0]

    def some(file: int, content: bytes) -> int:
        if then_full and taken[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken[0] += 1
        return write(file, content[:most])

    return some


async def signed(wiring: Wiring) -> list[tuple[int, bool]]:
    lines = checkpoints.read(checkpoints_folder(wiring.settings), wiring.settings.keys)[1]
    return [(line.entry, line.genuine) for line in lines]


async def and_it_goes_as_any_other(wiring: Wiring, calendar: Calendar) -> None:
    """The log is whole, and its first strand is dropped when it is old."""
    assert await found(wiring) == []
    calendar.now += MONTH
    await written(wiring, calendar, "z", 1)
    calendar.now = BEGAN + timedelta(days=2_000)
    done = await expired(wiring)
    assert ([one["strand"] for one in done["dropped"]], done["findings"]) == ([1], [])
    assert (await examined(wiring))["findings"] == []


async def test_a_checkpoint_is_written_whole_however_little_the_disk_takes_at_once(
    wiring: Wiring, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as slow:
        slow.setattr(os, "write", taking(7))
        await written(wiring, calendar, "a", 2)
        await wiring.log.sign()
    assert await signed(wiring) == [(0, True), (2, True)]
    await and_it_goes_as_any_other(wiring, calendar)


@pytest.mark.parametrize("left", [1, 40, -1])
async def test_a_checkpoint_behind_one_that_was_cut_short_counts(wiring: Wiring, calendar: Calendar, left: int) -> None:
    await written(wiring, calendar, "a", 2)
    await wiring.log.sign()
    file = file_of(wiring, 1)
    opening, last = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(opening + last[:left])
    await written(wiring, calendar, "b", 2)
    await wiring.log.sign()
    assert await signed(wiring) == [(0, True), *([(2, True)] if left == -1 else []), (4, True)]
    await and_it_goes_as_any_other(wiring, calendar)


async def test_a_checkpoint_that_a_full_disk_cut_short_is_made_again(
    wiring: Wiring, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    await written(wiring, calendar, "a", 2)
    for _ in range(2):
        with monkeypatch.context() as full:
            full.setattr(os, "write", taking(30, then_full=True))
            with pytest.raises(OSError, match="No space left"):
                await wiring.log.sign()
    await wiring.log.sign()
    assert await signed(wiring) == [(0, True), (2, True)]
    await and_it_goes_as_any_other(wiring, calendar)


async def test_a_whole_line_that_bears_another_signature_stays_forged(wiring: Wiring, calendar: Calendar) -> None:
    await written(wiring, calendar, "a", 2)
    await wiring.log.sign()
    file = file_of(wiring, 1)
    file.write_bytes(file.read_bytes().replace(b'"entry": 2', b'"entry": 1') + b"{}\n")
    assert [one.kind for one in await found(wiring)] == ["forged"]
    assert [one.sentence[:13] for one in await found(wiring)] == ["2 checkpoints"]
    await wiring.log.append(an_access("b"))


async def strands(wiring: Wiring) -> list[int]:
    return sorted(one["_id"] for one in await wiring.log.strands())


async def test_however_often_an_opening_cannot_be_signed_it_is_one_strand_and_the_log_goes_on_in_it(
    wiring: Wiring, calendar: Calendar
) -> None:
    wiring.settings.checkpoints.write_text("a file where the folder should be")
    for _ in range(3):
        with pytest.raises(Unavailable, match="audit:checkpoint_not_written"):
            await wiring.log.append(an_access("a", at=calendar.now))
    assert await strands(wiring) == [1]
    wiring.settings.checkpoints.unlink()
    await written(wiring, calendar, "a", 2)
    await wiring.log.sign()
    assert (await strands(wiring), await signed(wiring)) == ([1], [(0, True), (2, True)])
    await and_it_goes_as_any_other(wiring, calendar)


async def test_a_strand_begun_so_long_ago_that_it_may_be_dropped_is_not_written_to(
    wiring: Wiring, calendar: Calendar
) -> None:
    wiring.settings.checkpoints.write_text("a file where the folder should be")
    with pytest.raises(Unavailable):
        await wiring.log.append(an_access("a", at=calendar.now))
    wiring.settings.checkpoints.unlink()
    calendar.now += MONTH
    await written(wiring, calendar, "b", 1)
    assert await places(wiring) == ["00000002.0000000001"]


async def test_a_strand_whose_process_died_before_its_opening_was_signed_is_dropped_when_it_is_old(
    settings: Settings, keyring: Keyring, calendar: Calendar
) -> None:
    del keyring
    killed = Wiring.of(settings, calendar, service="dashboard")
    await killed.log._begin()  # and here it is killed
    await close(killed.client)
    living = Wiring.of(settings, calendar, service="dashboard")
    async with living.open():
        await written(living, calendar, "a", 2)
        assert await found(living) == []
        calendar.now = BEGAN + timedelta(days=2_000)
        done = await expired(living)
        assert ([(one["strand"], one["entries"]) for one in done["dropped"]], done["kept"]) == ([(1, 0)], {2: "newest"})
        assert await strands(living) == [2]
        assert (await examined(living))["findings"] == []
