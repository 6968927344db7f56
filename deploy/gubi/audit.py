"""`gubi audit`: whether the access log is whole, who accessed a submission, what a month held, and what is to go."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from deploy.trouble import Trouble

if TYPE_CHECKING:
    from shared.audit import Access
    from shared.settings import Settings
    from shared.wiring import Wiring

app = typer.Typer(help="The access log: who looked at whose data, when and why.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
_SHOWN = 50
_MOST = 10_000

Answer = TypeVar("Answer")


@app.command()
def verify(
    as_json: AsJson = False,
    checkpoints: Annotated[
        Path | None, typer.Option(help="folder of checkpoints, such as a copy kept elsewhere; else the one they go to")
    ] = None,
    sign: Annotated[
        bool, typer.Option("--sign", help="where nothing is wrong, sign what is newer than its last checkpoint")
    ] = False,
) -> None:
    """Say whether the access log is as it was written: nothing edited, deleted, moved, cut off or written anew.

    Without --sign it needs the public key alone. A process that was killed leaves its last minute unsigned: run it with
    --sign once a day.

    Exit codes: 0 nothing is wrong; 1 something is, or it could not be examined.
    """
    found = _run(lambda wiring: examined(wiring, checkpoints, sign=sign))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print_examined(found)
    raise typer.Exit(1 if found["findings"] else 0)


@app.command()
def show(submission: Annotated[str, typer.Argument(help="a submission's id")], as_json: AsJson = False) -> None:
    """Show who accessed a submission, newest first: also after it was taken back.

    Exit codes: 0 shown; 1 there is no such submission, or the store or the keyring is away.
    """
    found = _run(lambda wiring: accessed(wiring, submission))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    table = Table("at", "who", "from", "what", "purpose", "place in the log")
    for one in found:
        who = one["machine"] or f"{one['official']} ({one['office']})"
        table.add_row(one["at"], who, one["address"], one["what"], one["purpose"], one["place"])
    Console(highlight=False).print(table)


@app.command()
def report(
    month: Annotated[str, typer.Option(help="such as 2026-11, a month in Seoul")], as_json: AsJson = False
) -> None:
    """Count what each official did in a month and why, and list the downloads with their reasons, for its review.

    Exit codes: 0 counted; 1 that is no month, or the store or the keyring is away.
    """
    found = _run(lambda wiring: reported(wiring, month))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print_report(found)


@app.command()
def expire(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would be dropped, and drop nothing")] = False,
    as_json: AsJson = False,
) -> None:
    """Drop the strands of the access log that are older than GUBI_ACCESS_LOG_DAYS, signing for each.

    A strand goes as a whole, when it has ended, all of it is old enough, and the whole log was found as it was written
    just before; otherwise nothing goes. Run it once a day, after `gubi audit verify --sign`.

    Exit codes: 0 all that was due is dropped, or nothing was; 1 the log is not as it was written, so nothing is,
    or it could not be examined.
    """
    from deploy.gubi.audit_expiry import expired, print_expired

    found = _run(lambda wiring: expired(wiring, dry_run=dry_run))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print_expired(found, Console(highlight=False))
    raise typer.Exit(1 if found["findings"] else 0)


async def examined(wiring: "Wiring", checkpoints: Path | None = None, *, sign: bool = False) -> dict[str, Any]:
    """Examine the whole log, and `sign` what is not signed yet where nothing is wrong.

    Raises `AuditKeyError`, `Unavailable`, `OSError`.
    """
    from shared.audit import CheckpointSigner, examine
    from shared.audit.checkpoints import append
    from shared.wiring import checkpoints_folder

    folder, keys = checkpoints or checkpoints_folder(wiring.settings), wiring.settings.keys
    examination = await examine(wiring.log, folder, keys)
    if sign and not examination.findings:
        signer = CheckpointSigner.load(keys)
        for head in examination.ahead():
            append(folder, head.strand, signer.line(head, wiring.clock(), final=False))
        examination = await examine(wiring.log, folder, keys)
    unlogged = [access.submissions[0] async for access in wiring.gate.unlogged()]
    return {
        "strands": examination.strands,
        "entries": examination.entries,
        "dropped": len(examination.dropped),
        "leftovers": examination.leftovers,
        "unsigned": examination.unsigned,
        "unlogged": unlogged,
        "findings": [asdict(finding) for finding in examination.findings],
    }


async def accessed(wiring: "Wiring", submission_id: str) -> list[dict[str, Any]]:
    """Give the accesses to a submission. Raises `Trouble` where there is none, `Unavailable`."""
    case = await wiring.gate.case(submission_id)
    if case is None:
        raise Trouble("There is no such submission.")
    read_by = wiring.log.read_by(case.received_at)
    found = await wiring.log.of(submission_id, case.programme_id, limit=_MOST, read_by=read_by)
    return [_plain(access) for access in found]


async def reported(wiring: "Wiring", month: str) -> dict[str, Any]:
    """Give what a month held. Raises `Trouble`, `Unavailable`."""
    from shared.audit.chain import told
    from shared.audit.monthly import Month, bounds

    found = re.fullmatch(r"(\d{4})-(\d{2})", month)
    if found is None or not 1 <= int(found[2]) <= 12 or not int(found[1]):
        raise Trouble(f"'{month}' is no month; write it as 2026-11.")
    counted = Month()
    async for access in wiring.log.by_officials(*bounds(int(found[1]), int(found[2]))):
        counted.add([access])
    return {
        "month": month,
        "acts": [{**doing._asdict(), "times": times} for doing, times in sorted(counted.acts.items())],
        "downloads": [
            {**asdict(one), "at": told(one.at)} for one in sorted(counted.downloads.values(), key=lambda one: one.at)
        ],
    }


def _run(ask: Callable[["Wiring"], Awaitable[Answer]]) -> Answer:
    from shared.settings import Settings

    async def asked() -> Answer:
        async with reading(Settings()) as wiring:
            return await ask(wiring)

    return asyncio.run(asked())


@asynccontextmanager
async def reading(settings: "Settings") -> AsyncIterator["Wiring"]:
    """Give an installation's stores to one who only reads, and so makes no indexes and writes no log."""
    from shared.mongo import close
    from shared.wiring import Wiring

    wiring = Wiring.of(settings)
    try:
        yield wiring
    finally:
        await close(wiring.client)


