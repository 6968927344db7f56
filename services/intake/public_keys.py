"""The public keys for whoever checks what was signed here: records of destruction, and notices to wallet apps."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi import Path as Path_

from services.intake import openapi
from services.intake.answers import WebhookKeys
from services.intake.problems import Refusal, Refused
from shared.clock import Clock
from shared.files import Watched
from shared.webhook_keys import FILE, published

_CACHED = "public, max-age=60"
"""Short beside any overlap of two keys, which is days."""


def routes(records: dict[str, Any], folder: Path, clock: Clock) -> APIRouter:
    """Give the routes: the JWK set `records` is signed by, and the keys of notices that are published in `folder`.

    The latter are shown without a restart when they are rotated. Raises `GubiError` on a malformed file.
    """
    api = APIRouter()
    file = Watched(folder / FILE, published)

    @api.get("/v1/keys", **openapi.PUBLIC_KEYS)
    async def keys() -> dict[str, Any]:
        """서명 키. The public keys (JWK set, RFC 7517) that records of destruction are signed by."""
        return records

    @api.get("/v1/webhook-keys/{app}", **openapi.WEBHOOK_KEYS)
    async def webhook_keys(app: Annotated[str, Path_(examples=["toss"])], response: Response) -> WebhookKeys:
        """알림 서명 공개키. Standard Webhooks 1.0, `v1a` (ed25519): accept a notice that any one of them signed."""
        now = clock()
        keys = tuple(key for key in file.current().get(app, ()) if key.signs(now))
        if not keys:
            raise Refused(Refusal("not-found"))
        response.headers["cache-control"] = _CACHED
        return WebhookKeys(app=app, keys=keys)

    return api
