"""Verifies what the fake apps are told, by the wallets' client and with the public keys that the door shows.

The keys are asked for when first needed, and again when none of them fits: so they may be rotated while notices are
under way.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from gubi_wallet import NotVerified, Webhooks
from services.wallet_simulator.world import No
from shared.clock import Clock

_ASKED_AGAIN = timedelta(seconds=1)


class Verifier:
    """Knows the keys of every app."""

    def __init__(self, door: str, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Take the door's address."""
        self._http = httpx.AsyncClient(base_url=door, transport=transport, timeout=5.0, trust_env=False)
        self._clock = clock
        self._known: dict[str, tuple[datetime, Webhooks]] = {}

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def verified(self, app: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Give a webhook's content where one of the app's keys signed it, not long ago. Raises `No`."""
        now = self._clock()
        asked_at, webhooks = self._known.get(app) or await self._ask(app, now)
        try:
            try:
                return webhooks.verify(body, headers)
            except NotVerified:
                if now - asked_at < _ASKED_AGAIN:
                    raise
            _, webhooks = await self._ask(app, now)
            return webhooks.verify(body, headers)
        except NotVerified as why:
            raise No(401, "webhook-not-verified", f"서명을 확인할 수 없습니다. ({why})") from None

    async def _ask(self, app: str, now: datetime) -> tuple[datetime, Webhooks]:
        try:
            answer = await self._http.get(f"/v1/webhook-keys/{app}")
            listed = answer.json()["keys"] if answer.is_success else []
            self._known[app] = now, Webhooks([key["public_key"] for key in listed], clock=self._clock)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
            raise No(503, "webhook-keys-unknown", "창구에서 서명 공개키를 받지 못했습니다.") from None
        return self._known[app]