def _plain(access: "Access") -> dict[str, Any]:
    from shared.audit.chain import told

    said = {name: value for name, value in asdict(access).items() if name not in ("submissions", "holders")}
    return {**said, "at": told(access.at)}


def _print_examined(found: dict[str, Any]) -> None:
    console = Console(highlight=False)
    for finding in found["findings"][:_SHOWN]:
        console.print(finding["sentence"], markup=False, soft_wrap=True)
    if len(found["findings"]) > _SHOWN:
        console.print(f"And {len(found['findings']) - _SHOWN} more, which --json lists.")
    whole = f"entries: {found['entries']:,}, strands: {found['strands']:,}"
    if found["dropped"]:
        whole += f", dropped by the rule of retention: {found['dropped']:,}"
    if found["findings"]:
        console.print(f"The access log is NOT as it was written ({whole}).")
    else:
        console.print(f"The access log is as it was written ({whole}).")
    if found["leftovers"]:
        console.print(
            f"{len(found['leftovers']):,} dropped strands still stand in part: run 'gubi audit expire'.", soft_wrap=True
        )
    if found["unsigned"]:
        console.print(
            f"{found['unsigned']:,} of them are newer than their last checkpoint: were they cut off, only the gate "
            "would tell. A process signs its own now and then; where one was killed, 'gubi audit verify --sign' does.",
            soft_wrap=True,
        )
    if found["unlogged"]:
        console.print(
            f"{len(found['unlogged']):,} submissions are marked at the gate as viewed or decided and the log does not "
            "say by whom: a process died in between, and the next call writes it down; or the entry was cut off.",
            soft_wrap=True,
        )


def _print_report(found: dict[str, Any]) -> None:
    console = Console(highlight=False)
    acts = Table("official", "office", "purpose", "what", "times", title=found["month"], title_justify="left")
    for one in found["acts"]:
        acts.add_row(one["official"], one["office"], one["purpose"], one["what"], f"{one['times']:,}")
    console.print(acts)
    downloads = Table("at", "official", "from", "reason", "submissions", title="downloads", title_justify="left")
    for one in found["downloads"]:
        downloads.add_row(one["at"], one["official"], one["address"], one["purpose"], f"{one['submissions']:,}")
    console.print(downloads)
