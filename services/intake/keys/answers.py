"""What a wallet app is told of its keys."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.keys.model import Algorithm, Standing, WalletKey


class KeyAnswer(BaseModel):
    """A registered key of the app that asks."""

    model_config = ConfigDict(frozen=True)

    keyid: str = Field(examples=["toss-2027"])
    algorithm: Algorithm
    public_key: str
    fingerprint: str
    """SHA-256 of its SubjectPublicKeyInfo, in hex."""
    standing: Standing
    active_from: AwareDatetime
    retired_at: AwareDatetime | None
    registered_at: AwareDatetime
    registered_by: str
    """`operator`, or the keyid that signed for it."""

    @classmethod
    def of(cls, key: WalletKey, now: datetime) -> "KeyAnswer":
        """Give a key as it stands at `now`."""
        return cls(
            keyid=key.keyid,
            algorithm=key.algorithm,
            public_key=key.pem,
            fingerprint=key.fingerprint,
            standing=key.standing(now),
            active_from=key.active_from,
            retired_at=key.retired_at,
            registered_at=key.registered_at,
            registered_by=key.registered_by,
        )
