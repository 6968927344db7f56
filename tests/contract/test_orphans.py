"""Certificates that no submission names are swept, and no others."""

from datetime import timedelta

from services.intake.orphans import Orphans
from shared.clock import utc_now
from shared.gate import Gate
from shared.vault import CertificateFile, Keyring, Vault
from tests.builders.holding import a_hold, held_certificates


async def test_only_old_certificates_that_nobody_names_are_swept(gate: Gate, vault: Vault, keyring: Keyring) -> None:
    hold, seal = await a_hold(keyring, vault)
    await gate.hold(hold)
    [named], [orphan] = hold.certificates, await held_certificates(vault, seal, ("EI_HIST", CertificateFile(b"%PDF-o")))
    assert await Orphans(gate, vault, utc_now).sweep() == 0
    in_two_hours = Orphans(gate, vault, lambda: utc_now() + timedelta(hours=2))
    assert await in_two_hours.sweep() == 1
    assert set(await vault.certificates(named.blob(seal) | orphan.blob(seal))) == {named.blob_id}
