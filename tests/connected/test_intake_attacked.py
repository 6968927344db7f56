"""The door under attack: replays, other holders, other apps, bodies too big, too slow, or lying about their size.

Each attack reports how many of how many got through; none may.
"""

import asyncio
import contextlib
import json
import resource
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gubi_wallet import AppKey, Certificate, Signing
from services.intake import requests as taking
from services.intake import room
from services.intake.app import build
from services.intake.problems import Refused
from services.intake.requests import DESCRIBES
from services.intake.rules import Limits
from shared.catalog import load
from tests.builders.doors import DOOR, HOLDER, PDF, PROGRAMME, SENT, Door, door_on, multipart, refused
from tests.builders.serving import served

pytestmark = pytest.mark.connected
STRANGER = "1SampLeWaLLetAddressOfLee"
TIMES = 20


def signed(door: Door, request: httpx.Request, key: AppKey | None = None) -> httpx.Request:
    request.read()
    next(Signing(key or door.keys["toss"], origin=DOOR).auth_flow(request))
    return request


async def test_of_twenty_replays_at_once_one_is_taken(door: Door) -> None:
    """S1. The very same bytes twenty times, in parallel, and once more when all is over."""
    async with door.plain() as http:
        for request in (
            http.build_request("POST", "/v1/submissions", **multipart()),
            http.build_request("GET", "/v1/wallet-keys"),
        ):
            signed(door, request)
            answers = await asyncio.gather(*(http.send(request) for _ in range(TIMES)))
            answers.append(await http.send(request))
            taken = [answer for answer in answers if answer.is_success]
            assert len(taken) == 1
            assert {answer.json()["code"] for answer in answers if not answer.is_success} == {"signature-replayed"}


async def test_a_replay_at_another_door_of_the_same_installation_is_refused(door: Door) -> None:

    other = door_on(door.wiring, door.keys, load())
    async with door.plain() as http, other.plain() as elsewhere:
        request = signed(door, http.build_request("GET", "/v1/wallet-keys"))
        assert (await http.send(request)).status_code == 200
        assert (await elsewhere.send(request)).json()["code"] == "signature-replayed"


def of_a_submission(door: Door) -> Iterator[tuple[str, str]]:
    """Every operation of the description that is about one submission: those that are added later too."""
    for path, operations in door.api.openapi()["paths"].items():
        if "{submission_id}" in path:
            yield from ((method, path) for method in operations)


def whose(method: str, path: str, submission_id: str, address: str | None) -> dict[str, Any]:
    address_of = path.replace("{submission_id}", submission_id).replace("{number}", "1")
    asked: dict[str, Any] = {"method": method, "url": address_of}
    if method != "post":
        return asked | ({"headers": {"gubi-holder": address}} if address else {})
    holder = {"wallet_address": address} if address else {}
    if path.endswith("/supplement"):
        return asked | supplement(holder)
    return asked | {"json": {"holder": holder}}


def supplement(holder: dict[str, Any]) -> dict[str, Any]:
    """A better certificate, as it is sent when one was asked for."""
    form = json.dumps({"holder": holder, "certificates": [{"part": "c1", "kind": "EI_HIST"}]}).encode()
    files = {"submission": (None, form, "application/json"), "c1": ("c1.pdf", PDF, "application/pdf")}
    return {"files": files, "headers": {"idempotency-key": "key-00000001"}}


async def test_a_submission_is_its_holders_whatever_the_app_and_nobody_elses(door: Door) -> None:
    """S3. All operations of a submission × who asks: whoever is not the holder hears what is heard of none at all."""
    async with door.app() as toss:
        real = (await toss.submit(PROGRAMME, HOLDER, SENT))["submission_id"]
    none, cells, leaks = f"s-{'a' * 26}", 0, 0
    seoul, unregistered = door.keys["seoul"], AppKey.generate("toss", "toss-9")
    found = list(of_a_submission(door))
    assert ("get", "/v1/submissions/{submission_id}") in found
    assert len(found) >= 3
    for method, path in found:
        for app in (door.keys["toss"], seoul):
            async with door.plain(auth=Signing(app)) as http:
                theirs, absent = [await http.request(**whose(method, path, sid, STRANGER)) for sid in (real, none)]
                odd = await http.request(**whose(method, path, "not-an-id", STRANGER))
                unsaid = [await http.request(**whose(method, path, sid, None)) for sid in (real, none)]
            cells += 4
            leaks += any(answer.status_code != 404 for answer in (theirs, absent, odd))
            assert theirs.json() == absent.json() == odd.json(), path
            assert unsaid[0].json() == unsaid[1].json(), path
        for auth in (None, Signing(unregistered), Signing(replace(seoul, keyid="toss-1"))):
            async with door.plain(auth=auth) as http:
                for sid in (real, none):
                    answer = await http.request(**whose(method, path, sid, HOLDER.wallet_address))
                    cells += 1
                    leaks += answer.status_code != 401
    assert leaks == 0
    assert cells == len(found) * 14
    print(f"S3: {cells} cells, {leaks} leaks")
    for method, path in found:  # and the holder, with an app that did not send it
        async with (
            door.plain(auth=Signing(seoul)) as http,
            stream(http, whose(method, path, real, HOLDER.wallet_address)) as answer,
        ):
            assert answer.status_code in (200, 202, 404, 409)
            if answer.status_code == 404:
                assert json.loads(await answer.aread())["code"] != "submission-not-found"


