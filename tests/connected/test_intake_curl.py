"""The example for any language: openssl signs, curl sends, the real door takes it."""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.builders.doors import DOOR, HOLDER, PDF, PROGRAMME, Door
from tests.builders.serving import served

SCRIPT = Path(__file__).parents[2] / "docs/wallets/submit.sh"

pytestmark = [
    pytest.mark.connected,
    pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("curl")), reason="openssl and curl are not here"),
]


def sent(folder: Path, door: Door, app: str, address: str, **environment: str) -> tuple[int, dict[str, object]]:
    (folder / "key.pem").write_bytes(door.keys[app].private_pem)
    (folder / "certificate.pdf").write_bytes(PDF)
    words = [
        DOOR, f"{app}-1", str(folder / "key.pem"), PROGRAMME, "EI_HIST", str(folder / "certificate.pdf"),
        HOLDER.wallet_address, HOLDER.name, HOLDER.birth_date.isoformat(),
    ]  # fmt: skip
    done = subprocess.run(
        [SCRIPT, *words],
        env={"PATH": os.environ["PATH"], "GUBI_CONNECT": address, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    body, status = done.stdout.rstrip("\n").rsplit("\n", 1)
    return int(status), json.loads(body)


@pytest.mark.parametrize("app", ["toss", "kakao"])
async def test_openssl_and_curl_are_enough_to_submit(door: Door, tmp_path: Path, app: str) -> None:
    """With Ed25519 and with ECDSA, five times each: r and s are of different lengths each time."""
    async with served(door.api) as address:
        for number in range(5):
            again = {"IDEMPOTENCY_KEY": f"by-hand-{number:08d}", "CONSENTED_AT": "2026-11-01T00:00:00Z"}
            first = await asyncio.to_thread(sent, tmp_path, door, app, address, **again)
            second = await asyncio.to_thread(sent, tmp_path, door, app, address, **again)
            assert (first[0], second[0]) == (201, 200), first
            assert first[1] == second[1]


async def test_a_door_that_refuses_says_what_it_compared(door: Door, tmp_path: Path) -> None:
    async with served(door.api) as address:
        (tmp_path / "key.pem").write_bytes(door.keys["naver"].private_pem)
        pretended = Door(door.api, door.wiring, {"toss": door.keys["naver"]}, door.store)
        status, told = await asyncio.to_thread(sent, tmp_path, pretended, "toss", address)
    assert (status, told["code"]) == (401, "signature-invalid")
    assert str(told["signature_base"]).startswith('"@method": POST\n"@authority": 127.0.0.1:8810\n')
