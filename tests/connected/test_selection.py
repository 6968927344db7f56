"""A selection run from request to draft, on a real broker: also when its service is stopped or killed over it."""

import json
import multiprocessing
import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deploy.gubi.supervisor import Supervisor
from services.eligibility.app import build
from services.eligibility.selection.digest import Tally, line
from shared.catalog import load
from shared.events import (
    Event,
    SelectionCompleted,
    SelectionRequested,
    SelectionRow,
    SelectionRows,
    SubmissionExtracted,
    SubmissionScreened,
    SubmissionTakenBack,
)
from shared.facts import Facts, Submitter
from shared.kafka import Bus
from shared.service import running
from shared.settings import Settings
from shared.vault import SealedRow
from shared.wiring import Wiring
from tests.builders.holding import a_hold
from tests.builders.waiting import until
from tests.unit.eligibility.cases import BUSAN, TODAY, facts, history, household, job, programme

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]
PROGRAMME = programme()
RESIDENT, ELSEWHERE, COMMUTER = facts(household()), facts(household(BUSAN)), facts(history(job()))


class Desk:
    """Asks for runs and listens to what comes of them."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.rows: dict[str, dict[str, SelectionRow]] = {}
        self.done: dict[str, SelectionCompleted] = {}
        self.screened: dict[str, int] = {}
        self.bus = Bus(wiring.settings, "dashboard")

        @self.bus.on(SelectionRows, SelectionCompleted, SubmissionScreened)
        async def on_anything(events: Sequence[Event]) -> None:
            for event in events:
                if isinstance(event, SelectionRows):
                    self.rows.setdefault(event.run_id, {}).update({row.submission_id: row for row in event.rows})
                elif isinstance(event, SelectionCompleted):
                    self.done[event.run_id] = event
                elif isinstance(event, SubmissionScreened):
                    self.screened[event.submission_id] = event.edition

    async def send(self, found: Facts | None, **changes: Any) -> str:
        """Hold a submission, and seal what was read of it."""
        hold, seal = await a_hold(self.wiring.keyring, self.wiring.vault, secrets.token_bytes(16))
        sender = Submitter(wallet_address="1x", name="김가상", birth_date=date(1990, 1, 1))
        sealed = seal.seal("submitter", 1, sender.model_dump_json().encode())
        name = hold.submission_id
        fields = {"submitter": sealed, "holder": name, "programme_id": PROGRAMME.id, **changes}
        await self.wiring.gate.hold(type(hold)(**(hold.__dict__ | fields)))
        if found is not None:
            plain = found.model_dump_json().encode()
            await self.wiring.vault.put([SealedRow(name, "facts", 1, seal.seal("facts", 1, plain))])
            await self.say(SubmissionExtracted, submission_id=name, revision=1)
            await until(lambda: name in self.screened)
        return name

    async def ask(self, **changes: Any) -> str:
        run_id = f"run-{secrets.token_hex(4)}"
        fields = {"programme_id": PROGRAMME.id, "rule_version": PROGRAMME.version, "as_of": TODAY, "office": "o"}
        await self.say(SelectionRequested, run_id=run_id, **(fields | changes))
        return run_id

    async def say(self, event: type[Event], **fields: Any) -> None:
        await self.bus.say([event.because_of(secrets.token_hex(4), at=self.wiring.clock(), **fields)])

    async def draft(self, run_id: str) -> dict[str, tuple[str, str, int | None]]:
        await until(lambda: run_id in self.done)
        completed = self.done[run_id]
        await until(lambda: len(self.rows.get(run_id, {})) == completed.received)
        return {name: (row.outcome, row.standing, row.place) for name, row in self.rows.get(run_id, {}).items()}

    def digest(self, run_id: str) -> str:
        """The digest of what was heard, computed here."""
        tally = Tally()
        rows = sorted(self.rows[run_id].values(), key=lambda row: row.submission_id)
        fields = ((row.submission_id, row.outcome, row.standing, row.place, row.revision, row.edition) for row in rows)
        tally.add([line(*each) for each in fields])
        return tally.digest


@asynccontextmanager
async def eligibility(wiring: Wiring) -> AsyncIterator[None]:
    worker = build(wiring, load())
    assert worker.ready is not None
    async with running(worker.bus, worker.loops):
        yield


@pytest.fixture
async def desk(on_kafka: Settings, keyring: Any) -> AsyncIterator[Desk]:
    wiring = Wiring.of(on_kafka)
    desk = Desk(wiring)
    prepared = build(wiring, load()).ready
    assert prepared is not None
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(prepared())
        await stack.enter_async_context(running(desk.bus))
        yield desk


async def test_a_run_counts_everybody_once_and_its_rows_rest_on_the_screenings_that_stand(desk: Desk) -> None:
    async with eligibility(desk.wiring):
        first = await desk.send(RESIDENT)
        second = await desk.send(RESIDENT, holder="one-person")
        again = await desk.send(RESIDENT, holder="one-person")
        elsewhere, commuter, unread = await desk.send(ELSEWHERE), await desk.send(COMMUTER), await desk.send(None)
        back = await desk.send(RESIDENT)
        case = await desk.wiring.gate.case(back)
        assert case is not None
        await desk.wiring.gate.request("take_back", back, holder=case.holder, request_id="t")
        run_id = await desk.ask()
        draft = await desk.draft(run_id)
    outcomes = {name: outcome for name, (outcome, _, _) in draft.items()}
    assert outcomes == {
        first: "eligible",
        second: "eligible",
        again: "eligible",
        elsewhere: "review",  # whether they work in Seoul is not shown
        commuter: "review",
        unread: "in_flight",
        back: "taken_back",
    }
    done = desk.done[run_id]
    assert done.received == sum(done.classes.values()) == sum(done.standings.values()) == 7
    assert done.digest == desk.digest(run_id)
    rows = desk.rows[run_id]
    assert all(rows[name].edition >= edition for name, edition in desk.screened.items() if name != back)
    assert [rows[name].edition - desk.screened[name] for name in (first, again, elsewhere, commuter)] == [0] * 4
    assert rows[second].edition == desk.screened[second] + 1  # another came, of which nothing followed for this one
    per_person = PROGRAMME.selection is not None and PROGRAMME.selection.one_per != "submission"
    assert draft[again][1] == ("duplicate" if per_person else "selected")


async def test_a_run_that_is_stopped_in_the_middle_is_done_by_the_next_with_the_same_digest(desk: Desk) -> None:
    async with eligibility(desk.wiring):
        for found in (RESIDENT, ELSEWHERE, COMMUTER, RESIDENT):
            await desk.send(found)
        undisturbed = await desk.ask()
        expected = await desk.draft(undisturbed)
        stopped = await desk.ask()
        runs = desk.wiring.database("eligibility").get_collection("runs")

        async def begun() -> bool:
            return await runs.count_documents({"_id": stopped, "lease": {"$exists": True}, "result": None}) == 1

        await until(begun)
    assert stopped not in desk.done
    async with eligibility(desk.wiring):
        assert await desk.draft(stopped) == expected
    assert desk.done[stopped].digest == desk.done[undisturbed].digest


async def test_a_run_one_of_whose_processes_is_killed_is_done_again_with_the_same_digest(desk: Desk) -> None:
    async with eligibility(desk.wiring):
        for found in (RESIDENT, ELSEWHERE, COMMUTER):
            await desk.send(found)
        undisturbed = await desk.ask()
        expected = await desk.draft(undisturbed)
        killed = await desk.ask()

        async def kill_one() -> bool:
            working = multiprocessing.active_children()
            for process in working[:1]:
                process.kill()
            return bool(working)

        await until(kill_one, 60, every=0.001)
        assert await desk.draft(killed) == expected
    assert desk.done[killed].digest == desk.done[undisturbed].digest
    runs = desk.wiring.database("eligibility").get_collection("runs")
    assert (await runs.find_one({"_id": killed}) or {})["tries"] == 1


async def test_a_run_whose_service_is_killed_is_done_by_the_next_and_leaves_no_process(
    desk: Desk, tmp_path: Path
) -> None:
    wiring = desk.wiring
    fields = wiring.settings.model_dump(mode="json", exclude_none=True).items()
    given = {f"GUBI_{name.upper()}": value if isinstance(value, str) else json.dumps(value) for name, value in fields}
    service = Supervisor(os.environ | given, logs=tmp_path, restarting=False)
    service.start(["eligibility"])
    try:
        for found in (RESIDENT, ELSEWHERE, COMMUTER):
            await desk.send(found)
        undisturbed = await desk.ask()
        expected = await desk.draft(undisturbed)
        killed = await desk.ask()
        runs = wiring.database("eligibility").get_collection("runs")

        async def begun() -> bool:
            return await runs.count_documents({"_id": killed, "lease": {"$exists": True}, "result": None}) == 1

        await until(begun, 60, every=0.001)
        session = service.children["eligibility"].process.pid
        working = of_session(session) - {session}
        service.kill("eligibility")
        assert working
        await until(lambda: not of_session(session))
        service.start(["eligibility"])
        assert await desk.draft(killed) == expected
    finally:
        service.stop()
    assert desk.done[killed].digest == desk.done[undisturbed].digest


def of_session(session: int) -> set[int]:
    """The processes that a service, started in a session of its own, and whatever it started are still running."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of = status.read_text().rpartition(") ")[2].split()[:4]
            if int(of) == session and state != "Z":
                found.add(int(status.parent.name))
    return found


async def test_a_rule_version_that_nobody_knows_gives_no_draft_and_says_why(desk: Desk) -> None:
    async with eligibility(desk.wiring):
        run_id = await desk.ask(rule_version=99)
        assert await desk.draft(run_id) == {}
    assert desk.done[run_id].failed == "programme:version_unknown"


async def test_what_is_taken_back_later_is_erased_from_the_rows_that_are_kept(desk: Desk) -> None:
    async with eligibility(desk.wiring):
        name = await desk.send(RESIDENT)
        await desk.draft(await desk.ask())
        await desk.say(SubmissionTakenBack, submission_id=name)
        rows = desk.wiring.database("eligibility").get_collection("run_rows")

        async def erased() -> bool:
            found = await rows.find_one({}) or {"rows": []}
            return found["rows"] == [line(name, "taken_back", "none", None, 0, 0)]

        await until(erased)
