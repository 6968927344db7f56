"""Builds held submissions."""

import secrets
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from shared.clock import utc_now
from shared.facts import Submitter
from shared.gate import HeldCertificate, Hold
from shared.vault import CertificateFile, Keyring, Seal, Vault
from shared.wiring import Wiring


def submission_id(keyring: Keyring) -> str:
    return f"s-{keyring.token('submission', secrets.token_hex(8))}"


async def held_certificates(
    vault: Vault, seal: Seal, *sent: tuple[str, CertificateFile]
) -> tuple[HeldCertificate, ...]:
    """Certificates by kind, put into the vault, as the gate would hold them."""
    stored = await vault.put_certificates(seal, 1, [file for _, file in sent], utc_now())
    return tuple(
        HeldCertificate(place.blob_id, place.key, kind, sha256(file.pdf).hexdigest()[:26], len(file.pdf))
        for place, (kind, file) in zip(stored, sent, strict=True)
    )


async def a_hold(keyring: Keyring, vault: Vault, pdf: bytes = b"%PDF-1.7 example", **changes: Any) -> tuple[Hold, Seal]:
    """A submission ready to be held, its certificate already in the vault."""
    sid = changes.pop("submission_id", None) or submission_id(keyring)
    seal, key = keyring.new_key(sid)
    now = utc_now()
    certificates = await held_certificates(vault, seal, ("EI_HIST", CertificateFile(pdf)))
    submitter = Submitter(wallet_address="1holder", name="김가상", birth_date=date(1990, 1, 1))
    fields: dict[str, Any] = {
        "submitter": seal.seal("submitter", 1, submitter.model_dump_json().encode()),
        "submission_id": sid,
        "receipt": f"R-{sid[2:10]}",
        "programme_id": "SONMOK9988_2022",
        "wallet_app": "naver",
        "holder": keyring.token("holder", "1holder"),
        "office": "시민건강국",
        "received_at": now,
        "digest": "00",
        "key": key,
        "certificates": certificates,
        "retain_until": now + timedelta(days=365),
    }
    return Hold(**(fields | changes)), seal


async def hold_one(wiring: Wiring) -> Hold:
    """A submission that is held."""
    hold, _ = await a_hold(wiring.keyring, wiring.vault)
    await wiring.gate.hold(hold)
    return hold
