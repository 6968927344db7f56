"""A programme's public address at the wallets' door, and the QR code that leads there."""

import io
from typing import Literal

import segno


def address(programme_id: str, origin: str) -> str:
    """Give a programme's public address: what its QR code says, since no official payload is published."""
    return f"{origin.rstrip('/')}/v1/programmes/{programme_id}"


def qr(programme_id: str, origin: str, kind: Literal["svg", "png"]) -> bytes:
    """Give the QR code of a programme's address as a picture, with its quiet zone and a quarter of damage allowed."""
    drawn = io.BytesIO()
    titled = {"title": programme_id} if kind == "svg" else {}
    segno.make(address(programme_id, origin), error="q", micro=False).save(drawn, kind=kind, scale=8, **titled)
    return drawn.getvalue()
