"""A request speaks for a wallet app only as far as its signature covers it; each failure names the part."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from services.intake.problems import TABLE, Refusal
from services.intake.signatures import Message, Signatures, Signed, digest_refusal
from services.intake.wallet_keys import WalletKeysError, load_wallet_keys
from services.wallet_simulator.keys import AppKey, ensure_wallet_keys
from services.wallet_simulator.signing import Signing

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ORIGIN = "https://gubi.example"
BODY = b'{"holder": {"wallet_address": "1Sample"}}'
PATH = "/v1/submissions/s-x/take-back?x=1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def keys(folder: Path) -> Mapping[str, AppKey]:
    return ensure_wallet_keys(folder)


@pytest.fixture(scope="module")
def signatures(keys: Mapping[str, AppKey], folder: Path) -> Signatures:
    return Signatures(load_wallet_keys(folder / "wallets.json"), ORIGIN)


def signed(key: AppKey, *, at: datetime = NOW, origin: str = ORIGIN, path: str = PATH, body: bytes = BODY) -> Message:
    headers = {"content-type": "application/json", "idempotency-key": "key-00000001"}
    request = httpx.Request("POST", origin + path, content=body, headers=headers)
    next(Signing(key, clock=lambda: at).auth_flow(request))
    return arrived(request, ORIGIN + path)


def arrived(request: httpx.Request, url: str) -> Message:
    return Message.of(request.method, url, request.headers.raw)


def by_hand(key: AppKey, **changes: Any) -> Message:
    """Sign as a careless wallet app would: any argument of the library's signer can be changed, or dropped by None."""
    headers = {"content-type": "application/json", "idempotency-key": "key-00000001"}
    request = httpx.Request("POST", ORIGIN + PATH, content=BODY, headers=headers)
    algorithm = ED25519 if key.algorithm == "ed25519" else ECDSA_P256_SHA256
    resolver = MappingKeyResolver(public_keys={}, private_keys={key.keyid: key.private_key})
    covered = ("@method", "@authority", "@target-uri", "content-digest", "content-type", "idempotency-key")
    arguments = {
        "key_id": key.keyid,
        "created": NOW,
        "expires": NOW + timedelta(seconds=60),
        "nonce": "n" * 24,
        "tag": "gubi",
        "body": BODY,
        "covered_component_ids": covered,
    } | changes
    HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=resolver).sign(request, **arguments)
    return arrived(request, ORIGIN + PATH)


