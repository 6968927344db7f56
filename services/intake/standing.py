"""What the door says of itself: that it is alive and ready, and its description as a page to read."""

from functools import cache

from fastapi import APIRouter, FastAPI, Response
from starlette.responses import HTMLResponse

from services.intake.store import Store
from shared.reading_page import HEADERS, page


def routes(api: FastAPI, store: Store) -> APIRouter:
    """Give the routes of the door `api`, which is ready when `store` is."""
    router = APIRouter(include_in_schema=False)

    @cache
    def drawn() -> bytes:
        return page(api.openapi()).encode()

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz")
    async def readyz() -> dict[str, str]:
        """Ready when the store answers; while Kafka is away submissions are held and said later.

        For people and for whoever starts an installation; whether requests are sent here is asked of `/livez`.
        """
        await store.ready()
        return {"status": "ready"}

    @router.get("/docs")
    async def docs() -> Response:
        """Everything that can be asked of the door, with nothing fetched from elsewhere."""
        return HTMLResponse(drawn(), headers=HEADERS)

    return router
