"""What the fake apps are told: verified, counted by webhook id, and refused as their switches say."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from services.wallet_simulator.inbox import secrets_of
from shared.clock import utc_now
from shared.errors import GubiError
from tests.unit.simulator.test_simulator import simulator

SECRET = "whsec_" + "A" * 44
BODY = json.dumps({"type": "submission.viewed", "data": {"submission_id": "s-1", "notice": "viewed"}})


@pytest.fixture
async def apps(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with simulator(tmp_path) as client:
        yield client


async def tell(
    client: httpx.AsyncClient,
    webhook_id: str = "msg_1",
    *,
    secret: str = SECRET,
    body: str = BODY,
    age: timedelta = timedelta(),
) -> int:
    at = utc_now() - age
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body),
    }
    return (await client.post("/wallets/naver/notices", content=body, headers=headers)).status_code


async def test_a_double_is_counted_and_not_shown_twice(apps: httpx.AsyncClient) -> None:
    assert [await tell(apps), await tell(apps), await tell(apps, "msg_2")] == [204, 204, 204]
    told = (await apps.get("/notices", params={"app": "naver"})).json()
    assert [(notice["webhook_id"], notice["times"]) for notice in told["notices"]] == [("msg_1", 2), ("msg_2", 1)]
    assert told["counts"] == {"notices": 2, "doubles": 1, "refusals": 0}


async def test_what_is_not_signed_with_the_apps_secret_is_refused_and_not_kept(apps: httpx.AsyncClient) -> None:
    assert await tell(apps, secret="whsec_" + "B" * 44) == 401
    assert await tell(apps, age=timedelta(minutes=6)) == 401
    assert (await apps.post("/wallets/naver/notices", content=BODY)).status_code == 401
    broken = {"webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": "not a signature"}
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
        await asyncio.wait_for(tell(apps), 0.2)
    assert (await apps.get("/notices")).json()["counts"]["notices"] == 1


async def test_an_app_that_is_down_never_answers_and_keeps_nothing(apps: httpx.AsyncClient) -> None:
    await apps.put("/wallets/naver/switch", json={"mode": "down"})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(tell(apps), 0.2)
    assert (await apps.get("/notices")).json()["notices"] == []


async def test_an_app_that_does_not_exist_is_told_nothing(apps: httpx.AsyncClient) -> None:
    assert (await apps.post("/wallets/nobody/notices", content=BODY)).status_code == 404


def test_without_prepared_secrets_the_simulator_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(GubiError):
        secrets_of(tmp_path)
