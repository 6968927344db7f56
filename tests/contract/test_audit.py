"""What the access log promises on a real store: tampering is found, writers never fork it, a crash loses nothing."""

import asyncio
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from deploy.gubi.audit import examined
from shared.audit import AuditKeyError, CheckpointSigner, Finding, checkpoints, examine
from shared.audit.chain import Head, digest
from shared.clock import SEOUL
from shared.errors import Unavailable
from shared.mongo import Collection
from shared.settings import Settings
from shared.vault import Keyring
from shared.wiring import Wiring, checkpoints_folder
from tests.builders.logging import an_access

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def wiring(settings: Settings, keyring: Keyring) -> AsyncIterator[Wiring]:
    del keyring  # made where the wiring loads it from
    async with Wiring.of(settings, service="dashboard").open() as wiring:
        yield wiring


async def found(wiring: Wiring) -> list[Finding]:
    return (await examine(wiring.log, checkpoints_folder(wiring.settings), wiring.settings.keys)).findings


async def ten_entries(wiring: Wiring) -> Collection:
    """A strand of ten entries: six, a checkpoint, four more, and another checkpoint."""
    for number in range(6):
        await wiring.log.append(an_access(f"a{number}"))
    await wiring.log.sign()
    await wiring.log.append(*(an_access(f"a{number}") for number in range(6, 10)))
    await wiring.log.sign()
    assert await found(wiring) == []
    return wiring.database("audit").get_collection("entries")


def place(entry: int) -> str:
    return f"00000001.{entry:010}"


async def rewrite(entries: Collection, start: int, head: Head, change: dict[str, Any]) -> None:
    """Change an entry and hash it and all after it anew, as whoever owns the database can."""
    documents = await entries.find({"_id": {"$gte": place(start)}}).sort("_id", 1).to_list(None)
    documents[0] |= change
    for document in documents:
        document["previous"] = head.hash
        document["hash"] = digest(document)
        head = Head(1, head.entry + 1, document["hash"])
        await entries.replace_one({"_id": document["_id"]}, document)


@pytest.mark.both_drivers
async def test_an_edit_is_found_also_where_the_entry_is_hashed_anew(wiring: Wiring) -> None:
    entries = await ten_entries(wiring)
    await entries.update_one({"_id": place(4)}, {"$set": {"official": "lee"}})
    [edited] = await found(wiring)
    assert (edited.kind, edited.entry) == ("edited", 4)
    assert edited.sentence == "Entry 4 of strand 1 is not as it was written: edited."
    document = await entries.find_one({"_id": place(4)})
    assert document is not None
    await entries.update_one({"_id": place(4)}, {"$set": {"hash": digest(document)}})
    [edited] = await found(wiring)
    assert (edited.kind, edited.entry) == ("edited", 4)
    assert edited.sentence == "Entry 4 of strand 1 is not as it was when entry 5 was written: edited."


async def test_a_deletion_is_found(wiring: Wiring) -> None:
    entries = await ten_entries(wiring)
    await entries.delete_many({"_id": {"$in": [place(4), place(5)]}})
    [gone] = await found(wiring)
    assert (gone.kind, gone.entry) == ("deleted", 4)
    assert gone.sentence == "Entries 4 to 5 are missing from strand 1: deleted."


async def test_entries_that_changed_places_are_found(wiring: Wiring) -> None:
    entries = await ten_entries(wiring)
    three, four = [await entries.find_one({"_id": place(number)}) for number in (3, 4)]
    assert three is not None
    assert four is not None
    await entries.delete_many({"_id": {"$in": [place(3), place(4)]}})
    await entries.insert_many([{**four, "_id": place(3)}, {**three, "_id": place(4)}])
    moved = await found(wiring)
    assert [(one.kind, one.entry) for one in moved] == [("reordered", 3), ("reordered", 4)]
    assert moved[0].sentence == "Entry 3 of strand 1 was written as entry 4: moved."


