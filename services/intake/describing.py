"""The API description as a whole: FastAPI's, with the signature, the problems and the examples put in."""

from collections.abc import Callable

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from services.intake import problems
from services.intake.claims import ALWAYS, NEW_KEY_TAG, TAG, WHERE_SENT, WITH_A_BODY
from services.intake.form import HolderForm, SubmissionForm, SupplementForm
from services.intake.keys.rules import NewKeyForm, RetireForm
from services.intake.openapi import WHOLE, Described

TAGS = ("catalogue", "submissions", "wallet keys", "problems")

ABOUT = """
Wallet apps send a holder's electronic certificates to a programme, follow them, and take them back until somebody at
the office has looked.

지갑 앱이 전자증명서를 사업에 제출하고, 처리 상태를 확인하고, 담당자가 열람하기 전까지 회수합니다.

Every refusal is `application/problem+json` (RFC 9457) with a stable `code`; all codes stand at `/v1/problems`. A door
that answers with the header `Gubi-Sandbox: true` is a sandbox (연습용): it takes sample certificates only.
"""

_SIGNING = f"""
HTTP Message Signatures (RFC 9421), Ed25519 or ECDSA P-256, by a key registered with the operator.
Cover {", ".join(f"`{name}`" for name in ALWAYS)}; with a body also {", ".join(f"`{name}`" for name in WITH_A_BODY)}
(RFC 9530, sha-256); and, where sent, {", ".join(f"`{name}`" for name in WHERE_SENT)}. Parameters: `created` (within 300
seconds), `expires`, `nonce` (16 to 128 characters, never used before), `keyid`, `tag="{TAG}"`. `@authority` and
`@target-uri` are those of the public address given under `servers`. A request that registers a key carries a second
signature of the same kind, by that key, with `tag="{NEW_KEY_TAG}"`.
"""

_TOLD = {"type": "object", "required": ["title", "detail", "remedy"]} | {
    "properties": {name: {"type": "string"} for name in ("title", "detail", "remedy")}
}
_PROBLEM: Described = {
    "title": "Problem",
    "description": "RFC 9457 problem details. `part` names what it lies in; more members depend on the code.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "remedy", "translations"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": list(problems.TABLE)},
        "remedy": {"type": "string"},
        "part": {"type": "string"},
        "translations": {"type": "object", "required": ["ko", "en"], "properties": {"ko": _TOLD, "en": _TOLD}},
        "alternatives": {
            "type": "array",
            "description": "With `unavailable`: the offices that take the same by visit, post or fax",
            "items": {"$ref": "#/components/schemas/Alternative"},
        },
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"where": {"type": "string"}, "why": {"type": "string"}}},
            "description": "where the content is wrong (JSON pointers), and how",
        },
        "offices": {
            "type": "array",
            "description": "With `office-not-receiving`: the ids of those that receive, the responsible one first",
            "items": {"type": "string"},
        },
        "limit": {"type": "integer", "description": "the most that is taken"},
        "signature_base": {
            "type": "string",
            "description": "what this door computed the signature over (RFC 9421 §2.5), to be compared with what you "
            "signed; the wallet address in it is shown as its SHA-256",
        },
        "computed": {"type": "string", "description": "Content-Digest of the body that arrived"},
        "by_office": {"type": "object", "description": "the office that looked or decided"},
        "at": {"type": "string", "format": "date-time", "description": "when it did"},
    },
}


def describing(api: FastAPI, origin: str) -> Callable[[], Described]:
    """Give the function that makes the whole description of `api`, once."""

    def describe() -> Described:
        if api.openapi_schema is None:
            made = get_openapi(
                title=api.title,
                version=api.version,
                description=ABOUT,
                routes=api.routes,
                servers=[{"url": origin}],
                tags=[{"name": name} for name in TAGS],
            )
            _, forms = models_json_schema(
                [(form, "validation") for form in (SubmissionForm, SupplementForm, HolderForm, NewKeyForm, RetireForm)],
                ref_template="#/components/schemas/{model}",
            )
            components = made.setdefault("components", {})
            components["schemas"] = {**components.get("schemas", {}), **forms["$defs"], "Problem": _PROBLEM}
            signature = {"type": "apiKey", "in": "header", "name": "Signature", "description": _SIGNING}
            components["securitySchemes"] = {"walletSignature": signature}
            _with_whole_examples(made)
            _without_fastapis_own(made)
            api.openapi_schema = made
        return api.openapi_schema

    return describe


def _with_whole_examples(made: Described) -> None:
    for operations in made["paths"].values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                media = answer.get("content", {}).get("application/json", {})
                if isinstance(media.get("example"), int):
                    media["example"] = WHOLE[media["example"]]


def _without_fastapis_own(made: Described) -> None:
    """Take out the refusals that FastAPI describes wherever there is a parameter: ours are problems, and say when."""
    for operations in made["paths"].values():
        for operation in operations.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
