"""Talks to the provider: its discovery document, its keys, a code for a token. Bounded in time, size and trust.

No redirect is followed, no proxy or credential is taken from the environment, and nothing it answers is ever logged.
"""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx
from joserfc.jwk import Key
from pydantic import SecretStr

from services.dashboard.oidc.config import Config, is_safe, load_config
from services.dashboard.oidc.tokens import Refused, UnknownKey, checked, person_of, signing_keys
from services.dashboard.people import Person
from services.dashboard.roles import Rights
from shared.catalog import Catalog
from shared.clock import Clock
from shared.settings import Settings

SECONDS = 5.0
MOST = 256 * 1024
KEPT = 3600.0
"""Seconds after which the discovery document and the keys are fetched anew."""
AGAIN = 30.0
"""Seconds between two fetches of the keys for a key that is not among them."""
SPARED = 5.0
"""Seconds for which a provider that has just failed to answer is not asked again, so that nobody queues behind it."""


class Away(Exception):
    """The provider did not answer as one does. Nobody can sign in until it does; who is signed in works on."""


@dataclass(frozen=True)
class Places:
    """What the discovery document says that we use."""

    authorization: str
    token: str
    keys: str
    end: str | None
    names_issuer: bool
    """Whether each answer names its issuer (RFC 9207), so that one that does not is refused."""
    posts_secret: bool
    """Whether the client's secret goes into the form, where the provider takes it nowhere else."""


