"""`gubi register` as a newcomer meets it: any common file is taken, and every refusal says what to do."""

import codecs
import json
import re
import sys
from pathlib import Path

import pytest

from deploy.gubi.main import main
from deploy.gubi.registers.importing import REMEDY
from services.eligibility.registers.file import FaultCode
from shared.audit import CheckpointSigner
from shared.vault import Keyring

HEADER = "사업장명,사업장관리번호,주소\n"
SEOUL, BUSAN = "서울특별시 중구 세종대로 110", "부산광역시 중구 중구로 120"
GOOD = f"{HEADER}주식회사 한빛가상,123-45-67891-0,{SEOUL}\n미소식당,,{BUSAN}\n가나상회,,세종대로 110\n"


class Shell:
    """Runs commands in this process, in a folder with keys and on the run's own store."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capture = patch, capture

    def gubi(self, *words: str) -> tuple[int, str]:
        """The exit code, and all that was said."""
        self._patch.setattr(sys, "argv", ["gubi", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = self._capture.readouterr()
        return int(ended.value.code or 0), (said.out + said.err).strip()


@pytest.fixture
def shell(
    tmp_path: Path,
    store_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    monkeypatch.chdir(tmp_path)
    Keyring.create(tmp_path / "var" / "keys")
    CheckpointSigner.create(tmp_path / "var" / "keys")
    for name, value in {"GUBI_MONGO": store_url, "GUBI_DATABASE_PREFIX": f"t{tmp_path.name[-20:]}"}.items():
        monkeypatch.setenv(name, re.sub(r"[^\w:/.]", "", value))
    monkeypatch.setenv("COLUMNS", "200")
    return Shell(monkeypatch, capsys)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_file_in_any_common_encoding_is_taken_and_summed_up(shell: Shell, encoding: str) -> None:
    Path("명부.csv").write_bytes(GOOD.encode(encoding))
    code, said = shell.gubi("register", "import", "명부.csv", "--date", "2026-09-01")
    assert said.splitlines() == [
        (
            "'사업장 명부' of 2026-09-01 is in force: 3 workplaces, 1 in Seoul, 1 elsewhere, "
            "1 whose address does not say. 0 rows were left out."
        ),
        "Of 0 questions that no official has answered, none is changed by it.",
    ]
    assert code == 0
    _, listed = shell.gubi("register", "list")
    assert re.search(r"사업장 명부\s*│ 2026-09-01 │ .* │ 1 +│ 1 +│ 1 +│ 0 +│", listed)


def test_rows_that_cannot_be_taken_are_named_with_a_remedy_and_the_good_ones_are_in_force(shell: Shell) -> None:
    bad = "".join(f"나{number},12,{SEOUL}\n" for number in range(22))
    Path("명부.csv").write_text(f"{GOOD}다,,\n{bad}", encoding="utf-8")
    code, said = shell.gubi("register", "import", "명부.csv", "--source", "시험 명부")
    assert code == 1
    assert "'시험 명부' of " in said
    assert "3 workplaces" in said
    assert f"line 5: {REMEDY['address']}." in said
    assert f"line 6: {REMEDY['number']}." in said
    assert "and 3 more rows." in said
    assert "Put them right in the file and import it again" in said
    assert "나1" not in said


def test_an_english_header_in_another_order_will_do(shell: Shell) -> None:
    Path("r.csv").write_text(f"address,since,name\n{SEOUL},1999,미소식당\n", encoding="utf-8")
    assert shell.gubi("register", "import", "r.csv")[0] == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04....", "f.csv is an Excel workbook; open it and save it as 'CSV UTF-8'."),
        (codecs.BOM_UTF16_LE + b"a\0", "f.csv is in UTF-16; open it and save it as 'CSV UTF-8'."),
        (
            "상호,주소\n가,나\n".encode(),
            (
                "f.csv has no column called 사업장명 or 사업장명칭 or name; its first line says: 상호, 주소. "
                "Name the columns there, separated by commas."
            ),
        ),
        (
            b"",
            (
                "f.csv has no column called 사업장명 or 사업장명칭 or name, and none called 주소 or 사업장주소 or "
                "address; its first line says: nothing. Name the columns there, separated by commas."
            ),
        ),
        (
            f"{HEADER}".encode(),
            "No row of the file could be taken, so nothing was changed. There is nothing below its header.",
        ),
        (
            f"{HEADER}가,,\n".encode(),
            f"No row of the file could be taken, so nothing was changed. Of the first, line 2: {REMEDY['address']}.",
        ),
    ],
)
def test_what_is_no_register_is_refused_with_a_remedy(shell: Shell, content: bytes, sentence: str) -> None:
    Path("f.csv").write_bytes(content)
    assert shell.gubi("register", "import", "f.csv") == (1, sentence)
    assert shell.gubi("register", "list")[1].startswith("No register is imported.")


def test_a_few_broken_characters_cost_their_rows_only(shell: Shell) -> None:
    Path("f.csv").write_bytes(f"{GOOD}깨짐,,".encode() + b"\xff\xff\xff\n")
    code, said = shell.gubi("register", "import", "f.csv")
    assert (code, f"line 5: {REMEDY['characters']}." in said) == (1, True)


def test_a_register_is_removed_by_its_name_and_a_misspelt_one_is_guessed(shell: Shell) -> None:
    Path("f.csv").write_text(GOOD, encoding="utf-8")
    shell.gubi("register", "import", "f.csv")
    code, said = shell.gubi("register", "remove", "사업장명부")
    assert (code, said) == (1, "There is no register '사업장명부'. Did you mean '사업장 명부'?")
    code, said = shell.gubi("register", "remove", "사업장 명부")
    assert said.startswith("'사업장 명부' is no longer in force.")
    assert shell.gubi("register", "list") == (
        0, "No register is imported. 'gubi register import FILE.csv' imports one."
    )  # fmt: skip
    _, said = shell.gubi("register", "remove", "사업장 명부")
    assert said == "There is no register '사업장 명부'. 'gubi register list' shows those there are."


def test_every_fault_has_a_remedy() -> None:
    assert set(REMEDY) == set(FaultCode.__args__)  # type: ignore[attr-defined]


def test_human_actions_of_an_empty_installation_say_so(shell: Shell) -> None:
    assert shell.gubi("human-actions") == (0, "No programme has a submission yet.")
    code, said = shell.gubi("human-actions", "--programme", "SONMOK9988_2022", "--json")
    [one] = json.loads(said)
    assert (code, one["per_1000"], one["human_actions"], one["submissions"]) == (0, None, 0, 0)