async def test_an_end_that_was_cut_off_is_found_by_a_checkpoint_and_only_by_that(wiring: Wiring) -> None:
    entries = await ten_entries(wiring)
    await wiring.log.append(an_access("unsigned"))
    await entries.delete_many({"_id": {"$gte": place(9)}})
    [cut] = await found(wiring)
    assert (cut.kind, cut.entry) == ("truncated", 9)
    assert cut.sentence.startswith("Entries 9 to 10 of strand 1 are missing at its end, where entry 10 was signed at ")
    file = next(checkpoints_folder(wiring.settings).glob("*.jsonl"))
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))  # as if it had been signed less late
    assert await found(wiring) == []


async def test_a_history_written_anew_as_a_whole_is_found_by_the_checkpoints(wiring: Wiring) -> None:
    entries = await ten_entries(wiring)
    opening = await wiring.database("audit").get_collection("strands").find_one({"_id": 1})
    assert opening is not None
    await rewrite(entries, 1, Head(1, 0, opening["hash"]), {"official": "lee"})
    [anew] = await found(wiring)
    assert (anew.kind, anew.entry) == ("rewritten", 6)
    assert anew.sentence.startswith("Entry 6 of strand 1 is not the one that was signed at ")
    assert anew.sentence.endswith("written anew, somewhere after entry 0.")
    await wiring.database("audit").get_collection("strands").update_one({"_id": 1}, {"$set": {"writer": "nobody"}})
    assert [(one.kind, one.entry) for one in await found(wiring)] == [("edited", None), ("rewritten", 6)]


async def test_a_strand_that_is_gone_as_a_whole_is_found(wiring: Wiring) -> None:
    entries = await ten_entries(wiring)
    await entries.delete_many({})
    assert [one.kind for one in await found(wiring)] == ["truncated"]
    await wiring.database("audit").get_collection("strands").delete_many({})
    [gone] = await found(wiring)
    assert gone.sentence == "Strand 1, signed up to entry 10, is missing as a whole: deleted."


