"""What happens when another call, or a kill, comes between two steps: the cases that a review of the gate found."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from pymongo.errors import BulkWriteError

from services.dashboard.batch import Batch, row_of
from services.dashboard.deciding import Deciding
from services.dashboard.people import Person
from services.dashboard.rules import folded
from services.dashboard.store import Stores
from services.extraction.originals import Originals
from services.extraction.reader import Reader
from services.extraction.reading import reading_jail
from services.extraction.store import Readings
from shared.catalog import load
from shared.clock import utc_now
from shared.errors import Unavailable, Unprocessable
from shared.events import SubmissionReceived, SubmissionScreened
from shared.gate import Accepted, Gate, Official, Opened, Refused
from shared.mongo import Client, adapting, database
from shared.settings import Settings
from shared.vault import Keyring, SealedRow, Vault
from shared.wiring import Wiring, access_log
from tests.builders.holding import a_hold

OFFICIAL = Official("kim", "sonmok9988")
LATER = timedelta(minutes=10)


class Interrupted(Gate):
    """The gate, with somebody else's call right after its first step."""

    between: Callable[[], Awaitable[Any]] | None = None

    async def _move(self, *positional: Any, **named: Any) -> Any:
        done = await super()._move(*positional, **named)
        act, self.between = self.between, None
        if act is not None:
            await act()
        return done


@pytest.fixture
def interrupted(client: Client, settings: Settings, vault: Vault, keyring: Keyring) -> Interrupted:
    log = access_log(client, settings, utc_now, "dashboard")
    return Interrupted(database(client, settings, "gate"), vault, keyring, utc_now, log)


async def test_a_look_while_a_decision_is_undone_is_marked_before_anything_opens(
    gate: Gate, interrupted: Interrupted, vault: Vault, keyring: Keyring
) -> None:
    hold, _ = await a_hold(keyring, vault)
    await gate.hold(hold)
    await gate.decide(hold.submission_id, "eligible", official=OFFICIAL, request_id="d1", say_at=utc_now() + LATER)
    interrupted.between = lambda: gate.undo(hold.submission_id, decided_by="d1")
    opened = await interrupted.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
    assert isinstance(opened, Opened)
    assert opened.case.state == "viewed"
    assert opened.event is not None
    back = await gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
    assert isinstance(back, Refused)
    assert back.reason == "viewed"


async def test_an_undo_while_somebody_looks_is_still_done(
    gate: Gate, interrupted: Interrupted, vault: Vault, keyring: Keyring
) -> None:
    hold, _ = await a_hold(keyring, vault)
    await gate.hold(hold)
    await gate.decide(hold.submission_id, "eligible", official=OFFICIAL, request_id="d1", say_at=utc_now() + LATER)
    interrupted.between = lambda: gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1")
    undone = await interrupted.undo(hold.submission_id, decided_by="d1")
    assert isinstance(undone, Accepted)
    assert undone.case.state == "viewed"


class Killed(BaseException):
    """The process dies here."""


async def test_a_decision_made_just_before_a_kill_is_shown_as_made_even_if_screened_again_meanwhile(
    gate: Gate, vault: Vault, keyring: Keyring, client: Client, settings: Settings
) -> None:
    hold, _ = await a_hold(keyring, vault)
    await gate.hold(hold)
    name = hold.submission_id
    stores = Stores.of(database(client, settings, "dashboard"))
    await stores.prepare()
    about: dict[str, Any] = {"submission_id": name, "at": utc_now()}
    received = SubmissionReceived.because_of(
        "r", **about, receipt=hold.receipt, programme_id=hold.programme_id, wallet_app="naver", office=hold.office
    )

    def screened(edition: int, outcome: str) -> SubmissionScreened:
        rest = {"revision": 1, "rule_version": 1, "as_of": date(2022, 12, 12), "edition": edition, "outcome": outcome}
        return SubmissionScreened.because_of(f"s{edition}", **about, **rest)

    await stores.queue.save(folded({}, [received, screened(0, "eligible")], utc_now()))
    batch = Batch("b-1", Person("kim", "김예시", "sonmok9988"), hold.programme_id, utc_now(), "eligible")
    await stores.rows.draft([row_of(batch, (await stores.queue.load([name]))[name], "eligible")])
    await stores.batches.draft(batch)
    await stores.batches.confirm("b-1", utc_now(), utc_now() + LATER)
    record = stores.rows.record

    async def dies(rows: object) -> None:
        raise Killed

    object.__setattr__(stores.rows, "record", dies)
    with pytest.raises(Killed):
        await Deciding(gate, stores, utc_now).work("b-1")
    object.__setattr__(stores.rows, "record", record)
    await stores.queue.save(folded(await stores.queue.load([name]), [screened(1, "ineligible")], utc_now()))
    await Deciding(gate, stores, lambda: utc_now() + timedelta(minutes=2)).work_all()
    assert await stores.batches.find("b-1") is not None
    assert [row.submission_id for row in await stores.rows.ended("b-1", "accepted", 9)] == [name]
    batch = await stores.batches.find("b-1")
    assert batch is not None
    await stores.batches.undo(batch, utc_now(), [])
    await Deciding(gate, stores, lambda: utc_now() + timedelta(minutes=4)).work_all()
    case = await gate.case(name)
    assert case is not None
    assert case.state == "held"


async def test_a_majority_that_does_not_answer_a_bulk_write_is_the_world_being_away_and_a_duplicate_is_not() -> None:
    slow = {"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": "waiting for replication timed out"}]}
    with pytest.raises(Unavailable):
        async with adapting():
            raise BulkWriteError(slow)
    with pytest.raises(BulkWriteError):
        async with adapting():
            raise BulkWriteError({"writeErrors": [{"code": 11000}], "writeConcernErrors": []})


async def test_what_a_killed_run_wrote_after_a_take_back_is_swept_by_the_next_and_a_lost_certificate_is_said(
    settings: Settings, keyring: Keyring
) -> None:
    wiring = Wiring.of(settings)
    readings = Readings(wiring.database("extraction"))
    jail = reading_jail()
    reader = Reader(wiring, jail, "", readings, Originals(wiring, jail, load()))
    async with wiring.open(readings):
        hold, seal = await a_hold(wiring.keyring, wiring.vault)
        held = await wiring.gate.hold(hold)
        [case] = (await wiring.gate.for_machine([hold.submission_id])).values()
        await wiring.vault.drop_certificates(case.blobs)
        with pytest.raises(Unprocessable, match=r"vault:certificate_missing"):
            await reader.read([case])
        asked = await wiring.gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
        assert isinstance(asked, Accepted)
        assert held.event is not None
        await wiring.gate.finish("take_back", hold.submission_id, cause=held.event)
        await wiring.vault.sweep([hold.submission_id])
        await reader.read([case])  # its certificate went with the take-back: nothing to read, and no error
        await wiring.vault.put([SealedRow(hold.submission_id, "facts", 1, seal.seal("facts", 1, b"late"))])
        await reader.forget_gone([hold.submission_id])
        assert await wiring.vault.sweep([hold.submission_id]) == 0
