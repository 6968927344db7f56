"""The page behind a receipt link: where one submission stands, for its holder's eyes, on any phone, without an app.

It shows nothing of the person and nothing read from a document, and nothing can be done on it: acts are signed for by
a wallet app. Which way was decided is not told either, since whoever was handed the link may see it. It works without
JavaScript; where there is some, the page hears of changes (`/stream`) and fetches itself again.
"""

from pathlib import Path

from fastapi import APIRouter, Request, Response

from services.intake.links import Links
from services.intake.page.drawing import Drawing
from services.intake.problems import speaks_english
from services.intake.stories import Stories
from services.intake.streams import Stream, Watch, name_of
from services.intake.telling import Story, Telling
from shared.catalog import Catalog
from shared.errors import Unavailable

_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "vary": "accept-language",
}
_STATIC = {"receipt.css": "text/css", "receipt.js": "text/javascript", "receipt.svg": "image/svg+xml"}


def routes(catalog: Catalog, links: Links, stories: Stories, telling: Telling, watch: Watch) -> APIRouter:
    """Give the page's routes; none of them stands in the API's description."""
    api = APIRouter(include_in_schema=False)
    drawing = Drawing(catalog, links, telling)
    folder = Path(__file__).parent / "static"
    static = {name: (folder / name).read_bytes() for name in _STATIC}

    async def story_of(name: str) -> Story | None:
        submission_id = links.submission_of(name)
        return await stories.one(submission_id) if submission_id else None

    def language_of(request: Request) -> str:
        asked = request.query_params.get("lang")
        english = speaks_english(request.headers.get("accept-language", ""))
        return asked if asked in ("ko", "en") else "en" if english else "ko"

    @api.get("/r/{name}")
    async def page(request: Request, name: str) -> Response:
        language = language_of(request)
        headers = {**_HEADERS, "content-language": language}
        try:
            story = await story_of(name)
        except Unavailable:
            status, html = 503, drawing.away(language)
            headers["retry-after"] = "30"
        else:
            status, html = (200, drawing.page(story, language)) if story else (404, drawing.unknown(language))
        return Response(html, status, headers, media_type="text/html")

    async def named(story: Story) -> str:
        return name_of(story)

    @api.get("/r/{name}/stream")
    async def stream(request: Request, name: str) -> Response:
        story = await story_of(name)
        if story is None:
            return Response(status_code=204)  # the one answer that ends a browser's reconnecting
        line = watch.open(story.case.submission_id)
        return Stream(watch, line, story, named, request.headers.get("last-event-id"))

    @api.get("/static/{name}")
    async def file(name: str) -> Response:
        if name not in static:
            return Response(status_code=404)
        return Response(static[name], headers={"cache-control": "no-cache"}, media_type=_STATIC[name])

    return api
