"""Instants as operators write them."""

from typing import Any

import typer

_FORMATS = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"]
_HELP = "an instant, such as 2022-12-12T09:00; in Seoul time unless it says otherwise"


def option(about: str = "") -> Any:
    """Give an option that takes an instant; `about` says what of it."""
    return typer.Option(metavar="INSTANT", formats=_FORMATS, help=f"{about} {_HELP}".strip())
