"""A request speaks for a wallet app only as far as its signature covers it; each failure names the part."""

import base64
import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import ContentDigest, HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519
from hypothesis import given, settings
from hypothesis import strategies as st

from gubi_wallet import AppKey, Signing
from services.intake.claims import Message, read_claims
from services.intake.keys.model import WalletKey, read_public_key
from services.intake.problems import TABLE, Refusal
from services.intake.signatures import Signatures, Signed, digest_refusal
from services.wallet_simulator.keys import ensure_wallet_keys
from tests.builders.wallets import by_id, public

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ORIGIN = "https://gubi.example"
BODY = b'{"holder": {"wallet_address": "1Sample"}}'
PATH = "/v1/submissions/s-x/take-back?x=1"


class Door:
    """The door's verifier, and the keys it knows."""

    def __init__(self, keys: Mapping[str, WalletKey]) -> None:
        self.keys = dict(keys)

    def head(self, message: Message, now: datetime) -> Signed | Refusal:
        claims = read_claims(message.headers)
        if isinstance(claims, Refusal):
            return claims
        return Signatures(ORIGIN).verify(message, claims, self.keys.get(claims.keyid), now)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, AppKey]:
    return ensure_wallet_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def signatures(keys: Mapping[str, AppKey]) -> Door:
    return Door(by_id(keys.values(), clock=lambda: NOW))


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


def in_der(message: Message) -> str:
    raw = base64.b64decode(message.headers["signature"].removeprefix("gubi=:").removesuffix(":"))
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    return f"gubi=:{base64.b64encode(der).decode()}:"


def doubled_label(message: Message) -> Message:
    told, given = message.headers["signature-input"], message.headers["signature"]
    return altered(message, signature_input=f"{told}, {told}", signature=f"{given}, {given}")


def doubled_component(message: Message) -> Message:
    twice = message.headers["signature-input"].replace('("@method"', '("@method" "@method"')
    return altered(message, signature_input=twice)


def with_parameter(message: Message) -> Message:
    return altered(message, signature_input=message.headers["signature-input"] + ";purpose=1")


def tampered(message: Message) -> Message:
    """Move the nonce by a letter after signing."""
    return altered(message, signature_input=message.headers["signature-input"].replace('nonce="', 'nonce="x'))


@pytest.mark.parametrize("app", ["gov24", "naver", "kakao", "shinhan", "toss", "seoul"])
def test_a_good_signature_gives_the_app_and_the_covered_fields_only(
    signatures: Door, keys: Mapping[str, AppKey], app: str
) -> None:
    message = altered(signed(keys[app]), x_unsigned="anything")
    result = signatures.head(message, NOW)
    assert isinstance(result, Signed)
    assert (result.app, result.keyid, result.created) == (app, f"{app}-1", NOW)
    assert result.fields["idempotency-key"] == "key-00000001"
    assert "x-unsigned" not in result.fields
    assert digest_refusal(result, BODY) is None


@pytest.mark.parametrize("skew", [-300, 300])
def test_a_clock_that_is_five_minutes_off_is_borne(signatures: Door, keys: Mapping[str, AppKey], skew: int) -> None:
    at = NOW + timedelta(seconds=skew)
    message = by_hand(keys["toss"], created=at, expires=NOW + timedelta(seconds=900))
    assert isinstance(signatures.head(message, NOW), Signed)


