"""What the stores promise a selection run, on either driver: everybody is read, and the first result stands."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.eligibility.groups import Member
from services.eligibility.selection.digest import Result, line
from services.eligibility.store import Groups, Runs
from services.eligibility.store.runs import LEASE
from shared.events import SelectionRequested
from shared.gate import Gate, stretches
from shared.mongo import Client, database
from shared.settings import Settings
from shared.vault import Keyring, SealedRow, Vault
from shared.vault.store import row_id
from tests.builders.holding import a_hold

pytestmark = pytest.mark.both_drivers
NOON = datetime(2023, 9, 1, 3, tzinfo=UTC)
RESULT = Result(digest="d", firsts=("s-a", "s-c"))


def asked(run_id: str = "run") -> SelectionRequested:
    return SelectionRequested.because_of(
        run_id, run_id=run_id, at=NOON, programme_id="P", rule_version=1, as_of=date(2023, 9, 1), office="o"
    )


def row(name: str) -> str:
    return line(name, "eligible", "selected", 1, 1, 1)


@pytest.fixture
async def runs(client: Client, settings: Settings) -> Runs:
    runs = Runs(database(client, settings, "eligibility"))
    await runs.prepare()
    return runs


async def test_a_run_is_worked_on_by_one_process_at_a_time_until_its_lease_ends(runs: Runs) -> None:
    await runs.request([asked()], NOON)
    await runs.request([asked()], NOON + timedelta(hours=1))
    assert await runs.unfinished(NOON) == ["run"]
    mine = await runs.lease("run", NOON)
    assert mine is not None
    assert mine.request == asked()
    assert await runs.lease("run", NOON) is None
    assert await runs.unfinished(NOON) == []
    assert await runs.renew(mine, NOON + 2 * LEASE)
    assert await runs.lease("run", NOON + LEASE) is None
    theirs = await runs.lease("run", NOON + 2 * LEASE)
    assert theirs is not None
    assert not await runs.renew(mine, NOON + 3 * LEASE)


async def test_the_first_result_stands_and_the_rows_of_a_lost_lease_go(runs: Runs) -> None:
    await runs.request([asked()], NOON)
    lost = await runs.lease("run", NOON)
    kept = await runs.lease("run", NOON + LEASE)
    assert lost is not None
    assert kept is not None
    for lease in (lost, kept):
        await runs.write("run", lease.token, [(0, [row("s-a"), row("s-b")]), (1, [row("s-c")])])
    first = await runs.complete(kept, RESULT, NOON)
    second = await runs.complete(lost, Result(digest="other"), NOON + LEASE)
    assert first.result == second.result == RESULT
    assert await runs.rows(second, 1) == [row("s-c")]
    assert await runs.portion("run", lost.token, 1) == []
    assert first.completed_at == second.completed_at == NOON


async def test_a_run_that_was_said_is_left_alone(runs: Runs) -> None:
    await runs.request([asked()], NOON)
    lease = await runs.lease("run", NOON)
    assert lease is not None
    lease = await runs.complete(lease, RESULT, NOON)
    await runs.finish(lease)
    assert await runs.unfinished(NOON + timedelta(days=1)) == []
    await runs.request([asked()], NOON)
    assert await runs.lease("run", NOON + timedelta(days=1)) is None


async def test_failures_are_counted(runs: Runs) -> None:
    await runs.request([asked()], NOON)
    for tries in range(3):
        lease = await runs.lease("run", NOON)
        assert lease is not None
        assert lease.tries == tries
        await runs.give_back(lease, NOON)


async def test_what_is_gone_is_erased_from_every_run_also_from_one_still_going(runs: Runs) -> None:
    for name in ("done", "going"):
        await runs.request([asked(name)], NOON)
    done, going = await runs.lease("done", NOON), await runs.lease("going", NOON)
    assert done is not None
    assert going is not None
    await runs.write("done", done.token, [(0, [row("s-a"), row("s-b")]), (1, [row("s-c")])])
    done = await runs.complete(done, RESULT, NOON)
    await runs.erase({"s-b": "taken_back", "s-c": "withdrawn", "s-never": "taken_back", "s-0": "taken_back"})
    await runs.write("going", going.token, [(0, [row("s-a"), row("s-b")]), (1, [row("s-c")])])
    going = await runs.complete(going, RESULT, NOON)
    for lease in (done, going):
        assert await runs.rows(lease, 0) == [row("s-a"), line("s-b", "taken_back", "none", None, 0, 0)]
        assert await runs.rows(lease, 1) == [line("s-c", "withdrawn", "none", None, 0, 0)]


async def test_a_whole_programme_is_read_stretch_by_stretch_with_the_facts_of_each(
    gate: Gate, vault: Vault, keyring: Keyring
) -> None:
    names = set()
    for number in range(12):
        hold, seal = await a_hold(keyring, vault, programme_id="P" if number else "Q")
        await gate.hold(hold)
        await vault.put(
            [
                SealedRow(hold.submission_id, purpose, 1, seal.seal(purpose, 1, b"{}"))
                for purpose in ("facts", "screening")
            ]
        )
        names.add(hold.submission_id)
    assert await gate.about() == 12
    cut = stretches(4)
    filed = [one for start, end in cut for one in await gate.filed("P", start, end)]
    assert [one.submission_id for one in filed] == sorted({one.submission_id for one in filed})
    assert len(filed) == 11
    facts = {name: sealed for start, end in cut for name, sealed in (await vault.facts_between(start, end)).items()}
    assert set(facts) == {row_id(name, "facts", 1) for name in names}
    seal, submitter = gate.opened(filed[0])
    assert seal.open("facts", 1, facts[row_id(filed[0].submission_id, "facts", 1)]) == b"{}"
    assert submitter.name == "김가상"


async def test_one_that_was_taken_back_is_filed_as_closed_and_its_facts_are_swept(
    gate: Gate, vault: Vault, keyring: Keyring
) -> None:
    hold, seal = await a_hold(keyring, vault, programme_id="P")
    await gate.hold(hold)
    await vault.put([SealedRow(hold.submission_id, "facts", 1, seal.seal("facts", 1, b"{}"))])
    await gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t")
    [[filed]] = [await gate.filed("P", start, end) for start, end in stretches(1)]
    assert filed.state == "taking_back"
    assert not filed.is_open
    assert await vault.sweep([hold.submission_id]) == 2
    assert await vault.facts_between(*stretches(1)[0]) == {}


async def test_only_groups_of_two_and_groups_that_somebody_left_are_eventful(
    client: Client, settings: Settings
) -> None:
    groups = Groups(database(client, settings, "eligibility"))
    await groups.prepare()
    one, two, three = (Member(f"s-{name}", NOON, name) for name in ("one", "two", "three"))
    await groups.enter({"file|alone": [one], "file|both": [one, two], "file|left": [two, three]})
    await groups.leave(["s-three"])
    await groups.release([("file|left", "s-three")])
    found = await groups.eventful()
    assert {key: (len(group.members), group.changes) for key, group in found.items()} == {
        "file|both": (2, 2),
        "file|left": (1, 3),
    }
