"""The fake apps believe a webhook by the keys that the door shows, also when these were changed meanwhile."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.wallet_simulator.verifying import Verifier
from services.wallet_simulator.world import No

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
OLD, NEW = (Ed25519PrivateKey.from_private_bytes(bytes([letter]) * 32) for letter in (1, 2))
BODY = json.dumps({"type": "submission.viewed"}).encode()


class Door:
    """Shows keys, and counts how often it was asked."""

    def __init__(self, *keys: Ed25519PrivateKey) -> None:
        self.keys = keys
        self.asked = 0
        self.now = NOW

    def __call__(self, _: httpx.Request) -> httpx.Response:
        self.asked += 1
        shown = [f"whpk_{b64encode(key.public_key().public_bytes_raw()).decode()}" for key in self.keys]
        return httpx.Response(200, json={"keys": [{"public_key": key} for key in shown]})

    def verifier(self) -> Verifier:
        return Verifier("http://door", lambda: self.now, httpx.MockTransport(self))


def signed(key: Ed25519PrivateKey, at: datetime) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    signature = b64encode(key.sign(f"msg-1.{stamp}.".encode() + BODY)).decode()
    return {"webhook-id": "msg-1", "webhook-timestamp": stamp, "webhook-signature": f"v1a,{signature}"}


async def test_keys_are_asked_for_once_and_again_when_none_fits() -> None:
    door = Door(OLD)
    verifier = door.verifier()
    for _ in range(3):
        assert await verifier.verified("toss", BODY, signed(OLD, NOW)) == json.loads(BODY)
    assert door.asked == 1
    door.keys, door.now = (NEW,), NOW + timedelta(seconds=2)
    assert await verifier.verified("toss", BODY, signed(NEW, door.now)) == json.loads(BODY)
    assert door.asked == 2


async def test_what_no_key_signed_is_refused_and_does_not_have_the_door_asked_each_time() -> None:
    door = Door(OLD)
    verifier = door.verifier()
    for _ in range(5):
        with pytest.raises(No) as refused:
            await verifier.verified("toss", BODY, signed(NEW, NOW))
        assert (refused.value.status, refused.value.code) == (401, "webhook-not-verified")
    assert door.asked == 1


async def test_a_door_that_shows_no_keys_is_not_a_bad_signature() -> None:
    verifier = Verifier(
        "http://door", lambda: NOW, httpx.MockTransport(lambda _: httpx.Response(200, json={"keys": [{}]}))
    )
    with pytest.raises(No) as refused:
        await verifier.verified("toss", BODY, signed(OLD, NOW))
    assert refused.value.status == 503
