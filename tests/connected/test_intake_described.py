"""The API description: every operation has examples, each holds its schema, and each request works at the door."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from gubi_wallet import AppKey, Signing
from services.intake import example_bodies, examples, problems
from services.intake.app import build
from services.intake.problems import TABLE
from shared.catalog import load
from shared.settings import Settings
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.builders.doors import DOOR, PDF, Door, opened

pytestmark = pytest.mark.connected
METHODS = ("get", "post", "put", "delete", "patch")
Described = dict[str, Any]


@pytest.fixture
def described(settings: Settings, keyring: Keyring) -> Described:
    api = build(Wiring.of(settings.model_copy(update={"public_url": DOOR})), load())
    return json.loads(json.dumps(api.openapi()))


def operations(described: Described) -> Iterator[tuple[str, str, Described]]:
    for path, item in described["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


def validator(described: Described, schema: Described) -> Draft202012Validator:
    """A validator of a schema that stands in the description, whose references lead into it."""
    within = {**schema, "components": described["components"]}
    return Draft202012Validator(within, format_checker=Draft202012Validator.FORMAT_CHECKER)


def values(media: Described) -> list[Any]:
    """The examples of a media type, however many it has."""
    named = [example["value"] for example in media.get("examples", {}).values() if "value" in example]
    return named + ([media["example"]] if "example" in media else [])


def test_it_is_openapi_3_1_and_every_schema_in_it_is_one(described: Described) -> None:
    assert described["openapi"].startswith("3.1")
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_it_says_nothing_of_addresses_elsewhere(described: Described) -> None:
    """It is read offline: what it leads to is this door, a reserved example name, or a number of an RFC."""
    elsewhere = {host.rstrip(".") for host in re.findall(r"https?://([A-Za-z0-9.:-]+)", json.dumps(described))}
    assert elsewhere <= {"127.0.0.1:8810", "gubi.example"}


def test_receipts_and_public_keys_in_it_look_as_the_door_makes_them(described: Described) -> None:
    receipts = set(re.findall(r"GB-[0-9A-Z-]+", json.dumps(described)))
    assert receipts
    assert all(re.fullmatch(r"GB(-[A-Z2-7]{4}){3}", receipt) for receipt in receipts), receipts
    (jwk,) = values(described["paths"]["/v1/keys"]["get"]["responses"]["200"]["content"]["application/json"])[0]["keys"]
    assert jwk["x"] == "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"  # RFC 9421, appendix B.1.4


def test_every_answer_has_an_example_and_each_holds_its_schema(described: Described) -> None:
    tried = 0
    for method, path, operation in operations(described):
        for status, answer in operation["responses"].items():
            for media_type, media in answer.get("content", {}).items():
                pictures = [example for example in media.get("examples", {}).values() if "externalValue" in example]
                assert values(media) or pictures, f"{method} {path} {status} {media_type} has no example"
                for value in values(media):
                    validator(described, media["schema"]).validate(value)
                    tried += 1
    assert tried > 100


def test_every_request_has_an_example_and_each_holds_its_schema(described: Described) -> None:
    for method, path, operation in operations(described):
        for parameter in operation.get("parameters", []):
            found = [parameter["example"]] if "example" in parameter else parameter["schema"].get("examples", [])
            assert found, f"{method} {path}: {parameter['name']} has no example"
            for value in found:
                validator(described, parameter["schema"]).validate(value)
        assert (method == "post") == ("requestBody" in operation)
        for media in operation.get("requestBody", {}).get("content", {}).values():
            assert values(media), f"{method} {path} has no example of its body"
            for value in values(media):
                validator(described, media["schema"]).validate(value)


def test_every_problem_stands_in_the_description_with_an_example(described: Described) -> None:
    """But for the two that can come anywhere and are of no one operation: they stand at `/v1/problems`."""
    told = {
        name
        for _, _, operation in operations(described)
        for answer in operation["responses"].values()
        for name in answer.get("content", {}).get(problems.MEDIA_TYPE, {}).get("examples", {})
    }
    assert told == set(TABLE) - {"method-not-allowed", "internal"}


def test_whatever_takes_json_says_how_a_form_is_refused(described: Described) -> None:
    for method, path, operation in operations(described):
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            told = operation["responses"]["422"]["content"][problems.MEDIA_TYPE]["examples"]
            assert "json-invalid" in told, f"{method} {path}"


@pytest.fixture
async def at_the_example(settings: Settings, keyring: Keyring) -> AsyncIterator[Door]:
    """The door of the examples: what is sent to it needs no change."""
    async with opened(settings) as door:
        yield door


def filled(path: str, operation: Described) -> tuple[str, dict[str, str], dict[str, str]]:
    """Path, query and headers made of the examples of an operation's parameters."""
    query, headers = {}, {}
    for parameter in operation.get("parameters", []):
        value = parameter["example"] if "example" in parameter else parameter["schema"]["examples"][0]
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(value))
        else:
            (query if parameter["in"] == "query" else headers)[parameter["name"]] = value
    return path, query, headers


