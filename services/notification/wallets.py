"""Sends webhooks to one wallet app, and lets no address it names lead into our own network.

A name is resolved once for a turn, every address it has is checked, and the connection goes to the very address that
was checked: what the name says a moment later (DNS rebinding) does not matter. No redirects, no proxy, no cookies; of
the answer only the status and Retry-After are used, and what it does after them costs it nothing but the connection.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self

import httpx

from services.notification.addresses import why_not_addresses, why_not_url
from services.notification.attempts import Answer, asked_wait
from services.notification.endpoints import Endpoint
from services.notification.signing import Signer

TIMEOUT_SECONDS = 5.0
"""From the first byte out to the last header in, whatever trickles between."""
_DRAINED = 4096
_DRAIN_SECONDS = 0.2

Resolver = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host, blocking; raises `OSError`."""


@dataclass(frozen=True)
class Outgoing:
    """A webhook to send: its id, the same at each attempt, and its body."""

    webhook_id: str
    body: bytes


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class WalletLine:
    """The line to one wallet app, with connections and a resolver thread of its own: no app waits for another."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        private_hosts: Collection[str] = (),
        tls: ssl.SSLContext | None = None,
        resolver: Resolver = resolve,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        """Take the endpoint; `private_hosts` may have private addresses and plain HTTP, in development only."""
        self.endpoint = endpoint
        self._url = httpx.URL(str(endpoint.url))
        self._port = self._url.port or (443 if self._url.scheme == "https" else 80)
        self._signer = Signer(endpoint)
        self._private = self._url.host in private_hosts
        self._resolver = resolver
        self._timeout = timeout
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"resolve-{endpoint.app}")
        self._client = httpx.AsyncClient(
            verify=tls or httpx.create_ssl_context(trust_env=False),
            trust_env=False,
            follow_redirects=False,
            event_hooks={"response": [_lead_nowhere]},
            timeout=timeout,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"user-agent": "gubi-notification", "content-type": "application/json"},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def send(self, outgoing: Sequence[Outgoing], at: datetime) -> list[Answer]:
        """Send webhooks side by side, signed as of `at`; give the answers in order. Raises nothing a wallet does."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        address = await self._address()
        if isinstance(address, Answer):
            return [replace(address, seconds=loop.time() - began)] * len(outgoing)
        return list(await asyncio.gather(*(self._timed(address, item, at) for item in outgoing)))

    async def _address(self) -> str | Answer:
        """Give the address to connect to, or why there is none."""
        if not self._private:
            refused = why_not_url(self._url.scheme, self._port, with_user=bool(self._url.userinfo))
            if refused:
                return Answer(False, refused)
        try:
            async with asyncio.timeout(self._timeout):
                looking = asyncio.get_running_loop().run_in_executor(
                    self._thread, self._resolver, self._url.host, self._port
                )
                found = await looking
        except (OSError, UnicodeError):  # TimeoutError is an OSError
            return Answer(False, "host_not_found")
        refused = (None if found else "host_not_found") if self._private else why_not_addresses(found)
        return Answer(False, refused) if refused else found[0]

    async def _timed(self, address: str, item: Outgoing, at: datetime) -> Answer:
        loop = asyncio.get_running_loop()
        began = loop.time()
        answer = await self._post(address, item, at)
        return replace(answer, seconds=loop.time() - began)

    async def _post(self, address: str, item: Outgoing, at: datetime) -> Answer:
        request = self._client.build_request(
            "POST",
            self._url.copy_with(host=address, userinfo=b""),
            content=item.body,
            headers={"host": self._url.netloc.decode(), **self._signer.headers(item.webhook_id, at, item.body)},
            extensions={"sni_hostname": self._url.host},
        )
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.send(request, stream=True)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(False, "timeout")
        except (httpx.HTTPError, OSError) as error:
            return Answer(False, type(error).__name__.lower())
        await _finish(response)
        again = None if response.is_success else asked_wait(response.headers.get("retry-after"), at)
        return Answer(response.is_success, f"http_{response.status_code}", again)


async def _lead_nowhere(response: httpx.Response) -> None:
    """Drop Location: the library reads it even where no redirect is followed, and raises for what is no address."""
    response.headers.pop("location", None)


async def _finish(response: httpx.Response) -> None:
    """Read past a short answer, so that its connection can be used again; with any other, close it."""
    read = 0
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for chunk in response.aiter_raw():
                read += len(chunk)
                if read > _DRAINED:
                    break
    except (TimeoutError, httpx.HTTPError, OSError):
        pass  # the status was said; what follows it is the wallet's own affair
    finally:
        await response.aclose()
