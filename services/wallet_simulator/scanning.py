"""Routes of the camera: a picture of a programme's QR code is read, and the app looks the programme up at the door."""

import asyncio
import io
from typing import Any

import zxingcpp
from fastapi import APIRouter, Request
from PIL import Image

from services.wallet_simulator.receiving import read_at_most
from services.wallet_simulator.sending import Apps, through
from services.wallet_simulator.world import No

_LARGEST = 8 * 1024 * 1024
_MOST_PIXELS = 40_000_000
_QR = zxingcpp.barcode_formats_from_str("QRCode")


def read_code(picture: bytes) -> str | None:
    """Give what the one QR code in a picture (PNG, JPEG) says; None where there is none, or more than one."""
    try:
        with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG")) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            found = zxingcpp.read_barcodes(image.convert("L"), formats=_QR)
    except (OSError, Image.DecompressionBombError):  # the second for a picture that says it is enormous
        return None
    return found[0].text if len(found) == 1 else None


def routes(apps: Apps) -> APIRouter:
    """Give the routes."""
    api = APIRouter(tags=["apps"])

    @api.post("/apps/{app}/scans")
    async def scan(app: str, request: Request) -> dict[str, Any]:
        """QR 찍기: 사진 속의 QR로 사업을 찾는다."""
        client = apps.client(app)
        text = await asyncio.to_thread(read_code, await read_at_most(request, _LARGEST))
        if text is None:
            raise No(422, "code-not-readable", "사진에서 QR 코드 하나를 읽을 수 없습니다.")
        programme = await through(client.scanned(text))
        if programme is None:
            raise No(422, "code-leads-elsewhere", "이 QR 코드는 아는 접수 창구로 가지 않습니다.")
        return programme

    return api
