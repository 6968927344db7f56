"""The acts of the demo, in order: set up, submit, screen, take back, look, answer, decide, tell, sum up."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from deploy.gubi.demo.cast import cast
from deploy.gubi.demo.desk import Desk
from deploy.gubi.demo.ledger import Entry, Ledger, closing, troubles, undetected
from deploy.gubi.demo.proving import proven, unproven
from deploy.gubi.demo.table import table
from deploy.gubi.demo.wallets import PROGRAMME, Wallets
from deploy.gubi.installation import Installation, installation
from deploy.gubi.supervisor import stop_on_signals
from shared.catalog import load
from shared.clock import seoul_date, utc_now

RESULT = Path("var/demo.json")
UNDO_SECONDS = 6
PATIENCE = 120.0


class Stalled(Exception):
    """Something did not happen in time: one sentence."""


class Play:
    """The demo on one installation."""

    def __init__(self, place: Installation, console: Console, began: float) -> None:
        """Take where it plays."""
        self._place = place
        self._console = console
        self._began = began
        self._catalog = load(place.settings.catalog)
        self._told = {app: wallet.abilities.told_of_viewing for app, wallet in self._catalog.wallets.items()}
        self._wallets = Wallets(place.url("wallet_simulator"))
        self._door = place.url("intake")
        self._desk = Desk(place.url("dashboard"))
        self._stack = place.stack.name
        self.ledger = Ledger()
        self.result: dict[str, Any] = {}

    def say(self, sentence: str) -> None:
        """Print a sentence with the seconds since the start."""
        self._console.print(f"[dim]{time.monotonic() - self._began:5.1f} s[/dim]  {sentence}")

    async def act(self) -> list[str]:
        """Play all acts; give what does not add up."""
        try:
            await self._desk.sign_in()
            await self._submit()
            await self._until("everybody is read and screened", self._nobody_in_flight)
            await self._find_second()
            await self._take_back_unseen()
            await self._look()
            await self._ask_for_better()
            await self._answer()
            await self._decide()
            return await self._sum_up()
        finally:
            await self._wallets.close()
            await self._desk.close()

    async def _submit(self) -> None:
        parts = cast(self._catalog)
        self.say(f"{len(parts)} people have certificates issued into their wallets and send them with six apps.")
        poster = f"{self._door}/v1/programmes/{PROGRAMME}/qr.png"
        self.say(f"   the programme is found by its QR code: {await self._wallets.scan(poster, parts[0].app)}")
        for place, part in enumerate(parts, 1):
            wallet = await self._wallets.wallet_of(part)
            certificate = await self._wallets.issue(wallet, part)
            entry = await self._wallets.send(wallet, part, certificate)
            self.ledger.entries[entry.submission_id] = entry
            if place % 15 == 0 or place == len(parts):
                self.say(f"   {place} of {len(parts)} sent")
            if place == 1:
                again = await self._wallets.send(wallet, part, certificate)
                same = "the same receipt" if again.receipt == entry.receipt else "ANOTHER RECEIPT"
                self.say(f"   the first one is sent twice, and gets {same}: {entry.receipt}")

    async def _find_second(self) -> None:
        second = [entry for entry in self.ledger.entries.values() if entry.part.role == "second_time"]
        people = [entry.part.person for entry in second]
        theirs = [entry for entry in self.ledger.entries.values() if entry.part.person in people]

        async def found() -> bool:
            for entry in theirs:
                entry.duplicate = await self._desk.says_duplicate(entry.receipt)
            return not undetected(self.ledger)

        try:
            await self._until("who sent a second time, with another app, is found to have", found, 30)
        except Stalled as trouble:
            self.say(str(trouble))

    async def _take_back_unseen(self) -> None:
        chosen = self._some("resident", 1) + self._some("commuter", 1)
        for entry in chosen:
            other = next(app for app in self._catalog.wallets if app != entry.part.app)
            answer = await self._wallets.ask("take-back", entry, other)
            entry.taken_back = answer == 202
        self.say(f"{len(chosen)} citizens take back what nobody has looked at, each with another app than before.")

    async def _look(self) -> None:
        looked = self._some("employed", 3) + self._some("altered", 1) + self._some("commuter", 2)
        for entry in looked:
            entry.viewed = await self._desk.open(entry.submission_id)
            self.ledger.human_actions["opened"] += 1
        self.say(f"An official opens {len(looked)} submissions; that ends the right to take them back, and is told.")
        for entry in looked[:2]:
            answer = await self._wallets.ask("take-back", entry, entry.part.app)
            self.ledger.take_backs_refused += answer == 409
            entry.taken_back = answer == 202
        self.say(f"Two of them are asked for back: {self.ledger.take_backs_refused} refused, with who looked and when.")
        answer = await self._wallets.ask("withdraw", looked[2], "seoul")
        looked[2].withdrawn = answer == 202
        self.say("Another of those citizens withdraws the application (취하), a right until the case is closed.")

    async def _ask_for_better(self) -> None:
        [entry] = self._some("unreadable", 1)
        before = await self._wallets.status(entry)
        await self._desk.ask_for_better(entry.submission_id, seoul_date(utc_now()) + timedelta(days=14))
        entry.viewed = entry.supplement_asked = True
        self.ledger.human_actions["opened"] += 1
        self.ledger.human_actions["asked for a better one"] += 1
        self.say("The official asks for a better certificate (보완) of one that could not be read.")
        after: dict[str, Any] = {}

        async def read_anew() -> bool:
            nonlocal after
            after = await self._wallets.status(entry)
            return bool(after["class"] == "screened")

        await self._until("the holder's app is told, sends a better one by itself, and it is read", read_anew)
        receipt = after["receipt"]
        kept = receipt == before["receipt"]
        self.say(
            f"   its place in line is {'kept' if kept else 'LOST'}: {receipt['receipt']}, {receipt['received_at']}"
        )
        if not kept:
            raise Stalled("A better certificate changed the place in line of its submission.")

    async def _answer(self) -> None:
        before = await self._desk.overview()
        await self._desk.answer_first_question("yes", "사업장 등록 현황 (예시)")
        self.ledger.human_actions["answered"] += 1

        async def settled() -> bool:
            now = await self._desk.overview()
            return bool(now["classes"]["review"] < before["classes"]["review"] - 2)

        await self._until("one answer about a workplace settles the reviews that waited on it", settled)
        after = await self._desk.overview()
        reviews = before["classes"]["review"], after["classes"]["review"]
        self.say(f"   one answer took the reviews from {reviews[0]} to {reviews[1]}")

    async def _decide(self) -> None:
        await asyncio.sleep(1.0)  # the rest of those settled are screened again meanwhile
        await self._until("everybody is screened", self._nobody_in_flight)
        for decision in ("eligible", "ineligible"):
            batch = await self._desk.confirm_all(decision)
            self.ledger.human_actions["confirmed a class"] += 1
            if decision == "eligible" and batch is not None:
                await self._desk.undo_one(batch)
                self.ledger.human_actions["undid"] += 1
        self.say(f"The official confirms all eligible and all ineligible ones, and undoes one within {UNDO_SECONDS} s.")

        async def closed() -> bool:
            now = await self._desk.overview()
            sure = now["classes"]["eligible"] + now["classes"]["ineligible"]
            return bool(now["decided"] == sure - 1)  # the one that was undone is open again

        await self._until("the undo time has passed, and the decisions are said", closed)
        for entry in self.ledger.entries.values():
            status = await self._wallets.status(entry)
            entry.decided = status["decision"] is not None

    async def _sum_up(self) -> list[str]:
        expected = self.ledger.expected_notices(self._told)

        async def told() -> bool:
            return (await self._wallets.notices()).pairs >= expected

        try:
            await self._until("every wallet app has been told what it can be told", told, 30)
        except Stalled as trouble:
            self.say(str(trouble))
        overview, notices = await self._desk.overview(), await self._wallets.notices()
        result = closing(
            self.ledger,
            overview,
            notices,
            seconds=time.monotonic() - self._began,
            stack=self._stack,
            doubles=notices.doubles,
        )
        self.result = result
        self._console.print(table(result))
        return troubles(self.ledger, overview, notices, self._told)

    async def prove(self) -> list[str]:
        """Check by the operator's commands what no counting shows; give what is not as it should be."""
        taken_back = next(name for name, entry in self.ledger.entries.items() if entry.taken_back)
        proof = await proven(self._place.settings, self._place.supervisor.logs, taken_back)
        self.result |= proof
        if not (found := unproven(proof)):
            self.say(f"The access log is as it was written, {proof['log_entries']} entries (gubi audit verify).")
            searched = f"{proof['erased']['searched']:,} documents, records and lines searched"
            self.say(f"Of one that was taken back nothing opens, {searched} (gubi erased).")
        return found

    def _some(self, role: str, count: int) -> list[Entry]:
        found = [entry for entry in self.ledger.entries.values() if entry.part.role == role and not entry.taken_back]
        return found[:count]

    async def _nobody_in_flight(self) -> bool:
        overview = await self._desk.overview()
        done = overview["received"] - overview["classes"]["in_flight"]
        return bool(overview["received"] >= len(self.ledger.entries) and done == overview["received"])

    async def _until(self, what: str, check: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not await check():
            if time.monotonic() > deadline:
                raise Stalled(f"After {seconds:.0f} s it is still not so that {what}.")
            await asyncio.sleep(0.2)
        self.say(f"{what[0].upper()}{what[1:]}.")


def run_demo(*, check: bool, stack: str | None, console: Console) -> int:
    """Run the demo; give the exit code. Without `check` the desk stays open until Ctrl-C. Raises `Trouble`."""
    began = time.monotonic()
    stop_on_signals()
    try:
        with installation(
            "demo", lambda text: console.print(text, markup=False), stack=stack, GUBI_UNDO_SECONDS=str(UNDO_SECONDS)
        ) as place:
            play = Play(place, console, began)
            play.say(
                f"Every service runs, on the stack '{place.stack.name}'. Its logs are in {place.supervisor.logs}/."
            )
            found = asyncio.run(play.act())
            if check:
                found += asyncio.run(play.prove())
            RESULT.parent.mkdir(parents=True, exist_ok=True)
            RESULT.write_text(json.dumps(play.result, indent=2) + "\n")
            for trouble in found:
                console.print(f"[red]{trouble}[/red]")
            if not found:
                console.print(
                    "Everything adds up: the classes sum, nothing is lost, and each wallet was told what it should."
                )
            if not check:
                _stay_open(place, console)
            return 1 if found else 0
    except (Stalled, httpx.HTTPError) as trouble:
        console.print(f"The demo could not go on: {trouble}. See var/demo/logs/.")
    except KeyboardInterrupt:
        console.print("Stopped.")
        return 130
    return 1


def _stay_open(place: Installation, console: Console) -> None:
    console.print(
        f"\nThe desk stays open:   {place.url('dashboard')}   (sign in as one of the fictional officials it offers)\n"
        f"The wallet simulator:  {place.url('wallet_simulator')}\n"
        f"The wallets' door:     {place.url('intake')}/v1/programmes\n"
        f"An operator's command: (set -a; . {place.environment_file}; .venv/bin/gubi audit verify)\n"
        "\nCtrl-C stops everything.",
        soft_wrap=True,
    )
    try:
        while True:
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("\nStopping.")
