"""What each operation is declared with: what FastAPI cannot see of bodies read raw, refusals, examples."""

from typing import Any

from fastapi import Response

from services.intake import example_bodies, examples, problems
from services.intake.answers import Receipt, SupplementAnswer
from services.intake.form import HolderForm, SubmissionForm, SupplementForm
from services.intake.keys.answers import KeyAnswer
from services.intake.keys.rules import NewKeyForm, RetireForm
from services.intake.problems.submitting import SUBMITTING

Described = dict[str, Any]

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "One per submission, the same whenever it is sent again; 8 to 200 ASCII characters, best a UUID.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[!-~]+$"},
    "example": examples.IDEMPOTENCY_KEY,
}
_HOLDER = {
    "name": "Gubi-Holder",
    "in": "header",
    "required": True,
    "description": "The holder's wallet address (전자문서지갑 주소), covered by the signature.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]+$"},
    "example": examples.WALLET_ADDRESS,
}
_LAST_EVENT = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The `id` of the last event received, when coming again to a stream.",
    "schema": {"type": "string", "maxLength": 64},
    "example": "5f0c6b7e4c1e4a559d0e3c5a",
}
_SECURED: Described = {"security": [{"walletSignature": []}]}


def _json_body(model: type, example: Described) -> Described:
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"application/json": {"schema": schema, "example": example}}
    return {**_SECURED, "requestBody": {"required": True, "content": content}}


def _multipart(form: type, example: Described) -> Described:
    pdf = {"type": "string", "contentMediaType": "application/pdf"}
    return {
        **_SECURED,
        "parameters": [_KEY],
        "requestBody": {
            "required": True,
            "description": "At most 25 MiB: 10 MiB for each certificate, 1 MiB for the form, with 64 KiB for the "
            "metadata of each certificate, decoded. Other parts are named by `certificates[].part`.",
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["submission", "certificate-1"],
                        "properties": {
                            "submission": {"$ref": f"#/components/schemas/{form.__name__}"},
                            "certificate-1": pdf,
                        },
                        "additionalProperties": pdf,
                    },
                    "encoding": {
                        "submission": {"contentType": "application/json"},
                        "certificate-1": {"contentType": "application/pdf"},
                    },
                    "example": example,
                }
            },
        },
    }


def refusals(*those: int | str) -> dict[int | str, Described]:
    """Describe refusals, by codes or by all codes of a status, each with an example."""
    rows = [row for row in problems.TABLE.values() if row.status in those or row.code in those]
    return {
        status: {
            "description": ", ".join(f"`{row.code}`" for row in rows if row.status == status),
            "content": {
                problems.MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {
                        row.code: {"summary": row.en.title, "value": examples.problem(row.code)}
                        for row in rows
                        if row.status == status
                    },
                }
            },
        }
        for status in sorted({row.status for row in rows})
    }


WHOLE: list[Any] = []
"""Examples of answers: FastAPI drops every null from what it describes, so they are put in their places at the end."""


def answers(example: Any, status: int = 200, **more: Any) -> dict[int | str, Described]:
    """Describe the answer that is given when all is well."""
    return {status: {"content": {"application/json": {"example": whole(example)}}, **more}}


def whole(example: Any) -> int:
    """Keep an example of an answer for its place."""
    WHOLE.append(example)
    return len(WHOLE) - 1


SIGNED = (401, "unavailable")
"""How any signed request may be refused."""
_FORM = (
    "content-type-unsupported",
    "body-too-big",
    "body-incomplete",
    "body-too-slow",
    "json-malformed",
    "json-invalid",
)

_SENT = ("multipart-malformed", *problems.codes("idempotency-key-"), "door-busy")

INSTITUTIONS: Described = {
    "tags": ["catalogue"],
    "responses": answers([examples.INSTITUTION_ANSWER]) | refusals("query-invalid"),
}
INSTITUTION: Described = {
    "tags": ["catalogue"],
    "responses": answers(examples.INSTITUTION_ANSWER) | refusals("institution-not-found", "not-found"),
}
PROGRAMMES_OF: Described = {
    "tags": ["catalogue"],
    "responses": answers([examples.PROGRAMME_ANSWER]) | refusals("institution-not-found", "not-found"),
}
PROGRAMMES: Described = {
    "tags": ["catalogue"],
    "responses": answers([examples.PROGRAMME_ANSWER]) | refusals("query-invalid"),
}
PROGRAMME: Described = {
    "tags": ["catalogue"],
    "responses": answers(examples.PROGRAMME_ANSWER) | refusals("programme-not-found", "not-found"),
}


def _picture(media_type: str, file: str) -> Described:
    address = f"{examples.ORIGIN}/v1/programmes/{examples.PROGRAMME}/{file}"
    schema = {"type": "string", "contentMediaType": media_type}
    content = {media_type: {"schema": schema, "examples": {"picture": {"externalValue": address}}}}
    return {
        "tags": ["catalogue"],
        "response_class": Response,
        "responses": {200: {"description": "The picture", "content": content}}
        | refusals("programme-not-found", "not-found"),
    }


QR_SVG, QR_PNG = _picture("image/svg+xml", "qr.svg"), _picture("image/png", "qr.png")
WEBHOOK_KEYS: Described = {
    "tags": ["catalogue"],
    "responses": answers(examples.WEBHOOK_KEYS) | refusals("not-found"),
}
DRAWS: Described = {
    "tags": ["catalogue"],
    "responses": answers([examples.DRAW]) | refusals("programme-not-found", "not-found", "unavailable"),
}
PROBLEMS: Described = {"tags": ["problems"], "responses": answers([examples.PROBLEM_ROW])}
PROBLEM: Described = {"tags": ["problems"], "responses": answers(examples.PROBLEM_ROW) | refusals("not-found")}

