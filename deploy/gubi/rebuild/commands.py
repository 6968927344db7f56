"""The commands of `gubi rebuild`."""

import asyncio
from typing import Annotated

import typer

from deploy.gubi.saying import console

app = typer.Typer(help="Read models, made anew from the events while the old ones serve.", no_args_is_help=True)


@app.callback()
def _rebuild() -> None:
    """Keep `read-model` a word of its own while it is the only command."""


@app.command("read-model")
def read_model(
    afresh: Annotated[bool, typer.Option("--afresh", help="do not go on with what was begun, begin anew")] = False,
    even_if_fewer: Annotated[
        bool, typer.Option("--even-if-fewer", help="swap although the new one lists fewer submissions than the old one")
    ] = False,
) -> None:
    """Make the desk's read model anew from the events: queue, questions, rows of runs, what could not be told.

    The old one serves, and goes on being kept, until the new one is level; then they are swapped in an instant, and a
    page that was being drawn just then may have to be asked for again. What officials did is not touched. Stopped or
    killed at any point, it goes on where it was when run again; 'gubi doctor' tells of one that was left.

    Exit codes: 0 they are swapped; 1 they are not, and why.

    \b
    gubi rebuild read-model
    gubi rebuild read-model --afresh        after a release that mends how events are folded
    """  # noqa: D301
    from deploy.gubi.rebuild.building import rebuild
    from shared.settings import Settings

    with console.status("Reading every event …") as status:
        done = asyncio.run(
            rebuild(
                Settings(), afresh=afresh, even_if_fewer=even_if_fewer, told=lambda step: status.update(f"{step} …")
            )
        )
    before = "" if done.listed_before is None else f" (before: {done.listed_before:,})"
    console.print(
        f"The new read model serves. Read: {done.read:,} records. Submissions listed: {done.listed:,}{before}.",
        soft_wrap=True,
    )
    if done.strange:
        console.print(
            f"{done.strange:,} of the records are of no event that this version knows: see 'gubi dead list'.",
            soft_wrap=True,
        )
