"""A wallet app's client signs each attempt anew and sends the same submission again, never another."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx
import pytest

from services.intake.signatures import Message, Signatures, Signed, digest_refusal
from services.intake.wallet_keys import load_wallet_keys
from services.wallet_simulator.client import Certificate, Person, Problem, WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys
from shared.clock import utc_now

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
        door = Signatures(load_wallet_keys(tmp_path / "wallets.json"), DOOR)
        message = Message.of(request.method, door.url(request.url.raw_path.decode()), request.headers.raw)
        signed = door.head(message, utc_now())
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