SUBMIT: Described = {
    "tags": ["submissions"],
    "status_code": 201,
    "responses": answers(examples.RECEIPT, 200, model=Receipt, description="It was held before: the same receipt again")
    | answers(examples.RECEIPT, 201, model=Receipt, description="It is held")
    | refusals(*SIGNED, *_FORM, *_SENT, *(row.code for row in SUBMITTING if row.status != 404)),
    "openapi_extra": _multipart(SubmissionForm, example_bodies.SUBMISSION),
}
SUPPLEMENT: Described = {
    "tags": ["submissions"],
    "status_code": 201,
    "responses": answers(examples.SUPPLEMENT, 200, model=SupplementAnswer, description="It was held before")
    | answers(examples.SUPPLEMENT, 201, model=SupplementAnswer, description="It is held")
    | refusals(
        *SIGNED,
        *_FORM,
        *_SENT,
        *(row.code for row in SUBMITTING if row.code.startswith(("certificate", "wallet-"))),
        *problems.codes("supplement-"),
        "programme-unknown",
        "submission-not-found",
        "not-found",
    ),
    "openapi_extra": _multipart(SupplementForm, example_bodies.SUPPLEMENTED),
}
_HOLDERS: Described = {**_SECURED, "parameters": [_HOLDER]}
_NOT_THEIRS = ("holder-missing", "submission-not-found", "not-found")
STATUS: Described = {
    "tags": ["submissions"],
    "responses": answers(examples.STATUS) | refusals(*SIGNED, *_NOT_THEIRS),
    "openapi_extra": _HOLDERS,
}
TIMELINE: Described = {
    "tags": ["submissions"],
    "responses": {
        200: {
            "description": "The timeline; with `Accept: text/event-stream` the same as server-sent events: each tells "
            "the whole timeline anew, under an `id` that `Last-Event-ID` gives back. A stream ends after ten minutes, "
            "or once nothing more can happen; come again for it, signing anew.",
            "content": {
                "application/json": {"example": whole(examples.TIMELINE)},
                "text/event-stream": {"schema": {"type": "string"}, "example": examples.EVENT},
            },
        },
        204: {"description": "A stream of which nothing more will come: `Last-Event-ID` names its end"},
    }
    | refusals(*SIGNED, *_NOT_THEIRS, "streams-full"),
    "openapi_extra": {**_SECURED, "parameters": [_HOLDER, _LAST_EVENT]},
}


def _close(*those: str) -> Described:
    return {
        "tags": ["submissions"],
        "status_code": 202,
        "responses": answers(examples.CLOSING, 202)
        | refusals(*SIGNED, *_FORM, "submission-not-found", "not-found", *those),
        "openapi_extra": _json_body(HolderForm, example_bodies.HOLDER),
    }


TAKE_BACK = _close(*problems.codes("take-back-"))
WITHDRAW = _close(*problems.codes("withdraw-"), "take-back-expired", "query-invalid")
ACCESSES: Described = {
    "tags": ["submissions"],
    "responses": answers(examples.ACCESSES) | refusals(*SIGNED, *_NOT_THEIRS, "query-invalid"),
    "openapi_extra": _HOLDERS,
}
DESTRUCTION: Described = {
    "tags": ["submissions"],
    "responses": answers(examples.DESTRUCTION) | refusals(*SIGNED, *_NOT_THEIRS, "not-destroyed"),
    "openapi_extra": _HOLDERS,
}
_GIVEN_BACK = f"{examples.ORIGIN}/v1/submissions/{examples.SUBMISSION_ID}/certificates/1"
GIVEN_BACK: Described = {
    "tags": ["submissions"],
    "response_class": Response,
    "responses": {
        200: {
            "description": "The certificate as it was kept",
            "content": {
                "application/pdf": {
                    "schema": {"type": "string", "contentMediaType": "application/pdf"},
                    "examples": {"certificate": {"externalValue": _GIVEN_BACK}},
                }
            },
        }
    }
    | refusals(*SIGNED, *_NOT_THEIRS, "query-invalid", "nothing-to-give-back"),
    "openapi_extra": _HOLDERS,
}
GOT_BACK: Described = {
    "tags": ["submissions"],
    "responses": answers(examples.RETURNED) | refusals(*SIGNED, *_NOT_THEIRS, "nothing-to-give-back"),
    "openapi_extra": _HOLDERS,
}
POLICY: Described = {
    "tags": ["catalogue"],
    "responses": answers(examples.POLICY) | refusals("programme-not-found", "not-found"),
}
PUBLIC_KEYS: Described = {"tags": ["catalogue"], "responses": answers(examples.PUBLIC_KEYS)}

KEYS: Described = {
    "tags": ["wallet keys"],
    "responses": answers([examples.KEY]) | refusals(*SIGNED),
    "openapi_extra": _SECURED,
}
REGISTER: Described = {
    "tags": ["wallet keys"],
    "status_code": 201,
    "responses": answers(examples.KEY, 200, model=KeyAnswer, description="It was registered before")
    | answers(examples.KEY, 201, model=KeyAnswer, description="It is registered")
    | refusals(
        *SIGNED,
        *_FORM,
        *("wallet-key-name", "wallet-key-name-taken", "wallet-key-known", "wallet-key-private"),
        *("wallet-key-unusable", "wallet-keys-too-many"),
    ),
    "openapi_extra": _json_body(NewKeyForm, example_bodies.NEW_KEY),
}
RETIRE: Described = {
    "tags": ["wallet keys"],
    "responses": answers(examples.KEY)
    | refusals(*SIGNED, *_FORM, "wallet-key-own", "wallet-key-not-found", "not-found"),
    "openapi_extra": _json_body(RetireForm, example_bodies.RETIRE),
}