async def test_a_forged_checkpoint_is_found_and_one_that_a_crash_cut_short_is_none(wiring: Wiring) -> None:
    entries = await ten_entries(wiring)
    opening = await wiring.database("audit").get_collection("strands").find_one({"_id": 1})
    assert opening is not None
    file = next(checkpoints_folder(wiring.settings).glob("*.jsonl"))
    whole = file.read_bytes()
    file.write_bytes(whole + whole[: len(whole) // 5])
    assert await found(wiring) == []
    await rewrite(entries, 1, Head(1, 0, opening["hash"]), {"official": "lee"})
    last = await entries.find_one({"_id": place(10)})
    assert last is not None
    said = [json.loads(line) for line in whole.splitlines()]
    file.write_text("".join(json.dumps({**line, "hash": last["hash"]}) + "\n" for line in said if line["entry"] == 10))
    assert [one.kind for one in await found(wiring)] == ["forged", "unsigned"]
    file.unlink()
    assert [one.kind for one in await found(wiring)] == ["unsigned"]


async def test_a_clean_stop_signs_the_end_and_what_is_written_behind_it_is_found(
    settings: Settings, keyring: Keyring
) -> None:
    del keyring
    first, second = (Wiring.of(settings, service="dashboard") for _ in range(2))
    async with first.open():
        await first.log.append(an_access("a"))
    async with second.open():
        signed = checkpoints.read(checkpoints_folder(settings), settings.keys)
        assert [(one.entry, one.final) for one in signed[1]] == [(0, False), (1, True)]
        await second.log.append(an_access("b"))  # a strand of its own
        assert await found(second) == []
        entries = second.database("audit").get_collection("entries")
        last = await entries.find_one({"_id": place(1)})
        assert last is not None
        late, _ = Head(1, 1, last["hash"]).next(an_access("late"))
        await entries.insert_one(late)
        assert [(one.kind, one.strand, one.entry) for one in await found(second)] == [("inserted", 1, 2)]


async def test_an_act_is_one_entry_however_often_and_by_whomever_it_is_written(
    settings: Settings, keyring: Keyring
) -> None:
    del keyring
    logs = [Wiring.of(settings, service="dashboard") for _ in range(3)]
    async with logs[0].open(), logs[1].open(), logs[2].open():
        writes = (
            one.log.append(an_access(f"a{number % 4}"), an_access(f"b{number}")) for number in range(40) for one in logs
        )
        await asyncio.gather(*writes)
        entries = logs[0].database("audit").get_collection("entries")
        acts = [one["act"] for one in await entries.find().to_list(None)]
        assert sorted(acts) == sorted({*(f"a{number}" for number in range(4)), *(f"b{number}" for number in range(40))})
        assert await found(logs[0]) == []


async def test_a_strand_whose_place_is_taken_is_given_up_and_the_log_goes_on_in_another(wiring: Wiring) -> None:
    await wiring.log.append(an_access("a"))
    head = wiring.log._head
    assert head is not None
    rival, _ = head.next(an_access("rival"))
    await wiring.database("audit").get_collection("entries").insert_one(rival)
    await wiring.log.append(an_access("b"))
    taken = await wiring.log.act("b")
    assert taken is not None
    assert taken.place == "00000002.0000000001"
    assert await found(wiring) == []


async def test_where_it_is_not_known_how_a_write_ended_nothing_is_said_to_be_written_and_the_next_goes_elsewhere(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    await wiring.log.append(an_access("a"))
    entries = wiring.log._entries
    landing = entries.insert_many

    class Lost:
        """Writes, and loses the answer."""

        def __getattr__(self, name: str) -> Any:
            return getattr(entries, name)

        async def insert_many(self, documents: Any) -> None:
            await landing(documents)
            raise Unavailable("store:networktimeout")

    with monkeypatch.context() as patched:
        patched.setattr(wiring.log, "_entries", Lost())
        with pytest.raises(Unavailable):
            await wiring.log.append(an_access("b"))
    await wiring.log.append(an_access("b"), an_access("c"))
    last = await wiring.log.act("c")
    assert last is not None
    assert last.place == "00000002.0000000001", "the act was there, so it is not written again"
    assert await found(wiring) == []


async def test_what_the_driver_sends_twice_is_written_once_and_its_strand_goes_on(
    wiring: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = wiring.log._entries

    class Twice:
        """Sends everything twice, and tells only how the second ended."""

        def __getattr__(self, name: str) -> Any:
            return getattr(entries, name)

        async def insert_many(self, documents: Any) -> None:
            await entries.insert_many(documents)
            await entries.insert_many(documents)

    with monkeypatch.context() as patched:
        patched.setattr(wiring.log, "_entries", Twice())
        await wiring.log.append(an_access("a"), an_access("b"), an_access("", what="read", machine="extraction"))
    await wiring.log.append(an_access("c"))
    last = await wiring.log.act("c")
    assert last is not None
    assert last.place == place(4)
    assert await found(wiring) == []


async def test_where_no_checkpoint_can_be_written_nothing_is_logged_and_so_nothing_shown(
    settings: Settings, keyring: Keyring
) -> None:
    del keyring
    settings.checkpoints.write_text("a file where the folder should be")
    wiring = Wiring.of(settings, service="dashboard")
    async with wiring.open():
        with pytest.raises(Unavailable, match="audit:checkpoint_not_written"):
            await wiring.log.append(an_access("a"))


async def test_without_its_key_nothing_starts(settings: Settings) -> None:
    Keyring.create(settings.keys)
    with pytest.raises(AuditKeyError):
        async with Wiring.of(settings).open():
            pass
    CheckpointSigner.create(settings.keys)
    (settings.keys / "audit.key").write_text("not a key")
    with pytest.raises(AuditKeyError):
        CheckpointSigner.create(settings.keys)


def process(settings: Settings, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.builders.logging", words[0], settings.model_dump_json(), *words[1:]]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


@pytest.mark.timeout(600)
async def test_many_processes_append_at_once_and_the_log_is_whole(wiring: Wiring) -> None:
    writers = [process(wiring.settings, "append", f"w{number}", "200") for number in range(6)]
    during = [await found(wiring) for _ in range(3)]
    said = [(await asyncio.to_thread(one.communicate))[0].split() for one in writers]
    assert [one.returncode for one in writers] == [0] * 6
    assert during == [[]] * 3, "what is examined while it is written is whole, too"
    report = await examined(wiring)
    assert (report["findings"], report["strands"], report["entries"], report["unsigned"]) == ([], 6, 1_200, 0)
    assert len(await wiring.log.known([act for acts in said for act in acts])) == 1_200


@pytest.mark.timeout(600)
async def test_writers_killed_in_the_middle_of_an_append_lose_nothing_they_said_was_written(wiring: Wiring) -> None:
    chance = random.Random(11)
    acknowledged: list[str] = []
    for number in range(8):
        writer = process(wiring.settings, "append", f"k{number}", "100000")
        assert writer.stdout is not None
        await asyncio.to_thread(writer.stdout.readline)  # it is at work
        await asyncio.sleep(chance.uniform(0.0, 0.15))
        writer.kill()
        rest = (await asyncio.to_thread(writer.communicate))[0].splitlines(keepends=True)
        acknowledged += [f"k{number}-0", *(line.strip() for line in rest if line.endswith("\n"))]
    report = await examined(wiring)
    assert (report["findings"], report["strands"]) == ([], 8)
    assert report["unsigned"] > 0, "their last entries no checkpoint knows yet"
    assert (await examined(wiring, sign=True))["unsigned"] == 0
    assert await found(wiring) == []
    assert len(acknowledged) > 100
    assert await wiring.log.known(acknowledged) == set(acknowledged)


def gubi(settings: Settings, *words: str) -> tuple[int, str]:
    """The command line, in a process of its own."""
    environment = {
        "GUBI_MONGO": settings.mongo, "GUBI_DATABASE_PREFIX": settings.database_prefix,
        "GUBI_KEYS": str(settings.keys), "GUBI_CHECKPOINTS": str(settings.checkpoints), "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
    }  # fmt: skip
    command = [sys.executable, "-m", "deploy.gubi", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=settings.keys.parent
    )
    return done.returncode, done.stdout + done.stderr


async def test_the_command_says_in_sentences_and_by_its_exit_code_whether_the_log_is_whole(wiring: Wiring) -> None:
    entries = await ten_entries(wiring)
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "verify")
    assert (code, said.strip()) == (0, "The access log is as it was written (entries: 10, strands: 1).")
    await entries.update_one({"_id": place(4)}, {"$set": {"official": "lee"}})
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "verify")
    assert code == 1
    assert "Entry 4 of strand 1 is not as it was written: edited." in said
    assert "The access log is NOT as it was written" in said
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "verify", "--json")
    assert code == 1
    assert [(one["kind"], one["strand"], one["entry"]) for one in json.loads(said)["findings"]] == [("edited", 1, 4)]
    (wiring.settings.keys / "audit.pub").unlink()
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "verify")
    assert code == 1
    assert "audit" in said
    assert "Traceback" not in said


async def test_a_month_is_counted_by_official_and_purpose_with_each_download_and_its_reason(wiring: Wiring) -> None:
    await wiring.log.append(an_access("a"), an_access("b"), an_access("c", purpose="재검토"))
    exported = {"what": "exported", "part_of": "export-1", "purpose": "감사 · 내보내기"}
    await wiring.log.append(*(an_access(f"e{number}", **exported) for number in range(3)))
    month = an_access("x").at.astimezone(SEOUL).strftime("%Y-%m")
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "report", "--month", month, "--json")
    assert code == 0
    report = json.loads(said)
    assert {(one["purpose"], one["what"]): one["times"] for one in report["acts"]} == {
        ("심사", "viewed"): 2, ("재검토", "viewed"): 1, ("감사 · 내보내기", "exported"): 3,
    }  # fmt: skip
    [download] = report["downloads"]
    assert (download["purpose"], download["submissions"], download["address"]) == ("감사 · 내보내기", 3, "192.0.2.7")
    code, said = await asyncio.to_thread(gubi, wiring.settings, "audit", "report", "--month", "2026-13")
    assert (code, said.strip()) == (1, "'2026-13' is no month; write it as 2026-11.")
