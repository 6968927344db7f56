"""The door on a real store, gate and vault, and wallet apps before it; its lifespan, which wants a broker, is out."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gubi_wallet import AppKey, Certificate, Person, Problem, Signing, WalletClient
from services.intake.app import build
from services.intake.store import Store
from services.wallet_simulator.keys import ensure_wallet_keys
from shared.catalog import Catalog, load
from shared.clock import Clock, utc_now
from shared.gate import Official
from shared.settings import Settings
from shared.signing import Signer
from shared.wiring import Wiring
from tests.builders.wallets import register

DOOR = "http://127.0.0.1:8810"
PROGRAMME = "SONMOK9988_2022"
HOLDER = Person("1SampLeWaLLetAddressOfKim", "김예시", date(1988, 3, 2))
PDF = b"%PDF-1.7\n" + b"sample " * 200
SENT = [Certificate("EI_HIST", PDF)]
KIM = Official("kim", "sonmok9988")


@dataclass
class Door:
    """The door, and what a test reaches behind it."""

    api: FastAPI
    wiring: Wiring
    keys: Mapping[str, AppKey]
    store: Store

    def app(self, name: str = "toss", **options: Any) -> WalletClient:
        transport = httpx.ASGITransport(app=self.api)
        return WalletClient(DOOR, self.keys[name], transport=transport, tries=1, **options)

    def signed_by(self, key: AppKey) -> WalletClient:
        return WalletClient(DOOR, key, transport=httpx.ASGITransport(app=self.api), tries=1)

    def plain(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=self.api), base_url=DOOR, **options)

    def signing(self, name: str = "toss") -> httpx.AsyncClient:
        return self.plain(auth=Signing(self.keys[name]))


def door_on(wiring: Wiring, keys: Mapping[str, AppKey], catalog: Catalog) -> Door:
    api = build(wiring, catalog)
    return Door(api, wiring, keys, Store(wiring.database("intake")))


@asynccontextmanager
async def opened(
    settings: Settings, *, clock: Clock = utc_now, catalog: Catalog | None = None, **changes: Any
) -> AsyncIterator[Door]:
    keys = ensure_wallet_keys(settings.keys)
    Signer.create(settings.keys)
    wiring = Wiring.of(settings.model_copy(update={"public_url": DOOR} | changes), clock)
    door = door_on(wiring, keys, catalog or load())
    async with wiring.open(door.store):
        await register(wiring.database("intake"), keys.values())
        yield door


async def refused(asking: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await asking
    return caught.value


def multipart(pdf: bytes = PDF, **changes: Any) -> dict[str, Any]:
    form = {
        "programme": PROGRAMME,
        "holder": {"wallet_address": HOLDER.wallet_address, "name": HOLDER.name, "birth_date": "1988-03-02"},
        "consent": {"third_party_provision": True, "at": "2026-11-01T09:00:00+09:00"},
        "certificates": [{"part": "c1", "kind": "EI_HIST"}],
    } | changes
    files = {
        "submission": (None, json.dumps(form).encode(), "application/json"),
        "c1": ("c1.pdf", pdf, "application/pdf"),
    }
    return {"files": files, "headers": {"idempotency-key": "key-00000001"}}
