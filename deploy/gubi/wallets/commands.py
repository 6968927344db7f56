"""The commands of `gubi wallets`, each a thin door to where the work is done."""

from datetime import datetime
from typing import Annotated

import typer

from deploy.gubi import instants
from deploy.gubi.wallets.keys import app as keys_app

app = typer.Typer(
    help="The keys wallet apps sign by, and the endpoints they are told at: how they fare, resuming and replaying.",
    no_args_is_help=True,
)
app.add_typer(keys_app, name="keys")

App = Annotated[str, typer.Argument(help="the wallet app, as `gubi wallets endpoints` lists it")]


@app.command()
def endpoints(as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """List every endpoint: whether it works, fails or is suspended and why, what waits for it, and its public keys.

    Exit codes: 0 none of them is suspended; 1 one is, or the registry or the store is away.
    """
    from deploy.gubi.wallets.endpoints import print_endpoints

    raise typer.Exit(1 if print_endpoints(as_json=as_json) else 0)


@app.command()
def rotate(
    name: App,
    overlap: Annotated[
        float, typer.Option(min=0, max=90, help="days for which the old keys sign too; 0 for a key that has leaked")
    ] = 7,
) -> None:
    """Give an endpoint a new signing key; running services take it up by themselves.

    For the overlap each notice carries a signature by the old keys too, and the app's developers have that long to take
    the new public key, which the door shows at /v1/webhook-keys/APP from now on.

    Exit codes: 0 the new key signs; 1 it has no endpoint, too many keys sign already, or nothing could be written.
    """
    from deploy.gubi.wallets.endpoints import rotate_keys

    rotate_keys(name, overlap)


@app.command()
def resume(
    name: App,
    wait: Annotated[float, typer.Option(min=0, help="seconds to wait for what comes of it")] = 15,
) -> None:
    """Try a suspended endpoint with one notice; if that is accepted, all that waits is sent, the oldest first.

    The running notification service does it.

    Exit codes: 0 the notice was accepted, or nothing waited to be tried; 1 it was not, or nobody tried it within
    --wait.
    """
    from deploy.gubi.wallets.endpoints import resume_endpoint

    raise typer.Exit(0 if resume_endpoint(name, wait) else 1)


@app.command()
def replay(
    name: App,
    since: Annotated[datetime, instants.option()],
    without_asking: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Send again, under the same ids, all that was delivered to an app or given up since an instant.

    For an app that lost what it had accepted. A receiver that knows ids takes no notice twice.

    Exit codes: 0 they are due again; 1 it has no endpoint, you said no, or the store is away.
    """
    from deploy.gubi.wallets.endpoints import replay_since

    replay_since(name, since, asking=not without_asking)
