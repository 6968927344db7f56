"""`gubi extract` reads what it is given, says what it could not read, and counts that as a failure."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import pytest

from deploy.gubi.extract import NOTES, WHY
from deploy.gubi.main import main
from services.wallet_simulator.samples import Issuer, make, population
from shared.catalog import load
from shared.facts import FindingCode, UnreadableReason


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run in, with one readable certificate in `sent`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    issuer = Issuer.open(tmp_path / "issuer")
    sample = make("EI_HIST", person=next(iter(population(1))), seed=1, issued_on=date(2022, 12, 12), issuer=issuer)
    (tmp_path / "sent").mkdir()
    (tmp_path / "sent" / "good.pdf").write_bytes(sample.pdf)
    return tmp_path


def extract(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["gubi", "extract", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_all_are_read_and_one_that_cannot_be_makes_it_fail_with_a_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, "sent") == 0
    assert "good.pdf: EI_HIST" in capsys.readouterr().out
    (folder / "sent" / "[bad].pdf").write_bytes(b"no certificate")
    assert extract(monkeypatch, "sent") == 1
    shown = capsys.readouterr().out
    assert "sent/[bad].pdf: cannot be read: it is not a PDF file (not_a_pdf).\n" in shown
    assert "good.pdf: EI_HIST" in shown


def test_as_json_a_reason_is_its_code_and_the_exit_code_is_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.pdf").write_bytes(b"no certificate")
    assert extract(monkeypatch, "bad.pdf", "--json") == 1
    assert [reading["unreadable"] for reading in json.loads(capsys.readouterr().out)] == ["not_a_pdf"]


def test_the_operators_limit_of_pages_holds_here_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    issuer, someone = Issuer.open(folder / "issuer"), next(iter(population(1)))
    sample = make("EI_HIST", person=someone, seed=1, issued_on=date(2022, 12, 12), issuer=issuer, case="two_pages")
    (folder / "sent" / "long.pdf").write_bytes(sample.pdf)
    assert extract(monkeypatch, "sent") == 0
    monkeypatch.setenv("GUBI_MAX_PAGES", "1")
    assert extract(monkeypatch, "sent") == 1
    assert "(too_many_pages)" in capsys.readouterr().out


def test_an_unknown_kind_is_answered_with_those_there_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, "sent", "--kind", "EI_HISTORY") == 1
    said = capsys.readouterr().err
    assert said == f"There is no kind 'EI_HISTORY'. There are {', '.join(load().certificates)}.\n"


def test_an_empty_folder_is_said_to_be_empty(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    assert extract(monkeypatch, "sent", "empty") == 1
    assert capsys.readouterr().err == "No PDF file in empty.\n"


@pytest.mark.parametrize(
    ("today", "left"), [("2023-03-11", "1 day left"), ("2023-03-12", "0 days left"), ("2023-03-13", "1 day ago")]
)
def test_a_register_says_how_long_it_may_be_handed_in_and_whether_its_address_is_in_seoul(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], today: str, left: str
) -> None:
    issuer, someone = Issuer.open(folder / "issuer"), next(iter(population(1)))
    sample = make("RR_FULL", person=someone, seed=1, issued_on=date(2022, 12, 12), issuer=issuer, case="busan_junggu")
    (folder / "register.pdf").write_bytes(sample.pdf)
    noon_in_seoul = datetime.fromisoformat(f"{today}T12:00:00+09:00")
    monkeypatch.setattr("deploy.gubi.extract.utc_now", lambda: noon_in_seoul)

    assert extract(monkeypatch, "register.pdf") == 0
    shown = capsys.readouterr().out
    assert (
        f"  issued by {sample.expected.issuer} on 2022-12-12, number {sample.expected.number}, "
        f"valid until 2023-03-12 ({left})\n"
    ) in shown
    assert "(not in Seoul)" in shown

    assert extract(monkeypatch, "register.pdf", "--json") == 0
    [reading] = json.loads(capsys.readouterr().out)
    days_left = (date(2023, 3, 12) - date.fromisoformat(today)).days
    assert (reading["valid_until"], reading["days_left"], reading["findings"]) == ("2023-03-12", days_left, [])
    assert {field["name"]: field["region"] for field in reading["fields"] if "region" in field} == {
        "address": "outside"
    }


def test_what_an_official_should_know_is_noted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    issuer, someone = Issuer.open(folder / "issuer"), next(iter(population(1)))
    sample = make(
        "EMPLOY", person=someone, seed=1, issued_on=date(2022, 12, 12), issuer=issuer, case="business_number_wrong"
    )
    (folder / "letter.pdf").write_bytes(sample.pdf)
    assert extract(monkeypatch, "letter.pdf") == 0
    shown = capsys.readouterr().out
    assert "  note: business_number: the check digit of this number does not fit\n" in shown
    assert f"  issued by {sample.expected.issuer} on 2022-12-12, number {sample.expected.number}\n" in shown


def test_every_reason_and_every_finding_has_its_words() -> None:
    assert set(WHY) == set(get_args(UnreadableReason))
    assert set(NOTES) == set(get_args(FindingCode))
