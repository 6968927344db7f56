"""Webhooks that a door sends, held to their signature by Standard Webhooks 1.0: `v1` (HMAC-SHA256), `v1a` (Ed25519)."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from gubi_wallet.signing import Clock, now

_SECRET, _PUBLIC = "whsec_", "whpk_"


class NotVerified(Exception):
    """A webhook that is not to be believed; its text says which part of it failed, and repeats nothing of it."""


class Webhooks:
    """Verifies the webhooks of one endpoint.

    `keys` are its secrets (`whsec_…`) and the door's public keys (`whpk_…`), all that hold at present: while they are
    being changed there are two. Of a webhook one signature by one of them is enough.
    """

    tolerance = timedelta(minutes=5)
    """How far the time it was sent at may be from now, either way (Standard Webhooks: "to prevent replay attacks")."""

    def __init__(self, keys: Iterable[str], *, clock: Clock = now) -> None:
        """Take the keys. Raises `ValueError` for one of no known form."""
        self._clock = clock
        self._secrets: list[bytes] = []
        self._public: list[Ed25519PublicKey] = []
        for key in keys:
            if key.startswith(_SECRET):
                self._secrets.append(base64.b64decode(key.removeprefix(_SECRET), validate=True))
            elif key.startswith(_PUBLIC):
                content = base64.b64decode(key.removeprefix(_PUBLIC), validate=True)
                self._public.append(Ed25519PublicKey.from_public_bytes(content))
            else:
                raise ValueError(f"a key of a webhook begins with {_SECRET} or {_PUBLIC}")

    def verify(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Give the content of a webhook. Raises `NotVerified`.

        The same webhook may come twice: its header `webhook-id` is the same each time, act on one of them.
        """
        told = {name.lower(): value for name, value in headers.items()}
        for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            if not told.get(name):
                raise NotVerified(f"{name} missing")
        self._must_be_recent(told["webhook-timestamp"])
        signed = f"{told['webhook-id']}.{told['webhook-timestamp']}.".encode() + body
        if not any(self._signed_by_us(signed, one) for one in told["webhook-signature"].split(" ")):
            raise NotVerified("webhook-signature does not fit")
        try:
            content = json.loads(body)
        except ValueError:
            raise NotVerified("body is not JSON") from None
        if not isinstance(content, dict):
            raise NotVerified("body is no JSON object")
        return content

    def _must_be_recent(self, timestamp: str) -> None:
        try:
            sent_at = datetime.fromtimestamp(int(timestamp), self._clock().tzinfo)
        except (ValueError, OverflowError, OSError):
            raise NotVerified("webhook-timestamp is no number of seconds") from None
        if abs(self._clock() - sent_at) > self.tolerance:
            raise NotVerified("webhook-timestamp is too far from now")

    def _signed_by_us(self, signed: bytes, listed: str) -> bool:
        version, _, encoded = listed.partition(",")
        try:
            signature = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            return False
        if version == "v1":
            made = (hmac.digest(secret, signed, hashlib.sha256) for secret in self._secrets)
            return any(hmac.compare_digest(signature, one) for one in made)
        return version == "v1a" and any(_holds(key, signature, signed) for key in self._public)


def _holds(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, signed)
    except InvalidSignature:
        return False
    return True
