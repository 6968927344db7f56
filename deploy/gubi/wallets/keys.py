"""The commands of `gubi wallets keys`, each a thin door to where the work is done."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="The public keys that wallet apps sign by. The first of an app is added here; it changes them itself from "
    "then on. Running doors take up a change within five seconds.",
    no_args_is_help=True,
)
_INSTANT = ["%Y-%m-%dT%H:%M", "%Y-%m-%d"]


@app.command("list")
def list_keys(
    wallet: Annotated[str, typer.Argument(metavar="APP", help="a wallet app's id; else all of them")] = "",
) -> None:
    """List the keys, with their standing; those retired more than 90 days ago are left out.

    Exit codes: 0 listed; 1 there is no such app, or the store is away.
    """
    from deploy.gubi.wallets.registering import print_keys

    print_keys(wallet)


@app.command()
def add(
    wallet: Annotated[str, typer.Argument(metavar="APP", help="the wallet app's id in the catalogue, such as toss")],
    keyid: Annotated[str, typer.Argument(help="what the key is called: the app's id, '-', and a name: toss-2027")],
    file: Annotated[
        Path, typer.Argument(help="its public key in PEM, Ed25519 or ECDSA P-256", exists=True, dir_okay=False)
    ],
    active_from: Annotated[
        datetime | None, typer.Option("--from", formats=_INSTANT, help="since when it holds, in Seoul; else at once")
    ] = None,
) -> None:
    """Add a wallet app's public key. Added again, it stays as it is.

    Exit codes: 0 it is there; 1 it cannot be taken, its name or the key is another's, or the store is away.
    """
    from deploy.gubi.wallets.registering import add_key

    add_key(wallet, keyid, file, active_from)


@app.command()
def retire(
    keyid: Annotated[str, typer.Argument(help="as `gubi wallets keys list` shows it")],
    at: Annotated[
        datetime | None, typer.Option("--at", formats=_INSTANT, help="from when it holds no longer, in Seoul; else now")
    ] = None,
) -> None:
    """Retire a key. It is never taken again, and neither is its name.

    Exit codes: 0 retired; 1 no key is called so, or the store is away.
    """
    from deploy.gubi.wallets.registering import retire_key

    retire_key(keyid, at)
