"""Keys of the six fake wallet apps, private halves. For development and tests only.

A real wallet app makes its own key and gives the operator the public half.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from gubi_wallet import Algorithm, AppKey
from shared.files import write_once

ALGORITHMS: Mapping[str, Algorithm] = MappingProxyType(
    {
        "gov24": "ed25519",
        "naver": "ed25519",
        "kakao": "ecdsa-p256-sha256",
        "shinhan": "ecdsa-p256-sha256",
        "toss": "ed25519",
        "seoul": "ed25519",
    }
)
"""The six apps, and the algorithm each fake one signs by: both that the door accepts are in use."""


def ensure_wallet_keys(folder: Path) -> Mapping[str, AppKey]:
    """Make what is missing and give each app's key, by app.

    They stand in `folder`/wallet-apps/<app>.pem, readable by their owner alone, and are kept once made.
    """
    private = folder / "wallet-apps"
    private.mkdir(parents=True, exist_ok=True, mode=0o700)
    for app, algorithm in ALGORITHMS.items():
        path = private / f"{app}.pem"
        if not path.exists():
            write_once(path, AppKey.generate(app, f"{app}-1", algorithm).private_pem)
    return {app: AppKey.from_pem(app, f"{app}-1", (private / f"{app}.pem").read_bytes()) for app in ALGORITHMS}
