"""Every refusal has its row, in two languages, with a remedy; nothing is refused by a code that stands nowhere."""

import re
from pathlib import Path

import pytest

import services.intake
from services.intake.examples import FACTS
from services.intake.problems import TABLE, Refusal, body, speaks_english
from services.intake.problems.asking import ASKING
from services.intake.problems.following import FOLLOWING
from services.intake.problems.keys import KEYS
from services.intake.problems.signing import SIGNING
from services.intake.problems.submitting import SUBMITTING
from services.intake.problems.words import Row

SOURCES = Path(services.intake.__file__).parent


@pytest.mark.parametrize("row", TABLE.values(), ids=TABLE.keys())
def test_a_problem_says_what_is_wrong_why_and_what_to_do_in_both_languages(row: Row) -> None:
    told = body(Refusal(row.code, part="x", facts=FACTS, shown={"limit": 1}), "https://gubi.example/")
    assert told["type"] == f"https://gubi.example/v1/problems/{row.code}"
    assert (told["status"], told["code"], told["part"], told["limit"]) == (row.status, row.code, "x", 1)
    for language, letters in (("ko", "[가-힣]"), ("en", "[A-Za-z]")):
        for member in ("title", "detail", "remedy"):
            text = told["translations"][language][member]
            assert re.search(letters, text)
            assert "{" not in text
    assert not re.search("[가-힣]", "".join(told["translations"]["en"].values()))


def test_who_is_too_late_to_take_back_is_told_to_withdraw_by_any_wallet_app_and_not_to_ask_the_office() -> None:
    row = TABLE["take-back-viewed"]
    assert "어느 지갑 앱으로든" in row.ko.remedy
    assert "any of your wallet apps" in row.en.remedy


def test_no_code_stands_twice() -> None:
    rows = (*SIGNING, *KEYS, *ASKING, *SUBMITTING, *FOLLOWING)
    assert len(rows) == len(TABLE)


def test_every_code_in_use_stands_in_the_table_and_every_row_is_in_use() -> None:
    sources = "".join(path.read_text() for path in SOURCES.rglob("*.py") if path.parent.name != "problems")
    sources = sources.replace((SOURCES / "openapi.py").read_text(), "").replace(
        (SOURCES / "examples.py").read_text(), ""
    )
    used = {code for code in re.findall(r'"([a-z]+(?:-[a-z]+)*)"', sources) if code in TABLE}
    refused = set(re.findall(r'Refusal\(\s*"([a-z-]+)"', sources))
    assert refused <= set(TABLE)
    assert used == set(TABLE)


@pytest.mark.parametrize(
    ("header", "english"),
    [("", False), ("ko", False), ("en", True), ("en-GB,ko;q=0.8", True), ("fr, ko", False), ("fr", False)],
)
def test_korean_is_told_unless_english_is_asked_for(header: str, english: bool) -> None:
    assert speaks_english(header) is english
    told = body(Refusal("not-found"), "https://gubi.example", english=english)
    assert told["title"] == told["translations"]["en" if english else "ko"]["title"]
