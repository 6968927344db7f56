"""Sends webhooks to one wallet app, and lets no address it names lead into our own network.

A name is resolved once, every address it has is checked, and the connection goes to the very address that was checked:
what the name says a moment later (DNS rebinding) does not matter. No redirects, no proxy; of the answer only the status
is used.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Self

import httpx
from standardwebhooks import Webhook

from services.notification.attempts import Answer
from services.notification.endpoints import Endpoint

TIMEOUT_SECONDS = 5.0
_DRAINED = 4096
_NAT64 = IPv6Network("64:ff9b::/96")

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


def is_public(address: str) -> bool:
    """Tell whether an address is one of the public internet; an IPv4 address inside an IPv6 one counts itself."""
    parsed = ip_address(address.partition("%")[0])
    inner: IPv4Address | None = None
    if isinstance(parsed, IPv6Address):
        inner = parsed.ipv4_mapped or parsed.sixtofour
        if parsed in _NAT64:
            inner = IPv4Address(int(parsed) & 0xFFFFFFFF)
    plain = inner or parsed
    return plain.is_global and not plain.is_multicast


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
        self._url = httpx.URL(str(endpoint.url))
        self._signers = [Webhook(secret) for secret in endpoint.secrets]
        self._private = self._url.host in private_hosts
        self._resolver = resolver
        self._timeout = timeout
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"resolve-{endpoint.app}")
        self._client = httpx.AsyncClient(
            verify=tls or httpx.create_ssl_context(trust_env=False),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout,
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
        address = await self._address()
        if isinstance(address, Answer):
            return [address] * len(outgoing)
        return list(await asyncio.gather(*(self._post(address, item, at) for item in outgoing)))

    async def _address(self) -> str | Answer:
        """Give the address to connect to, or why there is none."""
        if self._url.scheme != "https" and not self._private:
            return Answer(False, "not_https")
        port = self._url.port or (443 if self._url.scheme == "https" else 80)
        try:
            async with asyncio.timeout(self._timeout):
                looking = asyncio.get_running_loop().run_in_executor(self._thread, self._resolver, self._url.host, port)
                found = await looking
        except (OSError, UnicodeError):  # TimeoutError is an OSError
            return Answer(False, "host_not_found")
        if not found:
            return Answer(False, "host_not_found")
        if not self._private and not all(is_public(address) for address in found):
            return Answer(False, "address_not_public")
        return found[0]

    async def _post(self, address: str, item: Outgoing, at: datetime) -> Answer:
        request = self._client.build_request(
            "POST",
            self._url.copy_with(host=address),
            content=item.body,
            headers={"host": self._url.netloc.decode(), **self._signature(item, at)},
            extensions={"sni_hostname": self._url.host},
        )
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.send(request, stream=True)
                try:
                    await _drain(response)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.TimeoutException):
            return Answer(False, "timeout")
        except (httpx.HTTPError, OSError) as error:
            return Answer(False, type(error).__name__.lower())
        return Answer(response.is_success, f"http_{response.status_code}")

    def _signature(self, item: Outgoing, at: datetime) -> dict[str, str]:
        signed_at, text = at.astimezone(UTC), item.body.decode()
        signatures = [signer.sign(item.webhook_id, signed_at, text) for signer in self._signers]
        return {
            "webhook-id": item.webhook_id,
            "webhook-timestamp": str(int(signed_at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


async def _drain(response: httpx.Response) -> None:
    """Read past a short answer, so that its connection can be used again; with a long one it is closed."""
    read = 0
    async for chunk in response.aiter_raw():
        read += len(chunk)
        if read > _DRAINED:
            return
