"""What the stores of the services in the middle promise, on either driver: first write wins, and forgetting forgets."""

import asyncio
from datetime import UTC, datetime

import pytest
from bson.errors import InvalidDocument

from services.eligibility.groups import Group, Member
from services.eligibility.store import Groups, Screenings
from services.extraction.outcomes import Attempt
from services.extraction.store import Readings
from services.withdrawal.store import Progress
from shared.mongo import Client, database, inserting
from shared.settings import Settings

pytestmark = pytest.mark.both_drivers
NOON = datetime(2022, 12, 12, 3, tzinfo=UTC)
LATER = datetime(2022, 12, 12, 4, tzinfo=UTC)


async def test_the_first_reading_of_a_revision_stands(client: Client, settings: Settings) -> None:
    readings = Readings(database(client, settings, "extraction"))
    await readings.prepare()
    first = Attempt("s-one", 1, NOON, None)
    await readings.record([first])
    await readings.record([Attempt("s-one", 1, LATER, "damaged"), Attempt("s-one", 2, LATER, "damaged")])
    known = await readings.known([("s-one", 1), ("s-one", 2), ("s-two", 1)])
    assert known == {("s-one", 1): first, ("s-one", 2): Attempt("s-one", 2, LATER, "damaged")}


async def test_a_reading_that_is_forgotten_is_gone_in_every_revision(client: Client, settings: Settings) -> None:
    readings = Readings(database(client, settings, "extraction"))
    await readings.record(
        [Attempt("s-one", 1, NOON, None), Attempt("s-one", 2, NOON, None), Attempt("s-two", 1, NOON, None)]
    )
    await readings.forget(["s-one"])
    assert set(await readings.known([("s-one", 1), ("s-one", 2), ("s-two", 1)])) == {("s-two", 1)}


async def test_screenings_are_found_by_the_question_they_rest_on_until_forgotten(
    client: Client, settings: Settings
) -> None:
    screenings = Screenings(database(client, settings, "eligibility"))
    await screenings.prepare()
    await screenings.record(
        {
            "s-one|1|a": {"submission_id": "s-one", "rests_on": ["q-1", "q-2"], "outcome": "review"},
            "s-two|1|a": {"submission_id": "s-two", "rests_on": ["q-2"], "outcome": "review"},
        }
    )
    await screenings.record({"s-two|1|a": {"submission_id": "s-two", "rests_on": ["q-1"], "outcome": "eligible"}})
    assert await screenings.resting_on(["q-1"]) == {"s-one"}
    assert await screenings.resting_on(["q-2"]) == {"s-one", "s-two"}
    await screenings.forget(["s-one"])
    assert await screenings.resting_on(["q-1", "q-2"]) == {"s-two"}


EARLY, LATE, OTHER = Member("s-early", NOON, "h-1"), Member("s-late", LATER, "h-1"), Member("s-x", NOON, "h-2")
FILE = "file|abc"


async def groups_of(client: Client, settings: Settings) -> Groups:
    groups = Groups(database(client, settings, "eligibility"))
    await groups.prepare()
    return groups


async def test_a_group_lists_its_members_in_the_order_they_entered_and_counts_every_coming_and_going(
    client: Client, settings: Settings
) -> None:
    groups = await groups_of(client, settings)
    assert await groups.enter({}) == {}
    await groups.enter({"applicant|P|h-1": [LATE]})
    there = await groups.enter({"applicant|P|h-1": [EARLY, LATE], FILE: [OTHER]})
    assert there == {
        "applicant|P|h-1": Group("applicant|P|h-1", (LATE, EARLY), frozenset(), 2),
        FILE: Group(FILE, (OTHER,), frozenset(), 1),
    }
    left = Group("applicant|P|h-1", (LATE, EARLY), frozenset({"s-early"}), 3)
    assert await groups.leave(["s-early", "s-never"]) == [left]
    await groups.release([("applicant|P|h-1", "s-early")])
    assert await groups.leave(["s-early"]) == []
    assert await groups.enter({"applicant|P|h-1": [LATE]}) == {
        "applicant|P|h-1": Group("applicant|P|h-1", (LATE,), frozenset(), 3)
    }


