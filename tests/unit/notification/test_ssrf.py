"""No address that a wallet app names leads into our own network: a table of tries, none of which is connected to."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.notification.addresses import is_public
from services.notification.attempts import Answer
from services.notification.endpoints import Endpoint
from services.notification.signing import new_private_key
from services.notification.wallets import Outgoing, Resolver, WalletLine, resolve
from shared.clock import utc_now
from tests.builders.receiver import Receiver

ITEM = Outgoing("msg_1", b"{}")

INWARD = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16",
    "169.254.169.254", "172.16.0.1", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "5f00::1",
]  # fmt: skip
OUTWARD = ["93.184.215.14", "8.8.8.8", "2001:4860:4860::8888", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]

WRITTEN = [
    "https://127.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://0x7f.1/", "https://0177.0.0.1/",
    "https://017700000001/", "https://127.1/", "https://127.0.1/", "https://0/", "https://①②⑦.0.0.1/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[0:0:0:0:0:ffff:127.0.0.1]/",
    "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/", "https://[fd00:ec2::254]/", "https://[fe80::1]/", "https://100.64.0.1/", "https://10.0.0.1/",
    "https://localhost/", "https://127.0.0.1./",
]  # fmt: skip
"""Addresses as they may be typed, resolved by the machine's own resolver."""


@dataclass
class Sink:
    """Listens where a webhook must never come, and counts who comes."""

    port: int = 0
    connections: int = 0
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def a_sink() -> AsyncIterator[Sink]:
    sink = Sink()

    async def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sink.connections += 1
        writer.close()

    server = await asyncio.start_server(came, None, 0, family=socket.AF_INET)
    sink.port = server.sockets[0].getsockname()[1]
    async with server:
        yield sink


def line(url: str, resolver: Resolver = resolve, **options: object) -> WalletLine:
    endpoint = Endpoint.model_validate({"app": "naver", "url": url, "keys": [{"private": new_private_key()}]})
    return WalletLine(endpoint, resolver=resolver, timeout=2.0, **options)  # type: ignore[arg-type]


def answering(*addresses: str) -> Callable[[str, int], list[str]]:
    return lambda host, port: list(addresses)


@pytest.fixture
def allowing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Let the sink's port be one that webhooks may go to, so that the address alone is what stands in the way."""

    def allow(port: int) -> None:
        monkeypatch.setattr("services.notification.addresses.PORTS", frozenset({443, 8443, port}))

    return allow


@pytest.mark.parametrize("address", INWARD)
def test_addresses_that_lead_inward_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTWARD)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(some.ip_addresses(v=4))
def test_an_ipv4_address_is_worth_the_same_inside_an_ipv6_one(address: object) -> None:
    plain = is_public(str(address))
    assert is_public(f"::ffff:{address}") == plain
    assert is_public(f"64:ff9b::{address}") == plain
    assert not is_public(f"::{address}")


async def test_of_all_names_that_resolve_inward_none_is_connected_to(allowing: Callable[[int], None]) -> None:
    async with a_sink() as sink:
        allowing(sink.port)
        for address in INWARD:
            for found in ([address], ["93.184.215.14", address], [address, "93.184.215.14"]):
                async with line(f"https://wallet.example:{sink.port}/", answering(*found)) as to_wallet:
                    assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "address_not_public")], found
        assert sink.connections == 0


async def test_of_all_ways_to_write_an_inward_address_none_is_connected_to(allowing: Callable[[int], None]) -> None:
    async with a_sink() as sink:
        allowing(sink.port)
        refused = set()
        for url in WRITTEN:
            host, rest = url.removeprefix("https://").split("/", 1)
            async with line(f"https://{host}:{sink.port}/{rest}") as to_wallet:
                [answer] = await to_wallet.send([ITEM], utc_now())
            assert not answer.accepted
            refused.add(answer.code)
        assert refused <= {"address_not_public", "host_not_found"}
        assert sink.connections == 0


async def test_the_sink_would_have_noticed(allowing: Callable[[int], None]) -> None:
    """Were the check not there, the same line would connect: here it is told that this host may be private."""
    async with a_sink() as sink:
        async with line(
            f"https://wallet.example:{sink.port}/", answering("127.0.0.1"), private_hosts=["wallet.example"]
        ) as to_wallet:
            await to_wallet.send([ITEM], utc_now())
        assert sink.connections == 1


async def test_a_name_that_turns_inward_after_it_was_checked_is_not_asked_again(
    allowing: Callable[[int], None],
) -> None:
    async with a_sink() as sink:
        allowing(sink.port)

        def rebinding(host: str, port: int) -> list[str]:
            sink.asked.append(host)
            return ["192.0.2.1" if len(sink.asked) == 1 else "127.0.0.1"]

        async with line(f"https://wallet.example:{sink.port}/", rebinding) as to_wallet:
            assert not (await to_wallet.send([ITEM] * 8, utc_now()))[0].accepted
            assert sink.asked == ["wallet.example"]
            assert not (await to_wallet.send([ITEM] * 8, utc_now()))[0].accepted
        assert sink.connections == 0


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://wallet.example/", "not_https"),
        ("http://wallet.example:443/", "not_https"),
        ("https://wallet.example:22/", "port_not_allowed"),
        ("https://wallet.example:6379/", "port_not_allowed"),
        ("https://wallet.example:27017/", "port_not_allowed"),
        ("https://user:word@wallet.example/", "url_with_user"),
    ],
)
async def test_only_https_to_its_own_ports_and_without_a_user_is_sent(url: str, code: str) -> None:
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.215.14"]

    async with line(url, resolver) as to_wallet:
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, code)]
    assert asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_inward_is_not_followed(status: int) -> None:
    async with (
        Receiver() as inner,
        Receiver(status=status, location=inner.url()) as wallet,
        line(wallet.url(), private_hosts=["127.0.0.1"]) as to_wallet,
    ):
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, f"http_{status}")]
    assert inner.connections == 0


@pytest.mark.parametrize(
    "location", ["http:]", "//xn--a", "http://[::1", ":http://]::1", "http://x:99999999/", "a\x80"]
)
async def test_a_redirect_to_what_is_no_address_is_an_answer_like_any_other(location: str) -> None:
    async with (
        Receiver(status=302, location=location) as wallet,
        line(wallet.url(), private_hosts=["127.0.0.1"]) as to_wallet,
    ):
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "http_302")]
