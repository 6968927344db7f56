"""`gubi extract` reads the data that stands beside a file, and says what came of it."""

import json
import sys
from base64 import b64decode
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from deploy.gubi.extract import NOTES
from deploy.gubi.main import main
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.samples.metadata import as_xml, contradicted
from shared.facts import FindingCode


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scan in a folder to run in, with its data beside it."""
    monkeypatch.chdir(tmp_path)
    sample = make(
        "EMPLOY",
        person=next(iter(population(1))),
        seed=1,
        issued_on=date(2022, 12, 12),
        issuer=Issuer.new(),
        case="scan_with_metadata",
    )
    assert sample.metadata
    (tmp_path / "scan.pdf").write_bytes(sample.pdf)
    (tmp_path / "scan.metadata.json").write_bytes(b64decode(sample.metadata))
    (tmp_path / "other.xml").write_bytes(as_xml(contradicted(sample.expected)[0]))
    return tmp_path / "scan.pdf"


def extract(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    monkeypatch.setattr(sys, "argv", ["gubi", "extract", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_data_beside_a_file_is_read_with_it(
    scan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, scan.name) == 0
    assert NOTES["metadata_only"] in capsys.readouterr().out
    scan.with_suffix(".metadata.json").unlink()
    assert extract(monkeypatch, scan.name) == 1


def test_data_that_are_named_come_before_those_beside_it(
    scan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, scan.name, "--metadata", "other.xml", "--json") == 0
    (read,) = json.loads(capsys.readouterr().out)
    assert read["values"]["holder_name"] == "다른사람"
    assert [finding["code"] for finding in read["findings"]] == ["metadata_only"]


def test_data_of_several_files_cannot_be_named(
    scan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, scan.name, scan.name, "--metadata", "other.xml") == 1
    assert capsys.readouterr().err == "other.xml can be the data of one file, and there are 2.\n"


def test_every_finding_has_its_words() -> None:
    assert NOTES.keys() == set(get_args(FindingCode))
