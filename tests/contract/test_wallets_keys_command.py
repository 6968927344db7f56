"""`gubi wallets keys` on a real store: what an operator does, and each mistake with what to do about it."""

import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from deploy.gubi.main import main
from deploy.gubi.wallets.development import register_development_keys
from deploy.trouble import Trouble
from gubi_wallet import AppKey
from services.wallet_simulator.keys import ensure_wallet_keys
from shared.settings import Settings

Gubi = Callable[..., tuple[int, str]]


@pytest.fixture
def gubi(store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Gubi:
    """Runs a command of `gubi wallets keys`; gives its exit code and what it said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "220")
    monkeypatch.setenv("GUBI_MONGO", store_url)
    monkeypatch.setenv("GUBI_DATABASE_PREFIX", f"t{secrets.token_hex(4)}")

    def run(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["gubi", "wallets", "keys", *words])
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def public(path: Path, key: AppKey) -> str:
    file = path / f"{key.keyid}.pub.pem"
    file.write_text(key.public_pem)
    return str(file)


def test_a_key_is_added_listed_and_retired(gubi: Gubi, tmp_path: Path) -> None:
    assert gubi("list") == (0, "No key is registered. Add one with 'gubi wallets keys add'.\n")
    first = public(tmp_path, AppKey.generate("toss", "toss-1", "ecdsa-p256-sha256"))
    assert gubi("add", "toss", "toss-1", first) == (0, "toss-1 (ecdsa-p256-sha256) is added.\n")
    assert gubi("add", "toss", "toss-1", first) == (0, "toss-1 (ecdsa-p256-sha256) was there already.\n")
    later = public(tmp_path, AppKey.generate("toss", "toss-2"))
    assert gubi("add", "toss", "toss-2", later, "--from", "2099-01-01")[0] == 0
    code, listed = gubi("list", "toss")
    assert code == 0
    assert "2099-01-01 00:00" in listed
    assert "not in force yet" in listed
    code, said = gubi("retire", "toss-1")
    assert code == 0
    assert "at every door five seconds later at the latest" in said
    assert "toss has no other key in force" in said
    assert "retired" in gubi("list")[1]


def test_each_mistake_is_told_with_what_to_do(gubi: Gubi, tmp_path: Path) -> None:
    key = AppKey.generate("toss", "toss-1")
    file = public(tmp_path, key)
    rsa = generate_private_key(65537, 2048).public_key()
    (tmp_path / "rsa.pem").write_bytes(rsa.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "private.pem").write_bytes(key.private_pem)
    (tmp_path / "text.pem").write_bytes("키가 아님".encode("cp949"))
    assert gubi("add", "toss", "toss-1", file)[0] == 0
    for words, told in [
        (("add", "tos", "tos-1", file), "There is no wallet app 'tos' in the catalogue; there are gov24, naver"),
        (("add", "naver", "toss-2", file), "A key of naver is called naver- and then letters"),
        (("add", "toss", "toss-", file), "A key of toss is called toss- and then letters"),
        (("add", "toss", "toss-2", str(tmp_path / "rsa.pem")), "neither Ed25519 nor ECDSA P-256"),
        (("add", "toss", "toss-2", str(tmp_path / "private.pem")), "openssl pkey -in FILE -pubout"),
        (("add", "toss", "toss-2", str(tmp_path / "text.pem")), "no public key in PEM"),
        (("add", "toss", "toss-2", file), "registered under another name"),
        (("add", "toss", "toss-1", public(tmp_path, AppKey.generate("toss", "toss-9"))), "names are never used again"),
        (("retire", "toss-9"), "No key is called toss-9: see 'gubi wallets keys list'"),
        (("list", "nobody"), "There is no wallet app 'nobody'"),
    ]:
        code, said = gubi(*words)
        assert code == 1, words
        assert told in said
        assert "Traceback" not in said
    assert gubi("list", "toss")[1].count("toss-") == 1


def test_a_store_that_is_away_is_one_sentence(gubi: Gubi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUBI_MONGO", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=300")
    code, said = gubi("list")
    assert (code, said.count("\n")) == (1, 1)
    assert "could not reach MongoDB" in said


async def test_the_simulators_keys_are_registered_once_and_a_lost_folder_of_them_is_told(
    settings: Settings, tmp_path: Path
) -> None:
    keys = ensure_wallet_keys(tmp_path / "keys")
    for _ in range(2):
        await register_development_keys(settings, keys)
    with pytest.raises(Trouble, match=r"restore that folder, or begin with an empty database"):
        await register_development_keys(settings, ensure_wallet_keys(tmp_path / "made anew"))
