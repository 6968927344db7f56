"""A programme's QR code is read off its picture, as a phone would, and followed only to the door the app knows."""

import io
import math
import struct
import zlib
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.async_api import async_playwright

from gubi_wallet import programme_of
from services.wallet_simulator.scanning import read_code
from shared.qr import qr
from tests.builders.browsers import CHROMIUM, QUIET, needs_chromium_and_fonts
from tests.unit.simulator.test_simulator import PROGRAMME, a_wallet, alone, post, with_door

__all__ = ["alone", "with_door"]
ORIGIN = "https://gubi.example"
SAYS = f"{ORIGIN}/v1/programmes/{PROGRAMME}"


def png(image: Image.Image, kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    image.save(written, kind)
    return written.getvalue()


def drawn() -> Image.Image:
    return Image.open(io.BytesIO(qr(PROGRAMME, ORIGIN, "png"))).convert("L")


@pytest.mark.parametrize("turned", [0, 17, 90, 200])
@pytest.mark.parametrize("scale", [0.5, 1, 3])
def test_it_is_read_turned_small_and_large(turned: int, scale: float) -> None:
    image = drawn()
    image = image.resize((math.ceil(image.width * scale), math.ceil(image.height * scale)))
    image = image.rotate(turned, expand=True, fillcolor=255)
    assert read_code(png(image)) == SAYS
    assert read_code(png(image, "JPEG")) == SAYS


def test_a_sticker_over_one_corner_of_it_does_no_harm() -> None:
    image = drawn()
    middle, size = image.width // 2, image.width // 10
    image.paste(255, (middle, middle, middle + size, middle + size))
    assert read_code(png(image)) == SAYS


@needs_chromium_and_fonts
async def test_the_svg_is_read_as_a_browser_draws_it() -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await browser.new_page(device_scale_factor=2)
        await page.set_content(qr(PROGRAMME, ORIGIN, "svg").decode())
        shot = await page.locator("svg").screenshot()
        await browser.close()
    assert read_code(shot) == SAYS


def test_a_picture_without_one_or_with_two_says_nothing() -> None:
    image = drawn()
    two = Image.new("L", (image.width * 2, image.height), 255)
    two.paste(image, (0, 0))
    two.paste(image, (image.width, 0))
    for picture in (png(Image.new("L", (200, 200), 255)), png(two), b"", b"no picture", b"GIF89a"):
        assert read_code(picture) is None


def test_a_picture_that_says_it_is_enormous_says_nothing() -> None:
    picture = bytearray(png(Image.new("L", (1, 1))))
    picture[16:24] = struct.pack(">II", 60_000, 60_000)  # width and height in IHDR (PNG, 11.2.2), then its checksum
    picture[29:33] = struct.pack(">I", zlib.crc32(picture[12:29]))
    assert read_code(bytes(picture)) is None


@pytest.mark.parametrize(
    ("scanned", "found"),
    [
        (SAYS, PROGRAMME),
        (f"{ORIGIN}:443/v1/programmes/{PROGRAMME}", None),
        (f"https://gubi.example.evil/v1/programmes/{PROGRAMME}", None),
        (f"https://gubi.example@evil/v1/programmes/{PROGRAMME}", None),
        (f"http://gubi.example/v1/programmes/{PROGRAMME}", None),
        (f"{ORIGIN}/elsewhere/{PROGRAMME}", None),
        (f"{ORIGIN}/v1/programmes/", None),
        (f"{SAYS}/qr.svg", None),
        ("javascript:alert(1)", None),
        ("tel:110", None),
        ("", None),
    ],
)
def test_a_code_is_followed_only_to_the_door_the_app_knows(scanned: str, found: str | None) -> None:
    assert programme_of(scanned, ORIGIN) == found
    assert programme_of(scanned, f"{ORIGIN}/") == found


async def test_a_citizen_scans_and_submits(with_door: httpx.AsyncClient) -> None:
    """From the door's own picture, over the app, to the receipt: nobody typed the programme's name."""
    address = await a_wallet(with_door)
    certificate = await post(with_door, f"/wallets/{address}/certificates", kind="EI_HIST")
    picture = qr(PROGRAMME, "http://127.0.0.1:8810", "png")
    found = (await with_door.post("/apps/toss/scans", content=picture)).json()
    assert (found["id"], found["open"]) == (PROGRAMME, True)
    kinds = {accepted["kind"] for accepted in found["certificates"]}
    assert certificate["kind"] in kinds
    asked: dict[str, Any] = {"app": "toss", "programme": found["id"], "certificates": [certificate["id"]]}
    receipt = await post(with_door, f"/wallets/{address}/submissions", **asked)
    assert receipt["programme"] == PROGRAMME


async def test_what_cannot_be_followed_is_said(with_door: httpx.AsyncClient) -> None:
    for picture, code in [
        (b"no picture", "code-not-readable"),
        (qr(PROGRAMME, "https://elsewhere.example", "png"), "code-leads-elsewhere"),
        (qr("NOWHERE", "http://127.0.0.1:8810", "png"), "programme-not-found"),
        (bytes(9 * 1024 * 1024), "body-too-big"),
    ]:
        refused = await with_door.post("/apps/toss/scans", content=picture)
        assert refused.json()["code"] == code
