"""How a wallet app signs: RFC 9421 over method, address, body digest and the headers that the door acts on."""

import secrets
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
from http_message_signatures import HTTPMessageSigner, HTTPSignatureAlgorithm, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from gubi_wallet.keys import Algorithm, AppKey

TAG = "gubi"
NEW_KEY_TAG = "gubi-new-key"
"""Of the second signature, by which a key that is to be registered shows that its private half is there."""
GOOD_FOR = timedelta(seconds=120)
SIGNED_IF_SENT = ("content-type", "idempotency-key", "gubi-holder")

Clock = Callable[[], datetime]

_ALGORITHMS: Mapping[Algorithm, type[HTTPSignatureAlgorithm]] = {
    "ed25519": ED25519,
    "ecdsa-p256-sha256": ECDSA_P256_SHA256,
}


def now() -> datetime:
    """Give the present instant, aware, in UTC."""
    return datetime.now(UTC)


def origin_of(address: str) -> str:
    """Give a door's address as an origin (RFC 6454). Raises `ValueError` where it is none, or has a path behind it."""
    parts = urlsplit(address)
    if not parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("A door's address is scheme, host and port without a path, such as https://gubi.example.")
    return address.rstrip("/")


class _Outgoing:
    """What is signed: the request, under the address the door goes by."""

    def __init__(self, request: httpx.Request, url: str) -> None:
        self.method = request.method
        self.url = url
        self.headers = request.headers


class Signing(httpx.Auth):
    """Signs each request as it is sent, so that a repeat gets a nonce of its own.

    Usable by itself too: `httpx.post(url, auth=Signing(key), …)`.
    """

    requires_request_body = True

    def __init__(
        self, key: AppKey, *, origin: str | None = None, clock: Clock = now, new_key: AppKey | None = None
    ) -> None:
        """Take the app's key.

        `origin` is the door's public address where the connection goes to another one. `new_key` signs beside it, to be
        registered. Raises `ValueError` where `origin` is none.
        """
        self._keys = [(key, TAG)] + ([(new_key, NEW_KEY_TAG)] if new_key else [])
        self._origin = origin_of(origin) if origin else None
        self._clock = clock

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add Content-Digest, Signature-Input and Signature."""
        covered = ["@method", "@authority", "@target-uri"]
        covered += [name for name in SIGNED_IF_SENT if name in request.headers]
        url = self._origin + request.url.raw_path.decode() if self._origin else str(request.url)
        body = request.content if request.method == "POST" else None
        at = self._clock()
        for place, (key, tag) in enumerate(self._keys):
            resolver = MappingKeyResolver(public_keys={}, private_keys={key.keyid: key.private_key})
            HTTPMessageSigner(signature_algorithm=_ALGORITHMS[key.algorithm], key_resolver=resolver).sign(
                _Outgoing(request, url),
                key_id=key.keyid,
                created=at,
                expires=at + GOOD_FOR,
                nonce=secrets.token_urlsafe(18),
                label=tag,
                tag=tag,
                covered_component_ids=covered,
                body=body,
                append_if_signature_exists=place > 0,
                use_existing_digest=body is not None and place > 0,
            )
        yield request
