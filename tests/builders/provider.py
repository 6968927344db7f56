"""An OpenID provider for tests that is really one: discovery, keys, code flow with PKCE, signed ID tokens, logout.

Whoever comes is signed in as `account`. A test makes it lie by changing what stands in it.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.jwk import Key, RSAKey

CLIENT = "gubi-desk"
SECRET = "a secret/with: signs+&"
ACCOUNT = {"sub": "official-7", "name": "정예시 (예시)", "office": "sonmok9988", "roles": ["gubi-handler"]}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def half_hash(text: str) -> str:
    return b64(hashlib.sha256(text.encode()).digest()[:16])


def a_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid}, private=True)


@dataclass
class Provider:
    """Its issuer, its clock, and everything that a test may bend."""

    issuer: str
    clock: Callable[[], datetime]
    account: dict[str, Any] = field(default_factory=lambda: dict(ACCOUNT))
    key: Key = field(default_factory=lambda: a_key("first"))
    published: list[dict[str, Any]] = field(default_factory=list)
    claims: Callable[[dict[str, Any]], dict[str, Any]] = lambda claims: claims
    sign: Callable[["Provider", dict[str, Any]], str] | None = None
    discovery: dict[str, Any] = field(default_factory=dict)
    redirects: set[str] = field(default_factory=set)
    """Paths that answer by leading elsewhere."""
    hanging: set[str] = field(default_factory=set)
    """Paths that are not answered while they stand here."""
    answers: dict[str, Any] = field(default_factory=dict)
    """More parameters of the answer to the browser; None takes one away."""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Paths in the order they were asked for."""

    def __post_init__(self) -> None:
        self.published = self.published or [self.key.as_dict(private=False, use="sig")]

    @property
    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.middleware("http")
        async def noted(request: Request, following: Any) -> Response:
            path = request.url.path
            self.asked.append(path)
            while path in self.hanging:
                await asyncio.sleep(0.02)
            if path in self.redirects:
                return RedirectResponse(f"{path}/elsewhere", 307)
            answer: Response = await following(request)
            return answer

        app.get("/.well-known/openid-configuration")(self._discovery)
        app.get("/keys")(self._keys)
        app.get("/keys/elsewhere")(self._keys)
        app.get("/authorize")(self._authorize)
        app.post("/token")(self._token)
        app.post("/token/elsewhere")(self._token)
        app.get("/end")(self._end)
        return app

    async def _discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
            **self.discovery,
        }

    async def _keys(self) -> dict[str, Any]:
        return {"keys": self.published}

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer, **self.answers}
        given = urlencode({name: value for name, value in answer.items() if value is not None})
        return RedirectResponse(f"{asked['redirect_uri']}?{given}", 303)

    async def _token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        kind, _, pair = request.headers.get("authorization", "").partition(" ")
        client, _, secret = base64.b64decode(pair).decode().partition(":") if kind == "Basic" else ("", "", "")
        if (unquote(client), unquote(secret)) != (CLIENT, SECRET):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != form.get("redirect_uri"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access, now = secrets.token_urlsafe(16), int(self.clock().timestamp())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "at_hash": half_hash(access), **self.account,
        }  # fmt: skip
        token = (self.sign or signed)(self, self.claims(claims))
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": token})

    async def _end(self, post_logout_redirect_uri: str, client_id: str) -> Response:
        assert client_id == CLIENT
        return RedirectResponse(post_logout_redirect_uri, 303)


def signed(provider: Provider, claims: dict[str, Any], key: Key | None = None, **header: Any) -> str:
    """The claims as the provider signs them, or by another key or with another header."""
    by = key or provider.key
    plain = {"alg": "RS256", "kid": by.kid, **header}
    return jwt.encode(
        {name: value for name, value in plain.items() if value is not None}, claims, by, algorithms=[plain["alg"]]
    )
