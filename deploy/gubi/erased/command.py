"""The command `gubi erased`."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.gubi.erased.searching import (
    Found,
    search_erasure_log,
    search_logs,
    search_questions,
    search_store,
    search_topics,
)
from deploy.gubi.supervisor import LOGS
from deploy.trouble import Trouble
from shared.ids import is_submission_id
from shared.settings import Settings


def command(
    submission: Annotated[str, typer.Argument(help="its id, as the receipt shows it: s-…")],
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    logs: Annotated[Path, typer.Option(help="folder of the services' log files")] = LOGS,
) -> None:
    """Search every database, topic and log for what is left of a submission, and try every key on all of it.

    What has ended may be named by its tombstones: ids, instants, how it ended. Everything stored is
    read, so this takes as long as that is large.

    Exit codes: 0 nothing of it opens; 1 something still does, or not everything could be searched.
    """
    if not is_submission_id(submission):
        raise Trouble("That is no submission id: one is 's-' and 26 letters, as the receipt shows it.")
    found = asyncio.run(search(Settings(), submission, logs))
    opens = sum(one.opens for one in found)
    if as_json:
        print(json.dumps({"submission_id": submission, "opens": opens, "places": [asdict(one) for one in found]}))
    else:
        _print(submission, found, opens, Console(highlight=False))
    raise typer.Exit(1 if opens else 0)


async def search(settings: Settings, submission: str, logs: Path) -> list[Found]:
    """Give every place that was searched, and what is left of the submission there.

    Raises `KeyringError`, `ErasureLogError`, `Unavailable`.
    """
    store = await search_store(settings, submission)
    topics, waited_on = await search_topics(settings, submission)
    questions = await search_questions(settings, submission, waited_on)
    return [*store, *questions, *topics, *search_logs(logs, submission), *search_erasure_log(settings, submission)]


def _print(submission: str, found: list[Found], opens: int, console: Console) -> None:
    table = Table("where", "", title=f"What is left of {submission}", title_justify="left")
    for column in ("searched", "name it", "more than a tombstone", "open"):
        table.add_column(column, justify="right")
    for one in found:
        if one.names_it or one.opens:
            numbers = (one.searched, one.names_it, one.more, one.opens)
            table.add_row(one.medium, one.where, *(f"{number:,}" for number in numbers))
    console.print(table)
    searched = sum(one.searched for one in found)
    more = sum(one.more for one in found)
    console.print(f"Searched {searched:,} documents, records and lines in {len(found)} places.")
    if opens:
        console.print(f"{opens} values of it still open.", style="bold")
    else:
        console.print("Nothing of it opens with any key of the keyring.")
    if more:
        console.print(f"{more} of those that name it tell more than a tombstone does; it may not have ended.")
