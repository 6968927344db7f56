"""How a wallet app talks to the intake door: every request signed (RFC 9421), every submission safe to send again.

async with WalletClient("http://127.0.0.1:8810", keys["toss"]) as wallet:
    receipt = await wallet.submit("SONMOK9988_2022", holder, [Certificate("EI_HIST", pdf)])
    await wallet.status(receipt["submission_id"], holder.wallet_address)
    await wallet.take_back(receipt["submission_id"], holder.wallet_address)
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from services.wallet_simulator.keys import AppKey
from services.wallet_simulator.signing import Signing
from shared.clock import Clock, utc_now


@dataclass(frozen=True)
class Person:
    """A holder. Not printable by accident: its `repr` holds nothing."""

    wallet_address: str = field(repr=False)
    name: str = field(repr=False)
    birth_date: date = field(repr=False)


@dataclass(frozen=True)
class Certificate:
    """A certificate to send: its kind in the catalogue, and the PDF."""

    kind: str
    pdf: bytes = field(repr=False)


class Problem(Exception):
    """The door said no. `problem` is its RFC 9457 body, `code` the stable code in it."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        """Take the HTTP status and the parsed body."""
        super().__init__(f"{status} {problem.get('code', 'no-code')}")
        self.status = status
        self.problem = problem
        self.code = str(problem.get("code", "no-code"))


class WalletClient:
    """One wallet app's connection to one door."""

    def __init__(
        self,
        door: str,
        key: AppKey,
        *,
        origin: str | None = None,
        clock: Clock = utc_now,
        transport: httpx.AsyncBaseTransport | None = None,
        tries: int = 4,
        language: str = "ko",
    ) -> None:
        """Take the door's address and the app's key.

        `origin` is the door's public address where it differs. What did not get through, or was answered by 503, is
        sent again up to `tries` times in all: the door makes that harmless.
        """
        self._clock = clock
        self._tries = tries
        self._http = httpx.AsyncClient(
            base_url=door,
            auth=Signing(key, origin=origin, clock=clock),
            transport=transport,
            timeout=httpx.Timeout(30.0),
            headers={"accept-language": language},
        )

    async def __aenter__(self) -> Self:
        """Open nothing yet: connections are made when used."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def programmes(self, query: str = "") -> list[dict[str, Any]]:
        """Search programmes by name, alias or 초성 (initial consonants)."""
        found: list[dict[str, Any]] = await self._json("GET", "/v1/programmes", params={"q": query})
        return found

    async def programme(self, programme_id: str) -> dict[str, Any]:
        """Look one programme up."""
        return await self._object("GET", f"/v1/programmes/{programme_id}")

    async def submit(
        self,
        programme: str,
        holder: Person,
        certificates: Sequence[Certificate],
        *,
        declared_work: str | None = None,
        idempotency_key: str | None = None,
        consented_at: datetime | None = None,
    ) -> dict[str, Any]:
        """Send certificates and give the receipt. To send the same again later, give the same key and consent time."""
        named = [(f"certificate-{place}", certificate) for place, certificate in enumerate(certificates, 1)]
        sent = {
            "programme": programme,
            "holder": {
                "wallet_address": holder.wallet_address,
                "name": holder.name,
                "birth_date": holder.birth_date.isoformat(),
            },
            "consent": {"third_party_provision": True, "at": (consented_at or self._clock()).isoformat()},
            "certificates": [{"part": part, "kind": certificate.kind} for part, certificate in named],
            "declared_work": declared_work,
        }
        files: list[tuple[str, tuple[str | None, bytes, str]]] = [
            ("submission", (None, json.dumps(sent, ensure_ascii=False).encode(), "application/json")),
            *((part, (f"{part}.pdf", certificate.pdf, "application/pdf")) for part, certificate in named),
        ]
        headers = {"idempotency-key": idempotency_key or str(uuid4())}
        return await self._object("POST", "/v1/submissions", files=files, headers=headers)

    async def status(self, submission_id: str, wallet_address: str) -> dict[str, Any]:
        """Ask where a submission stands."""
        return await self._object("GET", f"/v1/submissions/{submission_id}", headers={"gubi-holder": wallet_address})

    async def take_back(self, submission_id: str, wallet_address: str) -> dict[str, Any]:
        """Take a submission back. Raises `Problem` with 409 when somebody has looked."""
        body = {"holder": {"wallet_address": wallet_address}}
        return await self._object("POST", f"/v1/submissions/{submission_id}/take-back", json=body)

    async def withdraw(self, submission_id: str, wallet_address: str) -> dict[str, Any]:
        """Withdraw the application. Raises `Problem` with 409 when the case is closed."""
        body = {"holder": {"wallet_address": wallet_address}}
        return await self._object("POST", f"/v1/submissions/{submission_id}/withdraw", json=body)

    async def _object(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        answered: dict[str, Any] = await self._json(method, path, **parts)
        return answered

    async def _json(self, method: str, path: str, **parts: Any) -> Any:
        for attempt in range(1, self._tries + 1):
            last = attempt == self._tries
            try:
                response = await self._http.request(method, path, **parts)
            except httpx.TransportError:
                if last:
                    raise
                await asyncio.sleep(0.2 * attempt)
                continue
            if response.status_code == 503 and not last:
                await asyncio.sleep(float(response.headers.get("retry-after", "1")))
                continue
            break
        if response.is_success:
            return response.json()
        told = response.headers.get("content-type", "").startswith("application/problem+json")
        raise Problem(response.status_code, response.json() if told else {})
