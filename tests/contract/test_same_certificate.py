"""One certificate sent by two holders, on a real store and either driver: a finding of both, while both stand."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.gate import Accepted, Official, Opened
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.screening import Desk, a_screening_desk
from tests.unit.eligibility.cases import household

pytestmark = pytest.mark.both_drivers
ONE = household(number="1234-5678-9012-3456", issuer="서울특별시 중구청장", issued_on=None)


@pytest.fixture
async def desk(settings: Settings, keyring: Keyring) -> AsyncIterator[Desk]:
    del keyring  # made where the wiring loads it from
    async with a_screening_desk(settings) as made:
        yield made


async def test_the_same_number_from_two_holders_in_any_programme_is_a_finding_of_both_and_for_review(
    desk: Desk,
) -> None:
    first = await desk.send("h-1", ONE)
    await desk.read(first)
    assert desk.last[first][1:] == ("eligible", ())
    second = await desk.send("h-2", ONE, programme_id="OTHER")
    await desk.read(second)
    for name in (first, second):
        assert desk.last[name][1:] == ("review", ("same_number",))


async def test_the_same_bytes_from_two_holders_are_a_finding_of_both_though_neither_has_a_number(desk: Desk) -> None:
    names = [await desk.send(holder, household(issued_on=None), file="same") for holder in ("h-1", "h-2")]
    await desk.read(*names)
    assert desk.findings(*names) == [("same_file",), ("same_file",)]


async def test_the_same_holder_sending_it_twice_is_a_second_submission_and_nothing_else(desk: Desk) -> None:
    names = [await desk.send("h-1", ONE, file="same") for _ in range(2)]
    await desk.read(*names)
    assert sorted(desk.findings(*names)) == [(), ("duplicate",)]


async def test_another_kind_of_the_same_number_is_another_certificate(desk: Desk) -> None:
    other = ONE.model_copy(update={"kind": "RR_ABST"})
    names = [await desk.send("h-1", ONE), await desk.send("h-2", other)]
    await desk.read(*names)
    assert not {"same_number", "same_file"} & {code for findings in desk.findings(*names) for code in findings}


async def test_when_one_of_the_two_is_taken_back_the_other_loses_the_finding_and_no_token_is_kept(desk: Desk) -> None:
    first, second = await desk.send("h-1", ONE, file="same"), await desk.send("h-2", ONE, file="same")
    await desk.read(first)
    await desk.read(second)
    assert desk.findings(first, second) == [("same_file", "same_number")] * 2
    await desk.take_back(second, "h-2")
    await desk.say(await desk.screener.forget([second]))
    assert desk.last[first][1:] == ("eligible", ())
    assert second not in repr(await desk.groups())
    await desk.take_back(first, "h-1")
    await desk.say(await desk.screener.forget([first]))
    assert await desk.groups() == []


async def test_a_kill_before_the_other_was_told_loses_nothing(desk: Desk) -> None:
    first, second = await desk.send("h-1", ONE), await desk.send("h-2", ONE)
    await desk.read(first)
    await desk.screener.screen([second], entering=True)  # and killed before anything was said
    await desk.read(second)
    assert desk.findings(first, second) == [("same_number",), ("same_number",)]
    await desk.take_back(second, "h-2")
    await desk.screener.forget([second])  # and killed again
    await desk.say(await desk.screener.forget([second]))
    assert desk.findings(first) == [()]


async def test_a_submission_taken_back_while_it_was_screened_leaves_no_finding_behind(desk: Desk) -> None:
    """The take-back is done, and forgotten, before the screening of it is stored."""
    first, second = await desk.send("h-1", ONE), await desk.send("h-2", ONE)
    await desk.read(first)
    record = desk.screener.screenings.record

    async def meanwhile(rows: Any) -> None:
        desk.screener.screenings.record = record  # type: ignore[method-assign]
        await desk.take_back(second, "h-2")
        await desk.say(await desk.screener.forget([second]))
        await record(rows)

    desk.screener.screenings.record = meanwhile  # type: ignore[method-assign]
    await desk.read(second)
    assert desk.findings(first) == [()]
    kept = await desk.wiring.database("eligibility").get_collection("screenings").find({}).to_list(None)
    assert {row["submission_id"] for row in kept} == {first}
    assert second not in repr(await desk.groups())


async def test_a_third_holder_changes_nothing_for_the_two_before(desk: Desk) -> None:
    first, second, third = [await desk.send(holder, ONE) for holder in ("h-1", "h-2", "h-3")]
    await desk.read(first, second)
    before = dict(desk.last)
    await desk.read(third)
    assert {name: desk.last[name] for name in before} == before
    await desk.take_back(first, "h-1")
    await desk.say(await desk.screener.forget([first]))
    assert desk.findings(second, third) == [("same_number",), ("same_number",)]


async def test_the_official_reads_why_and_of_which_certificate(desk: Desk) -> None:
    names = [await desk.send(holder, household(issued_on=None), ONE) for holder in ("h-1", "h-2")]
    await desk.read(*names)
    [mark] = (await desk.screener.screen([names[0]])).done
    opened = await desk.wiring.gate.view(
        names[0], official=Official("kim", "o"), purpose="심사", request_id="v", screening=mark.name
    )
    assert isinstance(opened, Opened)
    assert opened.screening is not None
    assert opened.screening["of_certificates"] == {"1": ["same_number"]}
    assert opened.screening["findings"] == ["same_number"]


async def test_what_an_official_corrects_is_screened_again_as_a_later_edition(desk: Desk) -> None:
    name = await desk.send("h-1", ONE)
    await desk.read(name)
    edition, outcome, _ = desk.last[name]
    assert outcome == "eligible"
    official = Official("kim", "o")
    opened = await desk.wiring.gate.view(name, official=official, purpose="심사", request_id="v1")
    assert isinstance(opened, Opened)
    done = await desk.wiring.gate.correct(
        name, 0, {"address": "부산광역시 해운대구 가상로 1"}, reason="그림에는 부산", official=official,
        look_id="v1", request_id="c1", expects=0,
    )  # fmt: skip
    assert isinstance(done, Accepted)
    await desk.read(name)
    assert desk.last[name][:2] == (edition + 1, "review"), "not in Seoul, and where they work is not known"
