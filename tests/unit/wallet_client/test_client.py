"""A wallet app's client signs each attempt anew and sends the same submission again, never another."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx
import pytest

from gubi_wallet import AppKey, Certificate, KeyNotUsable, Person, Problem, Signing, WalletClient
from services.intake.claims import Claims, Message, read_claims
from services.intake.signatures import Signatures, Signed, digest_refusal
from services.wallet_simulator.keys import ensure_wallet_keys
from shared.clock import utc_now
from tests.builders.wallets import by_id

DOOR = "https://gubi.example"
HOLDER = Person("1SampLeWaLLetAddress", "김예시", date(1988, 3, 2))
Answer = Callable[[httpx.Request], httpx.Response]


def wallet(folder: Path, answer: Answer, **options: object) -> WalletClient:
    keys = ensure_wallet_keys(folder)
    return WalletClient(DOOR, keys["kakao"], transport=httpx.MockTransport(answer), **options)  # type: ignore[arg-type]


def problem(status: int, code: str) -> httpx.Response:
    headers = {"content-type": "application/problem+json", "retry-after": "0"}
    return httpx.Response(status, content=json.dumps({"code": code}), headers=headers)


async def test_what_did_not_get_through_is_sent_again_under_the_same_key_with_a_new_nonce(tmp_path: Path) -> None:
    seen: list[Signed] = []

    def answer(request: httpx.Request) -> httpx.Response:
        door = Signatures(DOOR)
        message = Message.of(request.method, door.url(request.url.raw_path.decode()), request.headers.raw)
        claims = read_claims(message.headers)
        assert isinstance(claims, Claims)
        keys = by_id(ensure_wallet_keys(tmp_path).values())
        signed = door.verify(message, claims, keys.get(claims.keyid), utc_now())
        assert isinstance(signed, Signed)
        assert digest_refusal(signed, request.content) is None
        seen.append(signed)
        if len(seen) == 1:
            raise httpx.ReadError("cut")
        return problem(503, "unavailable") if len(seen) == 2 else httpx.Response(201, json={"receipt": "GB"})

    async with wallet(tmp_path, answer) as kakao:
        receipt = await kakao.submit("SONMOK9988_2022", HOLDER, [Certificate("EI_HIST", b"%PDF-1")])
    assert receipt == {"receipt": "GB"}
    assert len({signed.fields["idempotency-key"] for signed in seen}) == 1
    assert len({signed.nonce for signed in seen}) == 3


async def test_a_refusal_is_not_tried_again(tmp_path: Path) -> None:
    calls = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return problem(409, "take-back-viewed")

    async with wallet(tmp_path, answer) as kakao:
        with pytest.raises(Problem) as caught:
            await kakao.take_back("s-x", HOLDER.wallet_address)
    assert (calls, caught.value.status, caught.value.code) == (1, 409, "take-back-viewed")


async def test_giving_up_says_so(tmp_path: Path) -> None:
    async with wallet(tmp_path, lambda _: problem(503, "unavailable"), tries=2) as kakao:
        with pytest.raises(Problem, match="503 unavailable"):
            await kakao.status("s-x", HOLDER.wallet_address)


def test_a_person_is_not_printed_by_accident() -> None:
    assert HOLDER.name not in repr(HOLDER)
    assert HOLDER.wallet_address not in repr(HOLDER)


async def test_it_waits_as_long_as_the_door_asks_but_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("gubi_wallet.client.asyncio.sleep", sleep)
    asked = iter(["5", "86400", "soon"])

    def answer(_: httpx.Request) -> httpx.Response:
        told = next(asked, None)
        return httpx.Response(429, headers={"retry-after": told}) if told else httpx.Response(200, json=[])

    async with wallet(tmp_path, answer) as kakao:
        assert await kakao.keys() == []
    assert [5 <= waited[0] < 6.3, 30 <= waited[1] < 37.6, 0.8 <= waited[2] < 1.1] == [True] * 3


async def test_what_is_answered_by_something_else_than_the_door_is_a_problem_without_a_code(tmp_path: Path) -> None:
    async with wallet(tmp_path, lambda _: httpx.Response(502, text="<html>Bad Gateway</html>")) as kakao:
        with pytest.raises(Problem, match="502 no-code"):
            await kakao.programmes()


async def test_names_are_put_into_an_address_as_they_are_and_lead_nowhere_else(tmp_path: Path) -> None:
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200, json={})

    async with wallet(tmp_path, answer) as kakao:
        await kakao.status("../wallet-keys?x=1", HOLDER.wallet_address)
        await kakao.programme("한글")
    assert seen == [b"/v1/submissions/..%2Fwallet-keys%3Fx%3D1", b"/v1/programmes/%ED%95%9C%EA%B8%80"]


@pytest.mark.parametrize("address", [f"{DOOR}/gubi", f"{DOOR}/?a=b", f"{DOOR}#a", "gubi.example", ""])
def test_a_door_has_no_path_and_whoever_gives_one_is_told_at_once(tmp_path: Path, address: str) -> None:
    """It would be signed for twice or not at all, and the door could only say that the signature differs."""
    key = ensure_wallet_keys(tmp_path)["toss"]
    for refused in (
        lambda: WalletClient(address, key),
        lambda: WalletClient(DOOR, key, origin=address or "/"),
        lambda: Signing(key, origin=address or "/"),
    ):
        with pytest.raises(ValueError, match="without a path"):
            refused()
    assert WalletClient(f"{DOOR}/", key).origin == DOOR


async def test_metadata_goes_with_its_certificate(tmp_path: Path) -> None:
    bodies: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        return httpx.Response(201, json={})

    async with wallet(tmp_path, answer) as kakao:
        await kakao.submit("X", HOLDER, [Certificate("A", b"%PDF-1", b"<a/>"), Certificate("B", b"%PDF-2")])
    assert b'"metadata": "PGEvPg=="' in bodies[0]
    assert bodies[0].count(b'"metadata"') == 1


@pytest.mark.parametrize("pem", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_is_told(pem: bytes) -> None:
    with pytest.raises(KeyNotUsable):
        AppKey.from_pem("toss", "toss-1", pem)
