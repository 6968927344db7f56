"""schemathesis over the whole API description, each request rightly signed: no 5xx, nothing the description denies.

GUBI_FUZZ_DOOR says how many requests are drawn for each operation and mode (200 when looked at closely, 15 otherwise).
"""

import asyncio
import json
import os
import secrets
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import schemathesis
from http_message_signatures import HTTPMessageSignaturesException, HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519
from hypothesis import HealthCheck, settings
from requests.auth import AuthBase
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from gubi_wallet import AppKey
from services.intake.app import build
from services.intake.problems import TABLE
from shared.audit import CheckpointSigner
from shared.catalog import load
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.builders.doors import HOLDER, SENT, Door, opened
from tests.builders.serving import a_socket, served

pytestmark = [pytest.mark.connected, pytest.mark.timeout(1800)]
ANSWERS: defaultdict[str, Counter[str]] = defaultdict(Counter)
"""How often each operation was answered how, by the code of the problem or else the status."""
UNHEARD = {problem.code for problem in TABLE.values() if problem.status in (400, 401, 405, 413, 415)} | {
    "query-invalid"
}
EXAMPLES = int(os.environ.get("GUBI_FUZZ_DOOR", "15"))


class Signed(AuthBase):
    """Signs whatever schemathesis has made, as it stands on the wire."""

    def __init__(self, key: AppKey) -> None:
        resolver = MappingKeyResolver(public_keys={}, private_keys={key.keyid: key.private_key})
        self.keyid = key.keyid
        self.signer = HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=resolver)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        for name in ("signature", "signature-input", "content-digest"):
            request.headers.pop(name, None)
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        assert isinstance(body, bytes)
        now = datetime.now(UTC)
        covered = ["@method", "@authority", "@target-uri"]
        covered += [name for name in ("content-type", "idempotency-key", "gubi-holder") if name in request.headers]
        try:
            self._sign(request, body, covered, now)
        except HTTPMessageSignaturesException:  # a header that no signature can cover: sent unsigned, and refused
            assert "signature" not in request.headers
        return request

    def _sign(self, request: requests.PreparedRequest, body: bytes, covered: list[str], now: datetime) -> None:
        self.signer.sign(
            request,
            key_id=self.keyid,
            created=now,
            expires=now + timedelta(seconds=60),
            nonce=secrets.token_urlsafe(18),
            label="gubi",
            tag="gubi",
            covered_component_ids=covered,
            body=body if request.method == "POST" else None,
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("fuzzed")
    Keyring.create(path / "keys")
    CheckpointSigner.create(path / "keys")
    return str(path / "keys")


@pytest.fixture(scope="module")
def running(store_url: str, folder: str) -> Iterator[tuple[str, AppKey]]:
    """A door on a socket, in a thread with a loop of its own, with a submission in it; its address, and a key."""
    at, url = a_socket()
    made = Settings(  # type: ignore[call-arg]
        _env_file=None,
        mongo=store_url,
        database_prefix=f"t{secrets.token_hex(4)}",
        keys=folder,
        kafka="127.0.0.1:1",
        checkpoints=Path(folder) / "checkpoints",
    )
    ready, done, found = threading.Event(), threading.Event(), {}

    async def serve() -> None:
        async with opened(made, public_url=url) as door, served(door.api, at):
            found["key"] = door.keys["toss"]
            await until_held(door)
            ready.set()
            while not done.is_set():
                await asyncio.sleep(0.1)

    async def until_held(door: Door) -> None:
        async with door.app("toss", origin=url) as toss:
            await toss.submit("SONMOK9988_2022", HOLDER, SENT)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(30)
    yield url, found["key"]
    done.set()
    thread.join()


def described() -> schemathesis.schemas.BaseSchema:
    """The description, of which each operation is drawn from with right and with wrong data."""
    with tempfile.TemporaryDirectory() as keys:
        Keyring.create(Path(keys))
        Signer.create(Path(keys))
        api = build(Wiring.of(Settings(_env_file=None, keys=Path(keys))), load())  # type: ignore[call-arg]
        told = json.loads(json.dumps(api.openapi()))
    del told["components"]["securitySchemes"]  # else signatures would be drawn too, and here every request is signed
    for operation in [operation for path in told["paths"].values() for operation in path.values()]:
        operation.pop("security", None)
    found = schemathesis.openapi.from_dict(told, config=SchemathesisConfig())
    found.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    # A form that is well made may still be for a programme nobody knows, or name a key that is none: 422 says so.
    refused = ["400", "401", "404", "409", "413", "415", "422"]
    found.config.checks.positive_data_acceptance.expected_statuses = ["2xx", *refused]
    found.config.checks.negative_data_rejection.expected_statuses = [*refused, "405"]
    return found


@schemathesis.serializer("application/pdf")
def as_it_is(_: object, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


drawn = described()


@drawn.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
def test_whatever_is_asked_the_door_answers_as_it_is_described(
    case: schemathesis.Case, running: tuple[str, AppKey]
) -> None:
    url, key = running
    answer = case.call_and_validate(base_url=url, auth=Signed(key), timeout=30)
    told = answer.json() if answer.headers.get("content-type", [""])[0].endswith("json") else {}
    code = told.get("code", "") if isinstance(told, dict) else ""
    ANSWERS[case.operation.label][code or str(answer.status_code)] += 1


def unheard(code: str) -> bool:
    """Tell whether an answer may have been given before the signature was looked at, or because of it."""
    return code.startswith("signature-") or code in UNHEARD


def test_of_every_operation_something_was_taken_as_rightly_signed() -> None:
    """401 is one of the answers that are described, so that a door which refused all would seem well."""
    assert {operation.ok().label for operation in drawn.get_all_operations()} == set(ANSWERS)
    assert [operation for operation, told in ANSWERS.items() if all(map(unheard, told))] == [], ANSWERS
