"""Certificates that no submission names are swept, and no others."""

from datetime import timedelta

from services.intake.orphans import Orphans
from shared.clock import utc_now
from shared.gate import Gate
from shared.vault import Keyring, Vault
from tests.builders.holding import a_hold


async def test_only_old_certificates_that_nobody_names_are_swept(gate: Gate, vault: Vault, keyring: Keyring) -> None:
    hold, seal = await a_hold(keyring, vault)
    await gate.hold(hold)
    named = hold.certificates[0].blob_id
    [orphan] = await vault.put_certificates(seal, 1, [b"%PDF-orphan"], utc_now())
    assert await Orphans(gate, vault, utc_now).sweep() == 0
    in_two_hours = Orphans(gate, vault, lambda: utc_now() + timedelta(hours=2))
    assert await in_two_hours.sweep() == 1
    assert set(await vault.certificates({named: seal, orphan: seal})) == {named}
