"""The commands of `gubi topics`."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.gubi.saying import say

if TYPE_CHECKING:
    from deploy.gubi.topics.planning import Change, Left, Plan

app = typer.Typer(help="The topics, as the code names them.", no_args_is_help=True)
_NAMED = 6


@app.callback()
def _topics() -> None:
    """Keep `apply` a word of its own while it is the only command."""


@app.command()
def apply(
    check: Annotated[bool, typer.Option("--check", help="say what would change, and change nothing")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Make every topic and dead-letter twin as the code says: partitions, retention, how many replicas must confirm.

    Nothing is made smaller: partitions are only added, what is kept longer stays so, other settings of a topic are left
    alone. Run it before the services of a new version start; it is harmless while they run, and when run again.

    Exit codes: 0 all is as the code says; 2 with --check, something would change; 1 the broker is away or refuses, or
    something is less than the code asks for and cannot be changed from here (replicas).

    \b
    gubi topics apply --check                      what a new version would change
    GUBI_PARTITIONS=24 gubi topics apply           twice as many processes may share the work
    """  # noqa: D301
    import asyncio

    from deploy.gubi.topics.applying import apply as apply_plan
    from deploy.gubi.topics.applying import planned
    from shared.settings import Settings

    plan = asyncio.run((planned if check else apply_plan)(Settings()))
    if as_json:
        print(json.dumps({"checked_only": check, **asdict(plan)}, indent=2))
    else:
        _print(plan, check=check)
    raise typer.Exit(1 if plan.lacking else 2 if check and plan.changes else 0)


def _print(plan: "Plan", *, check: bool) -> None:
    for words, topics in _alike([(_done(one, check=check), one.topic) for one in plan.changes]):
        say(f"{words}: {topics}")
    for words, topics in _alike([(_stays(one), one.topic) for one in plan.left]):
        say(f"{words}: {topics}")
    if plan.changes:
        topics_of = len({one.topic for one in plan.changes})
        done = "would change; run it without --check" if check else "changed"
        say(f"{topics_of} topics {done}.")
    elif not plan.lacking:
        say("Every topic is as the code says.")


def _alike(said: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put together the topics of which the same is said."""
    of: dict[str, list[str]] = {}
    for words, topic in said:
        of.setdefault(words, []).append(topic)
    return [(words, _listed(topics)) for words, topics in of.items()]


def _listed(topics: Sequence[str]) -> str:
    rest = f" and {len(topics) - _NAMED} more" if len(topics) > _NAMED else ""
    return ", ".join(topics[:_NAMED]) + rest


def _done(change: "Change", *, check: bool) -> str:
    would = "would be " if check else ""
    if change.what == "create":
        return f"{would}created"
    return f"{change.name} {would}changed from {change.before or 'none'} to {change.after}"


def _stays(left: "Left") -> str:
    word = "less than the code asks for" if left.lacking else "left as it is"
    return f"{left.name} is {left.there} and the code says {left.wanted}: {word}, as {left.why}"
