"""The commands of `gubi keys`, each a thin door to where the work is done."""

from typing import Annotated

import typer

app = typer.Typer(
    help="The keyring: a new key to wrap with, everything wrapped anew, and the end of the old key.",
    no_args_is_help=True,
)


@app.command("status")
def status(as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """Show each key, since when it no longer wraps, and what is still under it.

    Exit codes: 0 shown; 1 the keyring or the store is away.
    """
    from deploy.gubi.keys.rotating import print_status

    print_status(as_json=as_json)


@app.command("add")
def add() -> None:
    """Add the key that `gubi keys rotate` has wrap next.

    For services that have copies of keyring.json, as on Kubernetes, which reach them at different times: each has to
    know a key before any other wraps with it, and what it does not know it cannot open. One folder needs no `add`.

    Exit codes: 0 it is there; 1 the keyring is missing or damaged.
    """
    from deploy.gubi.keys.rotating import add_key

    add_key()


@app.command("rotate")
def rotate(
    only: Annotated[
        bool, typer.Option("--only", help="leave everything under the old key for `gubi keys rewrap`")
    ] = False,
) -> None:
    """Have the key that was added, or else a new one, wrap from now on, then wrap everything under it.

    Services take it up at once, none is restarted. The old key stays until it is destroyed.

    Exit codes: 0 all is under the new key, or with --only it wraps; 1 something does not open by the key it names,
    or the keyring or the store is away.
    """
    from deploy.gubi.keys.rotating import rewrap_all, rotate_keyring

    rotate_keyring()
    if not only:
        rewrap_all()


@app.command("rewrap")
def rewrap() -> None:
    """Wrap whatever is under an older key with the current one. Stopped at any point, it goes on when run again.

    Exit codes: 0 all is under the current key; 1 something does not open by the key it names, or the keyring or
    the store is away.
    """
    from deploy.gubi.keys.rotating import rewrap_all

    rewrap_all()


@app.command("destroy")
def destroy(key: Annotated[str, typer.Argument(help="its id, as `gubi keys status` shows it")]) -> None:
    """Destroy an old key: whatever was under it, in a backup too, opens nowhere any more.

    Refused while anything in the store is under it, now or a minute later, which it waits for. Copies of keyring.json
    elsewhere are yours to destroy.

    Exit codes: 0 destroyed; 1 it is not: there is no such key, it wraps, or something is under it.
    """
    from deploy.gubi.keys.rotating import destroy_key

    destroy_key(key)
