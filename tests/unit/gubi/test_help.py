"""Every command says what it does, what its words mean, and what its exit codes mean."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer
from click import Command
from typer.core import TyperGroup

from deploy.gubi.main import app

CODES = re.compile(r"^Exit codes: 0 [^;]+; \d", re.MULTILINE)
OTHER_FORMS = re.compile(r"exit code (?:is|will)", re.IGNORECASE)


def commands(here: Command, name: str = "gubi") -> Iterator[tuple[str, Command]]:
    """Give every command under this one, and this one, by what is typed."""
    yield name, here
    if isinstance(here, TyperGroup):
        for word, one in here.commands.items():
            yield from commands(one, f"{name} {word}")


EVERY = dict(commands(typer.main.get_command(app)))
LEAVES = {name: one for name, one in EVERY.items() if not isinstance(one, TyperGroup)}


def helpless(named: dict[str, Command]) -> list[str]:
    """Give the commands that do not say what they do, and the words of theirs that are not explained."""
    found = [name for name, one in named.items() if not (one.help or "").strip()]
    return found + [
        f"{name} {parameter.name}"
        for name, one in named.items()
        for parameter in one.params
        if parameter.name != "help" and not getattr(parameter, "help", None)
    ]


def without_codes(named: dict[str, Command]) -> list[str]:
    """Give the commands that do not state their exit codes, or state them in another form.

    Each may end in 1 at least: a setting that is wrong is a failure of any.
    """
    return [
        name
        for name, one in named.items()
        if not CODES.search(said(one)) or "1 " not in said(one) or OTHER_FORMS.search(said(one))
    ]


def said(one: Command) -> str:
    return inspect.cleandoc(one.help or "")


def ends_in(callback: Callable[..., Any]) -> set[int]:
    """Give the numbers that a command's own code ends it with."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(callback))))
    return {
        number.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "typer.Exit"
        for number in ast.walk(call)
        if isinstance(number, ast.Constant) and isinstance(number.value, int) and not isinstance(number.value, bool)
    }


def test_every_command_and_every_option_says_what_it_is() -> None:
    assert len(LEAVES) > 40
    assert helpless(EVERY) == []


def test_every_command_states_its_exit_codes_in_one_form() -> None:
    assert without_codes(LEAVES) == []


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_a_number_that_a_command_ends_with_is_among_those_it_states(name: str) -> None:
    callback = LEAVES[name].callback
    assert callback
    codes = said(LEAVES[name]).partition("Exit codes:")[2].partition("\n\n")[0]
    stated = {int(number) for number in re.findall(r"(?:^|; )(\d+)\b", codes.strip())}
    assert ends_in(callback) <= stated


def test_the_first_page_says_what_holds_of_all() -> None:
    assert "standard error" in said(EVERY["gubi"])


def test_a_command_without_help_an_option_without_and_codes_in_another_form_are_found() -> None:
    bad = typer.Typer()

    @bad.command("mute")
    def mute(loud: bool = False) -> None:
        raise typer.Exit(3 if loud else 0)

    @bad.command("otherwise")
    def otherwise() -> None:
        """Do it.

        The exit code is 1 if it is not done.
        """

    named = dict(commands(typer.main.get_command(bad)))
    del named["gubi"]
    assert helpless(named) == ["gubi mute", "gubi mute loud"]
    assert without_codes(named) == ["gubi mute", "gubi otherwise"]
    assert ends_in(mute) == {0, 3}