class Provider:
    """The provider that officials sign in with."""

    def __init__(self, config: Config, secret: SecretStr, desk_url: str, offices: frozenset[str], clock: Clock) -> None:
        """Take how to sign in; nothing is sent yet."""
        self.config = config
        self._secret = secret
        self._desk = desk_url.rstrip("/")
        self._offices = offices
        self._clock = clock
        self._tls = httpx.create_ssl_context(trust_env=False)
        self._lock = asyncio.Lock()
        self._places: tuple[Places, float] | None = None
        self._keys: tuple[dict[str, Key], float] | None = None
        self._spared_until = 0.0

    @staticmethod
    def of(settings: Settings, catalog: Catalog, clock: Clock) -> "Provider | None":
        """Give the provider that the settings name, if any. Raises `shared.settings.SettingsMistake`."""
        found = load_config(settings, catalog)
        if found is None or settings.desk_url is None:
            return None
        offices = frozenset(office.id for _, office in catalog.offices)
        return Provider(*found, settings.desk_url, offices, clock)

    @property
    def back(self) -> str:
        """Where the provider leads back to; it has to be registered there."""
        return f"{self._desk}/signin/back"

    async def start(self, *, state: str, nonce: str, verifier: str) -> str:
        """Give the address to lead a browser to (code flow with PKCE, RFC 7636). Raises `Away`."""
        places = await self._found()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.config.client_id,
            "redirect_uri": self.back,
            "scope": " ".join(self.config.scopes),
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return _with(places.authorization, asked)

    async def finish(self, *, code: str, issuer: str | None, nonce: str, verifier: str) -> tuple[Person, Rights]:
        """Give who came back, and what is granted to them. Raises `Away`, `Refused`."""
        places = await self._found()
        if (issuer is not None or places.names_issuer) and issuer != self.config.issuer:
            raise Refused("mixed_up")
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "client_id": self.config.client_id,
            "code_verifier": verifier,
        }
        answer = await self._redeem(places, form)
        token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise Refused("token")
        claims = await self._claims(token, nonce, access_token if isinstance(access_token, str) else None)
        return person_of(claims, self.config, self._offices)

    async def end(self) -> str | None:
        """Give where a browser signs out of the provider too (RP-Initiated Logout 1.0); None where it has none.

        No ID token is kept to send along as a hint, so the provider may ask.
        """
        try:
            places = await self._found()
        except Away:
            return None
        if places.end is None:
            return None
        return _with(
            places.end, {"client_id": self.config.client_id, "post_logout_redirect_uri": f"{self._desk}/signin"}
        )

    async def _claims(self, token: str, nonce: str, access_token: str | None) -> dict[str, Any]:
        def claims(keys: Mapping[str, Key]) -> dict[str, Any]:
            return checked(token, keys, self.config, nonce=nonce, access_token=access_token, now=self._clock())

        try:
            return claims(await self._signing(newest=False))
        except UnknownKey:
            return claims(await self._signing(newest=True))

    async def _found(self) -> Places:
        async with self._lock:
            if self._places is None or time.monotonic() - self._places[1] > KEPT:
                with self._sparing():
                    document = await self._get(f"{self.config.issuer.rstrip('/')}/.well-known/openid-configuration")
                    self._places = (_places(document, self.config), time.monotonic())
            return self._places[0]

    async def _signing(self, *, newest: bool) -> dict[str, Key]:
        places = await self._found()
        async with self._lock:
            age = time.monotonic() - self._keys[1] if self._keys else None
            if self._keys is None or age is None or age > (AGAIN if newest else KEPT):
                with self._sparing():
                    self._keys = (signing_keys(await self._get(places.keys)), time.monotonic())
            return self._keys[0]

    @contextmanager
    def _sparing(self) -> Iterator[None]:
        """Ask what is asked under the lock, unless that failed just now; what is no answer is a failure. Raises `Away`.

        Otherwise everybody behind the lock would wait for a provider that hangs, one after the other.
        """
        if time.monotonic() < self._spared_until:
            raise Away
        try:
            yield
        except (Away, Refused):
            self._spared_until = time.monotonic() + SPARED
            raise Away from None

    async def _redeem(self, places: Places, form: dict[str, str]) -> dict[str, Any]:
        secret = self._secret.get_secret_value()
        headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
        if places.posts_secret:
            form = {**form, "client_secret": secret}
        else:  # each half form-encoded first (RFC 6749, 2.3.1)
            pair = f"{quote(self.config.client_id, safe='')}:{quote(secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        status, answer = await self._ask("POST", places.token, headers, urlencode(form).encode())
        if status in (400, 401, 403):
            raise Refused("client" if status == 401 else "code")
        if status != 200 or not isinstance(answer, dict):
            raise Away
        return answer

    async def _get(self, address: str) -> object:
        status, answer = await self._ask("GET", address, {"accept": "application/json"}, None)
        if status != 200:
            raise Away
        return answer

    async def _ask(
        self, method: str, address: str, headers: Mapping[str, str], content: bytes | None
    ) -> tuple[int, object]:
        """Give the status and the JSON of an answer; None for what is no JSON. Raises `Away`."""
        body = b""
        try:
            async with (
                asyncio.timeout(2 * SECONDS),
                httpx.AsyncClient(verify=self._tls, timeout=SECONDS, follow_redirects=False, trust_env=False) as http,
                http.stream(method, address, headers=headers, content=content) as response,
            ):
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > MOST:
                        raise Away
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError):
            raise Away from None
        try:
            return response.status_code, json.loads(body)
        except (ValueError, RecursionError):
            return response.status_code, None


def _places(document: object, config: Config) -> Places:
    """Read a discovery document (Discovery 1.0, 3 and 4.3): the issuer is ours to the letter. Raises `Away`."""
    said: dict[str, Any] = document if isinstance(document, dict) else {}
    found = (said.get("authorization_endpoint"), said.get("token_endpoint"), said.get("jwks_uri"))
    authorization, token, keys = (one if isinstance(one, str) and _usable(one) else "" for one in found)
    if said.get("issuer") != config.issuer or not (authorization and token and keys):
        raise Away
    methods, end = said.get("token_endpoint_auth_methods_supported"), said.get("end_session_endpoint")
    return Places(
        authorization,
        token,
        keys,
        end=end if isinstance(end, str) and _usable(end) else None,
        names_issuer=said.get("authorization_response_iss_parameter_supported") is True,
        posts_secret=isinstance(methods, list) and "client_secret_basic" not in methods,
    )


def _usable(address: str) -> bool:
    return is_safe(address.partition("?")[0]) and address.isascii() and address.isprintable() and "#" not in address


def _with(address: str, parameters: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"
