"""Opening what was read from a submission, for the one caller that has been marked as looking."""

import json
from typing import Any

from shared.corrections import Correction, laid_over, with_person
from shared.facts import Facts, FactsProvenance, Submitter
from shared.mongo import Document
from shared.vault import Seal, Vault
from shared.vault.store import row_id


def open_submitter(seal: Seal, document: Document) -> Submitter:
    """Open who sent it."""
    return Submitter.model_validate_json(seal.open("submitter", 1, bytes(document["submitter"])))


def open_corrections(seal: Seal, document: Document) -> tuple[Correction, ...]:
    """Open what officials have corrected, in the order in which they did."""
    return tuple(
        Correction.model_validate_json(seal.open("correction", 1, bytes(one["sealed"]), one["request_id"]))
        for one in document.get("corrections", ())
    )


def open_reason(seal: Seal, document: Document) -> str:
    """Open why an official decided as they did, in their own words; empty where none were needed, or none stand."""
    ground = ground_of(document)
    sealed = ground.get("reason")
    return seal.open("reason", 1, bytes(sealed), ground["request_id"]).decode() if sealed else ""


def ground_of(document: Document) -> Document:
    """Give what the decision in force rests on; empty where none is, or it was made by a version that kept nothing.

    It stands beside the decision, which services of that version read whole.
    """
    ground, decided = document.get("ground") or {}, document.get("decided") or {}
    return ground if ground and ground["request_id"] == decided.get("request_id") else {}


async def open_for_person(vault: Vault, seal: Seal, document: Document, screening: str) -> dict[str, Any]:
    """Open what `Opened` holds of a submission: values as they count, and as they were read."""
    values = await open_values(vault, seal, document["revision"], screening)
    corrections = open_corrections(seal, document)
    read, places = values["facts"], values["provenance"]
    return {
        **values,
        "read": read,
        "corrections": corrections,
        "reason": open_reason(seal, document),
        "facts": laid_over(read, corrections) if read else None,
        "provenance": with_person(places, corrections) if places else None,
        "submitter": open_submitter(seal, document),
    }


async def open_values(vault: Vault, seal: Seal, revision: int, screening: str) -> dict[str, Any]:
    """Open facts, provenance and the named screening of a revision; what is not there yet is None."""
    places = {
        "facts": ("facts", revision, ""),
        "provenance": ("provenance", revision, ""),
        "screening": ("screening", revision, screening),
    }
    rows = await vault.get(row_id(seal.submission_id, *place) for place in places.values())  # type: ignore[arg-type]
    plain = {}
    for name, (purpose, number, variant) in places.items():
        sealed = rows.get(row_id(seal.submission_id, purpose, number, variant))  # type: ignore[arg-type]
        plain[name] = None if sealed is None else seal.open(purpose, number, sealed, variant)  # type: ignore[arg-type]
    return {
        "facts": Facts.model_validate_json(plain["facts"]) if plain["facts"] else None,
        "provenance": FactsProvenance.model_validate_json(plain["provenance"]) if plain["provenance"] else None,
        "screening": json.loads(plain["screening"]) if plain["screening"] else None,
    }
