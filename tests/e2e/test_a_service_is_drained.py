"""A service drained while all others go on: what comes meanwhile waits, what is taken back is gone, nothing is lost."""

import asyncio

import pytest

from deploy.gubi.drain.draining import drain, undrain
from deploy.gubi.installation import Installation
from tests.builders.citizens import PROGRAMME, citizens, wallet_apps
from tests.builders.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600)]
MOMENT = 3.0
"""Seconds; a submission is read in less where nothing keeps it."""


async def test_with_extraction_drained_citizens_send_and_take_back_and_the_rest_is_read_afterwards(
    place: Installation,
) -> None:
    sending = citizens(place, 4, seed=97)
    process = place.supervisor.children["extraction"].process.pid
    assert (await drain(place.settings, "extraction", 60)).done
    async with wallet_apps(place) as apps:
        naver, names = apps["naver"], []

        async def steps(number: int) -> list[str]:
            status = await naver.status(names[number], sending[number].person.wallet_address)
            return [step["what"] for step in status["timeline"]]

        async def stands(number: int) -> str:
            return str((await naver.status(names[number], sending[number].person.wallet_address))["class"])

        try:
            for one in sending:
                names.append((await naver.submit(PROGRAMME, one.person, [one.certificate]))["submission_id"])
            await naver.take_back(names[0], sending[0].person.wallet_address)

            async def gone() -> bool:
                return await stands(0) == "taken_back"

            await until(gone)
            await asyncio.sleep(MOMENT)
            assert [await stands(number) for number in range(1, 4)] == ["in_flight"] * 3
            assert place.supervisor.children["extraction"].process.pid == process, "it lives on"
        finally:
            ended = await undrain(place.settings, "extraction", 60)
        assert ended is not None
        assert ended.done

        async def all_read() -> bool:
            return [await stands(number) for number in range(1, 4)] == ["screened"] * 3

        await until(all_read)
        assert await stands(0) == "taken_back"
        assert [(await steps(number)).count("read") for number in range(4)] == [0, 1, 1, 1]
