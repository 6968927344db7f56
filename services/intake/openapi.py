"""The API description of what FastAPI cannot see: bodies read raw for their signature, and the signature itself."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from services.intake import problems
from services.intake.answers import Receipt
from services.intake.form import HolderForm, SubmissionForm
from services.intake.signatures import ALWAYS, TAG, WHERE_SENT, WITH_A_BODY

Described = dict[str, Any]

TAGS = ("catalogue", "submissions", "problems")

ABOUT = """
Wallet apps send a holder's electronic certificates to a programme, follow them, and take them back until somebody at
the office has looked.

지갑 앱이 전자증명서를 사업에 제출하고, 처리 상태를 확인하고, 담당자가 열람하기 전까지 회수합니다.

Every refusal is `application/problem+json` (RFC 9457) with a stable `code`; all codes stand at `/v1/problems`.
"""

_SIGNING = f"""
HTTP Message Signatures (RFC 9421), Ed25519 or ECDSA P-256, by a key registered with the operator.
Cover {", ".join(f"`{name}`" for name in ALWAYS)}; with a body also {", ".join(f"`{name}`" for name in WITH_A_BODY)}
(RFC 9530, sha-256); and, where sent, {", ".join(f"`{name}`" for name in WHERE_SENT)}. Parameters: `created` (within 300
seconds), `expires`, `nonce` (16 to 128 characters, never used before), `keyid`, `tag="{TAG}"`. `@authority` and
`@target-uri` are those of the public address given under `servers`.
"""

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "One per submission, the same whenever it is sent again; 8 to 200 ASCII characters, best a UUID.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 200},
    "example": "0f0c6f7e-4c1e-4a55-9d0e-3c5a3b1f8a10",
}
_HOLDER = {
    "name": "Gubi-Holder",
    "in": "header",
    "required": True,
    "description": "The holder's wallet address (전자문서지갑 주소), covered by the signature.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128},
}
_LAST_EVENT = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The `id` of the last event received, when coming again to a stream.",
    "schema": {"type": "string", "maxLength": 64},
}
_EVENT_EXAMPLE = 'id: 5f0c6b7e4c1e4a559d0e3c5a\nevent: timeline\ndata: {"submission_id": "s-…", "steps": […]}\n\n'
_FORM_EXAMPLE = {
    "programme": "SONMOK9988_2022",
    "holder": {"wallet_address": "1SampLeWaLLetAddressQQ", "name": "김예시", "birth_date": "1988-03-02"},
    "consent": {"third_party_provision": True, "at": "2026-11-22T09:00:00+09:00"},
    "certificates": [{"part": "certificate-1", "kind": "EI_HIST", "metadata": "eyLrsJzquInrsojtmLgiOiAiMjAyMi0xIn0="}],
    "declared_work": "employee",
}
_SECURED: Described = {"security": [{"walletSignature": []}]}

_SUBMIT: Described = {
    **_SECURED,
    "parameters": [_KEY],
    "requestBody": {
        "required": True,
        "description": "At most 25 MiB: 10 MiB for each certificate, 1 MiB for the form, with 64 KiB for the metadata "
        "of each certificate, decoded. Other parts are named by `certificates[].part`.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["submission", "certificate-1"],
                    "properties": {
                        "submission": {"$ref": "#/components/schemas/SubmissionForm"},
                        "certificate-1": {"type": "string", "contentMediaType": "application/pdf"},
                    },
                    "additionalProperties": {"type": "string", "contentMediaType": "application/pdf"},
                },
                "encoding": {
                    "submission": {"contentType": "application/json"},
                    "certificate-1": {"contentType": "application/pdf"},
                },
                "example": {"submission": _FORM_EXAMPLE, "certificate-1": "%PDF-1.7 …"},
            }
        },
    },
}
_CLOSE: Described = {
    **_SECURED,
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/HolderForm"},
                "example": {"holder": {"wallet_address": "1SampLeWaLLetAddressQQ"}},
            }
        },
    },
}


def refusals(*statuses: int) -> dict[int | str, Described]:
    """Describe refusals by status, each with the codes it may carry."""
    rows = list(problems.TABLE.values())
    return {
        status: {
            "description": ", ".join(f"`{row.code}`" for row in rows if row.status == status),
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


_HELD: dict[int | str, Described] = {
    200: {"model": Receipt, "description": "It was held before: the same receipt again"},
    201: {"model": Receipt, "description": "It is held"},
}

SUBMIT: Described = {
    "tags": ["submissions"],
    "status_code": 201,
    "responses": _HELD | refusals(400, 401, 403, 413, 415, 422, 503),
    "openapi_extra": _SUBMIT,
}
STATUS: Described = {
    "tags": ["submissions"],
    "responses": refusals(400, 401, 404, 503),
    "openapi_extra": {**_SECURED, "parameters": [_HOLDER]},
}
TIMELINE: Described = {
    "tags": ["submissions"],
    "responses": {
        200: {
            "description": "The timeline; with `Accept: text/event-stream` the same as server-sent events: each tells "
            "the whole timeline anew, under an `id` that `Last-Event-ID` gives back. A stream ends after ten minutes, "
            "or once nothing more can happen; come again for it, signing anew.",
            "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EVENT_EXAMPLE}},
        },
        204: {"description": "A stream of which nothing more will come: `Last-Event-ID` names its end"},
    }
    | refusals(400, 401, 404, 503),
    "openapi_extra": {**_SECURED, "parameters": [_HOLDER, _LAST_EVENT]},
}
CLOSE: Described = {
    "tags": ["submissions"],
    "status_code": 202,
    "responses": refusals(400, 401, 404, 409, 413, 415, 422, 503),
    "openapi_extra": _CLOSE,
}
"""What each signed route is declared with."""

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
        "translations": {"type": "object", "description": "title, detail and remedy in `ko` and in `en`"},
        "alternatives": {
            "type": "array",
            "description": "With `unavailable`: the offices that take the same by visit, post or fax",
            "items": {"$ref": "#/components/schemas/Alternative"},
        },
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
                [(SubmissionForm, "validation"), (HolderForm, "validation")],
                ref_template="#/components/schemas/{model}",
            )
            components = made.setdefault("components", {})
            components["schemas"] = {**components.get("schemas", {}), **forms["$defs"], "Problem": _PROBLEM}
            signature = {"type": "apiKey", "in": "header", "name": "Signature", "description": _SIGNING}
            components["securitySchemes"] = {"walletSignature": signature}
            api.openapi_schema = made
        return api.openapi_schema

    return describe
