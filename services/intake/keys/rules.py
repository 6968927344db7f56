"""Which keys a wallet app may register by itself, and what one that is asked for would be. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.keys.model import KEYID, Algorithm, WalletKey, read_public_key
from services.intake.problems import Refusal

MOST = 10
"""Keys of one app that are not retired."""


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class NewKeyForm(_Form):
    """A further key of the app that signs. The request is signed by a key in force, and by the new one too."""

    keyid: str = Field(pattern=KEYID, examples=["toss-2027"])
    algorithm: Algorithm
    public_key: str = Field(max_length=2000, description="SubjectPublicKeyInfo in PEM")
    active_from: AwareDatetime | None = Field(None, description="at once where it is not given")


class RetireForm(_Form):
    """Since when another key of the app holds no longer."""

    retired_at: AwareDatetime | None = Field(None, description="at once where it is not given")


def new_key(asked: NewKeyForm, *, app: str, signer: str, now: datetime) -> WalletKey | Refusal:
    """Give the key that is asked for, or why it is none. Whether its private half is there is not asked here."""
    if not asked.keyid.startswith(f"{app}-"):
        return Refusal("wallet-key-name", part="/keyid", facts={"prefix": f"{app}-"}, shown={"prefix": f"{app}-"})
    public_key = read_public_key(asked.public_key)
    if isinstance(public_key, str):
        code = "wallet-key-private" if public_key == "private_key" else "wallet-key-unusable"
        return Refusal(code, part="/public_key")
    key = WalletKey(
        asked.keyid, app, public_key, active_from=asked.active_from or now, registered_at=now, registered_by=signer
    )
    if key.algorithm != asked.algorithm:
        return Refusal("wallet-key-unusable", part="/algorithm")
    return replace(key, active_from=max(key.active_from, now))


def room(keys: Iterable[WalletKey], now: datetime) -> Refusal | None:
    """Refuse a further key where the app has as many as it may."""
    held = sum(key.standing(now) != "retired" for key in keys)
    return Refusal("wallet-keys-too-many", facts={"limit": str(MOST)}, shown={"limit": MOST}) if held >= MOST else None