@contextlib.asynccontextmanager
async def stream(http: httpx.AsyncClient, asked: dict[str, Any]) -> AsyncIterator[httpx.Response]:
    """An answer whose body need not end."""
    async with http.stream(asked.pop("method"), asked.pop("url"), **asked) as answer:
        yield answer


async def test_no_app_reaches_another_apps_keys(door: Door) -> None:
    async with door.app("naver") as naver:
        for keyid in ("toss-1", "toss-9"):
            problem = await refused(naver.retire_key(keyid))
            assert (problem.status, problem.code) == (404, "wallet-key-not-found")
        assert [key["keyid"] for key in await naver.keys()] == ["naver-1"]


# S5: bodies.


async def raw(address: str, head: bytes, body: bytes = b"", *, then: float = 0.0, piece: int = 0) -> bytes:
    """Send bytes over a socket, `piece` bytes at a time with pauses of `then`; give what comes back, until it ends."""
    host, _, port = address.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    answer = asyncio.create_task(reader.read(64 * 1024))
    try:
        writer.write(head)
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(body), piece or len(body) or 1):
                if answer.done():
                    break
                writer.write(body[at : at + (piece or len(body))])
                await writer.drain()
                if then:
                    await asyncio.wait([answer], timeout=then)
        return await asyncio.wait_for(answer, 60)
    finally:
        answer.cancel()
        writer.close()


def head_of(request: httpx.Request, **changes: str | None) -> bytes:
    """The request line and headers as bytes; a header can be changed, or dropped by None."""
    headers = dict(request.headers) | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{request.method} {request.url.raw_path.decode()} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items() if value is not None]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def a_submission(door: Door, size: int = 200_000) -> httpx.Request:
    pdf = b"%PDF-1.7\n" + bytes(size)
    return signed(door, httpx.Request("POST", f"{DOOR}/v1/submissions", **multipart(pdf)))


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule in a hurry, so that the test need not take minutes: a second, and then 100 kB a second."""
    monkeypatch.setattr(taking, "seconds_for", lambda size: 1.0 + size / 100_000)


@pytest.mark.usefixtures("hasty")
async def test_a_body_that_is_too_big_or_too_slow_or_lies_is_refused_and_the_door_goes_on(door: Door) -> None:
    async with served(door.api) as address:
        request = a_submission(door)
        too_much = str(Limits().body + 1)
        said_big = await raw(address, head_of(request, content_length=too_much))
        assert b" 413 " in said_big.split(b"\r\n")[0]
        assert b"body-too-big" in said_big

        request = a_submission(door)
        endless = b"40000\r\n" + bytes(0x40000) + b"\r\n"
        chunked = head_of(request, content_length=None, transfer_encoding="chunked")
        never_ends = await raw(address, chunked, endless * 120, piece=len(endless))
        assert b" 413 " in never_ends.split(b"\r\n")[0]

        request = a_submission(door)
        slow = await raw(address, head_of(request), request.content, piece=1000, then=0.2)
        assert b" 408 " in slow.split(b"\r\n")[0]
        assert b"body-too-slow" in slow
        assert b"connection: close" in slow.lower()

        request = a_submission(door)
        stalls = await raw(address, head_of(request), request.content[:1000])
        assert b" 408 " in stalls.split(b"\r\n")[0]

        request = a_submission(door)
        longer = await raw(address, head_of(request, content_length=str(len(request.content) + 1)), request.content)
        assert b" 408 " in longer.split(b"\r\n")[0]

        request = a_submission(door)
        shorter = await raw(address, head_of(request, content_length=str(len(request.content) - 1)), request.content)
        assert b"signature-digest-mismatch" in shorter

        for wrong in ("-1", "1e3", "99999999999999999999999", "12, 13"):
            answer = await raw(address, head_of(a_submission(door), content_length=wrong))
            assert answer.split(b"\r\n")[0].split(b" ")[1] in (b"400", b"413"), wrong
        both = await raw(address, head_of(a_submission(door), transfer_encoding="chunked"), b"0\r\n\r\n")
        assert both.split(b"\r\n")[0].split(b" ")[1] in (b"400", b"401")
        async with httpx.AsyncClient(base_url=address, auth=Signing(door.keys["toss"], origin=DOOR)) as http:
            assert (await http.get("/v1/wallet-keys")).status_code == 200
    assert await door.wiring.database("gate")["submissions"].count_documents({}) == 0


def resident() -> int:
    """Bytes of memory this process, door and clients together, has now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("hasty")
