"""Signs notices: `v1a` by ed25519 keys, `v1` by secrets shared with apps whose library knows only that. Pure.

Standard Webhooks 1.0: `{id}.{timestamp}.{body}` is signed; `whsk_` is the 32-byte seed of a private key in base64,
`whpk_` the public key; several signatures stand in one header, with spaces between them.
"""

import base64
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from standardwebhooks import Webhook

from services.notification.endpoints import Endpoint, SigningKey
from shared.webhook_keys import PublicKey, key_id

_PRIVATE, _PUBLIC = "whsk_", "whpk_"


def new_private_key() -> str:
    """Make a private key, in its `whsk_` form."""
    return _PRIVATE + base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def public_of(key: SigningKey) -> PublicKey:
    """Give a signing key's public half, as it is published."""
    raw = _opened(key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    text = _PUBLIC + base64.b64encode(raw).decode()
    return PublicKey(id=key_id(text), public_key=text, until=key.until)


class Signer:
    """Signs for one endpoint, by every key and secret that is in force."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Take the endpoint's keys and secrets."""
        self._keys = [(key, _opened(key)) for key in endpoint.keys]
        self._secrets = [Webhook(secret) for secret in endpoint.secrets]

    def headers(self, webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
        """Give the three headers of an attempt made at `at`."""
        at = at.astimezone(UTC)
        stamp = str(int(at.timestamp()))
        content = b".".join((webhook_id.encode(), stamp.encode(), body))
        signatures = [
            f"v1a,{base64.b64encode(private.sign(content)).decode()}" for key, private in self._keys if key.signs(at)
        ]
        signatures += [secret.sign(webhook_id, at, body.decode()) for secret in self._secrets]
        return {"webhook-id": webhook_id, "webhook-timestamp": stamp, "webhook-signature": " ".join(signatures)}


def _opened(key: SigningKey) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(key.private.removeprefix(_PRIVATE)))
