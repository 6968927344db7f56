"""A signed request, taken in: signature first, then a bounded body, then its digest, then its nonce, spent once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import ClientDisconnect, Request

from services.intake import form
from services.intake.claims import WINDOW, Message, read_claims
from services.intake.form import Form
from services.intake.keys.registry import Registry
from services.intake.problems import Refusal, Refused
from services.intake.room import SLOWEST, Room, seconds_for
from services.intake.signatures import Signatures, Signed, digest_refusal
from services.intake.store import Store
from shared.clock import Clock

LONG = 1024 * 1024
"""From this many bytes on, work over a body is done in a thread: the loop must not wait for a hash of megabytes."""

DESCRIBES = 4 * 1024
"""Bytes a JSON body may have that names a holder or a key."""

T = TypeVar("T")


def accept(value: T | Refusal) -> T:
    """Give the value, or raise its refusal: how a route leaves early."""
    if isinstance(value, Refusal):
        raise Refused(value)
    return value


async def aside(size: int, work: Callable[[], T]) -> T:
    """Do `work` over `size` bytes: at once when they are few, else in a thread."""
    return await asyncio.to_thread(work) if size > LONG else work()


def json_of(kind: type[Form], taken: "Taken") -> Form:
    """Read the body as a form. Raises `Refused`, also for one that was not said to be JSON."""
    if taken.signed.fields["content-type"].partition(";")[0].strip().lower() != "application/json":
        expected = {"expected": "application/json"}
        raise Refused(Refusal("content-type-unsupported", part="content-type", facts=expected))
    return accept(form.read(kind, taken.body, "body"))


def _too_big(limit: int) -> Refusal:
    return Refusal("body-too-big", part="content-length", facts={"limit": str(limit)}, shown={"limit": limit})


def _announced(request: Request, limit: int) -> int | Refusal:
    """Give how long the body says it is, `limit` where it does not say; judged before anything is read."""
    announced = request.headers.get("content-length", "")
    size = int(announced) if announced.isdecimal() else limit
    return size if size <= limit else _too_big(limit)


async def _body(request: Request, size: int, limit: int) -> bytes | Refusal:
    """Read the body, never holding more than `limit` bytes, nor waiting longer than `size` bytes may take."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds_for(size)):
            async for chunk in request.stream():
                if len(body) + len(chunk) > limit:
                    return _too_big(limit)
                body += chunk
    except ClientDisconnect:
        return Refusal("body-incomplete")
    except TimeoutError:
        return Refusal("body-too-slow", part="body", facts={"rate": str(SLOWEST)})
    return bytes(body)


@dataclass(frozen=True)
class Taken:
    """A request that a wallet app has signed, with its body; empty for a GET.

    Of `message` only what `signed` repeats is believed.
    """

    signed: Signed
    body: bytes
    message: Message


class Requests:
    """Takes signed requests in."""

    def __init__(self, signatures: Signatures, keys: Registry, store: Store, room: Room, clock: Clock) -> None:
        """Take the verifier, the wallet apps' keys, the store of nonces, the room for bodies, and the clock."""
        self._signatures = signatures
        self._keys = keys
        self._store = store
        self._room = room
        self._clock = clock

    async def take(self, request: Request, *, limit: int = 0) -> Taken:
        """Verify a request and read at most `limit` bytes of body. Raises `Refused` and `Unavailable`.

        The nonce is spent last, and before anything is done: no stranger can spend it, and no request acts twice.
        """
        message, signed = await self._head(request)
        size = accept(_announced(request, limit)) if request.method == "POST" else 0
        return await self._whole(request, message, signed, size, limit)

    @asynccontextmanager
    async def taking(self, request: Request, *, limit: int) -> AsyncIterator[Taken]:
        """Do the same for bodies so large that not any number of them may be held at once, for as long as one is held.

        Raises `Refused` too where there is no room.
        """
        message, signed = await self._head(request)
        size = accept(_announced(request, limit))
        async with self._room.of(size, signed.app):
            yield await self._whole(request, message, signed, size, limit)

    async def _head(self, request: Request) -> tuple[Message, Signed]:
        query = request.scope["query_string"].decode("latin-1")
        target = request.scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
        message = Message.of(request.method, self._signatures.url(target), request.headers.raw)
        claims = accept(read_claims(message.headers))
        key = await self._keys.find(claims.keyid)
        return message, accept(self._signatures.verify(message, claims, key, self._clock()))

    async def _whole(self, request: Request, message: Message, signed: Signed, size: int, limit: int) -> Taken:
        body = b""
        if request.method == "POST":
            body = accept(await _body(request, size, limit))
            accept(await aside(len(body), lambda: digest_refusal(signed, body)))
        taken = request.state.taken = Taken(signed, body, message)  # what was asked for, should the store be away
        spent = await self._store.spend(
            signed.keyid, signed.nonce, keep_until=signed.created + 2 * WINDOW, now=self._clock()
        )
        if not spent:
            raise Refused(Refusal("signature-replayed", part="nonce"))
        return taken
