"""Makes docs/wallets/signature-vectors.json: signed requests, what was signed, and what a door says of them.

    python -m tests.builders.vectors > docs/wallets/signature-vectors.json

The same each time: keys and nonces come out of a hash, and ECDSA signs by RFC 6979. Whoever writes a wallet app in any
language holds their signing to it, and whoever writes a door their verifying.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from http_message_signatures import HTTPMessageSigner
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from gubi_wallet import AppKey
from gubi_wallet.keys import PrivateKey

ORIGIN = "https://gubi.example"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SUBMISSION = f"{ORIGIN}/v1/submissions/s-abcdefghijklmnopqrstuvwxyz"
HOLDER = "1SampLeWaLLetAddressQQ"
TAG, NEW_KEY_TAG = "gubi", "gubi-new-key"


def _seed(name: str) -> bytes:
    return hashlib.sha256(f"gubi signature vectors: {name}".encode()).digest()


def _p256(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_seed(name)) >> 1, ec.SECP256R1())


ED = AppKey("sample", "sample-ed25519", ed25519.Ed25519PrivateKey.from_private_bytes(_seed("ed25519")))
P256 = AppKey("sample", "sample-p256", _p256("p256"))
NEW = AppKey("sample", "sample-new", ed25519.Ed25519PrivateKey.from_private_bytes(_seed("new")))
OTHER = AppKey("sample", "sample-other", ed25519.Ed25519PrivateKey.from_private_bytes(_seed("other")))
RETIRED = AppKey("sample", "sample-retired", ed25519.Ed25519PrivateKey.from_private_bytes(_seed("retired")))
AHEAD = AppKey("sample", "sample-ahead", ed25519.Ed25519PrivateKey.from_private_bytes(_seed("ahead")))
REGISTERED = {
    ED: (NOW - timedelta(days=1), None),
    P256: (NOW - timedelta(days=1), None),
    RETIRED: (NOW - timedelta(days=2), NOW - timedelta(days=1)),
    AHEAD: (NOW + timedelta(days=1), None),
}


@dataclass
class Request:
    """A request, as the library signs it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes = b""


