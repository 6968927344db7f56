"""Opening what was read from a submission, for the one caller that has been marked as looking."""

import json
from typing import Any

from shared.facts import Facts, FactsProvenance, Submitter
from shared.mongo import Document
from shared.vault import Seal, Vault
from shared.vault.store import row_id


def open_submitter(seal: Seal, document: Document) -> Submitter:
    """Open who sent it."""
    return Submitter.model_validate_json(seal.open("submitter", 1, bytes(document["submitter"])))


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
