"""Changes the registry of endpoints: made once for development, and signing keys rotated by an operator.

A new public key is published before it signs, so that no notice is signed by a key nobody could have known.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from services.notification.endpoints import FILE, Endpoint, EndpointsError, EndpointsFile, SigningKey, load_endpoints
from services.notification.signing import new_private_key, public_of
from shared.files import one_writer, replace, write_once
from shared.webhook_keys import PublicKey, publish

MOST_KEYS = 4
"""Keys of one endpoint that sign at once; each is one more signature on every notice."""


class TooManyKeys(EndpointsError):
    """So many keys are already being replaced that another rotation has to wait."""


class NoEndpoint(EndpointsError):
    """The app has no endpoint."""


def ensure_endpoints(
    folder: Path, apps: Iterable[str], origin: str = "http://127.0.0.1:8830"
) -> Mapping[str, Endpoint]:
    """For development: write endpoints of `apps` at the wallet simulator's `origin`, unless a file is there.

    Gives what then holds, and publishes its public keys. Each app gets a key of its own; the file is
    readable by its owner alone. Raises `EndpointsError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "endpoints": [
            {
                "app": app,
                "url": f"{origin.rstrip('/')}/wallets/{app}/notices",
                "keys": [{"private": new_private_key()}],
            }
            for app in apps
        ]
    }
    write_once(folder / FILE, json.dumps(content, indent=1).encode())
    with one_writer(folder / FILE):
        endpoints = load_endpoints(folder)
        publish(folder, _public(endpoints))
    return endpoints


def rotate(folder: Path, app: str, overlap: timedelta, now: datetime) -> PublicKey:
    """Give an app's endpoint a new signing key, and let those it had sign too until `overlap` has passed.

    An overlap of nothing replaces them at once, for a key that has leaked. Gives the new public key. Raises
    `NoEndpoint`, `TooManyKeys`, `EndpointsError`, `OSError`.
    """
    with one_writer(folder / FILE):
        endpoints = dict(load_endpoints(folder))
        if app not in endpoints:
            raise NoEndpoint("webhooks:no_endpoint")
        old = endpoints[app]
        ending = [SigningKey(private=key.private, until=_sooner(key.until, now + overlap)) for key in old.keys]
        kept = [key for key in ending if key.signs(now)]
        if len(kept) >= MOST_KEYS:
            raise TooManyKeys("webhooks:too_many_keys")
        new = SigningKey(private=new_private_key())
        endpoints[app] = old.model_copy(update={"keys": (new, *kept)})
        publish(folder, _public(endpoints))
        whole = EndpointsFile(endpoints=tuple(endpoints.values()))
        replace(folder / FILE, whole.model_dump_json(indent=1, exclude_unset=True).encode())
    return public_of(new)


def _sooner(until: datetime | None, other: datetime) -> datetime:
    return min(until, other) if until else other


def _public(endpoints: Mapping[str, Endpoint]) -> dict[str, tuple[PublicKey, ...]]:
    return {app: tuple(public_of(key) for key in endpoint.keys) for app, endpoint in endpoints.items()}
