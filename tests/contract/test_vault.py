"""What the vault promises: a seal opens only in its place, and what is swept is gone."""

from pathlib import Path

import pytest

from shared.clock import utc_now
from shared.mongo import Client, database
from shared.settings import Settings
from shared.vault import CertificateFile, Keyring, SealedRow, Vault, WrappedKey
from shared.vault.keyring import KeyringError, Unopenable
from shared.vault.store import row_id

pytestmark = pytest.mark.both_drivers


@pytest.fixture
async def vault(client: Client, settings: Settings) -> Vault:
    vault = Vault(database(client, settings, "vault"))
    await vault.prepare()
    return vault


def test_a_seal_opens_only_for_its_submission_purpose_revision_and_name(keyring: Keyring) -> None:
    seal, key = keyring.new_key("s-one")
    sealed = seal.seal("facts", 1, b"secret", "name")
    assert keyring.open("s-one", key).open("facts", 1, sealed, "name") == b"secret"
    for purpose, revision, name in (("provenance", 1, "name"), ("facts", 2, "name"), ("facts", 1, "")):
        with pytest.raises(Unopenable):
            seal.open(purpose, revision, sealed, name)
    with pytest.raises(Unopenable):
        keyring.open("s-other", key)


def test_one_altered_byte_does_not_open(keyring: Keyring) -> None:
    seal, _ = keyring.new_key("s-one")
    sealed = bytearray(seal.seal("facts", 1, b"secret"))
    sealed[-1] ^= 1
    with pytest.raises(Unopenable):
        seal.open("facts", 1, bytes(sealed))


def test_without_its_key_encryption_key_nothing_opens(keyring: Keyring) -> None:
    _, key = keyring.new_key("s-one")
    with pytest.raises(KeyringError):
        keyring.open("s-one", WrappedKey("kek-destroyed", key.wrapped))


def test_a_keyring_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = Keyring.create(tmp_path)
    second = Keyring.create(tmp_path)
    assert first.token("holder", "x") == second.token("holder", "x")
    assert (tmp_path / "keyring.json").stat().st_mode & 0o077 == 0


def test_a_token_tells_nothing_without_the_secret(tmp_path: Path) -> None:
    one, other = Keyring.create(tmp_path / "one"), Keyring.create(tmp_path / "other")
    assert one.token("person", "x") != other.token("person", "x")
    assert one.token("person", "x") != one.token("holder", "x")
    assert len(one.token("person", "x")) == 26


async def test_certificates_are_stored_sealed_and_opened_by_id(vault: Vault, keyring: Keyring) -> None:
    seal, _ = keyring.new_key("s-one")
    files = [CertificateFile(b"%PDF-one"), CertificateFile(b"%PDF-two", b"<metadata/>")]
    one, two = await vault.put_certificates(seal, 1, files, utc_now())
    seals = {place.blob_id: seal.certificate(place.blob_id, place.key) for place in (one, two)}
    assert await vault.certificates(seals) == dict(zip(seals, files, strict=True))
    assert await vault.certificates({"not-there": seal}) == {}


async def test_a_certificate_opens_by_its_own_key_alone(vault: Vault, keyring: Keyring) -> None:
    seal, _ = keyring.new_key("s-one")
    one, two = await vault.put_certificates(seal, 1, [CertificateFile(b"%PDF"), CertificateFile(b"%PDF")], utc_now())
    for wrong in (seal, seal.certificate(two.blob_id, two.key)):
        with pytest.raises(Unopenable):
            await vault.certificates({one.blob_id: wrong})
    other, _ = keyring.new_key("s-one")
    for opener, blob_id, key in ((seal, two.blob_id, one.key), (other, one.blob_id, one.key), (seal, "", two.key)):
        with pytest.raises(Unopenable):
            opener.certificate(blob_id, key)


def test_metadata_does_not_open_as_the_certificate_it_came_with(keyring: Keyring) -> None:
    seal, _ = keyring.new_key("s-one")
    own, _ = seal.new_certificate("blob")
    with pytest.raises(Unopenable):
        own.open("certificate", 1, own.seal("metadata", 1, b"<metadata/>", "blob"), "blob")


async def test_rows_are_replaced_in_place_and_what_is_missing_is_left_out(vault: Vault) -> None:
    await vault.put([SealedRow("s-one", "facts", 1, b"first"), SealedRow("s-one", "screening", 1, b"s", "1|x|0")])
    await vault.put([SealedRow("s-one", "facts", 1, b"second")])
    here, missing = row_id("s-one", "facts", 1), row_id("s-one", "facts", 2)
    assert await vault.get([here, missing]) == {here: b"second"}


async def test_a_sweep_takes_everything_of_a_submission_and_nothing_of_another(vault: Vault, keyring: Keyring) -> None:
    for name in ("s-one", "s-two"):
        seal, _ = keyring.new_key(name)
        await vault.put_certificates(seal, 1, [CertificateFile(b"%PDF")], utc_now())
        await vault.put([SealedRow(name, "facts", 1, b"sealed"), SealedRow(name, "submitter", 1, b"sealed")])
    assert await vault.sweep(["s-one"]) == 3
    assert await vault.sweep(["s-one"]) == 0
    assert await vault.sweep(["s-two"]) == 3