def body_of(operation: Described) -> Described:
    """The example of an operation's body, as a wallet app would send it; what stands for a PDF is one."""
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        return {"json": content["application/json"]["example"]}
    if "multipart/form-data" in content:
        example = content["multipart/form-data"]["example"]
        form = json.dumps(example["submission"]).encode()
        return {
            "files": {
                "submission": (None, form, "application/json"),
                "certificate-1": ("certificate-1.pdf", PDF, "application/pdf"),
            }
        }
    return {}


ENDS = {
    ("post", "/v1/submissions"): 201,
    ("get", "/v1/submissions/{submission_id}"): 200,
    ("get", "/v1/submissions/{submission_id}/timeline"): 200,
    ("get", "/v1/submissions/{submission_id}/accesses"): 200,
    ("get", "/v1/submissions/{submission_id}/destruction-record"): 409,  # nobody has asked for it yet
    ("get", "/v1/submissions/{submission_id}/certificates/{number}"): 409,
    ("delete", "/v1/submissions/{submission_id}/certificates"): 409,
    ("post", "/v1/submissions/{submission_id}/supplement"): 409,  # nobody has asked for anything
    ("post", "/v1/submissions/{submission_id}/take-back"): 202,
    ("post", "/v1/submissions/{submission_id}/withdraw"): 409,  # it was taken back the moment before
    ("get", "/v1/webhook-keys/{app}"): 404,  # no endpoint is set up here
    ("post", "/v1/wallet-keys"): 401,  # its private half is RFC 9421's own and is not signed with here
    ("post", "/v1/wallet-keys/{keyid}/retire"): 404,
}


async def test_every_example_of_a_request_is_run_against_the_real_door(
    at_the_example: Door, described: Described
) -> None:
    door, submission_id = at_the_example, ""
    async with door.plain(auth=Signing(door.keys["toss"])) as http:
        for method, path, operation in sorted(
            operations(described), key=lambda one: list(ENDS).index(one[:2]) if one[:2] in ENDS else -1
        ):
            address, query, headers = filled(path, operation)
            if submission_id:
                address = address.replace(examples.SUBMISSION_ID, submission_id)
            answer = await http.request(method, address, params=query, headers=headers, **body_of(operation))
            assert answer.status_code == ENDS.get((method, path), 200), f"{method} {path}: {answer.text}"
            must_fit(described, operation, answer)
            if path == "/v1/submissions":
                submission_id = answer.json()["submission_id"]


def must_fit(described: Described, operation: Described, answer: httpx.Response) -> None:
    media_type = answer.headers["content-type"].split(";")[0]
    schema = operation["responses"][str(answer.status_code)]["content"][media_type]["schema"]
    if media_type.endswith("json"):
        validator(described, schema).validate(answer.json())


async def test_the_example_of_a_new_key_registers_one(at_the_example: Door) -> None:
    """The same form with a key of our own, since that of the example is RFC 9421's."""
    new = AppKey.generate("toss", str(example_bodies.NEW_KEY["keyid"]))
    form = {**example_bodies.NEW_KEY, "public_key": new.public_pem}
    async with at_the_example.plain(auth=Signing(at_the_example.keys["toss"], new_key=new)) as http:
        answer = await http.post("/v1/wallet-keys", json=form)
    assert answer.status_code == 201
    assert answer.json().keys() == examples.KEY.keys()
