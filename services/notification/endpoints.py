"""Where each wallet app wants to be told, and the secrets that notices to it are signed with: a JSON file.

Kept beside the keyring and outside MongoDB: whoever reads the store cannot speak as Gubi.
"""

import base64
import json
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError

from shared.errors import GubiError
from shared.files import write_once

FILE = "webhooks.json"
_SECRET_BYTES = 32

Secret = Annotated[str, Field(pattern=r"^whsec_[A-Za-z0-9+/]{32,86}={0,2}$")]
"""`whsec_` and 24 to 64 bytes in base64 (Standard Webhooks 1.0)."""


class EndpointsError(GubiError):
    """The registry of endpoints is missing or malformed."""


class Endpoint(BaseModel):
    """One wallet app's endpoint. With two secrets each notice is signed by both: they change without a pause."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    app: str = Field(pattern=r"^[a-z0-9_-]{1,40}$")
    url: HttpUrl
    secrets: tuple[Secret, ...] = Field(min_length=1, repr=False)


class _Registry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    endpoints: tuple[Endpoint, ...]


def load_endpoints(folder: Path) -> Mapping[str, Endpoint]:
    """Read `folder`/webhooks.json and give the endpoints by app. Raises `EndpointsError`.

    An app that is left out is not told anything, on purpose; a file that is missing or half right is a mistake.
    """
    try:
        listed = _Registry.model_validate_json((folder / FILE).read_bytes()).endpoints
    except (OSError, ValidationError):
        raise EndpointsError("webhooks:missing_or_malformed") from None
    by_app = {endpoint.app: endpoint for endpoint in listed}
    if len(by_app) != len(listed):
        raise EndpointsError("webhooks:app_stands_twice")
    return by_app


def ensure_webhook_secrets(
    folder: Path, apps: Iterable[str], origin: str = "http://127.0.0.1:8830"
) -> Mapping[str, Endpoint]:
    """For development: write endpoints of `apps` at the wallet simulator's `origin`, unless a file is there.

    Gives what then holds. Each app gets a random secret; the file is readable by its owner alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "endpoints": [
            {
                "app": app,
                "url": f"{origin.rstrip('/')}/wallets/{app}/notices",
                "secrets": [f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"],
            }
            for app in apps
        ]
    }
    write_once(folder / FILE, json.dumps(content, indent=1).encode())
    return load_endpoints(folder)
