"""`gubi human-actions`: what officials had to do per 1,000 submissions, and over which mix that was counted."""

import asyncio
import json
from collections.abc import Collection, Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

WHAT: Mapping[str, str] = {
    "answers": "questions answered, changed or taken back",
    "views": "submissions opened, one by one",
    "by_hand": "values corrected or read by hand, better certificates asked for",
    "exports": "exports of what was read",
    "runs": "selection runs asked for",
    "decisions": "submissions decided from their page",
    "confirmations": "confirmations of many at once, or proposals of one",
    "approvals": "a second official's approvals and refusals, proposals taken back",
    "corrections": "decisions undone",
}
"""Every kind of act in words."""


def command(
    programme: Annotated[
        str | None, typer.Option(help="only this programme, by its id, such as SONMOK9988_2022; else each of them")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Count what officials had to do per 1,000 submissions: acts by kind, and the mix of submissions they were for.

    One act is one thing one official did, however many submissions it settles. What the machine and the workplace
    registers did counts nothing. Programmes without a submission are left out.

    Exit codes: 0 counted; 1 there is no such programme, or the store or the keyring is away.
    """
    found = asyncio.run(counted(programme))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found, Console(highlight=False))


async def counted(programme: str | None) -> list[dict[str, Any]]:
    """Give the figure and its mix for a programme, else for all with submissions. Raises `Trouble`, `Unavailable`."""
    from services.dashboard.acting import count_acts
    from services.dashboard.counting import Counting
    from services.dashboard.store import Stores
    from shared.catalog import load
    from shared.settings import Settings
    from shared.wiring import Wiring

    settings = Settings()
    names = _chosen(programme, load(settings.catalog).programmes)
    wiring = Wiring.of(settings)
    stores, found = Stores.of(wiring.database("dashboard")), []
    async with wiring.open(stores):
        for name in names:
            tally = await Counting(stores.queue, wiring.clock).tally(name)
            acts = await count_acts(name, tally, stores=stores, gate=wiring.gate, questions=wiring.questions)
            if programme or acts.submissions or acts.total:
                found.append(
                    {
                        "programme": name,
                        "submissions": acts.submissions,
                        "human_actions": acts.total,
                        "per_1000": acts.per_1000,
                        "acts": dict(acts.acts),
                        "classes": dict(acts.classes),
                    }
                )
    return found


def _chosen(programme: str | None, known: Collection[str]) -> list[str]:
    from deploy.trouble import Trouble

    if programme is None:
        return list(known)
    if programme not in known:
        raise Trouble(f"There is no programme '{programme}'. There are {', '.join(known)}.")
    return [programme]


def _print(found: list[dict[str, Any]], console: Console) -> None:
    if not found:
        console.print("No programme has a submission yet.")
    for one in found:
        table = Table("act", "how often", "", title=f"{one['programme']}: {_figure(one)}", title_justify="left")
        for name, count in one["acts"].items():
            table.add_row(name, f"{count:,}", WHAT[name])
        console.print(table)
        mix = ", ".join(f"{count:,} {name}" for name, count in one["classes"].items()) or "none"
        console.print(f"The mix of the {one['submissions']:,} submissions: {mix}.", soft_wrap=True)


def _figure(one: Mapping[str, Any]) -> str:
    if one["per_1000"] is None:
        return "no submission yet"
    return (
        f"{one['per_1000']:,} human actions per 1,000 submissions ({one['human_actions']:,} for {one['submissions']:,})"
    )
