"""The store really stops, frozen and killed: the door says so fast, offers another way, and holds nothing by halves."""

import asyncio
import math
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from gubi_wallet import Certificate, Person, Problem, WalletClient
from services.intake.keys.registry import PATIENCE as FOR_THE_KEYS
from services.intake.store import PATIENCE
from shared.catalog import load
from shared.clock import utc_now
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.receipts import Counter, a_counter
from tests.builders.waiting import until
from tests.conftest import a_store

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers, pytest.mark.timeout(600)]

BOUND = FOR_THE_KEYS + PATIENCE + 1.5
"""Seconds within which 99 of 100 answers come while the store is silent: the door's patience, where its keys have grown
old first for them, and some slack."""
AT_ONCE = 40
PERSON = Person("1SampLeWaLLetAddressOfKim", "김예시", date(1988, 3, 2))
SENT = [Certificate("EI_HIST", b"%PDF-1.7\n" + b"sample " * 200)]


@dataclass
class Stopping:
    """A door on a store that can be stopped."""

    counter: Counter
    server: subprocess.Popen[bytes]
    app: WalletClient

    def freeze(self) -> None:
        os.kill(self.server.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.server.pid, signal.SIGCONT)

    async def submit(self, number: int, at: Any, programme: str = "SONMOK9988_2022") -> dict[str, Any]:
        key = f"number-{number:06}"
        return await self.app.submit(programme, PERSON, SENT, idempotency_key=key, consented_at=at)


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with a_store(tmp_path) as store:
        yield store


@pytest.fixture
async def stopping(
    own_store: tuple[str, subprocess.Popen[bytes]], settings: Settings, keyring: Keyring
) -> AsyncIterator[Stopping]:
    url, server = own_store
    async with (
        a_counter(settings.model_copy(update={"mongo": url}), keyring) as counter,
        WalletClient(counter.url, counter.keys["toss"], tries=1) as app,
    ):
        yield Stopping(counter, server, app)


async def refused_in(asking: Any) -> tuple[float, Problem]:
    began = time.monotonic()
    with pytest.raises(Problem) as refused:
        await asking
    return time.monotonic() - began, refused.value


def p99(seconds: list[float]) -> float:
    return sorted(seconds)[math.ceil(len(seconds) * 0.99) - 1]


async def test_a_frozen_store_is_answered_for_fast_and_nothing_is_held_by_halves(stopping: Stopping) -> None:
    counter, now = stopping.counter, utc_now()
    case = await counter.held()
    await stopping.submit(0, now)
    stopping.freeze()
    answers = await asyncio.gather(*(refused_in(stopping.submit(number, now)) for number in range(1, AT_ONCE + 1)))
    async with counter.signing() as signed, httpx.AsyncClient(timeout=60) as http:
        began = time.monotonic()
        timeline = await signed.get(f"/v1/submissions/{case.submission_id}/timeline")
        page = await http.get(counter.page(case))
        both = time.monotonic() - began
    assert {(problem.status, problem.code) for _, problem in answers} == {(503, "unavailable")}
    assert (timeline.status_code, page.status_code) == (503, 503)
    assert both < 2 * BOUND
    print(f"p99 of {AT_ONCE} submissions at once on a frozen store: {p99([took for took, _ in answers]):.2f} s")
    assert p99([took for took, _ in answers]) < BOUND
    stopping.thaw()
    gate, vault = counter.wiring.database("gate"), counter.wiring.database("vault")

    async def answers_again() -> bool:
        async with httpx.AsyncClient() as http:
            return (await http.get(f"{counter.url}/readyz")).status_code == 200

    await until(answers_again)
    assert await gate["submissions"].count_documents({}) == 2
    assert await vault["certificates"].count_documents({}) == 2
    receipt = await stopping.submit(1, now)
    assert receipt["receipt"].startswith("GB-")


async def test_a_killed_store_is_answered_for_fast_with_the_office_that_takes_it_otherwise(stopping: Stopping) -> None:
    counter, now = stopping.counter, utc_now()
    case = await counter.held()
    await stopping.submit(0, now)
    stopping.server.kill()
    stopping.server.wait()
    answers = await asyncio.gather(*(refused_in(stopping.submit(number, now)) for number in range(1, AT_ONCE + 1)))
    assert p99([took for took, _ in answers]) < BOUND
    [office] = answers[0][1].problem["alternatives"]
    assert (office["institution"], office["office"]) == ("seoul", "sonmok9988")
    assert office["contact"]["basis"] == "예시"
    assert all(office["contact"][way] for way in ("visit", "post", "fax"))
    _, food = await refused_in(stopping.submit(99, now, programme="FOOD_2023"))
    assert food.problem["alternatives"][0]["office"] == "donated_food"
    async with counter.signing() as signed, httpx.AsyncClient(timeout=60) as http:
        asked = (await signed.get(f"/v1/submissions/{case.submission_id}")).json()
        page = await http.get(counter.page(case) + "?lang=ko")
        unsigned = await http.post(f"{counter.url}/v1/submissions")
    assert len(asked["alternatives"]) == len(load().offices), (
        "which programme it is only the store knows, so every office is offered"
    )
    assert (page.status_code, page.headers["retry-after"]) == (503, "30")
    for text in ("지금은 볼 수 없습니다", "이미 접수된 것은 그대로 있습니다", "02-000-0001", "02-000-0004"):
        assert text in page.text
    assert unsigned.status_code == 401, "who signs nothing is still told that first, without asking the store"