async def test_who_has_left_is_found_until_released_and_then_no_token_of_theirs_is_kept(
    client: Client, settings: Settings
) -> None:
    groups = await groups_of(client, settings)
    await groups.enter({FILE: [EARLY, OTHER], "file|alone": [EARLY]})
    for again in range(2):  # a kill in between, and once more
        left = await groups.leave(["s-early"])
        assert {(group.key, group.members, group.gone) for group in left} == {
            (FILE, (EARLY, OTHER), frozenset({"s-early"})),
            ("file|alone", (EARLY,), frozenset({"s-early"})),
        }
        assert {group.changes for group in left} == {3 + again, 2 + again}
    await groups.release([(FILE, "s-early"), ("file|alone", "s-early")])
    kept = await database(client, settings, "eligibility").get_collection("groups").find({}).to_list(None)
    assert [(document["_id"], document["gone"]) for document in kept] == [(FILE, [])]
    assert "s-early" not in repr(kept)
    assert await groups.leave(["s-early"]) == []


async def test_of_many_who_enter_and_leave_one_group_at_once_none_is_lost_and_the_count_only_grows(
    client: Client, settings: Settings
) -> None:
    groups = await groups_of(client, settings)
    crowd = [Member(f"s-{number:02}", NOON, f"h-{number}") for number in range(20)]
    await groups.enter({FILE: crowd[:4]})
    seen: list[int] = []

    async def come(member: Member) -> None:
        for _ in range(2):
            seen.append((await groups.enter({FILE: [member]}))[FILE].changes)

    async def go(member: Member) -> None:
        seen.extend(group.changes for group in await groups.leave([member.submission_id]))
        await groups.release([(FILE, member.submission_id)])

    await asyncio.gather(*(come(member) for member in crowd[4:]), *(go(member) for member in crowd[:4]))
    group = (await groups.enter({FILE: [crowd[4]]}))[FILE]
    assert {member.submission_id for member in group.members} == {member.submission_id for member in crowd[4:]}
    assert group.changes >= max(seen)
    assert group.gone == frozenset()


async def test_more_groups_than_one_query_may_name_are_all_given(client: Client, settings: Settings) -> None:
    groups = await groups_of(client, settings)
    entering = {f"number|{number}": [EARLY] for number in range(401)}
    assert set(await groups.enter(entering)) == set(entering)
    left = await groups.leave(["s-early"])
    assert len(left) == 401
    await groups.release([(group.key, "s-early") for group in left])
    assert await groups.leave(["s-early"]) == []


async def test_an_erasure_keeps_when_it_was_first_done(client: Client, settings: Settings) -> None:
    own = database(client, settings, "withdrawal")
    erasures = Progress(own)
    step = {"kind": "take_back", "requested_at": NOON, "erased_at": NOON}
    await erasures.record({"s-one": step})
    await erasures.record({"s-one": step | {"erased_at": LATER}})
    assert await own.get_collection("erasures").find_one({"_id": "s-one"}) == {"_id": "s-one", **step}


async def test_of_what_many_insert_at_once_each_is_told_whether_it_was_new(client: Client, settings: Settings) -> None:
    nonces = database(client, settings, "intake")["nonces"]
    inserting_some = inserting(nonces, 5.0)
    names = [f"n-{number % 60}" for number in range(120)]
    new = await asyncio.gather(*(inserting_some.do({"_id": name, "by": at}) for at, name in enumerate(names)))
    assert sum(new) == 60
    kept = {one["_id"]: one["by"] async for one in nonces.find({})}
    assert kept == {name: at for at, (name, was_new) in enumerate(zip(names, new, strict=True)) if was_new}


async def test_what_the_store_refuses_for_another_reason_is_told_as_it_is(client: Client, settings: Settings) -> None:
    nonces = database(client, settings, "intake")["nonces"]
    inserting_some = inserting(nonces)
    assert await inserting_some.do({"_id": "n-1", "by": 1})
    assert not await inserting_some.do({"_id": "n-1", "by": 2})
    with pytest.raises(InvalidDocument):
        await inserting_some.do({"_id": "n-2", "by": object()})
    assert await inserting_some.do({"_id": "n-3", "by": 3})
