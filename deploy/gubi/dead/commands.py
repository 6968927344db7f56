"""The commands of `gubi dead`."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.gubi import instants
from deploy.gubi.saying import in_seoul

if TYPE_CHECKING:
    from deploy.gubi.dead.letters import Choice

app = typer.Typer(
    help="Dead letters: records that a service could not handle. Each names its record and does not copy it.",
    no_args_is_help=True,
)

Places = Annotated[
    list[str] | None,
    typer.Argument(metavar="[LETTER]...", help="as `gubi dead list` names it: service/topic/partition/offset"),
]
Topic = Annotated[str | None, typer.Option(help="only of this topic, such as submission-received-v1")]
Service = Annotated[str | None, typer.Option(help="only those that this service parked")]
Reason = Annotated[str | None, typer.Option(help="only for this reason, or how it begins: bug, invalid, bug:KeyError")]
Since = Annotated[datetime | None, instants.option("parked since")]
Until = Annotated[datetime | None, instants.option("parked before")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command("list")
def list_letters(
    topic: Topic = None,
    service: Service = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    everything: Annotated[bool, typer.Option("--all", help="those that were replayed too")] = False,
    as_json: AsJson = False,
) -> None:
    """List the dead letters that wait, by what failed alike, and then each, oldest first.

    Exit codes: 0 listed, also where some wait; 1 the broker is away.

    \b
    gubi dead list                                   all that wait
    gubi dead list --service extraction --reason bug
    gubi dead list --since 2026-11-30T09:00 --json
    """  # noqa: D301
    from deploy.gubi.dead.telling import print_list

    print_list(_choice(None, topic, service, reason, since, until), everything=everything, as_json=as_json)


@app.command()
def show(
    letter: Annotated[str, typer.Argument(help="as `gubi dead list` names it: service/topic/partition/offset")],
    as_json: AsJson = False,
) -> None:
    """Show one dead letter: why it was parked, whether its record is still there, and what can be done.

    Of the record it shows ids and codes, and only where it is an event: what stands in a bad one is unknown.

    Exit codes: 0 shown; 1 there is no such letter, or the broker is away.
    """
    from deploy.gubi.dead.telling import print_letter

    print_letter(_choice([letter], None, None, None, None, None), as_json=as_json)


@app.command()
def replay(
    letters: Places = None,
    topic: Topic = None,
    service: Service = None,
    reason: Reason = None,
    since: Since = None,
    until: Until = None,
    everything: Annotated[bool, typer.Option("--all", help="all that wait")] = False,
    without_asking: Annotated[bool, typer.Option("--yes", help="do it without asking")] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="seconds to wait for its service; 0 to say all at once and wait for nothing")
    ] = 60,
    as_json: AsJson = False,
) -> None:
    """Have records taken again that could not be handled, after saying which: correct the cause first.

    One of each kind goes first, and the others only when it was handled, so that a cause that still holds parks one
    record and not all. Every service that takes the topic hears it again, which changes nothing where it was handled.
    Run again, nothing is replayed twice. Without a terminal, and without --yes, it only says what it would do.

    Exit codes: 0 all that were chosen are handled; 1 some are not: parked again, not taken in time, or not replayable.

    \b
    gubi dead replay extraction/submission-received-v1/7/1234
    gubi dead replay --service eligibility --reason bug:KeyError --yes
    gubi dead replay --all --since 2026-11-30T09:00
    """  # noqa: D301
    from deploy.gubi.dead.telling import replay_letters
    from deploy.trouble import Trouble

    choice = _choice(letters, topic, service, reason, since, until)
    if choice.empty and not everything:
        raise Trouble("Say which to replay: name letters, choose by --service, --topic, --reason or --since, or --all.")
    raise typer.Exit(0 if replay_letters(choice, patience=wait, asking=not without_asking, as_json=as_json) else 1)


def _choice(
    names: list[str] | None,
    topic: str | None,
    service: str | None,
    reason: str | None,
    since: datetime | None,
    until: datetime | None,
) -> "Choice":
    from deploy.gubi.dead.letters import Choice, Place
    from deploy.trouble import Trouble

    places = {name: Place.parse(name) for name in names or ()}
    if strange := [name for name, place in places.items() if place is None]:
        raise Trouble(f"'{strange[0]}' is no dead letter; 'gubi dead list' names them: service/topic/partition/offset.")
    return Choice(
        frozenset(place for place in places.values() if place),
        topic,
        service,
        reason,
        in_seoul(since) if since else None,
        in_seoul(until) if until else None,
    )
