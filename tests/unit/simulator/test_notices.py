"""What the fake apps are told: verified, counted by webhook id, and refused as their switches say."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from services.notification.endpoints import Endpoint, SigningKey
from services.notification.signing import Signer, new_private_key, public_of
from shared.clock import utc_now
from tests.unit.simulator.test_simulator import simulator

BODY = json.dumps({"type": "submission.viewed", "data": {"submission_id": "s-1", "notice": "viewed"}})


def a_key() -> SigningKey:
    return SigningKey(private=new_private_key())


@dataclass
class Door:
    """The wallets' door, as far as it shows the keys in force."""

    keys: list[SigningKey] = field(default_factory=lambda: [a_key()])
    asked: int = 0
    away: bool = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.away:
            raise httpx.ConnectError("nobody there", request=request)
        shown = [public_of(key).model_dump(mode="json") for key in self.keys]
        return httpx.Response(200, json={"app": "naver", "keys": shown})


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def apps(tmp_path: Path, door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with simulator(tmp_path, httpx.MockTransport(door.answer)) as client:
        client.door = door  # type: ignore[attr-defined]
        yield client


async def tell(
    client: httpx.AsyncClient,
    webhook_id: str = "msg_1",
    *,
    keys: list[SigningKey] | None = None,
    body: str = BODY,
    age: timedelta = timedelta(),
) -> int:
    signing = keys or client.door.keys  # type: ignore[attr-defined]
    endpoint = Endpoint.model_validate({"app": "naver", "url": "https://a.example", "keys": signing})
    headers = Signer(endpoint).headers(webhook_id, utc_now() - age, body.encode())
    return (await client.post("/wallets/naver/notices", content=body, headers=headers)).status_code


async def test_a_double_is_counted_and_not_shown_twice(apps: httpx.AsyncClient) -> None:
    assert [await tell(apps), await tell(apps), await tell(apps, "msg_2")] == [204, 204, 204]
    told = (await apps.get("/notices", params={"app": "naver"})).json()
    assert [(notice["webhook_id"], notice["times"]) for notice in told["notices"]] == [("msg_1", 2), ("msg_2", 1)]
    assert told["counts"] == {"notices": 2, "doubles": 1, "refusals": 0}


async def test_what_is_not_signed_by_the_apps_keys_is_refused_and_not_kept(apps: httpx.AsyncClient) -> None:
    assert await tell(apps, keys=[a_key()]) == 401
    assert await tell(apps, age=timedelta(minutes=6)) == 401
    assert await tell(apps, age=-timedelta(minutes=6)) == 401
    assert (await apps.post("/wallets/naver/notices", content=BODY)).status_code == 401
    for stamp, signature in (("1", "x"), ("x", "v1a,x"), (str(int(utc_now().timestamp())), "v1a,!! v1a, v1,eA==")):
        broken = {"webhook-id": "m", "webhook-timestamp": stamp, "webhook-signature": signature}
        assert (await apps.post("/wallets/naver/notices", content=BODY, headers=broken)).status_code == 401
    assert (await apps.get("/notices")).json()["notices"] == []


async def test_a_body_that_is_too_big_is_not_read_to_its_end(apps: httpx.AsyncClient) -> None:
    assert await tell(apps, body=json.dumps({"data": "x" * 20_001})) == 413


async def test_an_app_switched_to_error_refuses_and_that_is_counted(apps: httpx.AsyncClient) -> None:
    await apps.put("/wallets/naver/switch", json={"mode": "error"})
    assert await tell(apps) == 500
    await apps.put("/wallets/naver/switch", json={"mode": "up"})
    assert await tell(apps) == 204
    [notice] = (await apps.get("/notices", params={"submission": "s-1"})).json()["notices"]
    assert (notice["times"], notice["refused"]) == (1, 1)


async def test_a_slow_app_has_taken_what_it_has_not_answered_yet(apps: httpx.AsyncClient) -> None:
    await apps.put("/wallets/naver/switch", json={"mode": "slow", "seconds": 60})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(tell(apps), 1.5)
    assert (await apps.get("/notices")).json()["counts"]["notices"] == 1


async def test_an_app_that_is_down_never_answers_and_keeps_nothing(apps: httpx.AsyncClient) -> None:
    await apps.put("/wallets/naver/switch", json={"mode": "down"})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(tell(apps), 1.5)
    assert (await apps.get("/notices")).json()["notices"] == []


async def test_an_app_that_does_not_exist_is_told_nothing(apps: httpx.AsyncClient) -> None:
    assert (await apps.post("/wallets/nobody/notices", content=BODY)).status_code == 404


async def test_an_app_that_is_gone_says_so_and_keeps_nothing(apps: httpx.AsyncClient) -> None:
    await apps.put("/wallets/naver/switch", json={"mode": "gone"})
    assert await tell(apps) == 410
    assert (await apps.get("/notices")).json()["counts"]["notices"] == 0


async def test_while_a_key_is_rotated_notices_of_the_old_and_of_the_new_one_are_taken(
    apps: httpx.AsyncClient, door: Door
) -> None:
    [old] = door.keys
    assert await tell(apps) == 204
    new = a_key()
    assert await tell(apps, "msg_2", keys=[new, old]) == 204
    assert door.asked == 1
    door.keys = [new]
    await asyncio.sleep(1.1)  # keys are asked for again once a second at most
    assert await tell(apps, "msg_3", keys=[new]) == 204
    assert await tell(apps, "msg_4", keys=[old]) == 401
    assert door.asked == 2


async def test_while_the_door_is_away_nothing_can_be_judged(apps: httpx.AsyncClient, door: Door) -> None:
    door.away = True
    assert await tell(apps) == 503
    door.away = False
    assert await tell(apps) == 204
