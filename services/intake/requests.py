"""A signed request, taken in: signature first, then a bounded body, then its digest, then its nonce, spent once."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from services.intake.problems import Refusal, Refused
from services.intake.signatures import WINDOW, Message, Signatures, Signed, digest_refusal
from services.intake.store import Store
from shared.clock import Clock

DESCRIBES = 4 * 1024
"""Bytes a JSON body that only names a holder may have."""
LONG = 1024 * 1024
"""From this many bytes on, work over a body is done in a thread: the loop must not wait for a hash of megabytes."""

T = TypeVar("T")


def accept(value: T | Refusal) -> T:
    """Give the value, or raise its refusal: how a route leaves early."""
    if isinstance(value, Refusal):
        raise Refused(value)
    return value


async def aside(size: int, work: Callable[[], T]) -> T:
    """Do `work` over `size` bytes: at once when they are few, else in a thread."""
    return await asyncio.to_thread(work) if size > LONG else work()


def _too_big(limit: int) -> Refusal:
    return Refusal("body-too-big", part="content-length", facts={"limit": str(limit)}, shown={"limit": limit})


async def _body(request: Request, limit: int) -> bytes | Refusal:
    """Read the body, never holding more than `limit` bytes; an announced length is judged before anything is read."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        return _too_big(limit)
    body = bytearray()
    try:
        async for chunk in request.stream():
            if len(body) + len(chunk) > limit:
                return _too_big(limit)
            body += chunk
    except ClientDisconnect:
        return Refusal("body-incomplete")
    return bytes(body)


@dataclass(frozen=True)
class Taken:
    """A request that a wallet app has signed, with its body; empty for a GET."""

    signed: Signed
    body: bytes


class Requests:
    """Takes signed requests in."""

    def __init__(self, signatures: Signatures, store: Store, clock: Clock) -> None:
        """Take the verifier, the store of nonces, and the clock."""
        self._signatures = signatures
        self._store = store
        self._clock = clock

    async def take(self, request: Request, *, limit: int = 0) -> Taken:
        """Verify a request and read at most `limit` bytes of body. Raises `Refused` and `Unavailable`.

        The nonce is spent last, and before anything is done: no stranger can spend it, and no request acts twice.
        """
        query = request.scope["query_string"].decode("latin-1")
        target = request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        message = Message.of(request.method, self._signatures.url(target), request.headers.raw)
        signed = accept(self._signatures.head(message, self._clock()))
        body = b""
        if request.method == "POST":
            body = accept(await _body(request, limit))
            accept(await aside(len(body), lambda: digest_refusal(signed, body)))
        request.state.taken = Taken(signed, body)  # what was asked for, should the store be away
        spent = await self._store.spend(
            signed.keyid, signed.nonce, keep_until=signed.created + 2 * WINDOW, now=self._clock()
        )
        if not spent:
            raise Refused(Refusal("signature-replayed", part="nonce"))
        return Taken(signed, body)
