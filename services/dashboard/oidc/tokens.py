"""An ID token is taken or refused, and what its claims say of a person (OpenID Connect Core 1.0, 3.1.3.7). Pure."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey
from joserfc.jwt import JWTClaimsRegistry

from services.dashboard.oidc.config import Config
from services.dashboard.people import Person
from services.dashboard.roles import Rights

MOST_KEYS = 32
LEEWAY = 60
"""Seconds that the provider's clock may be off."""
LONGEST = 16 * 1024
_TEXT = 200

_HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}


class Refused(Exception):
    """What the provider sent is not taken. The code names which check failed, and repeats nothing of it."""

    def __init__(self, code: str) -> None:
        """Take the code."""
        self.code = code
        super().__init__(code)


class UnknownKey(Refused):
    """The token names a key that is not among those known: they may have been changed since they were fetched."""


def signing_keys(document: object) -> dict[str, Key]:
    """Give the public keys of a JWK set that may sign, by key id; one without an id stands under the empty one.

    Symmetric keys, keys for encryption and what cannot be read are left out. Raises `Refused`.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or len(listed) > MOST_KEYS:
        raise Refused("keys")
    found: dict[str, Key] = {}
    for item in listed:
        if not isinstance(item, dict) or item.get("use", "sig") != "sig":
            continue
        try:
            key = JWKRegistry.import_key(item)
        except (JoseError, ValueError, TypeError, KeyError):  # one bad key does not take the others away
            continue
        if isinstance(key, RSAKey | ECKey | OKPKey) and not key.is_private:
            found[key.kid or ""] = key
    return found


def key_of(token: str, keys: Mapping[str, Key]) -> Key:
    """Give the key that a token says it is signed with. Raises `UnknownKey`, `Refused`."""
    if len(token) > LONGEST or token.count(".") != 2:
        raise Refused("token")
    try:
        kid = jws.extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError, UnicodeError):
        raise Refused("token") from None
    if kid is None and len(keys) == 1:
        return next(iter(keys.values()))
    if not isinstance(kid, str) or kid not in keys:
        raise UnknownKey("key")
    return keys[kid]


def checked(
    token: str, keys: Mapping[str, Key], config: Config, *, nonce: str, access_token: str | None, now: datetime
) -> dict[str, Any]:
    """Give the claims of an ID token that was made for us, now, by the provider, for the browser that asked.

    Raises `UnknownKey`, and `Refused` for every other doubt.
    """
    key = key_of(token, keys)
    try:
        decoded = jwt.decode(token, key, algorithms=list(config.algorithms))
        JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": config.issuer},
            aud={"essential": True, "value": config.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(decoded.claims)
    except (JoseError, ValueError, TypeError) as error:
        raise Refused(getattr(error, "error", "token")) from None
    claims = decoded.claims
    alone = claims["aud"] in (config.client_id, [config.client_id])
    if claims.get("azp", config.client_id if alone else None) != config.client_id:
        raise Refused("azp")
    if not _same(claims.get("nonce"), nonce):
        raise Refused("nonce")
    if "at_hash" in claims and not _same(claims["at_hash"], _half(access_token or "", str(decoded.header["alg"]))):
        raise Refused("at_hash")
    return claims


def person_of(claims: Mapping[str, Any], config: Config, offices: Iterable[str]) -> tuple[Person, Rights]:
    """Give who they are and what is granted to them. Raises `Refused`: `person`, `name`, `office` or `roles`."""
    person, name = (_text(_claim(claims, path)) for path in (config.claims.person, config.claims.name))
    office = config.office_of(_text(_claim(claims, config.claims.office)))
    for what, found in (("person", person), ("name", name), ("office", office in set(offices))):
        if not found:
            raise Refused(what)
    said = _claim(claims, config.claims.roles)
    values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    rights = config.rights_of(tuple(value for value in values if isinstance(value, str)), office)
    if not rights:
        raise Refused("roles")
    return Person(person, name, office), rights


def _claim(claims: Mapping[str, Any], path: str) -> object:
    """Give a claim of this name, or the one that its dots lead to."""
    if path in claims:
        return claims[path]
    found: object = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _text(value: object) -> str:
    one: object = value[0] if isinstance(value, list) and len(value) == 1 else value
    return one if isinstance(one, str) and 0 < len(one) <= _TEXT and one.isprintable() and one == one.strip() else ""


def _half(access_token: str, algorithm: str) -> str:
    """Give the left half of the access token's hash (Core 1.0, 3.1.3.6); EdDSA goes by SHA-512, as Ed25519 does."""
    digest = _HASHES.get(algorithm[-3:], hashlib.sha512)(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def _same(given: object, expected: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), expected.encode())
