"""The file that says by which provider officials sign in, and what its claims mean here: taken whole, or refused.

It is YAML, named by GUBI_SIGN_IN; `docs/sign-in.example.yaml` is one, with every field explained.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
from pydantic import Field, SecretStr

from services.dashboard.roles import Grant, Rights, Role
from shared.catalog import Catalog, CatalogError
from shared.catalog.strict import Entry, Text, check, must_be_known, name_of, naming_lines, read_yaml
from shared.settings import Settings, SettingsMistake

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""What an ID token may be signed with: by key pairs only. `none` and all of HMAC cannot be put in."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Claims(Entry):
    """Which claim of the ID token says what. A dot leads into a claim: `realm_access.roles`."""

    person: Text = "sub"
    """Names the person for ever; it stands in the access log."""
    name: Text = "name"
    office: Text = "office"
    roles: Text = "roles"


class Granted(Entry):
    """A role that a value of the roles claim grants."""

    role: Role
    programmes: Literal["all"] | tuple[Text, ...] = "all"
    offices: Literal["all", "own"] | tuple[Text, ...] = "own"


_BY_DEFAULT: dict[str, tuple[Granted, ...]] = {
    f"gubi-{role}": (Granted(role=role),) for role in ("reader", "handler", "approver", "administrator")
}


class Config(Entry):
    """How officials sign in."""

    issuer: Text
    client_id: Text
    client_secret_file: Text | None = None
    """Relative to the file that names it; or GUBI_SIGN_IN_SECRET."""
    scopes: tuple[Text, ...] = ("openid", "profile")
    algorithms: tuple[Algorithm, ...] = Field(("RS256", "PS256", "ES256", "EdDSA"), min_length=1)
    claims: Claims = Claims()
    offices: Mapping[str, Text] | None = None
    """The office that each value of the office claim is; without it the claim is the office's id."""
    grants: Mapping[str, tuple[Granted, ...]] = Field(_BY_DEFAULT, min_length=1)
    """What each value of the roles claim grants; values that are not here grant nothing."""

    def office_of(self, value: str) -> str:
        """Give the office that a value of the office claim names; empty where it names none."""
        return value if self.offices is None else self.offices.get(value, "")

    def rights_of(self, values: tuple[str, ...], office: str) -> Rights:
        """Give what the values of the roles claim grant to somebody of an office."""
        found = {
            Grant(
                one.role,
                None if one.programmes == "all" else one.programmes,
                None if one.offices == "all" else (office,) if one.offices == "own" else tuple(one.offices),
            )
            for value in values
            for one in self.grants.get(value, ())
        }
        return tuple(sorted(found, key=repr))


def load_config(settings: Settings, catalog: Catalog) -> tuple[Config, SecretStr] | None:
    """Give how officials sign in and the client's secret; None where nothing is set.

    Raises `SettingsMistake` where it could not work, with the remedy.
    """
    if settings.sign_in is None:
        return None
    try:
        config = _read(settings.sign_in, catalog)
    except CatalogError as error:
        raise SettingsMistake(f"The sign-in file cannot be taken: {error}") from error
    if settings.development:
        raise SettingsMistake(
            "GUBI_DEVELOPMENT lets anybody in without a password, beside the provider that GUBI_SIGN_IN names; "
            "take one of the two out."
        )
    if settings.desk_url is None:
        raise SettingsMistake(
            "GUBI_DESK_URL is needed, the desk's address as browsers see it: the provider leads back there."
        )
    if not is_safe(settings.desk_url):
        raise SettingsMistake("GUBI_DESK_URL must begin with https:// (http:// only on this machine).")
    if urlsplit(settings.desk_url).path not in ("", "/"):
        raise SettingsMistake(
            "GUBI_DESK_URL has a path; the desk wants a host of its own, such as https://desk.example."
        )
    if settings.desk_url.rstrip("/") != (origin := _origin(settings.desk_url)):
        raise SettingsMistake(f"GUBI_DESK_URL must be written as browsers say it, or every form is refused: {origin}")
    return config, _secret(settings, config)


def _origin(address: str) -> str:
    """Give an address's origin as browsers send it: small letters, ASCII, no port that goes without saying (RFC 6454).

    Raises `SettingsMistake`.
    """
    try:
        parts = httpx.URL(address)
    except httpx.InvalidURL:
        raise SettingsMistake("GUBI_DESK_URL is not an address, such as https://desk.example.") from None
    return f"{parts.scheme}://{parts.netloc.decode()}"


def is_safe(address: str) -> bool:
    """Tell whether an address is https, or on this machine; it has no query, fragment or user in it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    return bool(host) and plain and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _read(path: Path, catalog: Catalog) -> Config:
    name = name_of(path)
    with naming_lines(path):
        config = check(Config, read_yaml(path), name)
        if not is_safe(config.issuer):
            raise CatalogError(
                name, "issuer", "it must begin with https:// and have no query (http:// only on this machine)"
            )
        if "openid" not in config.scopes:
            raise CatalogError(name, "scopes", "openid must be among them")
        offices = {office.id for _, office in catalog.offices}
        for value, office in (config.offices or {}).items():
            must_be_known([office], offices, name, f"offices.{value}")
        for value, granted in config.grants.items():
            for at, one in enumerate(granted):
                place = f"grants.{value}.{at}"
                if not isinstance(one.programmes, str):
                    must_be_known(one.programmes, catalog.programmes, name, f"{place}.programmes")
                if not isinstance(one.offices, str):
                    must_be_known(one.offices, offices, name, f"{place}.offices")
    return config


def _secret(settings: Settings, config: Config) -> SecretStr:
    if (settings.sign_in_secret is None) == (config.client_secret_file is None):
        raise SettingsMistake("The client's secret is needed once: in client_secret_file, or in GUBI_SIGN_IN_SECRET.")
    if settings.sign_in_secret is not None:
        return settings.sign_in_secret
    folder = settings.sign_in.parent if settings.sign_in else Path()
    path = folder / (config.client_secret_file or "")
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsMistake(
            f"The file that client_secret_file names cannot be read ({type(error).__name__}); put the secret there."
        ) from None
    if not text:
        raise SettingsMistake("The file that client_secret_file names is empty; put the secret there.")
    return SecretStr(text)
