"""Where each wallet app wants to be told, how fast, and what notices to it are signed with: a JSON file.

Kept beside the keyring and outside MongoDB: whoever reads the store cannot speak as Gubi. A running service takes up
a change by itself.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from shared.errors import GubiError
from shared.files import Watched

FILE = "webhooks.json"

Secret = Annotated[str, Field(pattern=r"^whsec_[A-Za-z0-9+/]{32,86}={0,2}$")]
"""`whsec_` and 24 to 64 bytes in base64 (Standard Webhooks 1.0)."""


class EndpointsError(GubiError):
    """The registry of endpoints is missing or malformed."""


class SigningKey(BaseModel):
    """An ed25519 private key, and until when it signs where it is being replaced."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    private: str = Field(pattern=r"^whsk_[A-Za-z0-9+/]{43}=$", repr=False)
    until: AwareDatetime | None = None

    def signs(self, at: datetime) -> bool:
        """Tell whether it still signs."""
        return self.until is None or at < self.until


class Endpoint(BaseModel):
    """One wallet app's endpoint. Each notice is signed by every key in force: they change without a pause."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    app: str = Field(pattern=r"^[a-z0-9_-]{1,40}$")
    url: HttpUrl
    keys: tuple[SigningKey, ...] = Field((), repr=False)
    secrets: tuple[Secret, ...] = Field((), repr=False)
    owner_url: HttpUrl | None = None
    """Where whoever runs the endpoint is told, signed in the same way, that it was suspended or works again."""
    per_second: float = Field(50, gt=0, le=10_000)
    """Webhooks a second that it is sent in the long run."""
    burst: int = Field(100, ge=1, le=100_000)
    """Webhooks that it may be sent at once after a quiet time."""

    @model_validator(mode="after")
    def _signs_always(self) -> Self:
        if not self.keys and not self.secrets:
            raise ValueError("an endpoint needs a key or a secret")
        if self.keys and all(key.until for key in self.keys):
            raise ValueError("one key must have no end")
        return self


class EndpointsFile(BaseModel):
    """The file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    endpoints: tuple[Endpoint, ...]


def load_endpoints(folder: Path) -> Mapping[str, Endpoint]:
    """Read `folder`/webhooks.json and give the endpoints by app. Raises `EndpointsError`.

    An app that is left out is not told anything, on purpose; a file that is missing or half right is a mistake.
    """
    return _read(folder / FILE)


def _read(path: Path) -> Mapping[str, Endpoint]:
    try:
        listed = EndpointsFile.model_validate_json(path.read_bytes()).endpoints
    except (OSError, ValidationError):
        raise EndpointsError("webhooks:missing_or_malformed") from None
    by_app = {endpoint.app: endpoint for endpoint in listed}
    if len(by_app) != len(listed):
        raise EndpointsError("webhooks:app_stands_twice")
    return by_app


class Registry(Watched[Mapping[str, Endpoint]]):
    """The endpoints as the file has them now. While it is half right, what held before goes on holding."""

    def __init__(self, folder: Path) -> None:
        """Read `folder`/webhooks.json. Raises `EndpointsError`."""
        super().__init__(folder / FILE, _read)
