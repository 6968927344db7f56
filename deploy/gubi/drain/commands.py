"""The commands `gubi drain` and `gubi undrain`."""

import asyncio
from typing import Annotated

import typer

from deploy.gubi.saying import console
from deploy.trouble import Trouble

Service = Annotated[str, typer.Argument(help="intake, extraction, eligibility, withdrawal, notification or dashboard")]


def drain(
    service: Service,
    wait: Annotated[float, typer.Option(min=0, help="seconds to wait for what is in hand to be finished")] = 600,
) -> None:
    """Have every process of a service stop taking records, finish what it has in hand, and leave its group.

    The processes live on, say what they owe and finish what they have taken (notices that are due are still sent);
    records wait in their topics, and nothing is lost. One that starts meanwhile stays drained. A drained process is not
    ready (/readyz of its probe port), so that a balancer sends its door nobody; the door answers whoever reaches it all
    the same. Before its store is stopped or restored, stop the processes too.

    Exit codes: 0 drained; 1 not within --wait, though it goes on being drained.

    \b
    gubi drain extraction
    gubi undrain extraction
    """  # noqa: D301
    from deploy.gubi.drain.draining import drain as have_drained
    from shared.settings import Settings

    _known(service)
    with console.status(f"{service} finishes what it has in hand …") as status:
        ended = asyncio.run(
            have_drained(
                Settings(),
                service,
                wait,
                lambda consumers: status.update(f"{service}: {consumers} consumers have not left yet …"),
            )
        )
    if not ended.done:
        raise Trouble(
            f"{ended.consumers} consumers of {service} still have something in hand, or do not hear: see its log. They "
            "leave when they have finished; 'gubi drain' again waits on, 'gubi undrain' ends it."
        )
    console.print(f"{service} is drained: it takes nothing until 'gubi undrain {service}'.")


def undrain(
    service: Service,
    wait: Annotated[float, typer.Option(min=0, help="seconds to wait until somebody takes again")] = 30,
) -> None:
    """Have a drained service take again, from where it stood.

    Exit codes: 0 it takes, or was not drained; 1 nobody takes within --wait: it does not run.
    """
    from deploy.gubi.drain.draining import undrain as have_taken
    from shared.settings import Settings

    _known(service)
    ended = asyncio.run(have_taken(Settings(), service, wait))
    if ended is None:
        console.print(f"{service} was not drained.")
    elif ended.done:
        console.print(f"{service} takes again: consumers in its group: {ended.consumers}.")
    else:
        raise Trouble(f"{service} may take again, and nobody does: start it ('gubi run {service}').")


def _known(service: str) -> None:
    from shared.events import TAKES

    if service not in TAKES:
        raise Trouble(f"There is no service '{service}'. There are {', '.join(TAKES)}.")