def test_a_body_that_was_changed_is_found_by_its_digest(signatures: Door, keys: Mapping[str, AppKey]) -> None:
    message = signed(keys["toss"])
    result = signatures.head(message, NOW)
    assert isinstance(result, Signed)
    refusal = digest_refusal(result, BODY + b" ")
    assert refusal is not None
    assert (refusal.code, refusal.part) == ("signature-digest-mismatch", "content-digest")
    assert refusal.shown == {"computed": ContentDigest.create(BODY + b" "), "bytes": len(BODY) + 1}


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
        lambda k, o: altered(
            signed(k), signature_input='a=();tag="gubi", b=();tag="gubi"', signature="a=:AAAA:, b=:AAAA:"
        ),
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
        "signature-address",
        "@target-uri",
    ),
    ("made for http", lambda k, o: signed(k, origin="http://gubi.example"), "signature-address", "@target-uri"),
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
    ("der", lambda k, o: altered(signed(k), signature=in_der(signed(k))), "signature-length", "signature"),
    ("label twice", lambda k, o: doubled_label(signed(k)), "signature-malformed", "signature-input"),
    (
        "signature of another label",
        lambda k, o: altered(signed(k), signature="x=:AAAA:"),
        "signature-malformed",
        "signature",
    ),
    ("signature no bytes", lambda k, o: altered(signed(k), signature='gubi="x"'), "signature-malformed", "signature"),
    ("a component twice", lambda k, o: doubled_component(signed(k)), "signature-malformed", "signature-input"),
    ("a parameter of no meaning", lambda k, o: with_parameter(signed(k)), "signature-malformed", "signature-input"),
    (
        "a header that is away",
        lambda k, o: without(by_hand(k, covered_component_ids=(*BASE, "host")), "host"),
        "signature-component-absent",
        "host",
    ),
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
    signatures: Door,
    keys: Mapping[str, AppKey],
    make: Callable[[AppKey, AppKey], Message],
    code: str,
    part: str,
) -> None:
    refusal = signatures.head(make(keys["toss"], keys["naver"]), NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.part) == (code, part)
    assert TABLE[code].status == 401


def test_a_digest_that_is_not_covered_is_named(signatures: Door, keys: Mapping[str, AppKey]) -> None:
    message = by_hand(keys["toss"], covered_component_ids=[c for c in BASE if c != "content-digest"], body=None)
    assert signatures.head(message, NOW) == Refusal("signature-component-missing", part="content-digest")


def test_a_component_covered_only_in_part_is_not_covered(signatures: Door, keys: Mapping[str, AppKey]) -> None:
    covered = ('"content-digest";key="sha-256"', *(name for name in BASE if name != "content-digest"))
    message = by_hand(keys["toss"], covered_component_ids=covered)
    assert signatures.head(message, NOW) == Refusal("signature-component-missing", part="content-digest")


@pytest.mark.parametrize(("app", "other"), [("toss", "ecdsa-p256-sha256"), ("kakao", "ed25519")])
def test_the_algorithm_is_the_keys_and_never_the_messages(
    signatures: Door, keys: Mapping[str, AppKey], app: str, other: str
) -> None:
    message = signed(keys[app])
    swapped = message.headers["signature-input"].replace(f'alg="{keys[app].algorithm}"', f'alg="{other}"')
    refusal = signatures.head(altered(message, signature_input=swapped), NOW)
    assert refusal == Refusal("signature-algorithm-mismatch", part="alg")


def test_a_second_header_line_cannot_slip_in_beside_the_signed_one(
    signatures: Door, keys: Mapping[str, AppKey]
) -> None:
    message = signed(keys["toss"])
    lines = [(name.encode(), value.encode()) for name, value in message.headers.items()]
    doubled = Message.of("POST", message.url, [*lines, (b"Idempotency-Key", b"key-00000002")])
    refusal = signatures.head(doubled, NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.part) == ("signature-invalid", "signature")


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first, again = ensure_wallet_keys(tmp_path), ensure_wallet_keys(tmp_path)
    assert {app: key.public_pem for app, key in first.items()} == {app: key.public_pem for app, key in again.items()}
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "wallet-apps").iterdir()} == {0o600}


def test_a_key_holds_from_its_day_until_its_day(keys: Mapping[str, AppKey]) -> None:
    key = keys["toss"]
    ahead = public(key, clock=lambda: NOW, active_from=NOW + timedelta(seconds=1))
    past = public(key, clock=lambda: NOW, retired_at=NOW)
    ending = public(key, clock=lambda: NOW, retired_at=NOW + timedelta(seconds=1))
    message = signed(key)
    assert Door({key.keyid: ahead}).head(message, NOW) == Refusal("signature-key-not-yet", part="keyid")
    assert Door({key.keyid: past}).head(message, NOW) == Refusal("signature-key-retired", part="keyid")
    assert isinstance(Door({key.keyid: ending}).head(message, NOW), Signed)


def test_a_bad_signature_is_answered_with_what_the_door_compared(signatures: Door, keys: Mapping[str, AppKey]) -> None:
    message = altered(by_hand(keys["toss"]), content_type="text/plain")
    refusal = signatures.head(message, NOW)
    assert isinstance(refusal, Refusal)
    lines = refusal.shown["signature_base"].splitlines()
    assert lines[0] == '"@method": POST'
    assert '"content-type": text/plain' in lines
    assert lines[-1].startswith('"@signature-params": ("@method"')


