"""A webhook is believed when one signature in it is by one of the endpoint's keys, and recent."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from gubi_wallet import NotVerified, Webhooks

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SECRET, OTHER = (f"whsec_{b64encode(bytes([letter]) * 32).decode()}" for letter in (1, 2))
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = f"whpk_{b64encode(PRIVATE.public_key().public_bytes_raw()).decode()}"
BODY = json.dumps({"type": "submission.viewed", "data": {"submission_id": "s-x"}}).encode()


def v1(secret: str = SECRET, body: bytes = BODY, at: datetime = NOW) -> str:
    """As the library of the standard signs."""
    return Webhook(secret).sign("msg-1", at, body.decode())


def v1a(body: bytes = BODY, at: datetime = NOW) -> str:
    signed = f"msg-1.{int(at.timestamp())}.".encode() + body
    return f"v1a,{b64encode(PRIVATE.sign(signed)).decode()}"


def headers(signature: str, at: datetime = NOW) -> dict[str, str]:
    return {"Webhook-Id": "msg-1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


def webhooks(*keys: str) -> Webhooks:
    return Webhooks(keys, clock=lambda: NOW)


@pytest.mark.parametrize(
    ("keys", "signature"),
    [
        ([SECRET], v1()),
        ([PUBLIC], v1a()),
        ([SECRET, PUBLIC], v1a()),
        ([OTHER, SECRET], v1()),
        ([SECRET], f"{v1(OTHER)} {v1()}"),
        ([PUBLIC], f"v1a,AAAA v9,x {v1()} {v1a()}"),
    ],
)
def test_one_signature_by_one_key_is_enough(keys: list[str], signature: str) -> None:
    assert webhooks(*keys).verify(BODY, headers(signature)) == json.loads(BODY)


@pytest.mark.parametrize(
    ("keys", "signature"),
    [
        ([OTHER], v1()),
        ([SECRET], v1a()),
        ([PUBLIC], v1()),
        ([SECRET], v1().replace("v1,", "v1a,")),
        ([PUBLIC], v1a().replace("v1a,", "v1,")),
        ([SECRET], v1().replace("v1,", "v2,")),
        ([SECRET], v1(body=BODY + b" ")),
        ([PUBLIC], v1a(at=NOW + timedelta(seconds=1))),
        ([SECRET], "v1,"),
        ([SECRET], "v1,not base64"),
        ([PUBLIC], "v1a,AAAA"),
        ([], v1()),
    ],
)
def test_any_other_is_not_believed(keys: list[str], signature: str) -> None:
    with pytest.raises(NotVerified, match="webhook-signature does not fit"):
        webhooks(*keys).verify(BODY, headers(signature))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_one_or_one_of_the_future_is_not_believed_though_it_is_signed(minutes: int) -> None:
    at = NOW + timedelta(minutes=minutes)
    with pytest.raises(NotVerified, match="too far from now"):
        webhooks(SECRET).verify(BODY, headers(v1(at=at), at))


@pytest.mark.parametrize("name", ["Webhook-Id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing_is_named(name: str) -> None:
    told = {key: value for key, value in headers(v1()).items() if key != name}
    with pytest.raises(NotVerified, match=f"{name.lower()} missing"):
        webhooks(SECRET).verify(BODY, told)


@pytest.mark.parametrize("timestamp", ["soon", "1e9", "9" * 30, "-" + "9" * 30])
def test_a_time_that_is_none_is_told(timestamp: str) -> None:
    with pytest.raises(NotVerified, match=r"no number of seconds|too far from now"):
        webhooks(SECRET).verify(BODY, {**headers(v1()), "webhook-timestamp": timestamp})


@pytest.mark.parametrize("body", [b"no json", b"[]", b"\xff"])
def test_what_is_signed_and_is_no_object_is_told(body: bytes) -> None:
    signed = f"msg-1.{int(NOW.timestamp())}.".encode() + body
    signature = f"v1a,{b64encode(PRIVATE.sign(signed)).decode()}"
    with pytest.raises(NotVerified, match="body is no"):
        webhooks(PUBLIC).verify(body, headers(signature))


@given(st.binary(max_size=100), st.text(max_size=100), st.text(max_size=20))
def test_nothing_made_up_is_believed_or_breaks_it(body: bytes, signature: str, timestamp: str) -> None:
    told = {"webhook-id": "x", "webhook-timestamp": timestamp, "webhook-signature": signature}
    with pytest.raises(NotVerified):
        webhooks(SECRET, PUBLIC).verify(body, told)


@pytest.mark.parametrize("key", ["secret", "whsec_???", "whpk_AAAA"])
def test_a_key_of_no_known_form_is_refused_at_once(key: str) -> None:
    with pytest.raises(ValueError, match=r"begins with|base64|Base64|padding|characters|32 bytes"):
        Webhooks([key])
