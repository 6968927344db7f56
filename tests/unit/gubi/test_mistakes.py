"""A known failure of a command is one sentence on standard error and exit code 1; never a traceback."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError
from pydantic import BaseModel, ValidationError

from deploy.gubi.known import sentence_of
from deploy.gubi.main import main
from deploy.stack import StackUnavailable
from deploy.trouble import Trouble
from services.wallet_simulator.samples import KINDS
from shared.audit import CheckpointSigner
from shared.catalog import CatalogError
from shared.errors import Unavailable
from shared.settings import SettingsMistake
from shared.signing import Signer
from shared.vault import Keyring

ROOT = Path(__file__).parents[3]
NOTHING_THERE = {"GUBI_KAFKA": "127.0.0.1:1", "GUBI_MONGO": "mongodb://127.0.0.1:1", "GUBI_STACK": "external"}


def gubi(folder: Path, *words: str, **settings: str) -> tuple[int, str, str]:
    """Run a command in `folder`, with nothing prepared and nothing up; its exit code, output and error output."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GUBI_")}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.gubi", *words],
        cwd=folder,
        env={**outside, "PYTHONPATH": str(ROOT), **NOTHING_THERE, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    return done.returncode, done.stdout, done.stderr


def refused(folder: Path, *words: str, **settings: str) -> str:
    """Its one sentence."""
    code, _, said = gubi(folder, *words, **settings)
    assert code == 1
    (sentence,) = said.splitlines()
    return sentence


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run commands in, in this process."""
    monkeypatch.chdir(tmp_path)
    for name, value in NOTHING_THERE.items():
        monkeypatch.setenv(name, value)
    return tmp_path


def said_by(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["gubi", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    return capsys.readouterr().err.strip()


def test_preparing_without_the_store_makes_no_key_and_says_how_to_start_it(tmp_path: Path) -> None:
    said = refused(tmp_path, "prepare")
    assert said == "Gubi could not reach MongoDB: run 'gubi stack up', or set GUBI_MONGO to one that runs."
    assert not (tmp_path / "var" / "keys").exists(), "nobody knows whether something is stored under other keys"


@pytest.mark.parametrize("command", ["bench", "demo"])
def test_a_stack_that_does_not_exist_is_answered_with_those_that_do(tmp_path: Path, command: str) -> None:
    said = refused(tmp_path, command, GUBI_STACK="minikube")
    assert said == "There is no stack called 'minikube': choose one of containers, jvm, embedded, external."


def test_the_door_without_keys_says_to_restore_them_first_of_all(tmp_path: Path) -> None:
    said = refused(tmp_path, "run", "intake")
    assert said.startswith("intake found no usable keyring.json in var/keys: restore it from the backup")
    assert said.endswith("Only a new installation, whose store is empty, makes one: gubi prepare.")


def test_every_service_at_once_is_refused_while_nothing_is_prepared(tmp_path: Path) -> None:
    said = refused(tmp_path, "run", "all")
    assert said.startswith("Gubi found no usable keyring.json in var/keys: restore it")
    assert not (tmp_path / "var" / "logs").exists()


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A folder with keys; the topics could not be made."""
    keys = tmp_path / "var" / "keys"
    for made_once in (Keyring, CheckpointSigner, Signer):
        made_once.create(keys)
    said = refused(tmp_path, "prepare")
    assert said == "Gubi could not reach Kafka: run 'gubi stack up', or set GUBI_KAFKA to one that runs."
    return tmp_path


def test_a_door_whose_store_is_away_says_so_and_logs_why_once(prepared: Path) -> None:
    code, logged, said = gubi(prepared, "run", "intake")
    assert code == 1
    assert said == "intake could not reach MongoDB: run 'gubi stack up', or set GUBI_MONGO to one that runs.\n"
    assert logged.count('"event": "cannot-start"') == 1
    assert logged.count("store:serverselectiontimeouterror") == 1


def test_a_door_without_the_public_signing_keys_does_not_start(prepared: Path) -> None:
    (prepared / "var" / "keys" / "signing-keys.json").unlink()
    said = refused(prepared, "run", "intake")
    assert said.startswith("intake found no usable signing-keys.json, the public half of signing.json, in var/keys: ")
    assert "prepare" not in said


def test_a_door_whose_port_is_taken_names_the_setting(prepared: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = refused(prepared, "run", "wallet_simulator", GUBI_SIMULATOR_PORT=port)
    expected = f"wallet_simulator cannot listen on 127.0.0.1:{port}; set GUBI_SIMULATOR_PORT to a port that is free."
    assert said == expected


@pytest.mark.parametrize(
    ("name", "value", "must_be"),
    [
        ("GUBI_PARTITIONS", "sesame", "a whole number (partitions of each topic when it is created)"),
        ("GUBI_INTAKE_PORT", "sesame", "a whole number"),
        ("GUBI_MONGO_DRIVER", "sesame", "'motor' or 'pymongo' (which asyncio driver to use)"),
        (
            "GUBI_ACCESS_LOG_DAYS",
            "729",
            "730 or more outside development (days for which the access log is kept, at least)",
        ),
        (
            "GUBI_PUBLIC_URL",
            "https://city.example/gubi",
            "an http or https address without a path (the intake door as wallet apps reach it; QR codes carry it)",
        ),
        ("GUBI_WEBHOOK_HOSTS", "sesame", 'a JSON list, such as ["127.0.0.1"]'),
    ],
)
def test_a_bad_setting_is_named_with_what_it_must_be_and_not_repeated(
    here: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    must_be: str,
) -> None:
    monkeypatch.setenv(name, value)
    said = said_by(capsys, monkeypatch, "run", "extraction")
    assert said == f"{name} is not {must_be}."
    assert value not in said


def test_a_backup_where_nothing_can_be_written_is_one_sentence(prepared: Path) -> None:
    (prepared / "file").write_text("")
    said = refused(prepared, "backup", "keys", "file/backup")
    assert said == "file/backup cannot be used (Not a directory): name a folder that is one."


def test_a_case_that_is_misspelt_is_answered_with_the_nearest(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = said_by(capsys, monkeypatch, "samples", "make", "--kind", "EI_HIST", "--case", "trasfer")
    assert "Did you mean 'transfer'?" in said


def test_the_help_names_every_kind_there_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["gubi", "samples", "make", "--help"])
    with pytest.raises(SystemExit):
        main()
    shown = capsys.readouterr().out
    assert all(kind in shown for kind in KINDS)


def test_what_is_not_known_stays_a_bug() -> None:
    class Other(BaseModel):
        number: int

    with pytest.raises(ValidationError) as wrong:
        Other.model_validate({"number": "x"})
    assert sentence_of(wrong.value) is None
    assert sentence_of(KeyError("name")) is None


def test_every_known_failure_is_told_by_whom_it_befell() -> None:
    assert sentence_of(Unavailable("store:autoreconnect"), "desk").startswith("desk could not reach MongoDB:")
    assert sentence_of(KafkaConnectionError(), "desk").startswith("desk could not reach Kafka:")
    assert sentence_of(CatalogError("wallets.yaml", "naver", "no name")).endswith("wallets.yaml, at naver: no name.")
    assert "pip install 'gubi[samples]'" in sentence_of(ModuleNotFoundError(name="typst"))
    assert sentence_of(SettingsMistake("GUBI_DESK_URL is needed."), "desk") == "GUBI_DESK_URL is needed."
    assert issubclass(StackUnavailable, Trouble)
    assert sentence_of(StackUnavailable("No Java.")) == "No Java."