def test_the_wallet_address_is_never_repeated_as_problems_get_logged(
    signatures: Door, keys: Mapping[str, AppKey]
) -> None:
    request = httpx.Request("GET", f"{ORIGIN}/v1/submissions/s-x", headers={"gubi-holder": "1SampleAddress"})
    next(Signing(keys["toss"], clock=lambda: NOW).auth_flow(request))
    refusal = signatures.head(arrived(request, f"{ORIGIN}/v1/submissions/s-y"), NOW)
    assert isinstance(refusal, Refusal)
    assert "1SampleAddress" not in str(refusal)
    assert f"sha256:{hashlib.sha256(b'1SampleAddress').hexdigest()}" in refusal.shown["signature_base"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_whoever_signed_the_address_they_connected_to_is_told_the_doors(
    signatures: Door, keys: Mapping[str, AppKey], scheme: str
) -> None:
    message = altered(signed(keys["toss"], origin=f"{scheme}://10.0.0.7:8810"), host="10.0.0.7:8810")
    refusal = signatures.head(message, NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.part, refusal.shown["origin"]) == ("signature-address", "@target-uri", ORIGIN)


PARTS = (
    "method",
    "target",
    "signature",
    "signature-input",
    "content-digest",
    "content-type",
    "idempotency-key",
    "body",
)


def flipped(text: str, bit: int) -> str:
    """Flip one bit of one character."""
    place, bit = divmod(bit % (len(text) * 7), 7)
    return text[:place] + chr(ord(text[place]) ^ (1 << bit)) + text[place + 1 :]


def accepted(signatures: Door, message: Message, body: bytes) -> bool:
    found = signatures.head(message, NOW)
    return isinstance(found, Signed) and digest_refusal(found, body) is None


@settings(max_examples=int(os.environ.get("GUBI_BIT_FLIPS", "500")), deadline=None)
@given(app=st.sampled_from(["toss", "kakao"]), part=st.sampled_from(PARTS), bit=st.integers(0, 20_000))
def test_not_one_bit_of_a_signed_request_can_be_changed(
    signatures: Door, keys: Mapping[str, AppKey], app: str, part: str, bit: int
) -> None:
    message, body = signed(keys[app]), BODY
    assert accepted(signatures, message, body)
    if part == "body":
        changed = bytearray(body)
        changed[bit // 8 % len(body)] ^= 1 << bit % 8
        body = bytes(changed)
    elif part == "method":
        message = dataclasses.replace(message, method=flipped(message.method, bit))
    elif part == "target":  # scheme and host are the door's own, whatever the request says
        message = dataclasses.replace(message, url=ORIGIN + flipped(PATH, bit))
    else:
        before = message.headers[part]
        message = dataclasses.replace(message, headers={**message.headers, part: flipped(before, bit)})
    assert not accepted(signatures, message, body)


@settings(max_examples=200, deadline=None)
@given(signature=st.binary(max_size=130), app=st.sampled_from(["toss", "kakao"]))
def test_no_bytes_made_up_are_a_signature(
    signatures: Door, keys: Mapping[str, AppKey], signature: bytes, app: str
) -> None:
    message = altered(signed(keys[app]), signature=f"gubi=:{base64.b64encode(signature).decode()}:")
    assert not accepted(signatures, message, BODY)


@settings(max_examples=300, deadline=None)
@given(told=st.text(max_size=200), given=st.text(max_size=100))
def test_no_headers_are_too_odd_to_be_refused(signatures: Door, told: str, given: str) -> None:
    message = Message("POST", ORIGIN + PATH, {"signature-input": told, "signature": given})
    assert isinstance(signatures.head(message, NOW), Refusal)


@pytest.mark.parametrize("text", ["", "not a key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_text_that_is_no_key_is_told(text: str) -> None:
    assert read_public_key(text) == "not_a_key"


def test_a_private_key_and_a_key_of_another_kind_are_told(keys: Mapping[str, AppKey]) -> None:
    assert read_public_key(keys["toss"].private_pem.decode()) == "private_key"
    other = generate_private_key(SECP384R1()).public_key()
    pem = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert read_public_key(pem) == "other_kind"
