"""The commands of `gubi backup` and `gubi restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from deploy.gubi.saying import console, say

backup_app = typer.Typer(help="Backups of the store and of the keys, apart from each other.", no_args_is_help=True)
restore_app = typer.Typer(help="Backups put back (docs/backup.md).", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(help="a folder for this backup alone; it is made")]
From = Annotated[Path, typer.Argument(help="the folder of the backup", exists=True, file_okay=False)]
_NAMED = 10


@backup_app.command("store")
def backup_store(folder: Folder) -> None:
    """Write everything in MongoDB to a folder, and where each service stands on the broker, while all of them run.

    Ciphertexts stay sealed. Keys and the erasure log are not in it: keep both elsewhere. For a store of many gigabytes
    take your MongoDB's own snapshots instead (docs/backup.md).

    Exit codes: 0 it is whole; 1 it is none: the folder is not empty, or the broker or the store is away.

    \b
    gubi backup store /backups/2026-11-30
    """  # noqa: D301
    from deploy.gubi.backup.documents import dump
    from shared.settings import Settings

    with console.status("Writing …") as status:
        manifest = asyncio.run(dump(Settings(), folder, lambda name, count: status.update(f"{name}: {count:,}")))
    documents = sum(one.documents for one in manifest.collections)
    say(f"{documents:,} documents of {len(manifest.collections)} collections are in {folder}, each file with its sum.")
    say("What is destroyed from now on it forgets too, as long as the erasure log is kept. Then: gubi backup keys")


@backup_app.command("keys")
def backup_keys(folder: Folder) -> None:
    """Copy the keyring and all other keys to a folder, for a place that the store's backups never go to.

    Whoever has both can read everything; without this one, a backup of the store opens nowhere. Make one after each
    'gubi keys rotate', and destroy the older ones when a key was destroyed.

    Exit codes: 0 all are copied; 1 the keyring is missing or damaged, or the folder is not empty or in a backup of
    the store.

    \b
    gubi backup keys /safe/keys-2026-11-30
    """  # noqa: D301
    from deploy.gubi.backup.keys import copy_keys
    from shared.settings import Settings

    settings = Settings()
    count = copy_keys(settings, folder)
    say(f"{count} files are in {folder}. The erasure log is not among them: ship {settings.erasures} as it grows.")


@restore_app.command("keys")
def restore_keys(
    folder: From,
    over_others: Annotated[bool, typer.Option("--replace", help="in place of another keyring that is there")] = False,
) -> None:
    """Put the keys back; first of all, and then the erasure log as it was last, which no backup of keys holds.

    Exit codes: 0 they are in place; 1 the copy is not whole, or another keyring is there and --replace was not
    said.
    """
    from deploy.gubi.backup.keys import put_keys_back
    from shared.settings import Settings

    settings = Settings()
    count = put_keys_back(settings, folder, over_others=over_others)
    say(f"{count} files are in {settings.keys}.")
    if not settings.erasures.exists():
        say(f"The erasure log is to be at {settings.erasures}: put the newest copy of it there before the store.")


@restore_app.command("store")
def restore_store(
    folder: From,
    over_others: Annotated[bool, typer.Option("--replace", help="in place of what the store holds now")] = False,
    lost: Annotated[
        Path, typer.Option(help="file for the ids of submissions that came after the backup, where there are any")
    ] = Path("var/lost-submissions.txt"),
) -> None:
    """Put the store back, have every service read on from where it stood, and apply the erasure log once more.

    All services must be stopped (drained is not enough), and the keys and the erasure log be in place. No service
    starts until this has come to its end; stopped or killed at any point, run it again. Then start the services: they
    hear again what they had heard since the backup, which brings everything up to date that the events tell.

    Exit codes: 0 services may start; 1 they may not: the backup is not whole, a service still runs, the store is
    not empty, or something is away.

    \b
    gubi restore keys /safe/keys-2026-11-30
    gubi restore store /backups/2026-11-30 --replace
    """  # noqa: D301
    from deploy.gubi.backup.restoring import restore
    from shared.settings import Settings

    with console.status("Checking …") as status:
        done = asyncio.run(
            restore(
                Settings(),
                folder,
                over_others=over_others,
                told=lambda name, count: status.update(f"{name}: {count:,}"),
            )
        )
    say(f"The store is as it was at {done.at.isoformat(timespec='seconds')}: {done.documents:,} documents.")
    say(f"{done.reapplied.entries:,} erasures are in force; newer than the backup are {done.reapplied.missing:,}.")
    if done.set_aside:
        say(
            f"{done.set_aside} checkpoint files of the access log are set aside: what was accessed after the backup is "
            "not in the store any more, and 'gubi audit verify' says where it ends."
        )
    if done.lost:
        lost.parent.mkdir(parents=True, exist_ok=True)
        lost.write_text("".join(f"{name}\n" for name in done.lost))
        say(
            f"{len(done.lost):,} submissions were acknowledged after the backup and are gone with the store; their "
            f"citizens must be asked to submit again. Their ids are in {lost}: {', '.join(done.lost[:_NAMED])}"
        )
    say("Start the services, then: gubi doctor")
