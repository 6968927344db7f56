"""What the stores of the services in the middle promise, on either driver: first write wins, and forgetting forgets."""

from datetime import UTC, datetime

import pytest

from services.eligibility.applicants import Applicant
from services.eligibility.store import Screenings
from services.extraction.outcomes import Attempt
from services.extraction.store import Readings
from services.withdrawal.store import Erasures
from shared.mongo import Client, database
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


async def test_applicants_submissions_are_listed_first_come_first_and_every_coming_and_going_is_counted(
    client: Client, settings: Settings
) -> None:
    screenings = Screenings(database(client, settings, "eligibility"))
    await screenings.enter({"P|holder": [("s-late", LATER)]})
    listed = await screenings.enter({"P|holder": [("s-early", NOON), ("s-late", LATER)], "P|other": [("s-x", NOON)]})
    assert listed == {"P|holder": Applicant(("s-early", "s-late"), 2), "P|other": Applicant(("s-x",), 1)}
    assert await screenings.forget(["s-early"]) == [Applicant(("s-late",), 3)]
    assert await screenings.forget(["s-early"]) == []
    assert await screenings.enter({"P|holder": [("s-late", LATER)]}) == {"P|holder": Applicant(("s-late",), 3)}


async def test_an_erasure_keeps_when_it_was_first_done(client: Client, settings: Settings) -> None:
    own = database(client, settings, "withdrawal")
    erasures = Erasures(own)
    step = {"kind": "take_back", "requested_at": NOON, "erased_at": NOON}
    await erasures.record({"s-one": step})
    await erasures.record({"s-one": step | {"erased_at": LATER}})
    assert await own.get_collection("erasures").find_one({"_id": "s-one"}) == {"_id": "s-one", **step}