async def test_a_hundred_slow_clients_make_nobody_wait_and_fill_no_memory(door: Door) -> None:
    """S5. Half of them unsigned, half of a registered app; meanwhile another app's requests are timed."""
    async with (
        served(door.api) as address,
        httpx.AsyncClient(base_url=address, auth=Signing(door.keys["naver"], origin=DOOR), timeout=30) as naver,
    ):

        async def timed(times: int) -> list[float]:
            found = []
            for _ in range(times):
                began = time.monotonic()
                assert (await naver.get("/v1/wallet-keys")).status_code == 200
                found.append(time.monotonic() - began)
            return sorted(found)

        before = await timed(30)
        memory = [resident()]
        heads = []
        for number in range(100):
            request = a_submission(door, 4 * 1024 * 1024 if number % 2 else 1000)
            head = head_of(request) if number % 2 else head_of(request, signature=None)
            heads.append((head, request.content[:50_000]))
        attack = [asyncio.create_task(raw(address, head, body, piece=500, then=0.2)) for head, body in heads]
        await asyncio.sleep(0.5)
        during = await timed(30)
        while not all(one.done() for one in attack):
            memory.append(resident())
            await asyncio.sleep(0.05)
        answers = [one.result() for one in attack]
    grown = (max(memory) - memory[0]) / 2**20
    statuses = [answer.split(b" ")[1] for answer in answers]
    assert set(statuses[::2]) == {b"401"}
    assert set(statuses[1::2]) <= {b"408", b"503"}
    print(f"S5: p50 {before[15]:.3f} s, with 100 slow clients {during[15]:.3f} s, {during[-1]:.3f} s at most")
    print(f"S5: {grown:.0f} MiB more")
    assert during[15] < before[15] * 10 + 0.1
    assert grown < 64


async def test_bodies_held_at_once_are_bounded_and_one_app_leaves_room_for_the_others() -> None:

    held = room.Room(100, patience=0.05)
    async with held.of(50, "toss"):
        with pytest.raises(Refused, match="door-busy"):
            async with held.of(1, "toss"):
                pass
        async with held.of(50, "naver"):
            assert held.held == 100
            with pytest.raises(Refused, match="door-busy"):
                async with held.of(1, "kakao"):
                    pass
        async with held.of(10, "kakao"):
            assert held.held == 60
    assert held.held == 0


async def test_whoever_waits_for_room_gets_it_when_it_is_there() -> None:
    held = room.Room(100, patience=5)
    entered = asyncio.Event()

    async def waits() -> None:
        async with held.of(50, "toss"):
            entered.set()

    async with held.of(50, "toss"):
        waiting = asyncio.create_task(waits())
        await asyncio.sleep(0.05)
        assert not entered.is_set()
    await waiting
    assert held.held == 0


async def test_a_busy_door_says_when_to_come_again_and_the_client_does(door: Door) -> None:

    small = build(door.wiring, load(), Limits(bodies=1000))
    busy = Door(small, door.wiring, door.keys, door.store)
    async with busy.app() as toss:
        problem = await refused(toss.submit(PROGRAMME, HOLDER, [Certificate("EI_HIST", b"%PDF-1.7" + bytes(5000))]))
    assert (problem.status, problem.code) == (503, "door-busy")


def test_a_slow_line_is_given_the_time_it_needs() -> None:
    """25 MiB at 1 Mbit/s is more than three minutes, and 4 kB are soon there."""
    assert room.seconds_for(Limits().body) > 25 * 8
    assert room.seconds_for(DESCRIBES) < 11
