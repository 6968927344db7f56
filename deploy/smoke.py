"""One made-up citizen through an installation that runs: `python -m deploy.smoke http://127.0.0.1:8830`.

Asks the wallet simulator alone, as somebody with a phone would: a certificate is issued and sent, the office screens
it, the wallet app is told, and it is taken back.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import httpx

SECONDS = 120.0
APP, PROGRAMME, KIND = "toss", "SONMOK9988_2023", "EI_HIST"


def main(simulator: str) -> None:
    """Go through it, saying each step. Raises `httpx.HTTPError`, or `TimeoutError` where a step does not come."""
    with httpx.Client(base_url=simulator, timeout=60) as wallet:
        _until(lambda: _lives(wallet))
        holder = _asked(wallet.post("/members", json={}))["id"]
        address = _asked(wallet.post(f"/holders/{holder}/wallet"))["wallet"]
        held = _asked(wallet.post(f"/wallets/{address}/certificates", json={"kind": KIND}))["id"]
        sending = {"app": APP, "programme": PROGRAMME, "certificates": [held]}
        mine = f"/wallets/{address}/submissions"
        sent = f"{mine}/{_asked(wallet.post(mine, json=sending))['submission_id']}"
        sys.stdout.write("received\n")
        _until(lambda: _class(wallet, sent) == "screened")
        sys.stdout.write("screened\n")
        _asked(wallet.post(f"{sent}/take-back", json={"app": APP}))
        _until(lambda: _class(wallet, sent) == "taken_back")
        sys.stdout.write("taken back\n")
        _until(lambda: len(_asked(wallet.get(f"/holders/{holder}/inbox"))) >= 2)
        sys.stdout.write("told of both\n")


def _lives(wallet: httpx.Client) -> bool:
    """Tell whether it answers by now: a container is begun before what is in it listens."""
    try:
        return wallet.get("/livez").is_success
    except httpx.TransportError:
        return False


def _asked(answer: httpx.Response) -> Any:
    return answer.raise_for_status().json()


def _class(wallet: httpx.Client, sent: str) -> str:
    return str(_asked(wallet.get(sent, params={"app": APP}))["class"])


def _until(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not check():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1])