def altered(message: Message, **headers: str) -> Message:
    return dataclasses.replace(
        message, headers={**message.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
    )


def without(message: Message, *names: str) -> Message:
    return dataclasses.replace(message, headers={k: v for k, v in message.headers.items() if k not in names})


def tampered(message: Message) -> Message:
    """Move the nonce by a letter after signing."""
    return altered(message, signature_input=message.headers["signature-input"].replace('nonce="', 'nonce="x'))


@pytest.mark.parametrize("app", ["gov24", "naver", "kakao", "shinhan", "toss", "seoul"])
def test_a_good_signature_gives_the_app_and_the_covered_fields_only(
    signatures: Signatures, keys: Mapping[str, AppKey], app: str
) -> None:
    message = altered(signed(keys[app]), x_unsigned="anything")
    result = signatures.head(message, NOW)
    assert isinstance(result, Signed)
    assert (result.app, result.keyid, result.created) == (app, f"{app}-1", NOW)
    assert result.fields["idempotency-key"] == "key-00000001"
    assert "x-unsigned" not in result.fields
    assert digest_refusal(result, BODY) is None


@pytest.mark.parametrize("skew", [-300, 300])
def test_a_clock_that_is_five_minutes_off_is_borne(
    signatures: Signatures, keys: Mapping[str, AppKey], skew: int
) -> None:
    at = NOW + timedelta(seconds=skew)
    message = by_hand(keys["toss"], created=at, expires=NOW + timedelta(seconds=900))
    assert isinstance(signatures.head(message, NOW), Signed)


def test_a_body_that_was_changed_is_found_by_its_digest(signatures: Signatures, keys: Mapping[str, AppKey]) -> None:
    message = signed(keys["toss"])
    result = signatures.head(message, NOW)
    assert isinstance(result, Signed)
    assert digest_refusal(result, BODY + b" ") == Refusal("signature-digest-mismatch", part="content-digest")


Case = tuple[str, Callable[[AppKey, AppKey], Message], str, str]
BASE = ("@method", "@authority", "@target-uri", "content-digest", "content-type", "idempotency-key")
LATE, EARLY = NOW - timedelta(seconds=301), NOW + timedelta(seconds=301)
REFUSED: list[Case] = [
    ("no signature", lambda k, o: without(signed(k), "signature", "signature-input"), "signature-missing", "signature"),
    ("no input", lambda k, o: without(signed(k), "signature-input"), "signature-missing", "signature-input"),
    ("not our tag", lambda k, o: by_hand(k, tag="other"), "signature-missing", "tag"),
    ("no tag", lambda k, o: by_hand(k, tag=None), "signature-missing", "tag"),
    ("garbage", lambda k, o: altered(signed(k), signature_input="((("), "signature-malformed", "signature-input"),
    ("not ascii", lambda k, o: altered(signed(k), signature_input="gubi=é"), "signature-malformed", "signature-input"),
    (
        "two of ours",
        lambda k, o: altered(signed(k), signature_input='a=();tag="gubi", b=();tag="gubi"'),
        "signature-malformed",
        "tag",
    ),
    ("no nonce", lambda k, o: by_hand(k, nonce=None), "signature-malformed", "nonce"),
    ("short nonce", lambda k, o: by_hand(k, nonce="short"), "signature-malformed", "nonce"),
    ("nonce with a space", lambda k, o: by_hand(k, nonce="a b" * 8), "signature-malformed", "nonce"),
    ("no expires", lambda k, o: by_hand(k, expires=None), "signature-malformed", "expires"),
    ("unknown key", lambda k, o: signed(dataclasses.replace(k, keyid="nobody-1")), "signature-key-unknown", "keyid"),
    (
        "another's key",
        lambda k, o: signed(dataclasses.replace(k, private_key=o.private_key)),
        "signature-invalid",
        "signature",
    ),
    ("created long ago", lambda k, o: by_hand(k, created=LATE), "signature-expired", "created"),
    (
        "created in the future",
        lambda k, o: by_hand(k, created=EARLY, expires=EARLY),
        "signature-not-yet-valid",
        "created",
    ),
    ("expired", lambda k, o: by_hand(k, expires=NOW - timedelta(seconds=1)), "signature-expired", "expires"),
    (
        "another path",
        lambda k, o: dataclasses.replace(signed(k), url=ORIGIN + "/v1/submissions"),
        "signature-invalid",
        "signature",
    ),
    (
        "another query",
        lambda k, o: dataclasses.replace(signed(k), url=ORIGIN + PATH + "2"),
        "signature-invalid",
        "signature",
    ),
    ("another method", lambda k, o: dataclasses.replace(signed(k), method="PUT"), "signature-invalid", "signature"),
    (
        "made for another host",
        lambda k, o: signed(k, origin="https://elsewhere.example"),
        "signature-invalid",
        "signature",
    ),
    ("made for http", lambda k, o: signed(k, origin="http://gubi.example"), "signature-invalid", "signature"),
    (
        "another digest",
        lambda k, o: altered(signed(k), content_digest="sha-256=:AAAA:"),
        "signature-invalid",
        "signature",
    ),
    (
        "another idempotency key",
        lambda k, o: altered(signed(k), idempotency_key="key-00000002"),
        "signature-invalid",
        "signature",
    ),
    (
        "holder added unsigned",
        lambda k, o: altered(signed(k), gubi_holder="1Sample"),
        "signature-component-missing",
        "gubi-holder",
    ),
    ("parameter tampered", lambda k, o: tampered(signed(k)), "signature-invalid", "signature"),
]
REFUSED += [
    (
        f"{name} not covered",
        lambda k, o, name=name: by_hand(k, covered_component_ids=[c for c in BASE if c != name]),
        "signature-component-missing",
        name,
    )
    for name in BASE
    if name != "content-digest"
]


@pytest.mark.parametrize(("make", "code", "part"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_not_rightly_signed_is_refused_and_the_part_is_named(
    signatures: Signatures,
    keys: Mapping[str, AppKey],
    make: Callable[[AppKey, AppKey], Message],
    code: str,
    part: str,
) -> None:
    refusal = signatures.head(make(keys["toss"], keys["naver"]), NOW)
    assert refusal == Refusal(code, part=part)
    assert TABLE[code].status == 401


def test_a_digest_that_is_not_covered_is_named(signatures: Signatures, keys: Mapping[str, AppKey]) -> None:
    message = by_hand(keys["toss"], covered_component_ids=[c for c in BASE if c != "content-digest"], body=None)
    assert signatures.head(message, NOW) == Refusal("signature-component-missing", part="content-digest")


def test_a_component_covered_only_in_part_is_not_covered(signatures: Signatures, keys: Mapping[str, AppKey]) -> None:
    covered = ('"content-digest";key="sha-256"', *(name for name in BASE if name != "content-digest"))
    message = by_hand(keys["toss"], covered_component_ids=covered)
    assert signatures.head(message, NOW) == Refusal("signature-component-missing", part="content-digest")


@pytest.mark.parametrize(("app", "other"), [("toss", "ecdsa-p256-sha256"), ("kakao", "ed25519")])
def test_the_algorithm_is_the_keys_and_never_the_messages(
    signatures: Signatures, keys: Mapping[str, AppKey], app: str, other: str
) -> None:
    message = signed(keys[app])
    swapped = message.headers["signature-input"].replace(f'alg="{keys[app].algorithm}"', f'alg="{other}"')
    refusal = signatures.head(altered(message, signature_input=swapped), NOW)
    assert refusal == Refusal("signature-algorithm-mismatch", part="alg")


def test_a_second_header_line_cannot_slip_in_beside_the_signed_one(
    signatures: Signatures, keys: Mapping[str, AppKey]
) -> None:
    message = signed(keys["toss"])
    lines = [(name.encode(), value.encode()) for name, value in message.headers.items()]
    doubled = Message.of("POST", message.url, [*lines, (b"Idempotency-Key", b"key-00000002")])
    assert signatures.head(doubled, NOW) == Refusal("signature-invalid", part="signature")


@pytest.mark.parametrize(
    "broken",
    [
        '{"keys": [{"keyid": "a", "app": "toss", "alg": "hmac-sha256", "public_key": "x"}]}',
        '{"keys": [{"keyid": "a b", "app": "toss", "alg": "ed25519", "public_key": "x"}]}',
        '{"keys": [{"keyid": "a", "app": "toss", "alg": "ed25519", "public_key": "not a key"}]}',
        "[]",
    ],
)
def test_half_a_registry_of_keys_is_refused(tmp_path: Path, broken: str) -> None:
    (tmp_path / "wallets.json").write_text(broken)
    with pytest.raises(WalletKeysError, match="wallet_keys:missing_or_malformed"):
        load_wallet_keys(tmp_path / "wallets.json")


def test_a_key_registered_for_another_algorithm_is_refused(
    folder: Path, keys: Mapping[str, AppKey], tmp_path: Path
) -> None:
    swapped = (folder / "wallets.json").read_text().replace('"alg": "ed25519"', '"alg": "ecdsa-p256-sha256"')
    (tmp_path / "wallets.json").write_text(swapped)
    with pytest.raises(WalletKeysError, match="wallet_keys:missing_or_malformed"):
        load_wallet_keys(tmp_path / "wallets.json")


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first = ensure_wallet_keys(tmp_path)
    registry = (tmp_path / "wallets.json").read_text()
    assert ensure_wallet_keys(tmp_path).keys() == first.keys()
    assert (tmp_path / "wallets.json").read_text() == registry
    assert "PRIVATE" not in registry
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "wallet-apps").iterdir()} == {0o600}
