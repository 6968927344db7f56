"""A disaster: all but the topics is gone. docs/backup.md, step by step, on an installation of its own."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest

from deploy.gubi.backup import documents, restoring
from deploy.gubi.demo.desk import Desk
from deploy.gubi.erased.searching import search_store
from deploy.gubi.installation import Installation, installation
from deploy.gubi.supervisor import Supervisor
from shared.erasures import ErasureLogError
from shared.wiring import Wiring
from tests.builders.citizens import PROGRAMME, Citizen, citizens, wallet_apps
from tests.builders.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(400)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    if os.environ.get("GUBI_TEST_STACK") != "up":
        pytest.skip("needs every service: run it by `make test`")
    if os.environ.get("GUBI_STACK") == "embedded":
        pytest.skip("noida-db keeps no place of a group that nobody is in")
    log = str(tmp_path / "elsewhere" / "erasures.jsonl")  # where docs/backup.md wants it: not with the keys
    with installation("restored", print, stack="external", GUBI_UNDO_SECONDS="2", GUBI_ERASURE_LOG=log) as whole:
        yield whole


def gubi(place: Installation, *words: str, ends: int = 0) -> str:
    command = [sys.executable, "-m", "deploy.gubi", *words]
    done = subprocess.run(command, env=place.environment, capture_output=True, text=True, check=False)
    assert done.returncode == ends, done.stderr + done.stdout
    return " ".join(done.stdout.split())  # wherever a line was broken


def ship(place: Installation, shipped: Path) -> None:
    """Copy what is shipped as it grows to where the disaster does not reach."""
    shutil.copytree(place.settings.checkpoints, shipped / "checkpoints")
    shutil.copy(place.settings.erasures, shipped)


def disaster(place: Installation) -> None:
    """Let everything be lost that is not the brokers': databases, keys, erasure log, checkpoints."""
    with pymongo.MongoClient[Any](place.settings.mongo) as client:
        for name in client.list_database_names():
            if name.startswith(f"{place.settings.database_prefix}_"):
                client.drop_database(name)
    for folder in (place.settings.keys, place.settings.checkpoints, place.settings.erasures.parent):
        shutil.rmtree(folder)


def put_back(place: Installation, shipped: Path) -> None:
    shutil.copytree(shipped / "checkpoints", place.settings.checkpoints)
    place.settings.erasures.parent.mkdir()
    shutil.copy(shipped / place.settings.erasures.name, place.settings.erasures)


def started_again(place: Installation) -> Installation:
    supervisor = Supervisor(place.environment, logs=place.folder / "logs")
    supervisor.start(place.supervisor.children)
    again = replace(place, supervisor=supervisor)
    again.wait_until_ready()
    return again


async def send(place: Installation, some: list[Citizen]) -> list[str]:
    async with wallet_apps(place) as apps:
        sending = [apps["toss"].submit(PROGRAMME, one.person, [one.certificate]) for one in some]
        return [str(receipt["submission_id"]) for receipt in await asyncio.gather(*sending)]


async def classes(place: Installation) -> dict[str, int]:
    desk = Desk(place.url("dashboard"))
    try:
        await desk.sign_in()
        found = await desk.overview()
    finally:
        await desk.close()
    assert found["received"] == sum(found["classes"].values())
    return {name: count for name, count in found["classes"].items() if count}


async def settled(place: Installation, received: int, taken_back: int) -> None:
    """Wait until the desk lists so many, so many of them taken back and none in flight."""

    async def so() -> bool:
        try:
            found = await classes(place)
        except httpx.HTTPError:
            return False
        here = (sum(found.values()), found.get("taken_back", 0), found.get("in_flight", 0))
        return here == (received, taken_back, 0)

    await until(so, 90, every=0.5)


Told = dict[tuple[str, str], set[str]]
"""By submission and notice, the webhook ids under which its app was told."""


async def told(place: Installation, wanted: Iterable[tuple[str, str]]) -> Told:
    """Wait until the wallet apps have been told these, and give all that they were told since they started."""

    async def found() -> Told | None:
        ids: Told = defaultdict(set)
        for one in (await http.get("/notices")).json()["notices"]:
            ids[one["submission_id"], one["notice"]].add(one["webhook_id"])
        return ids if ids.keys() >= set(wanted) else None

    async with httpx.AsyncClient(base_url=place.url("wallet_simulator")) as http:
        return await until(found, every=0.2)


