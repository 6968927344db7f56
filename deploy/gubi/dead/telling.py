"""Says what `gubi dead` finds and does."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import typer
from rich.progress import Progress
from rich.table import Table

from deploy.gubi.dead.letters import WHY, Choice, Fate, Found, Letter, Place, event_in, fate, kinds
from deploy.gubi.dead.replaying import Replayed, Replaying
from deploy.gubi.dead.searching import letters, records
from deploy.gubi.saying import console, say
from deploy.trouble import Trouble
from shared.clock import SEOUL
from shared.settings import Settings

_SHOWN = 40


def print_list(choice: Choice, *, everything: bool, as_json: bool) -> None:
    """Print the letters that are meant."""
    known, strange = asyncio.run(letters(Settings()))
    chosen = [one for one in choice.of(known) if everything or one.replayed_at is None]
    if as_json:
        print(json.dumps({"letters": [_plain(one) for one in chosen], "strange_entries": strange}, indent=2))
        return
    if strange:
        say(f"{strange:,} entries in the dead-letter topics are no letters: something else wrote there.")
    if not chosen:
        replayed = sum(one.replayed_at is not None for one in choice.of(known))
        say("No dead letter waits." + (f" Replayed: {replayed:,}, which --all lists." if replayed else ""))
        return
    room = _SHOWN
    for kind, alike in _kinds(chosen):
        say(kind)
        for one in alike[:room]:
            state = f", replayed at {_at(one.replayed_at)}" if one.replayed_at else ""
            say(f"  {one.place}  {_at(one.at)}  {one.submission_id or '(no submission)'}{state}")
        room -= len(alike[:room])
    if len(chosen) > _SHOWN:
        say(f"And {len(chosen) - _SHOWN:,} more, which --json lists.")
    say("'gubi dead show LETTER' says more of one, 'gubi dead replay' has them taken again.")


def _kinds(chosen: Sequence[Letter]) -> list[tuple[str, list[Letter]]]:
    """Say of letters that failed alike what they have in common, the most frequent first."""
    return [
        (f"{len(alike):,} × {service} could not take {topic}: {reason}", alike)
        for (service, topic, reason), alike in sorted(kinds(chosen).items(), key=lambda kind: -len(kind[1]))
    ]


def print_letter(choice: Choice, *, as_json: bool) -> None:
    """Print one letter, and what became of its record."""
    settings = Settings()
    [letter], found = asyncio.run(_found(settings, choice))
    here = found[letter.place]
    end = fate(letter, here)
    event = event_in(letter.place.topic, here.value) if here.value is not None else None
    size = None if here.value is None else len(here.value)
    if as_json:
        print(json.dumps({**_plain(letter), "fate": end, "bytes": size, "event": event}, indent=2))
        return
    table = Table(show_header=False)
    table.add_row("letter", str(letter.place))
    table.add_row("parked", f"{_at(letter.at)}, by {letter.place.service}")
    table.add_row("reason", f"{letter.reason}: {_meaning(letter.reason)}")
    table.add_row("submission", letter.submission_id or "not known: its key is no submission's id")
    table.add_row("record", f"{size:,} bytes" if size is not None else "not there")
    for name, value in (event or {}).items():
        table.add_row(f"  {name}", json.dumps(value, ensure_ascii=False))
    table.add_row("now", f"{WHY[end]}{f' at {_at(letter.replayed_at)}' if letter.replayed_at else ''}")
    console.print(table)
    if end == "ready":
        say(f"Correct the cause first, then: gubi dead replay {letter.place}")


def replay_letters(choice: Choice, *, patience: float, asking: bool, as_json: bool) -> bool:
    """Say what would be replayed, ask, replay, and say what came of it; give whether all is handled."""
    settings = Settings()
    chosen, found = asyncio.run(_found(settings, choice))
    fates = {letter.place: fate(letter, found[letter.place]) for letter in chosen}
    ready = [letter for letter in chosen if fates[letter.place] == "ready"]
    left = [letter for letter in chosen if fates[letter.place] not in ("ready", "replayed")]
    if not as_json:
        _print_preview(ready, fates)
    if ready and asking and not _asked(len(ready)):
        if as_json:
            print(json.dumps(_report(chosen, fates, Replayed()), indent=2))
        return False
    replaying = Replaying(settings, found)
    with Progress(console=console, disable=not console.is_terminal or as_json, transient=True) as bar:
        task = bar.add_task("replaying", total=len(ready))
        done = asyncio.run(replaying.run(ready, patience, lambda some: bar.advance(task, some)))
    if as_json:
        print(json.dumps(_report(chosen, fates, done), indent=2))
    elif ready:
        _print_done(done)
    return not left and all(one in ("handled", "said") for one in done.endings.values())


async def _found(settings: Settings, choice: Choice) -> tuple[list[Letter], dict[Place, Found]]:
    """Give the letters that are meant and wait, or were named, with their records.

    Raises `Trouble` where one that was named is not there, `Unavailable`.
    """
    known, _ = await letters(settings)
    chosen = [one for one in choice.of(known) if choice.places or one.replayed_at is None]
    if unknown := choice.places - {letter.place for letter in chosen}:
        raise Trouble(f"There is no dead letter {min(unknown)}; 'gubi dead list --all' lists them.")
    return chosen, await records(settings, chosen)


def _asked(count: int) -> bool:
    if not sys.stdin.isatty():
        say("Nothing was replayed: --yes does it.")
        return False
    if not typer.confirm(f"Replay {'it' if count == 1 else f'these {count:,}'}?"):
        say("Nothing was replayed.")
        return False
    return True


def _print_preview(ready: Sequence[Letter], fates: dict[Place, Fate]) -> None:
    if not fates:
        say("No dead letter is meant by that.")
    elif ready:
        for kind, _ in _kinds(ready):
            say(kind)
        say(f"{len(ready):,} of {len(fates):,} can be replayed.")
    others = Counter(one for one in fates.values() if one != "ready")
    for one, count in others.items():
        named = ", ".join(str(place) for place, end in fates.items() if end == one and one != "replayed")
        say(f"{count:,} not: {WHY[one]}.{f' {named}' if named and count <= _SHOWN else ''}")


def _print_done(done: Replayed) -> None:
    if done.count("handled"):
        say(f"{done.count('handled'):,} handled.")
    if done.count("said"):
        say(f"{done.count('said'):,} said again; nobody waited for what comes of it.")
    for place, reason in done.reasons.items():
        say(f"Parked again: {place}, {reason}.")
    for place, ending in done.endings.items():
        if ending == "not taken":
            say(f"Said again, and not taken in time: {place}. Does {place.service} run?")
    if held := done.count("held back"):
        say(f"{held:,} more of the same kinds were not replayed. Correct the cause and run it again.")


def _report(chosen: Sequence[Letter], fates: dict[Place, Fate], done: Replayed) -> dict[str, Any]:
    return {
        "letters": [
            {
                **_plain(letter),
                "fate": fates[letter.place],
                "ending": done.endings.get(letter.place),
                "parked_again_for": done.reasons.get(letter.place),
            }
            for letter in chosen
        ]
    }


def _plain(letter: Letter) -> dict[str, Any]:
    return {
        "letter": str(letter.place),
        "service": letter.place.service,
        "topic": letter.place.topic,
        "partition": letter.place.partition,
        "offset": letter.place.offset,
        "submission_id": letter.submission_id,
        "reason": letter.reason,
        "at": letter.at.isoformat(),
        "replayed_at": letter.replayed_at.isoformat() if letter.replayed_at else None,
    }


def _meaning(reason: str) -> str:
    if reason.startswith("bug:"):
        return "an exception, three times; its place is in the service's log"
    if reason.startswith("invalid:"):
        return "the record is not what its topic's class says"
    return "refused by a code of our own"


def _at(instant: datetime) -> str:
    return instant.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M:%S")
