"""A citizen follows what they sent, while every service runs: by stream, through another app, by the receipt link."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from deploy.gubi.demo.desk import Desk
from deploy.gubi.installation import Installation
from gubi_wallet import Signing
from services.wallet_simulator.keys import ensure_wallet_keys
from tests.builders.citizens import PROGRAMME, Citizen, citizens, wallet_apps
from tests.builders.receipts import Heard, hearing
from tests.builders.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600)]


class Follower:
    """A wallet app that follows a submission and comes again whenever the stream breaks off."""

    def __init__(self, place: Installation, app: str, citizen: Citizen, receipt: dict) -> None:
        self._http = httpx.AsyncClient(
            base_url=place.url("intake"),
            auth=Signing(ensure_wallet_keys(place.settings.keys)[app]),
            headers={"accept": "text/event-stream", "gubi-holder": citizen.person.wallet_address},
            timeout=30,
        )
        self._path = f"/v1/submissions/{receipt['submission_id']}/timeline"
        self.heard: list[Heard] = []
        self.breaks = 0
        self.clean_ends = 0
        self.done = False

    async def follow(self) -> None:
        while not self.done:
            known = {"last-event-id": self.heard[-1].id} if self.heard else {}
            try:
                async with self._http.stream("GET", self._path, headers=known) as stream:
                    if stream.status_code == 204:
                        self.done = True
                    elif stream.status_code == 200:
                        async for one in hearing(stream):
                            self.heard += [one] if isinstance(one, Heard) else []
                        self.clean_ends += 1
            except httpx.TransportError:
                self.breaks += 1
            await asyncio.sleep(0.2)
        await self._http.aclose()

    @property
    def steps(self) -> list[str]:
        return self.heard[-1].steps if self.heard else []


@asynccontextmanager
async def following(place: Installation, app: str, citizen: Citizen, receipt: dict) -> AsyncIterator[Follower]:
    follower = Follower(place, app, citizen, receipt)
    task = asyncio.create_task(follower.follow())
    try:
        yield follower
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_sent_with_one_app_followed_with_another_until_an_official_has_looked(place: Installation) -> None:
    [citizen] = citizens(place, 1, seed=61)
    desk = Desk(place.url("dashboard"))
    await desk.sign_in()
    async with wallet_apps(place) as apps:
        receipt = await apps["toss"].submit(PROGRAMME, citizen.person, [citizen.certificate])
        async with following(place, "seoul", citizen, receipt) as follower:
            await until(lambda: "waiting" in follower.steps)
            assert follower.steps == ["received", "authentic", "read", "waiting"]
            told = follower.heard[-1].timeline
            assert next(step for step in told["steps"] if step["what"] == "authentic")["authenticity"] == {"genuine": 1}
            assert (told["next"]["what"], told["can_take_back"]) == ("viewed", True)
            assert await until(lambda: desk.open(receipt["submission_id"]))
            await until(lambda: "viewed" in follower.steps)
            told = follower.heard[-1].timeline
            assert (told["next"]["what"], told["can_take_back"]) == ("decided", False)
            assert "서울특별시" in told["steps"][-1]["detail"]["ko"]
        async with httpx.AsyncClient() as http:
            page = await http.get(receipt["page_url"], headers={"accept-language": "ko"})
    await desk.close()
    assert "담당자가 열람했습니다" in page.text
    assert "이제 회수할 수 없습니다" in page.text
    assert citizen.person.name not in page.text


async def test_taken_back_with_another_app_the_stream_says_so_and_ends(place: Installation) -> None:
    [citizen] = citizens(place, 1, seed=62)
    async with wallet_apps(place) as apps:
        receipt = await apps["naver"].submit(PROGRAMME, citizen.person, [citizen.certificate])
        async with following(place, "naver", citizen, receipt) as follower:
            await until(lambda: follower.heard)
            await apps["kakao"].take_back(receipt["submission_id"], citizen.person.wallet_address)
            await until(lambda: follower.done)
        async with httpx.AsyncClient() as http:
            page = await http.get(receipt["page_url"], headers={"accept-language": "ko"})
    assert follower.steps == ["received", "taken_back"]
    assert follower.heard[-1].timeline["over"] is True
    assert "회수되어 파기되었습니다" in page.text
    assert "파기 확인서는 본인의 어느 지갑 앱에서든 받을 수 있습니다" in page.text


async def test_who_sent_a_picture_is_told_why_and_where_else_to_go(place: Installation) -> None:
    [citizen] = citizens(place, 1, seed=63, case="scan")
    async with wallet_apps(place) as apps:
        receipt = await apps["gov24"].submit(PROGRAMME, citizen.person, [citizen.certificate])
    async with following(place, "gov24", citizen, receipt) as follower:
        await until(lambda: "unreadable" in follower.steps)
    told = follower.heard[-1].timeline
    assert told["steps"][-1]["reason"] == "no_text_layer"
    assert "그림" in told["steps"][-1]["detail"]["ko"]
    assert told["next"]["what"] == "sent_again"
    assert told["alternatives"][0]["contact"]["fax"]


async def test_a_follower_outlives_the_process_that_told_it(place: Installation) -> None:
    [citizen] = citizens(place, 1, seed=64)
    desk = Desk(place.url("dashboard"))
    await desk.sign_in()
    async with wallet_apps(place) as apps:
        receipt = await apps["toss"].submit(PROGRAMME, citizen.person, [citizen.certificate])
        async with following(place, "toss", citizen, receipt) as follower:
            await until(lambda: "waiting" in follower.steps)
            began = time.monotonic()
            place.supervisor.kill("intake", signal.SIGTERM)  # as a deploy does: the stream is ended, not cut off
            await until(lambda: follower.clean_ends + follower.breaks > 0, 20)
            assert (follower.clean_ends > 0, follower.breaks) == (True, 0)
            assert time.monotonic() - began < 5
            await asyncio.to_thread(place.wait_until_ready)
            known = len(follower.heard)
            place.supervisor.kill("intake", signal.SIGKILL)
            await asyncio.to_thread(place.wait_until_ready)
            assert await until(lambda: desk.open(receipt["submission_id"]))
            await until(lambda: "viewed" in follower.steps)
            assert [one.steps for one in follower.heard[known:]][-1][-1] == "viewed"
            names = [one.id for one in follower.heard]
            assert len(names) == len(set(names)), "what was known was not told again"
    await desk.close()
