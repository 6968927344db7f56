"""Verifies what the fake apps are told, as a wallet app would: by the public keys that the door shows.

Standard Webhooks 1.0, `v1a`. The keys are asked for when first needed, and again when none of them fits: so they may be
rotated while notices are under way.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.wallet_simulator.world import No
from shared.clock import Clock

TOLERANCE = timedelta(minutes=5)
"""How far a notice's timestamp may be from now (Standard Webhooks 1.0 leaves it to the receiver)."""
_ASKED_AGAIN = timedelta(seconds=1)
_NOT_VERIFIED = No(401, "webhook-not-verified", "서명을 확인할 수 없습니다.")


class Verifier:
    """Knows the keys of every app."""

    def __init__(self, door: str, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Take the door's address."""
        self._http = httpx.AsyncClient(base_url=door, transport=transport, timeout=5.0, trust_env=False)
        self._clock = clock
        self._keys: dict[str, tuple[datetime, list[Ed25519PublicKey]]] = {}

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def verified(self, app: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Give a webhook's content where one of the app's keys signed it, not long ago. Raises `No`."""
        now = self._clock()
        signed, signatures = _signed(body, headers, now)
        if not signatures:
            raise _NOT_VERIFIED
        asked_at, keys = self._keys.get(app) or await self._ask(app, now)
        if not _fits(keys, signed, signatures) and now - asked_at >= _ASKED_AGAIN:
            asked_at, keys = await self._ask(app, now)
        if not _fits(keys, signed, signatures):
            raise _NOT_VERIFIED
        content: dict[str, Any] = json.loads(body)
        return content

    async def _ask(self, app: str, now: datetime) -> tuple[datetime, list[Ed25519PublicKey]]:
        try:
            answer = await self._http.get(f"/v1/webhook-keys/{app}")
            listed = answer.json()["keys"] if answer.is_success else []
            raw = [base64.b64decode(key["public_key"].removeprefix("whpk_")) for key in listed]
            self._keys[app] = now, [Ed25519PublicKey.from_public_bytes(key) for key in raw]
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            raise No(503, "webhook-keys-unknown", "창구에서 서명 공개키를 받지 못했습니다.") from None
        return self._keys[app]


def _signed(body: bytes, headers: Mapping[str, str], now: datetime) -> tuple[bytes, list[bytes]]:
    """Give what was signed, and the `v1a` signatures; none where a header is missing or the time is out of bounds."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    webhook_id, stamp, signatures = (headers.get(name, "") for name in names)
    try:
        at = datetime.fromtimestamp(int(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return b"", []
    if not webhook_id or abs(now - at) > TOLERANCE:
        return b"", []
    found = [text.partition(",") for text in signatures.split(" ")]
    return b".".join((webhook_id.encode(), stamp.encode(), body)), [
        _decoded(value) for version, _, value in found if version == "v1a"
    ]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _fits(keys: list[Ed25519PublicKey], signed: bytes, signatures: list[bytes]) -> bool:
    return any(_is_by(key, signed, signature) for key in keys for signature in signatures)


def _is_by(key: Ed25519PublicKey, signed: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True