def _signed_by(key: PrivateKey, base: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(base)
    r, s = decode_dss_signature(key.sign(base, ec.ECDSA(SHA256(), deterministic_signing=True)))
    return r.to_bytes(32) + s.to_bytes(32)


def sign(request: Request, key: AppKey, covered: tuple[str, ...] = (), **changes: Any) -> Request:
    """Sign as a wallet app does; any argument of the library's signer can be changed."""
    algorithm = ED25519 if isinstance(key.private_key, ed25519.Ed25519PrivateKey) else ECDSA_P256_SHA256
    signer = HTTPMessageSigner(signature_algorithm=algorithm)
    sent = [name for name in ("content-type", "idempotency-key", "gubi-holder") if name in request.headers]
    tag = changes.get("tag", TAG)
    arguments = {
        "key_id": key.keyid,
        "created": NOW,
        "expires": NOW + timedelta(seconds=120),
        "nonce": _seed(f"{tag} {request.method} {request.url} {sorted(changes)}").hex()[:24],
        "label": tag or "gubi",
        "tag": tag,
        "covered_component_ids": covered or ("@method", "@authority", "@target-uri", *sent),
        "body": request.body if request.method == "POST" else None,
        "use_existing_digest": "content-digest" in request.headers,
    } | changes
    prepared = signer.prepare(request, **arguments)
    signer.apply(
        request,
        prepared,
        _signed_by(key.private_key, prepared.signature_base),
        append_if_signature_exists="signature" in request.headers,
    )
    return replace(request, headers={name.lower(): value for name, value in request.headers.items()})


def status() -> Request:
    return Request("GET", SUBMISSION, {"gubi-holder": HOLDER})


def take_back() -> Request:
    body = json.dumps({"holder": {"wallet_address": HOLDER}}).encode()
    return Request("POST", f"{SUBMISSION}/take-back", {"content-type": "application/json"}, body)


def submit() -> Request:
    lines = [
        "--x", 'Content-Disposition: form-data; name="submission"', "Content-Type: application/json", "", "{}",
        "--x", 'Content-Disposition: form-data; name="certificate-1"; filename="certificate-1.pdf"',
        "Content-Type: application/pdf", "", "%PDF-1.7", "--x--", "",
    ]  # fmt: skip
    headers = {"content-type": "multipart/form-data; boundary=x", "idempotency-key": "0f0c6f7e-4c1e-4a55-9d0e-3c5a3b1f"}
    return Request("POST", f"{ORIGIN}/v1/submissions", headers, "\r\n".join(lines).encode())


def keys_list(query: str = "") -> Request:
    return Request("GET", f"{ORIGIN}/v1/wallet-keys{query}", {})


def register() -> Request:
    form = {"keyid": NEW.keyid, "algorithm": NEW.algorithm, "public_key": NEW.public_pem}
    headers = {"content-type": "application/json"}
    return Request("POST", f"{ORIGIN}/v1/wallet-keys", headers, json.dumps(form).encode())


def changed(request: Request, **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(request, headers=request.headers | named)


def without(request: Request, *names: str) -> Request:
    return replace(request, headers={name: value for name, value in request.headers.items() if name not in names})


def spelled(request: Request, old: str, new: str) -> Request:
    return changed(request, signature_input=request.headers["signature-input"].replace(old, new))


def raw_signature(request: Request, tag: str = TAG) -> bytes:
    return b64decode(request.headers["signature"].partition(f"{tag}=:")[2].partition(":")[0])


def in_der(request: Request) -> Request:
    raw = raw_signature(request)
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    return changed(request, signature=f"gubi=:{b64encode(der).decode()}:")


def elsewhere(request: Request, **headers: str) -> Request:
    """Sign for the address that was connected to, and arrive at the door's own."""
    signed = sign(replace(request, url=request.url.replace(ORIGIN, "http://10.0.0.7:8810")), ED)
    return changed(replace(signed, url=request.url), host="10.0.0.7:8810")


COVERED = ("@method", "@authority", "@target-uri", "content-digest", "content-type")
Made = Callable[[], Request]
ACCEPTED: dict[str, Made] = {
    "a GET, Ed25519": lambda: sign(status(), ED),
    "a GET, ECDSA P-256": lambda: sign(status(), P256),
    "a POST of JSON, Ed25519": lambda: sign(take_back(), ED),
    "a POST of JSON, ECDSA P-256": lambda: sign(take_back(), P256),
    "a POST of multipart/form-data, Ed25519": lambda: sign(submit(), ED),
    "a POST of multipart/form-data, ECDSA P-256": lambda: sign(submit(), P256),
    "a query, percent-encoded as it is sent": lambda: sign(keys_list("?q=%E3%85%85%E3%85%81&x=a%2Fb"), ED),
    "an empty query": lambda: sign(keys_list("?"), ED),
    "without alg": lambda: sign(keys_list(), ED, include_alg=False),
    "created 300 seconds ago": lambda: sign(keys_list(), ED, created=NOW - timedelta(seconds=300)),
    "created 300 seconds ahead": lambda: sign(
        keys_list(), ED, created=NOW + timedelta(seconds=300), expires=NOW + timedelta(seconds=400)
    ),
    "another signature beside ours": lambda: sign(sign(keys_list(), OTHER, tag="other", label="other"), ED),
    "a header covered beside what must be": lambda: sign(
        changed(status(), x_request_id="1"),
        ED,
        covered=("@method", "@authority", "@target-uri", "gubi-holder", "x-request-id"),
    ),
    "a body without content": lambda: sign(replace(take_back(), body=b""), ED),
    "a new key registered, signed by both": lambda: sign(sign(register(), ED), NEW, tag=NEW_KEY_TAG),
}
REFUSED: dict[str, tuple[Made, str, str]] = {
    "no signature": (status, "signature-missing", "signature"),
    "Signature-Input taken out": (
        lambda: without(sign(status(), ED), "signature-input"),
        "signature-missing",
        "signature-input",
    ),
    "tagged for another application": (lambda: sign(status(), ED, tag="other"), "signature-missing", "tag"),
    "not tagged": (lambda: sign(status(), ED, tag=None), "signature-missing", "tag"),
    "Signature-Input is no dictionary": (
        lambda: changed(sign(status(), ED), signature_input="((("),
        "signature-malformed",
        "signature-input",
    ),
    "one label twice": (
        lambda: changed(
            sign(status(), ED),
            signature_input=", ".join([sign(status(), ED).headers["signature-input"]] * 2),
            signature=", ".join([sign(status(), ED).headers["signature"]] * 2),
        ),
        "signature-malformed",
        "signature-input",
    ),
    "two signatures tagged gubi": (lambda: sign(sign(status(), ED), P256, label="again"), "signature-malformed", "tag"),
    "no nonce": (lambda: sign(status(), ED, nonce=None), "signature-malformed", "nonce"),
    "a nonce of 15 characters": (lambda: sign(status(), ED, nonce="n" * 15), "signature-malformed", "nonce"),
    "no expires": (lambda: sign(status(), ED, expires=None), "signature-malformed", "expires"),
    "a parameter of no meaning": (
        lambda: spelled(sign(status(), ED), ";tag=", ";purpose=1;tag="),
        "signature-malformed",
        "signature-input",
    ),
    "a component twice": (
        lambda: spelled(sign(status(), ED), '("@method"', '("@method" "@method"'),
        "signature-malformed",
        "signature-input",
    ),
    "an ECDSA signature in DER": (lambda: in_der(sign(status(), P256)), "signature-length", "signature"),
    "a key nobody registered": (lambda: sign(status(), OTHER), "signature-key-unknown", "keyid"),
    "a key that was retired": (lambda: sign(status(), RETIRED), "signature-key-retired", "keyid"),
    "a key whose time has not come": (lambda: sign(status(), AHEAD), "signature-key-not-yet", "keyid"),
    "the algorithm of another key": (
        lambda: spelled(sign(status(), ED), 'alg="ed25519"', 'alg="ecdsa-p256-sha256"'),
        "signature-algorithm-mismatch",
        "alg",
    ),
    "created 301 seconds ago": (
        lambda: sign(status(), ED, created=NOW - timedelta(seconds=301)),
        "signature-expired",
        "created",
    ),
    "created 301 seconds ahead": (
        lambda: sign(status(), ED, created=NOW + timedelta(seconds=301), expires=NOW + timedelta(seconds=400)),
        "signature-not-yet-valid",
        "created",
    ),
    "expired a second ago": (
        lambda: sign(status(), ED, expires=NOW - timedelta(seconds=1)),
        "signature-expired",
        "expires",
    ),
    "a signed header taken out": (
        lambda: without(
            sign(
                changed(keys_list(), x_request_id="1"),
                ED,
                covered=("@method", "@authority", "@target-uri", "x-request-id"),
            ),
            "x-request-id",
        ),
        "signature-component-absent",
        "x-request-id",
    ),
    "the holder not covered": (
        lambda: sign(status(), ED, covered=COVERED[:3]),
        "signature-component-missing",
        "gubi-holder",
    ),
    "signed for the address connected to": (lambda: elsewhere(status()), "signature-address", "@target-uri"),
    "signed by another key": (
        lambda: sign(status(), AppKey("sample", ED.keyid, OTHER.private_key)),
        "signature-invalid",
        "signature",
    ),
    "another holder": (
        lambda: changed(sign(status(), ED), gubi_holder="1SampLeWaLLetAddressRR"),
        "signature-invalid",
        "signature",
    ),
    "another submission": (
        lambda: replace(sign(status(), ED), url=f"{ORIGIN}/v1/submissions/s-{'a' * 26}"),
        "signature-invalid",
        "signature",
    ),
    "another method": (lambda: replace(sign(status(), ED), method="HEAD"), "signature-invalid", "signature"),
    "another content type": (
        lambda: changed(sign(take_back(), ED), content_type="text/plain"),
        "signature-invalid",
        "signature",
    ),
    "another body": (
        lambda: replace(sign(take_back(), ED), body=take_back().body + b" "),
        "signature-digest-mismatch",
        "content-digest",
    ),
} | {
    f"{name} not covered": (
        lambda name=name: sign(  # type: ignore[misc]
            take_back(),
            ED,
            covered=tuple(one for one in COVERED if one != name),
            body=None if name == "content-digest" else take_back().body,
        ),
        "signature-component-missing",
        name,
    )
    for name in COVERED
}


def base_of(request: Request, tag: str) -> str | None:
    """Give what is signed, computed without the library; None where nothing can be."""
    return None if "signature-input" not in request.headers else _by_hand(request, tag)


def _by_hand(request: Request, tag: str) -> str | None:
    """RFC 9421 §2.5, for the few components used here."""
    told = request.headers["signature-input"]
    ours = [one for one in _inputs(told) if f'tag="{tag}"' in one]
    if len(ours) != 1:
        return None
    covered, lines = ours[0].partition(")")[0].lstrip("("), []
    headers = {name.lower(): value for name, value in request.headers.items()}
    scheme, _, rest = request.url.partition("://")
    derived = {"@method": request.method, "@authority": rest.partition("/")[0], "@target-uri": request.url}
    for quoted in covered.split(" "):
        name = quoted.strip('"')
        value = derived.get(name, headers.get(name))
        if value is None or f"{quoted}: {value}" in lines:
            return None
        lines.append(f"{quoted}: {value}")
    assert scheme in ("http", "https")
    return "\n".join([*lines, f'"@signature-params": {ours[0]}'])


def _inputs(header: str) -> Iterator[str]:
    """The inner lists of Signature-Input with their parameters, as they stand there."""
    for part in header.split(", "):
        _label, equals, value = part.partition("=")
        if equals and value.startswith("("):
            yield value


def vector(name: str, request: Request, tag: str, code: str | None, part: str | None) -> dict[str, Any]:
    base = base_of(request, tag)
    return {
        "name": name,
        "tag": tag,
        "request": {
            "method": request.method,
            "url": request.url,
            "headers": request.headers,
            "body_base64": b64encode(request.body).decode(),
        },
        "signature_base": base,
        "signature_base64": b64encode(raw_signature(request, tag)).decode() if base else None,
        "verdict": "refused" if code else "accepted",
        "code": code,
        "part": part,
    }


def document() -> dict[str, Any]:
    """Give the whole file."""
    both = [
        vector("a new key's own signature", ACCEPTED["a new key registered, signed by both"](), NEW_KEY_TAG, None, None)
    ]
    return {
        "about": "HTTP Message Signatures (RFC 9421) as a Gubi door takes them. `signature_base` is what is signed, "
        "null where none can be computed; `code` and `part` are what a refusal says. All requests are judged at the "
        "instant `now` and by the public origin `origin`. Replays are not here: they are refused by memory. The keys "
        "are for these vectors only; never register them.",
        "origin": ORIGIN,
        "now": int(NOW.timestamp()),
        "keys": [
            {
                "keyid": key.keyid,
                "app": key.app,
                "algorithm": key.algorithm,
                "registered": key in REGISTERED,
                "active_from": int(REGISTERED[key][0].timestamp()) if key in REGISTERED else None,
                "retired_at": int(at.timestamp()) if key in REGISTERED and (at := REGISTERED[key][1]) else None,
                "public_key": key.public_pem,
                "private_key": key.private_pem.decode(),
            }
            for key in (ED, P256, NEW, OTHER, RETIRED, AHEAD)
        ],
        "vectors": [
            *(vector(name, made(), TAG, None, None) for name, made in ACCEPTED.items()),
            *both,
            *(vector(name, made(), TAG, code, part) for name, (made, code, part) in REFUSED.items()),
        ],
    }


def text() -> str:
    """Give the file's text."""
    return json.dumps(document(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    print(text(), end="")
