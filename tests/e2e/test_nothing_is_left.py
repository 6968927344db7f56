"""After a take-back and a withdrawal `gubi erased` finds nothing that opens, in any database, topic or log."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from deploy.gubi.demo.desk import Desk
from deploy.gubi.installation import Installation
from shared.clock import seoul_date, utc_now
from shared.signing import Signer, verified
from tests.builders.citizens import PROGRAMME, Citizen, citizens, wallet_apps
from tests.builders.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600)]


def gubi(place: Installation, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.gubi", *words]
    return subprocess.run(command, env=place.environment, capture_output=True, text=True, check=False)


def erased(place: Installation, name: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code, and the places that name the submission or where something of it opens."""
    done = gubi(place, "erased", name, "--json", "--logs", str(place.supervisor.logs))
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)
    assert (done.returncode == 1) == (told["opens"] > 0)
    searched = {one["medium"] for one in told["places"] if one["searched"]}
    assert searched == {"store", "topic", "log"} | ({"question", "erasure log"} & searched)
    return done.returncode, [one for one in told["places"] if one["names_it"] or one["opens"]]


async def test_after_a_take_back_and_a_withdrawal_nothing_opens_in_any_database_topic_or_log(
    place: Installation,
) -> None:
    sending = [*citizens(place, 2, seed=61), *citizens(place, 2, seed=62, kind="EI_HIST")]
    desk = Desk(place.url("dashboard"))
    await desk.sign_in()
    async with wallet_apps(place) as apps:

        async def send(citizen: Citizen) -> str:
            return str((await apps["toss"].submit(PROGRAMME, citizen.person, [citizen.certificate]))["submission_id"])

        async def status(number: int) -> dict[str, Any]:
            return await apps["naver"].status(names[number], sending[number].person.wallet_address)

        async def stands(number: int, what: str, wanted: str) -> bool:
            return (await status(number))[what] == wanted

        names = await asyncio.gather(*(send(citizen) for citizen in sending))
        for number in range(4):
            await until(lambda number=number: stands(number, "class", "screened"))
        run = await a_run(desk)
        assert await desk.open(names[1])
        code, before = await asyncio.to_thread(erased, place, names[0])
        assert code == 1
        assert {one["where"]: one["opens"] for one in before if one["opens"]} == {
            "gate.submissions": 2, "vault.certificates": 1, "vault.facts": 1, "vault.rows": 2,
        }  # fmt: skip
        await apps["naver"].take_back(names[0], sending[0].person.wallet_address)
        await apps["toss"].take_back(names[2], sending[2].person.wallet_address)
        await apps["seoul"].withdraw(names[1], sending[1].person.wallet_address)
        for number, wanted in ((0, "taken_back"), (1, "withdrawn"), (2, "taken_back")):
            await until(lambda number=number, wanted=wanted: stands(number, "state", wanted))

        def left() -> list[dict[str, Any]]:
            found = [erased(place, name) for name in (names[0], names[1], names[2])]
            assert [code for code, _ in found] == [0, 0, 0], found
            return [one for _, places in found for one in places if one["more"]]

        async def forgotten() -> bool:
            return not await asyncio.to_thread(left)

        await until(forgotten)
        _, places = await asyncio.to_thread(erased, place, names[0])
        named = {one["where"] for one in places if one["medium"] == "store"}
        assert {"gate.submissions", "dashboard.queue", "dashboard.run_rows", "eligibility.run_rows"} <= named, run
        assert not named & {"vault.certificates", "vault.facts", "vault.rows", "eligibility.screenings"}
        assert (await asyncio.to_thread(erased, place, names[3]))[0] == 1, "the one that stays is there"
        record = await the_record(place, apps["kakao"], names[0], sending[0].person.wallet_address)
        assert record["destroyed"]["certificate"] == 1
        assert "screening" in record["sealed_under_data_key"]
    await desk.close()


async def the_record(place: Installation, wallet: Any, name: str, holder: str) -> dict[str, Any]:
    answer = await wallet.destruction_record(name, holder)
    return verified(answer["record"], Signer.load(place.settings.keys).public())


async def a_run(desk: Desk) -> str:
    """Ask for a selection run and wait for its draft."""
    fields = {"programme": PROGRAMME, "as_of": seoul_date(utc_now()).isoformat()}
    asked = await desk._submit(await desk._page(f"/runs?programme={PROGRAMME}"), "/runs", fields)
    asked.raise_for_status()

    async def ready() -> bool:
        return any("batches" in form for form in (await desk._page(asked.url.path)).split("action=")[1:])

    await until(ready)
    return asked.url.path
