"""The public keys that notices to wallet apps are signed by: what notification publishes and the wallets' door shows.

A file beside the registry of endpoints, with nothing secret in it. A key that is being replaced says until when it
still signs; during that time every notice carries a signature by each (Standard Webhooks 1.0, `v1a`).
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from shared.errors import GubiError
from shared.files import replace

FILE = "webhook-keys.json"


class PublicKey(BaseModel):
    """An ed25519 public key as a wallet developer is given it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Names it in conversation; no message carries it."""
    public_key: str = Field(pattern=r"^whpk_[A-Za-z0-9+/]{43}=$")
    """`whpk_` and its 32 bytes in base64."""
    until: AwareDatetime | None = None
    """When it stops signing, where it is being replaced."""

    def signs(self, at: datetime) -> bool:
        """Tell whether it still signs."""
        return self.until is None or at < self.until


_Published = TypeAdapter(dict[str, tuple[PublicKey, ...]])


def key_id(public_key: str) -> str:
    """Give a key's id: the beginning of the SHA-256 of its text."""
    return hashlib.sha256(public_key.encode()).hexdigest()[:12]


def published(path: Path) -> Mapping[str, tuple[PublicKey, ...]]:
    """Read the published keys by app; none where nothing was published yet.

    Raises `GubiError` where the file is malformed.
    """
    try:
        return _Published.validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError):
        raise GubiError("webhook_keys:malformed") from None


def publish(folder: Path, keys: Mapping[str, tuple[PublicKey, ...]]) -> None:
    """Write the file anew, readable by all."""
    content = {
        app: [
            {
                "id": key.id,
                "public_key": key.public_key,
                **({"until": key.until.astimezone(UTC).isoformat()} if key.until else {}),
            }
            for key in of_app
        ]
        for app, of_app in keys.items()
    }
    replace(folder / FILE, json.dumps(content, indent=1).encode(), mode=0o644)
