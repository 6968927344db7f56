"""Builds held submissions."""

import secrets
from datetime import date, timedelta
from typing import Any

from shared.clock import utc_now
from shared.facts import Submitter
from shared.gate import HeldCertificate, Hold
from shared.vault import Keyring, Seal, Vault


def submission_id(keyring: Keyring) -> str:
    return f"s-{keyring.token('submission', secrets.token_hex(8))}"


async def a_hold(keyring: Keyring, vault: Vault, pdf: bytes = b"%PDF-1.7 example", **changes: Any) -> tuple[Hold, Seal]:
    """A submission ready to be held, its certificate already in the vault."""
    sid = changes.pop("submission_id", None) or submission_id(keyring)
    seal, key = keyring.new_key(sid)
    now = utc_now()
    [blob_id] = await vault.put_certificates(seal, 1, [pdf], now)
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
        "certificates": (HeldCertificate(blob_id=blob_id, kind="EI_HIST", fingerprint="00", size=len(pdf)),),
        "retain_until": now + timedelta(days=365),
    }
    return Hold(**(fields | changes)), seal
