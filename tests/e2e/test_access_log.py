"""The access log of a whole installation: what each service wrote hangs together, also after some were killed."""

import asyncio

import pytest

from deploy.gubi.audit import examined
from deploy.gubi.demo.desk import Desk
from deploy.gubi.installation import Installation
from shared.audit import Access
from shared.mongo import close
from shared.wiring import Wiring
from tests.builders.citizens import PROGRAMME, citizens, wallet_apps
from tests.builders.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600)]


async def accesses(wiring: Wiring, sid: str) -> list[Access]:
    case = await wiring.gate.case(sid)
    return await wiring.gate.accesses(case, limit=100) if case else []


async def test_every_service_writes_its_own_strand_and_a_kill_leaves_the_log_whole(place: Installation) -> None:
    wiring = Wiring.of(place.settings)
    sids: list[str] = []

    async def screened() -> bool:
        return "eligibility" in {one.machine for one in await accesses(wiring, sids[-1])}

    try:
        async with wallet_apps(place) as apps:
            for citizen in citizens(place, 2, seed=77):
                sent = await apps["toss"].submit(PROGRAMME, citizen.person, [citizen.certificate])
                sids.append(sent["submission_id"])
                await until(screened)
                for name in ("extraction", "eligibility", "dashboard"):
                    place.supervisor.kill(name)
                await asyncio.to_thread(place.wait_until_ready)
        desk = Desk(place.url("dashboard"))
        await desk.sign_in()
        assert await desk.open(sids[0])
        seen, unseen = [{(one.what, one.machine) for one in await accesses(wiring, sid)} for sid in sids]
        assert seen >= {("viewed", ""), ("read", "extraction"), ("read", "eligibility")}
        assert {what for what, _ in unseen} == {"read"}
        [look] = [one for one in await accesses(wiring, sids[0]) if one.what == "viewed"]
        assert look.address == "127.0.0.1"
        report = await examined(wiring)
        assert (report["findings"], report["unlogged"]) == ([], [])
        assert report["strands"] >= 5
    finally:
        await close(wiring.client)
