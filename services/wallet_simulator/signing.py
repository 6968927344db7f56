"""How a wallet app signs: RFC 9421 over method, address, body digest and the headers the intake door acts on."""

import secrets
from collections.abc import Generator, Mapping
from datetime import timedelta

import httpx
from http_message_signatures import HTTPMessageSigner, HTTPSignatureAlgorithm, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from services.wallet_simulator.keys import AppKey
from shared.clock import Clock, utc_now

TAG = "gubi"
GOOD_FOR = timedelta(seconds=120)
SIGNED_IF_SENT = ("content-type", "idempotency-key", "gubi-holder")

_ALGORITHMS: Mapping[str, type[HTTPSignatureAlgorithm]] = {"ed25519": ED25519, "ecdsa-p256-sha256": ECDSA_P256_SHA256}


class _Outgoing:
    """What is signed: the request, under the address the door goes by."""

    def __init__(self, request: httpx.Request, url: str) -> None:
        self.method = request.method
        self.url = url
        self.headers = request.headers


class Signing(httpx.Auth):
    """Signs each request as it is sent, so that a repeat gets a nonce of its own."""

    requires_request_body = True

    def __init__(self, key: AppKey, *, origin: str | None = None, clock: Clock = utc_now) -> None:
        """Take the app's key; `origin` is the door's public address where the connection goes to another one."""
        self._key = key
        self._origin = origin.rstrip("/") if origin else None
        self._clock = clock
        resolver = MappingKeyResolver(public_keys={}, private_keys={key.keyid: key.private_key})
        self._signer = HTTPMessageSigner(signature_algorithm=_ALGORITHMS[key.algorithm], key_resolver=resolver)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add Content-Digest, Signature-Input and Signature."""
        covered = ["@method", "@authority", "@target-uri"]
        covered += [name for name in SIGNED_IF_SENT if name in request.headers]
        url = self._origin + request.url.raw_path.decode() if self._origin else str(request.url)
        now = self._clock()
        self._signer.sign(
            _Outgoing(request, url),
            key_id=self._key.keyid,
            created=now,
            expires=now + GOOD_FOR,
            nonce=secrets.token_urlsafe(18),
            label=TAG,
            tag=TAG,
            covered_component_ids=covered,
            body=request.content if request.method == "POST" else None,
        )
        yield request
