"""Opens real submissions at the running desk: by HTTP as a browser does, through the gate, with the picture of a page.

Each is a signed certificate that was sent through the wallets' door, sealed, read and screened by the services, and has
been opened by nobody. A time is an official's, over the socket: more than the server's own, never less. A look is the
form sent and the page it leads to, so it holds the gate's conditional update, the access log's entry, the opened
values and the page; the picture is asked for as the page names it, decrypted and drawn in the sandbox.
"""

import asyncio
import re
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import httpx

from deploy.gubi.bench_desk.asking import OFFICIAL, spread
from deploy.gubi.demo.desk import forms
from deploy.gubi.demo.wallets import PROGRAMME
from deploy.gubi.installation import Installation
from deploy.gubi.load import Sending
from gubi_wallet import WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys

WARM_UP = 5
_PICTURE = re.compile(r'<img src="(/submissions/[^"]+\.png)"')
_PATIENCE = 120.0


async def sent(place: Installation, sendings: Sequence[Sending]) -> list[str]:
    """Send these and wait until each is screened; give their ids."""
    key = next(iter(ensure_wallet_keys(place.settings.keys).values()))
    async with WalletClient(place.url("intake"), key) as wallet:
        names = [(await wallet.submit(PROGRAMME, one.person, [one.certificate]))["submission_id"] for one in sendings]
        for name, one in zip(names, sendings, strict=True):
            await _screened(wallet, name, one.person.wallet_address)
    return names


async def opened(place: Installation, names: Sequence[str]) -> dict[str, Any]:
    """Open each of these once; give how long that took. The first few warm the desk up and are not counted."""
    before, looks, pictures, again = list[float](), list[float](), list[float](), list[float]()
    async with httpx.AsyncClient(base_url=place.url("dashboard"), timeout=30, follow_redirects=True) as official:
        await _sign_in(official)
        for name in names:
            asking, page = await _timed(official.get(f"/submissions/{name}"))
            form = next(form for form in forms(page.text) if form.action.endswith("/looks"))
            looking, shown = await _timed(official.post(form.action, data={**form.fields, "purpose": "심사"}))
            picture = _PICTURE.search(shown.text)
            assert picture, "the page names no picture"
            drawing, drawn = await _timed(official.get(picture[1]))
            assert drawn.content.startswith(b"\x89PNG"), "the picture is none"
            reloading, _ = await _timed(official.get(shown.url))
            before.append(asking)
            looks.append(looking)
            pictures.append(looking + drawing)
            again.append(reloading)
    times = {"asked_before": before, "opened": looks, "opened_with_first_picture": pictures, "shown_again": again}
    return {name: spread(some[WARM_UP:]) for name, some in times.items()}


async def _screened(wallet: WalletClient, name: str, address: str) -> None:
    async with asyncio.timeout(_PATIENCE):
        while (await wallet.status(name, address))["class"] != "screened":
            await asyncio.sleep(0.2)


async def _sign_in(official: httpx.AsyncClient) -> None:
    page = await official.get("/signin")
    form = next(form for form in forms(page.text) if form.action.split("?")[0].endswith("/signin"))
    (await official.post(form.action, data={**form.fields, "official": OFFICIAL})).raise_for_status()


async def _timed(asking: Any) -> tuple[float, httpx.Response]:
    began = perf_counter()
    answer: httpx.Response = await asking
    took = perf_counter() - began
    answer.raise_for_status()
    return took, answer
