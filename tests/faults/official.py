"""An official under load: opens and decides submissions by the desk's own pages and forms, whatever breaks meanwhile.

A form that got no answer is sent again as it was: the desk must take it for the same. What is answered is believed only
by the page that it led to.
"""

import asyncio
import time
from collections.abc import Awaitable, Mapping
from typing import Any

import httpx

from deploy.gubi.demo.desk import Form, forms
from tests.faults.asking import PATIENCE, NoAnswer, Said

SOON = {"GUBI_UNDO_SECONDS": "4"}
"""Of the installation: decisions cannot be undone for so long that a fault never sees one closed."""
REASON = "예시: 장애 시험에서 내린 결정"
"""Asked for where a decision is other than the screening."""
LATER = (429, 502, 503, 504)
PERSON = "sample-0"
"""The first of the fictional officials."""
AGAIN = 0.5


class Official:
    """One official's browser, with as many tabs as are needed."""

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Take the desk's address; `transport` reaches it another way than over the network."""
        self._http = httpx.AsyncClient(base_url=url, timeout=30, follow_redirects=True, transport=transport)
        self._signing_in = asyncio.Lock()
        self._sessions = 0
        self._looks: dict[str, str] = {}
        """Submission → the address of the look by which it was opened."""
        self._unanswered: dict[tuple[str, str], Form] = {}
        """Forms that got no answer, by submission and act."""
        self._decided: set[str] = set()
        """Those of which a decision was sent, whatever came of it."""

    async def close(self) -> None:
        await self._http.aclose()

    async def look(self, name: str) -> str:
        """Open a submission for 심사 (examination). Raises `Said`, `NoAnswer`."""
        form = self._unanswered.pop((name, "looks"), None)
        form = form or _form(await self._page(f"/submissions/{name}"), "looks")
        if form is None:  # the page is there, and offers no look: the submission is gone
            raise Said
        shown = await self._send(name, "looks", form, {"purpose": "심사"})
        if not shown.url.path.startswith(f"/submissions/{name}/looks/"):
            raise Said
        self._looks[name] = shown.url.path
        return ""

    async def decide(self, name: str, decision: str) -> str:
        """Decide what was opened, as soon as the desk knows its screening. Raises `Said`, `NoAnswer`."""
        form = self._unanswered.pop((name, "decision"), None) or await self._decidable(name)
        if form is None:
            return ""
        shown = await self._send(name, "decision", form, {"decision": decision, "reason": REASON})
        if shown.url.path.startswith("/batches/"):  # written down and not done yet, or screened anew meanwhile
            raise NoAnswer
        if shown.url.path != self._looks[name] or _form(shown, "decision"):
            raise Said
        return ""

    async def _decidable(self, name: str) -> Form | None:
        """Wait until what was opened can be decided; None where it is, by a form of ours that told us nothing."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if form := _form(await self._page(self._looks[name]), "decision"):
                return form
            if name in self._decided:
                return None
            await asyncio.sleep(AGAIN)
        raise NoAnswer

    async def _send(self, name: str, act: str, form: Form, fields: Mapping[str, Any]) -> httpx.Response:
        signed_in = self._sessions
        if act == "decision":
            self._decided.add(name)
        try:
            shown = await _answer(self._http.post(form.action, data={**form.fields, **fields}))
        except NoAnswer:
            self._unanswered[name, act] = form
            raise
        await self._be_signed_in(shown, signed_in)
        return shown

    async def _page(self, path: str) -> httpx.Response:
        signed_in = self._sessions
        page = await _answer(self._http.get(path))
        await self._be_signed_in(page, signed_in)
        return page

    async def _be_signed_in(self, page: httpx.Response, before: int) -> None:
        """Sign in where a page asks for it, unless another tab has meanwhile. Raises `NoAnswer`: the page was none."""
        if page.url.path != "/signin":
            return
        async with self._signing_in:
            if before == self._sessions:
                form = _form(await _answer(self._http.get("/signin")), "signin")
                assert form, "the development sign-in is closed"
                await _answer(self._http.post(form.action, data={**form.fields, "official": PERSON}))
                self._sessions += 1
        raise NoAnswer


async def _answer(asking: Awaitable[httpx.Response]) -> httpx.Response:
    try:
        answer = await asking
    except httpx.TransportError:
        raise NoAnswer from None
    if answer.status_code in LATER:
        raise NoAnswer
    if answer.status_code != 200:
        raise Said
    return answer


def _form(page: httpx.Response, ending: str) -> Form | None:
    return next((one for one in forms(page.text) if one.action.split("?")[0].endswith(f"/{ending}")), None)
