"""A new installation: keys that are there and damaged are named, and never made anew."""

from pathlib import Path

import pytest

from deploy.gubi.prepare import prepare_installation
from deploy.trouble import Trouble
from shared.audit import CheckpointSigner
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring


@pytest.mark.parametrize(
    ("name", "called"),
    [("keyring.json", "The keyring"), ("audit.key", "audit.key"), ("signing.json", "signing.json")],
)
def test_a_damaged_key_is_named_with_what_it_is_for_and_stays_as_it_is(tmp_path: Path, name: str, called: str) -> None:
    settings = Settings(keys=tmp_path / "keys", trust_roots=tmp_path / "roots")
    for made_once in (Keyring, CheckpointSigner, Signer):
        made_once.create(settings.keys)
    (settings.keys / name).write_text("{")
    with pytest.raises(Trouble, match=rf"^{called} in .* is damaged, and .*: restore it"):
        prepare_installation(lambda _: None, settings)
    assert (settings.keys / name).read_text() == "{"
