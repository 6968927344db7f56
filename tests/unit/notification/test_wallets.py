"""Sending webhooks: to the address that was checked, signed, and bounded."""

import asyncio
import datetime as calendar
import ssl
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from services.notification.attempts import Answer
from services.notification.endpoints import Endpoint
from services.notification.wallets import Outgoing, WalletLine
from shared.clock import utc_now
from tests.builders.liars import ACCEPTED, REFUSED, lying, wrong_content
from tests.builders.receiver import Receiver

OLD, NEW = "whsec_" + "A" * 43 + "=", "whsec_" + "B" * 43 + "="
ITEM = Outgoing("msg_1", '{"type":"submission.viewed","data":{"office":"시민건강국"}}'.encode())


def line(
    url: str, *, private: Sequence[str] = ("127.0.0.1",), secrets: Sequence[str] = (NEW,), **options: object
) -> WalletLine:
    endpoint = Endpoint.model_validate({"app": "naver", "url": url, "secrets": secrets})
    return WalletLine(endpoint, private_hosts=private, **options)  # type: ignore[arg-type]


async def test_what_arrives_is_verified_by_the_standard_library_of_the_receiver() -> None:
    async with Receiver() as wallet, line(wallet.url()) as to_wallet:
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(True, "http_204")]
    [received] = wallet.received
    assert Webhook(NEW).verify(received.body, received.headers)["data"] == {"office": "시민건강국"}
    assert received.headers["webhook-id"] == "msg_1"
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(received.body.replace(b"viewed", b"denied"), received.headers)


async def test_while_a_secret_changes_the_app_may_still_use_the_old_one() -> None:
    async with Receiver() as wallet, line(wallet.url(), secrets=[NEW, OLD]) as to_wallet:
        await to_wallet.send([ITEM], utc_now())
    [received] = wallet.received
    Webhook(OLD).verify(received.body, received.headers)
    Webhook(NEW).verify(received.body, received.headers)


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.215.14", "10.0.0.7"], ["::ffff:169.254.169.254"]])
async def test_a_host_with_any_private_address_is_refused(addresses: list[str]) -> None:
    with_resolver = line("https://wallet.example/notices", private=(), resolver=lambda host, port: addresses)
    async with with_resolver as to_wallet:
        assert await to_wallet.send([ITEM, ITEM], utc_now()) == [Answer(False, "address_not_public")] * 2


async def test_a_private_address_written_as_such_is_refused_too() -> None:
    async with line("https://127.0.0.1/notices", private=()) as to_wallet:
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "address_not_public")]


async def test_without_tls_nothing_is_sent_outside_development() -> None:
    async with Receiver() as wallet, line(wallet.url(), private=()) as to_wallet:
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "not_https")]
    assert wallet.connections == 0


def _certificate_for(host: str, folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    start = calendar.datetime(2020, 1, 1, tzinfo=calendar.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=2049))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, secret


async def test_the_connection_goes_to_the_address_checked_and_tls_still_names_the_host(tmp_path: Path) -> None:
    certificate, key = _certificate_for("wallet.example", tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.9.9.9"]

    async with Receiver(tls=server) as wallet:
        trusting = ssl.create_default_context(cafile=certificate)
        url = wallet.url("wallet.example")
        async with line(url, private=["wallet.example"], resolver=resolver, tls=trusting) as to_wallet:
            assert await to_wallet.send([ITEM], utc_now()) == [Answer(True, "http_204")]
    assert asked == ["wallet.example"]
    assert wallet.received[0].headers["host"] == f"wallet.example:{wallet.port}"


async def test_a_certificate_for_another_host_is_not_accepted(tmp_path: Path) -> None:
    certificate, key = _certificate_for("other.example", tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    async with Receiver(tls=server) as wallet:
        trusting = ssl.create_default_context(cafile=certificate)
        url, found = wallet.url("wallet.example"), ["127.0.0.1"]
        async with line(url, private=["wallet.example"], resolver=lambda host, port: found, tls=trusting) as to_wallet:
            assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "connecterror")]
    assert wallet.received == []


async def test_a_redirect_is_not_followed() -> None:
    async with (
        Receiver() as inner,
        Receiver(status=302, location=inner.url()) as wallet,
        line(wallet.url()) as to_wallet,
    ):
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "http_302")]
    assert inner.connections == 0


async def test_a_silent_wallet_costs_the_time_limit_once_for_all_that_is_under_way() -> None:
    async with Receiver(silent=True) as wallet, line(wallet.url(), timeout=0.3) as to_wallet:
        started = time.monotonic()
        assert await to_wallet.send([ITEM] * 8, utc_now()) == [Answer(False, "timeout")] * 8
    assert time.monotonic() - started < 2


async def test_a_wallet_that_is_down_is_an_answer_and_not_an_error() -> None:
    async with Receiver() as wallet:
        url = wallet.url()
    async with line(url) as to_wallet:
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "connecterror")]


async def test_a_host_that_nobody_knows_is_an_answer_and_not_an_error() -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    async with line("https://wallet.example/", private=(), resolver=resolver) as to_wallet:
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "host_not_found")]


async def test_one_connection_serves_many_webhooks() -> None:
    async with Receiver() as wallet, line(wallet.url()) as to_wallet:
        for _ in range(5):
            await to_wallet.send([ITEM], utc_now())
    assert (len(wallet.received), wallet.connections) == (5, 1)


@pytest.mark.parametrize("name", REFUSED)
async def test_a_wallet_that_does_not_answer_properly_costs_a_bounded_time_and_is_told_again(name: str) -> None:
    answer, code = REFUSED[name]
    async with lying(answer) as url, line(url, timeout=0.5) as to_wallet:
        started = time.monotonic()
        assert await to_wallet.send([ITEM] * 2, utc_now()) == [Answer(False, code)] * 2
    assert time.monotonic() - started < 4


@pytest.mark.parametrize("name", ACCEPTED)
async def test_a_wallet_that_says_yes_has_accepted_whatever_follows_and_costs_a_bounded_time(name: str) -> None:
    async with lying(ACCEPTED[name]) as url, line(url, timeout=2) as to_wallet:
        started = time.monotonic()
        for _ in range(2):
            assert await to_wallet.send([ITEM] * 2, utc_now()) == [Answer(True, "http_200")] * 2
    assert time.monotonic() - started < 3


async def test_of_an_endless_answer_little_is_read() -> None:
    written = 0

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"z" * 65536 + b"\r\n")
            await writer.drain()
            written += 65536

    async with lying(counting) as url, line(url) as to_wallet:
        await to_wallet.send([ITEM], utc_now())
        await asyncio.sleep(0.2)
        stopped_at = written
        await asyncio.sleep(0.2)
    assert stopped_at == written < 8_000_000  # what the two sides' buffers take before it is hung up


async def test_cookies_are_neither_kept_nor_sent() -> None:
    async with lying(wrong_content) as url, line(url) as to_wallet:
        await to_wallet.send([ITEM], utc_now())
        assert len(to_wallet._client.cookies.jar) == 0


async def test_a_wait_that_is_asked_for_is_handed_on() -> None:
    async with Receiver(status=503, retry_after="120") as wallet, line(wallet.url()) as to_wallet:
        assert await to_wallet.send([ITEM], utc_now()) == [Answer(False, "http_503", timedelta(seconds=120))]
