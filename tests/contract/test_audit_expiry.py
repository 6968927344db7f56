"""How the access log ends, on a real store: strand by strand, by the rule, signed for. Any other deletion is found."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from deploy.gubi.audit import examined
from deploy.gubi.audit_expiry import expired
from shared.audit import CheckpointSigner, Finding, chain, checkpoints, dropping, examine
from shared.audit.chain import Head
from shared.clock import utc_now
from shared.settings import Settings
from shared.vault import Keyring
from shared.wiring import Wiring, checkpoints_folder
from tests.builders.logging import an_access
from tests.contract.test_audit import gubi
from tests.contract.test_gate_logs import held, log_of, look

MONTH = timedelta(days=31)
BEGAN = utc_now() - timedelta(days=800)


class Calendar:
    """A clock that a test turns on."""

    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
async def wiring(settings: Settings, keyring: Keyring, calendar: Calendar) -> AsyncIterator[Wiring]:
    del keyring  # made where the wiring loads it from
    async with Wiring.of(settings, calendar, service="dashboard").open() as wiring:
        yield wiring


async def written(wiring: Wiring, calendar: Calendar, name: str, count: int) -> None:
    for number in range(count):
        await wiring.log.append(an_access(f"{name}{number}", at=calendar.now))


async def three_strands(wiring: Wiring, calendar: Calendar) -> None:
    """Five entries, a month later three, and a month later two: a strand each. Then it is 740 days after the first."""
    for name, count in (("a", 5), ("b", 3), ("c", 2)):
        await written(wiring, calendar, name, count)
        calendar.now += MONTH
    await wiring.log.sign()
    calendar.now = BEGAN + timedelta(days=740)


async def found(wiring: Wiring) -> list[Finding]:
    return (await examine(wiring.log, checkpoints_folder(wiring.settings), wiring.settings.keys)).findings


async def gone(wiring: Wiring, strand: int) -> None:
    """Take a strand out, as whoever owns the database can."""
    await dropping.drop(wiring.database("audit"), strand, 100)


def file_of(wiring: Wiring, strand: int) -> Path:
    return checkpoints_folder(wiring.settings) / f"{strand:08}.jsonl"


async def places(wiring: Wiring) -> list[str]:
    entries = wiring.database("audit").get_collection("entries")
    return sorted([one["_id"] for one in await entries.find({}, {"_id": 1}).to_list(None)])


@pytest.mark.both_drivers
async def test_what_is_older_than_the_rule_goes_strand_by_strand_and_the_log_is_whole_before_and_after(
    wiring: Wiring, calendar: Calendar
) -> None:
    await three_strands(wiring, calendar)
    assert [place[:8] for place in await places(wiring)] == ["00000001"] * 5 + ["00000002"] * 3 + ["00000003"] * 2
    tried = await expired(wiring, dry_run=True)
    assert ([one["strand"] for one in tried["dropped"]], len(await places(wiring))) == ([1], 10)
    done = await expired(wiring)
    assert [(one["strand"], one["entries"]) for one in done["dropped"]] == [(1, 5)]
    assert done["kept"] == {2: "young", 3: "young"}
    report = await examined(wiring)
    assert (report["findings"], report["strands"], report["entries"], report["dropped"]) == ([], 2, 5, 1)
    line = checkpoints.read(checkpoints_folder(wiring.settings), wiring.settings.keys)[1][-1]
    assert (line.entry, line.hash, line.dropped) == (5, done["dropped"][0]["hash"], "older than 730 days")
    calendar.now = BEGAN + timedelta(days=2_000)
    done = await expired(wiring)
    assert ([one["strand"] for one in done["dropped"]], done["kept"]) == ([2], {3: "newest"})
    await written(wiring, calendar, "d", 1)
    assert (await places(wiring))[-1] == "00000004.0000000001", "no number comes twice"
    assert await found(wiring) == []


async def test_a_strand_is_ended_and_another_begun_when_it_is_full(
    wiring: Wiring, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "STRAND_ENTRIES", 4)
    await written(wiring, calendar, "a", 9)
    signed = checkpoints.read(checkpoints_folder(wiring.settings), wiring.settings.keys)
    assert [(strand, lines[-1].entry, lines[-1].final) for strand, lines in signed.items()] == [
        (1, 4, True), (2, 4, True), (3, 0, False),
    ]  # fmt: skip
    assert await found(wiring) == []


async def test_a_strand_whose_process_was_killed_goes_once_its_end_is_signed_and_nobody_can_write_to_it(
    settings: Settings, keyring: Keyring, calendar: Calendar
) -> None:
    del keyring
    settings = settings.model_copy(update={"access_log_days": 5})  # as in development: less than a strand is written to
    killed, other = (Wiring.of(settings, calendar, service="dashboard") for _ in range(2))
    await killed.log.prepare()
    await written(killed, calendar, "a", 2)  # and never closed
    async with other.open():
        calendar.now += timedelta(days=6)
        await written(other, calendar, "b", 1)
        assert (await expired(other))["kept"] == {1: "unsigned", 2: "young"}
        await examined(other, sign=True)
        assert (await expired(other))["kept"] == {1: "open", 2: "young"}, "it may only be silent"
        calendar.now += timedelta(days=26)
        done = await expired(other)
        assert ([one["strand"] for one in done["dropped"]], done["kept"]) == ([1], {2: "newest"})
        assert await found(other) == []


async def opening_of(wiring: Wiring, strand: int) -> str:
    document = await wiring.database("audit").get_collection("strands").find_one({"_id": strand})
    assert document is not None
    return str(document["hash"])


async def by_nobody(wiring: Wiring) -> None:
    await gone(wiring, 2)


async def by_a_line_of_another_key(wiring: Wiring) -> None:
    other = wiring.settings.keys.parent / "other"
    CheckpointSigner.create(other)
    line = CheckpointSigner.load(other).dropping(
        Head(2, 3, "0" * 64), await opening_of(wiring, 2), utc_now(), "older than 730 days"
    )
    checkpoints.append(checkpoints_folder(wiring.settings), 2, line)
    await gone(wiring, 2)


async def by_the_line_of_another_strand(wiring: Wiring) -> None:
    line = file_of(wiring, 1).read_bytes().splitlines(keepends=True)[-1]
    checkpoints.append(checkpoints_folder(wiring.settings), 2, line)
    await gone(wiring, 2)


async def by_a_checkpoint_made_to_say_it(wiring: Wiring) -> None:
    said = json.loads(file_of(wiring, 2).read_bytes().splitlines()[-1])
    line = {**said, "dropped": "older than 730 days", "opening": await opening_of(wiring, 2)}
    checkpoints.append(checkpoints_folder(wiring.settings), 2, json.dumps(line).encode() + b"\n")
    await gone(wiring, 2)


async def without_the_line_that_was_signed(wiring: Wiring) -> None:
    lines = file_of(wiring, 1).read_bytes().splitlines(keepends=True)
    file_of(wiring, 1).write_bytes(b"".join(lines[:-1]))


async def without_any_line(wiring: Wiring) -> None:
    file_of(wiring, 1).unlink()


async def in_part(wiring: Wiring) -> None:
    await wiring.database("audit").get_collection("entries").delete_one({"_id": "00000002.0000000002"})


async def at_its_end(wiring: Wiring) -> None:
    await wiring.database("audit").get_collection("entries").delete_many({"_id": {"$gte": "00000003.0000000002"}})


@pytest.mark.parametrize(
    ("tamper", "kinds"),
    [
        (by_nobody, {("deleted", 2)}),
        (by_a_line_of_another_key, {("forged", 2), ("deleted", 2)}),
        (by_the_line_of_another_strand, {("forged", 2), ("deleted", 2)}),
        (by_a_checkpoint_made_to_say_it, {("forged", 2), ("deleted", 2)}),
        (without_the_line_that_was_signed, {("deleted", 1)}),
        (without_any_line, {("deleted", 1)}),
        (in_part, {("deleted", 2)}),
        (at_its_end, {("truncated", 3)}),
    ],
)
async def test_a_deletion_that_was_not_signed_for_is_found_also_after_one_that_was(
    wiring: Wiring, calendar: Calendar, tamper: Callable[[Wiring], Awaitable[None]], kinds: set[tuple[str, int]]
) -> None:
    await three_strands(wiring, calendar)
    await expired(wiring)
    assert await found(wiring) == []
    await tamper(wiring)
    assert {(one.kind, one.strand) for one in await found(wiring)} == kinds


async def test_what_is_put_where_a_dropped_strand_was_is_found(wiring: Wiring, calendar: Calendar) -> None:
    await three_strands(wiring, calendar)
    entries = wiring.database("audit").get_collection("entries")
    first = await entries.find_one({"_id": "00000001.0000000001"})
    assert first is not None
    await expired(wiring)
    await entries.insert_one({**first, "official": "lee"})
    assert [(one.kind, one.strand) for one in await found(wiring)] == [("inserted", 1)]


async def test_a_log_that_is_not_as_it_was_written_is_not_dropped_from(wiring: Wiring, calendar: Calendar) -> None:
    await three_strands(wiring, calendar)
    entries = wiring.database("audit").get_collection("entries")
    await entries.update_one({"_id": "00000003.0000000001"}, {"$set": {"official": "lee"}})
    done = await expired(wiring)
    assert (done["dropped"], len(done["findings"])) == ([], 1)
    assert len(await places(wiring)) == 10


@pytest.mark.parametrize("deleted", [[], [2, 3], [1, 2, 3, 4, 5]])
async def test_dropping_that_was_killed_is_no_finding_and_the_next_run_drops_the_rest(
    wiring: Wiring, calendar: Calendar, monkeypatch: pytest.MonkeyPatch, deleted: list[int]
) -> None:
    await three_strands(wiring, calendar)

    async def killed(*_: object) -> None:
        gone_by_then = [f"00000001.{number:010}" for number in deleted]
        await wiring.database("audit").get_collection("entries").delete_many({"_id": {"$in": gone_by_then}})
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr("shared.audit.drop", killed)
        with pytest.raises(asyncio.CancelledError):
            await expired(wiring)
    report = await examined(wiring)
    assert (report["findings"], report["leftovers"]) == ([], [1])
    assert (await expired(wiring))["finished"] == [1]
    report = await examined(wiring)
    assert (report["findings"], report["leftovers"], report["strands"], report["entries"]) == ([], [], 2, 5)


async def test_a_log_examined_while_a_strand_is_dropped_is_whole(
    wiring: Wiring, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three_strands(wiring, calendar)
    entries = wiring.log.entries

    async def dropped_meanwhile() -> AsyncIterator[list[dict[str, object]]]:
        monkeypatch.undo()
        await expired(wiring)
        async for some in entries():
            yield some

    monkeypatch.setattr(wiring.log, "entries", dropped_meanwhile)
    assert await found(wiring) == []
    assert len(await places(wiring)) == 5, "it was dropped"


async def test_what_the_gate_still_knows_of_a_dropped_access_is_neither_missed_nor_written_again(
    wiring: Wiring, calendar: Calendar
) -> None:
    hold = await held(wiring)
    await look(wiring, hold, "v1")
    calendar.now += MONTH
    await look(wiring, hold, "v2")
    calendar.now = BEGAN + timedelta(days=740)
    assert [one["strand"] for one in (await expired(wiring))["dropped"]] == [1]
    assert [one.act for one in await log_of(wiring, hold)] == ["v2"]
    await look(wiring, hold, "v3")
    assert [one.act for one in await log_of(wiring, hold)] == ["v3", "v2"]
    report = await examined(wiring)
    assert (report["findings"], report["unlogged"]) == ([], [])


async def test_a_run_is_still_shown_when_the_reading_before_it_was_dropped(wiring: Wiring, calendar: Calendar) -> None:
    hold = await held(wiring, received_at=BEGAN)
    reading = an_access("", what="read", at=BEGAN, machine="extraction", submissions=(hold.submission_id,))
    await wiring.log.append(reading)
    calendar.now += MONTH
    run = an_access("", what="read", at=calendar.now, machine="eligibility", whole_programme=hold.programme_id)
    await wiring.log.append(run)
    assert len(await log_of(wiring, hold)) == 2
    calendar.now = BEGAN + timedelta(days=740)
    await expired(wiring)
    assert [one.machine for one in await log_of(wiring, hold)] == ["eligibility"]


async def test_the_command_says_what_goes_and_what_stays_and_verifies_green_afterwards(
    wiring: Wiring, calendar: Calendar
) -> None:
    await three_strands(wiring, calendar)  # 800 days ago by the command's own clock
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "expire", "--dry-run")
    assert code == 0
    assert "Strand 1: 5 entries, the last of " in said
    assert said.strip().endswith("older than 730 days: 2 would be dropped and signed for; 0 are younger and stay.")
    assert len(await places(wiring)) == 10
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "expire")
    assert code == 0
    assert "Strand 3 stays: it is the newest, and numbers go on from it." in said
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "verify")
    whole = "The access log is as it was written (entries: 2, strands: 1, dropped by the rule of retention: 2)."
    assert (code, said.strip()) == (0, whole)
    await gone(wiring, 3)
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "expire")
    assert code == 1
    assert "so nothing is dropped: it may be evidence." in said
