"""A wallet app changes its keys without a pause: registered by a request that both keys sign, retired by another."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gubi_wallet import AppKey, Problem, Signing
from shared.catalog import load
from shared.clock import utc_now
from tests.builders.doors import HOLDER, PROGRAMME, SENT, Door, door_on, refused

pytestmark = pytest.mark.connected


def new_key(name: str = "toss-2", app: str = "toss", algorithm: Any = "ed25519") -> AppKey:
    return AppKey.generate(app, name, algorithm)


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256-sha256"])
async def test_an_app_goes_over_to_a_new_key_and_retires_the_old(door: Door, algorithm: str) -> None:
    second = new_key(algorithm=algorithm)
    async with door.app("toss") as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        registered = await toss.register_key(second)
        assert (registered["standing"], registered["registered_by"]) == ("active", "toss-1")
        assert await toss.register_key(second) == registered
    async with door.signed_by(second) as toss:
        assert (await toss.status(receipt["submission_id"], HOLDER.wallet_address))["state"] == "held"
        retired = await toss.retire_key("toss-1")
        assert (retired["keyid"], retired["standing"]) == ("toss-1", "retired")
        assert {key["keyid"]: key["standing"] for key in await toss.keys()} == {"toss-1": "retired", "toss-2": "active"}
    async with door.app("toss") as toss:
        problem = await refused(toss.keys())
    assert (problem.status, problem.code, problem.part) == (401, "signature-key-retired", "keyid")


async def test_a_key_registered_at_one_door_signs_at_another_that_was_not_restarted(door: Door) -> None:
    other = door_on(door.wiring, door.keys, load())
    second = new_key()
    async with other.signed_by(second) as toss:
        assert (await refused(toss.keys())).code == "signature-key-unknown"
    async with door.app("toss") as toss:
        await toss.register_key(second)
    await asyncio.sleep(1.1)
    async with other.signed_by(second) as toss:
        assert len(await toss.keys()) == 2


async def test_a_key_may_be_registered_before_it_holds(door: Door) -> None:
    second = new_key()
    async with door.app("toss") as toss:
        registered = await toss.register_key(second, active_from=utc_now() + timedelta(hours=1))
    assert registered["standing"] == "not_yet"
    async with door.signed_by(second) as toss:
        assert (await refused(toss.keys())).code == "signature-key-not-yet"


async def test_whoever_does_not_hold_the_new_private_key_cannot_register_it(door: Door) -> None:
    second, stranger = new_key(), new_key()
    body = {"keyid": "toss-2", "algorithm": "ed25519", "public_key": second.public_pem}
    pretended = replace(stranger, keyid="toss-2")
    attempts = {
        "signature-missing": Signing(door.keys["toss"]),
        "signature-key-unknown": Signing(door.keys["toss"], new_key=replace(second, keyid="toss-3")),
        "signature-invalid": Signing(door.keys["toss"], new_key=pretended),
    }
    for code, auth in attempts.items():
        async with door.plain(auth=auth) as http:
            answer = await http.post("/v1/wallet-keys", json=body)
        told = answer.json()
        assert (answer.status_code, told["code"], told["tag"]) == (401, code, "gubi-new-key")
    async with door.app("toss") as toss:
        assert [key["keyid"] for key in await toss.keys()] == ["toss-1"]


async def registering(door: Door, key: AppKey, app: str = "toss") -> Problem:
    async with door.app(app) as client:
        return await refused(client.register_key(key))


async def test_what_is_no_key_of_the_app_is_refused(door: Door) -> None:
    first = door.keys["toss"]
    assert (await registering(door, new_key("naver-2"))).code == "wallet-key-name"
    assert (await registering(door, new_key("toss-1"))).code == "wallet-key-name-taken"
    assert (await registering(door, AppKey("toss", "toss-2", first.private_key))).code == "wallet-key-known"
    async with door.plain(auth=Signing(first)) as http:
        for public_key, algorithm, code in [
            (new_key().private_pem.decode(), "ed25519", "wallet-key-private"),
            ("no key", "ed25519", "wallet-key-unusable"),
            (new_key().public_pem, "ecdsa-p256-sha256", "wallet-key-unusable"),
            (new_key().public_pem, "hmac-sha256", "json-invalid"),
        ]:
            body = {"keyid": "toss-2", "algorithm": algorithm, "public_key": public_key}
            answer = await http.post("/v1/wallet-keys", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, code)
            assert public_key not in answer.text
        assert answer.json()["errors"] == [{"where": "/algorithm", "why": "literal_error"}]
        unknown = await http.post("/v1/wallet-keys/toss-9/retire", json={"retired_at": "soon", "private": 1})
    told = {(error["where"], error["why"]) for error in unknown.json()["errors"]}
    assert told == {("/retired_at", "datetime_parsing"), ("/?", "extra_forbidden")}


async def test_an_app_has_ten_keys_in_force_at_most(door: Door) -> None:
    async with door.app("toss") as toss:
        for number in range(2, 11):
            await toss.register_key(new_key(f"toss-{number}"))
        problem = await refused(toss.register_key(new_key("toss-11")))
        assert (problem.status, problem.code, problem.problem["limit"]) == (422, "wallet-keys-too-many", 10)
        await toss.retire_key("toss-5")
        await toss.register_key(new_key("toss-11"))


async def test_a_key_cannot_retire_itself_nor_another_apps(door: Door) -> None:
    async with door.app("toss") as toss:
        assert (await refused(toss.retire_key("toss-1"))).code == "wallet-key-own"
        for name in ("naver-1", "toss-9", "nobody"):
            problem = await refused(toss.retire_key(name))
            assert (problem.status, problem.code) == (404, "wallet-key-not-found")
    async with door.app("naver") as naver:
        assert [key["keyid"] for key in await naver.keys()] == ["naver-1"]


async def test_a_retirement_may_be_set_for_a_later_instant(door: Door) -> None:
    second = new_key()
    async with door.app("toss") as toss:
        await toss.register_key(second)
        later = utc_now() + timedelta(days=30)
        assert (await toss.retire_key("toss-2", retired_at=later))["standing"] == "active"


def test_an_apps_key_is_kept_as_pem_and_not_printed(tmp_path: Path) -> None:
    key = new_key(algorithm="ecdsa-p256-sha256")
    again = AppKey.from_pem("toss", "toss-2", key.private_pem)
    assert again.public_pem == key.public_pem
    assert "PRIVATE" not in repr(key)