async def opens(place: Installation, name: str) -> int:
    return sum(one.opens for one in await search_store(place.settings, name))


async def test_after_a_disaster_all_is_as_the_backup_and_the_events_tell_and_what_was_destroyed_stays_so(
    place: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = citizens(place, 5, seed=81), citizens(place, 2, seed=82)
    names = await send(place, before)
    await settled(place, 5, 0)
    keys, backup = tmp_path / "safe" / "keys", tmp_path / "backups" / "store"
    await asyncio.to_thread(gubi, place, "backup", "keys", str(keys))
    said = await asyncio.to_thread(gubi, place, "backup", "store", str(backup))
    assert "each file with its sum" in said
    assert not list(keys.rglob("erasures*")), "an old erasure log would bring back what it forbids"

    async with wallet_apps(place) as apps:  # what happens after the backup
        for number in (0, 1):
            await apps["toss"].take_back(names[number], before[number].person.wallet_address)
    later = await send(place, after)
    await settled(place, 7, 2)
    await viewed(place, names[2])
    since = {(names[0], "taken_back"), (names[1], "taken_back"), (names[2], "viewed")}
    since |= {(name, "received") for name in later}
    first = await told(place, since | {(name, "received") for name in names})
    place.supervisor.stop()
    await asyncio.to_thread(ship, place, tmp_path / "shipped")
    await asyncio.to_thread(disaster, place)

    said = await asyncio.to_thread(gubi, place, "restore", "keys", str(keys))
    assert "put the newest copy of it there before the store" in said
    put_back(place, tmp_path / "shipped")
    await killed_in_the_middle(place, backup, monkeypatch)
    lost = tmp_path / "lost.txt"
    said = await asyncio.to_thread(gubi, place, "restore", "store", str(backup), "--lost", str(lost))
    assert "2 erasures are in force; newer than the backup are 2." in said
    assert "1 checkpoint files of the access log are set aside" in said, "the desk's, which was first used afterwards"
    assert set(lost.read_text().split()) == set(later), "who has to be asked again is named"
    for number in (0, 1):
        assert await opens(place, names[number]) == 0, "before any service has started"
    assert await opens(place, names[2]) > 0

    again = await asyncio.to_thread(started_again, place)
    try:
        await settled(again, 7, 2)
        once_more = await told(again, since)
        assert {key: ids for key, ids in once_more.items() if first.get(key) != ids} == {}, "by ids they know"
        assert not set(await send(again, after)) & set(later), "asked again, they submit again"
        await settled(again, 9, 2)
        rows = await asyncio.to_thread(doctor, again)
        assert [row["check"] for row in rows if row["state"] in ("ill", "unknown")] == []
        [desk] = [row for row in rows if row["check"] == "classes"]
        assert (desk["state"], desk["about"]["at_the_desk"], desk["about"]["at_the_gate"]) == ("look", 9, 7)
        log = json.loads(await asyncio.to_thread(gubi, again, "audit", "verify", "--json", ends=1))
        assert {one["kind"] for one in log["findings"]} == {"truncated"}, "it ends at the backup, and that is all"
        assert (log["entries"] > 0, log["unlogged"]) == (True, [])
    finally:
        again.supervisor.stop()


async def viewed(place: Installation, name: str) -> None:
    desk = Desk(place.url("dashboard"))
    try:
        await desk.sign_in()
        assert await desk.open(name)
    finally:
        await desk.close()


def doctor(place: Installation) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "deploy.gubi", "doctor", "--json", "--patience", "30"]
    done = subprocess.run(command, env=place.environment, capture_output=True, text=True, check=False)
    rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
    return rows


async def killed_in_the_middle(place: Installation, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restore that dies half-way leaves a store that no service starts on."""

    class Killed(BaseException):
        pass

    def told(name: str, _: int) -> None:
        if name.startswith("vault."):
            raise Killed

    real = documents.load
    monkeypatch.setattr(documents, "load", lambda settings, folder, manifest, _: real(settings, folder, manifest, told))
    with pytest.raises(Killed):
        await restoring.restore(place.settings, backup, over_others=False)
    monkeypatch.setattr(documents, "load", real)
    with pytest.raises(ErasureLogError, match="erasure_log:restoring"):
        async with Wiring.of(place.settings).open():
            pytest.fail("a service has started on half a store")
