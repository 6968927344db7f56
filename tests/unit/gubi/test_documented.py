"""Every command that a document tells somebody to type is there, with its options."""

import re
from collections.abc import Iterator

import typer
from typer.core import TyperCommand, TyperGroup

from deploy.gubi.main import app
from tests.unit.deploy.known import ROOT

DOCUMENTS = (
    "README.md",
    "SECURITY.md",
    "docs/runbook.md",
    "docs/backup.md",
    "docs/upgrade.md",
    "services/wallet_client/README.md",
)
CODE = re.compile(r"^```.*?\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
ENDS = re.compile(r"\s{2,}|&&|[·;()#\n]")
"""Where a command ends: at its explanation in a column, or at another command."""
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands(text: str) -> Iterator[list[str]]:
    """Give the words of each command of ours in a document's code."""
    for block, inline in CODE.findall(text):
        for part in ENDS.split(block or inline):
            words = part.split()
            if words[:1] == ["kubectl"]:  # its own words may be our namespace's; ours come after --
                words = words[words.index("--") + 1 :] if "--" in words else []
            places = [at for at, word in enumerate(words) if word in ("gubi", ".venv/bin/gubi", "make")]
            if places:
                yield words[places[0] :]


def wrong(words: list[str]) -> str | None:
    """Give the word that is no target, command or option; None where there is none."""
    if words[0] == "make":
        return next((word for word in words[1:] if "=" not in word and word not in TARGETS), None)
    here: TyperCommand | TyperGroup = typer.main.get_command(app)
    parent, named = here, False
    for word in words[1:]:
        if word.startswith("--"):
            if word not in {"--help", *(name for parameter in here.params for name in parameter.opts)}:
                return word
        elif word == "|":  # another command of the same group, or another argument
            here = parent if named else here
        elif isinstance(here, TyperGroup):
            if word not in here.commands:
                return word
            parent, here, named = here, here.commands[word], True
        else:
            named = False
    return None


def test_every_command_in_a_document_is_there() -> None:
    found = [(name, words) for name in DOCUMENTS for words in commands((ROOT / name).read_text())]
    assert {name for name, _ in found} == set(DOCUMENTS)
    assert [(name, words) for name, words in found if wrong(words)] == []


def test_a_command_that_is_not_there_is_found() -> None:
    block = "gubi stack up | sideways   what it does\ngubi extract FILE --jason"
    text = f"`gubi wallets list`, `make tests`\n```\n{block}\n```"
    assert [wrong(words) for words in commands(text)] == ["list", "tests", "sideways", "--jason"]
    right = list(commands("`gubi run extraction | all && gubi wallets keys | endpoints`"))
    assert [wrong(words) for words in right] == [None, None]
