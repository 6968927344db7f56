"""What a notice is signed by: the ed25519 keys in force, and secrets for apps that know only those."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from services.notification.endpoints import Endpoint, SigningKey
from services.notification.signing import Signer, new_private_key, public_of
from shared.clock import utc_now
from tests.builders.verifying import signatures, verifies

AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'


def endpoint(**fields: Any) -> Endpoint:
    return Endpoint.model_validate({"app": "naver", "url": "https://wallet.example/notices", **fields})


def a_key(until: datetime | None = None) -> SigningKey:
    return SigningKey(private=new_private_key(), until=until)


def test_the_vector_of_the_specifications_own_go_library_comes_out() -> None:
    """github.com/standard-webhooks/standard-webhooks, libraries/go, TestAsymmetricWebhookSign."""
    key = SigningKey(private="whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=")
    headers = Signer(endpoint(keys=[key])).headers("msg_p5jXN8AQM9LWM0D4loKWxJek", AT, BODY)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1a,"
        "tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==",
    }


def test_a_changed_body_id_or_time_does_not_verify() -> None:
    key = a_key()
    headers = Signer(endpoint(keys=[key])).headers("msg_1", AT, BODY)
    assert verifies(public_of(key), headers, BODY)
    assert not verifies(public_of(key), headers, BODY + b" ")
    assert not verifies(public_of(key), headers | {"webhook-id": "msg_2"}, BODY)
    assert not verifies(public_of(key), headers | {"webhook-timestamp": "1614265331"}, BODY)
    assert not verifies(public_of(a_key()), headers, BODY)


def test_while_a_key_is_replaced_a_notice_carries_a_signature_by_each_and_then_by_the_new_one_alone() -> None:
    old, new = a_key(until=AT + timedelta(days=7)), a_key()
    signer = Signer(endpoint(keys=[new, old]))
    during, afterwards = (signer.headers("msg_1", at, BODY) for at in (AT, AT + timedelta(days=7)))
    assert [verifies(public_of(key), during, BODY) for key in (old, new)] == [True, True]
    assert [verifies(public_of(key), afterwards, BODY) for key in (old, new)] == [False, True]
    assert len(during["webhook-signature"].split(" ")) == 2


def test_an_app_whose_library_knows_only_secrets_verifies_beside_the_keys() -> None:
    secret = "whsec_" + "B" * 43 + "="
    headers = Signer(endpoint(keys=[a_key()], secrets=[secret])).headers("msg_1", utc_now(), BODY)
    Webhook(secret).verify(BODY, headers)
    assert len(signatures(headers, "v1a")) == 1


def test_a_private_key_never_shows_in_print() -> None:
    key = a_key()
    assert key.private not in f"{key!r} {endpoint(keys=[key])!r}"


@pytest.mark.parametrize("at", [AT, AT + timedelta(seconds=90)])
def test_each_attempt_says_its_own_time_under_the_same_id(at: datetime) -> None:
    headers = Signer(endpoint(keys=[a_key()])).headers("msg_1", at, BODY)
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("msg_1", str(int(at.timestamp())))
