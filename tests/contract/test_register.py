"""Workplace registers on a real store, either driver: imported whole, answering now and later, never over a person."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import date, timedelta

import pytest

from services.eligibility.questions import Question
from services.eligibility.registers.file import Fault, Row
from services.eligibility.registers.importing import PORTION, Imported, import_register
from shared.clock import utc_now
from shared.events import QuestionAnswered, QuestionRaised
from shared.questions import AskedQuestion, GivenAnswer
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.screening import FRESH, Desk, a_screening_desk
from tests.unit.eligibility.cases import BUSAN, SEOUL, history, job

pytestmark = pytest.mark.both_drivers

HANBIT, MISO = "주식회사 한빛가상", "미소식당"
DAY, NEXT = date(2026, 9, 1), date(2026, 10, 1)
NAME = "사업장 명부"


@pytest.fixture
async def desk(settings: Settings, keyring: Keyring) -> AsyncIterator[Desk]:
    del keyring  # made where the wiring loads it from
    async with a_screening_desk(settings) as made:
        yield made


async def take(desk: Desk, *rows: Row | Fault, name: str = NAME, as_of: date = DAY) -> Imported:
    """Import a register, and settle what it settles, as the command does."""
    imported = await brought(desk, rows, name, as_of)
    await settled(desk)
    if imported.register is not None:
        await desk.answering.registers.sweep(name, imported.register.generation)
    return imported


async def brought(desk: Desk, rows: Iterable[Row | Fault], name: str = NAME, as_of: date = DAY) -> Imported:
    answering = desk.answering
    return await import_register(answering.registers, name, as_of, rows, answering.token, answering.clock)


async def settled(desk: Desk) -> list[tuple[int, int]]:
    return [counts async for counts in desk.answering.settle_all()]


def question(name: str = HANBIT) -> Question:
    return Question(topic="workplace_in_seoul", name=name)


async def raised(desk: Desk, *names: str) -> list[str]:
    texts = {desk.wiring.questions.id_of(question(name).key): question(name).model_dump() for name in names}
    await desk.wiring.questions.raise_new(FRESH.id, texts)
    return list(texts)


async def standing(desk: Desk, name: str) -> AskedQuestion:
    return (await desk.wiring.questions.get([name]))[name]


async def told(desk: Desk, name: str) -> tuple[str, str, str] | None:
    answer = (await standing(desk, name)).answer
    return (answer.value, answer.source, answer.by) if answer else None


async def act(desk: Desk, name: str, answer: GivenAnswer | None) -> None:
    """What an official does."""
    revision = (await standing(desk, name)).revision
    done = await desk.wiring.questions.answer(name, answer, expected_revision=revision, request_id=f"kim-{revision}")
    assert done is not None


def by_kim() -> GivenAnswer:
    return GivenAnswer("no", "전화 확인", "김담당", utc_now())


async def workplaces(desk: Desk) -> list[list[dict[str, object]]]:
    """All that is kept of them, by import."""
    own = desk.wiring.database("eligibility")
    names = [name for name in await own.list_collection_names() if name.startswith("workplaces")]
    return [await own.get_collection(name).find({}, {"_id": 0}).to_list(None) for name in sorted(names)]


async def owed(desk: Desk, topic: str) -> list[str]:
    found = await desk.wiring.questions.owed.before(utc_now() + timedelta(days=1), [topic])
    return sorted(event.subject for event in found)


async def test_an_import_answers_what_was_asked_before_with_its_name_and_date_and_says_so(desk: Desk) -> None:
    seoul, busan, unknown = await raised(desk, HANBIT, MISO, "가나상회")
    await take(desk, Row("㈜한빛가상", "", SEOUL), Row(MISO, "", BUSAN), Row("가나상회", "", "세종대로 110"))
    assert await told(desk, seoul) == ("yes", f"{NAME}(2026-09-01 기준)", NAME)
    assert await told(desk, busan) == ("no", f"{NAME}(2026-09-01 기준)", NAME)
    assert await told(desk, unknown) is None
    assert await owed(desk, QuestionAnswered.topic) == sorted([seoul, busan])


async def test_nothing_that_names_a_firm_or_a_place_is_stored(desk: Desk) -> None:
    await take(desk, Row(HANBIT, "123-45-67891-0", SEOUL), Row(MISO, "", BUSAN))
    stored = repr(await workplaces(desk))
    assert not [shown for shown in ("한빛", "미소", "세종대로", "12345", "123-45") if shown in stored]


async def test_the_same_file_again_changes_nothing_and_is_kept_once(desk: Desk) -> None:
    [name] = await raised(desk, HANBIT)
    for _ in range(2):
        await take(desk, Row(HANBIT, "", SEOUL))
    assert (await standing(desk, name)).revision == 1
    assert [len(some) for some in await workplaces(desk)] == [1]


async def test_a_later_import_replaces_the_earlier_one_and_its_answers(desk: Desk) -> None:
    moved, closed = await raised(desk, HANBIT, MISO)
    await take(desk, Row(HANBIT, "", SEOUL), Row(MISO, "", SEOUL))
    await take(desk, Row(HANBIT, "", BUSAN), as_of=NEXT)
    assert await told(desk, moved) == ("no", f"{NAME}(2026-10-01 기준)", NAME)
    assert await told(desk, closed) is None
    [register] = (await desk.answering.registers.in_force()).values()
    assert (register.as_of, register.inside, register.outside) == (NEXT, 0, 1)
    assert [len(some) for some in await workplaces(desk)] == [1]


async def test_no_register_answers_over_an_official_or_puts_back_what_one_took_back(desk: Desk) -> None:
    answered, taken_back = await raised(desk, HANBIT, MISO)
    await act(desk, answered, by_kim())
    await take(desk, Row(HANBIT, "", SEOUL), Row(MISO, "", SEOUL))
    assert await told(desk, answered) == ("no", "전화 확인", "김담당")
    await act(desk, taken_back, None)
    for name in (NAME, "다른 명부"):
        await take(desk, Row(HANBIT, "", SEOUL), Row(MISO, "", SEOUL), name=name)
    assert await told(desk, answered) == ("no", "전화 확인", "김담당")
    assert await told(desk, taken_back) is None
    assert await desk.wiring.questions.acts() == {FRESH.id: 2}


async def test_a_register_that_is_removed_takes_its_answers_with_it_unless_another_says_the_same(desk: Desk) -> None:
    both, only, corrected = await raised(desk, HANBIT, MISO, "가나상회")
    rows = [Row(name, "", SEOUL) for name in (HANBIT, MISO, "가나상회")]
    await take(desk, *rows, name="가", as_of=NEXT)
    await take(desk, rows[0], name="나")
    await act(desk, corrected, by_kim())
    assert await desk.wiring.questions.answered_by_registers() == {"가": 2}
    retired = await desk.answering.registers.retire("가")
    assert retired is not None
    await settled(desk)
    assert await told(desk, both) == ("yes", "나(2026-09-01 기준)", "나")
    assert await told(desk, only) is None
    assert await told(desk, corrected) == ("no", "전화 확인", "김담당")
    assert await desk.answering.registers.retire("가") is None
    await desk.answering.registers.sweep("가", retired.generation + 1)
    assert [len(some) for some in await workplaces(desk)] == [1]


async def test_an_import_that_is_killed_on_the_way_leaves_what_was_in_force_and_is_swept_by_the_next(
    desk: Desk,
) -> None:
    [name] = await raised(desk, HANBIT)
    await take(desk, Row(HANBIT, "", SEOUL))

    def half() -> Iterable[Row]:
        yield from (Row(HANBIT, "", BUSAN) for _ in range(PORTION + 1))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await brought(desk, half())
    await settled(desk)
    assert await told(desk, name) == ("yes", f"{NAME}(2026-09-01 기준)", NAME)
    assert sorted(len(some) for some in await workplaces(desk)) == [1, PORTION]
    await take(desk, Row(HANBIT, "", SEOUL))
    assert [len(some) for some in await workplaces(desk)] == [1]


async def test_of_two_imports_at_once_the_one_that_began_later_stays_in_force(desk: Desk) -> None:
    first, registers = await desk.answering.registers.begin(NAME), desk.answering.registers
    later = await brought(desk, [Row(HANBIT, "", SEOUL)])
    assert later.register is not None
    assert later.register.generation > first
    earlier = later.register.__class__(**{**later.register.__dict__, "generation": first})
    assert not await registers.put_in_force(earlier)
    assert (await registers.in_force())[NAME] == later.register


async def test_rows_that_cannot_be_taken_are_counted_and_the_first_are_kept(desk: Desk) -> None:
    faults = [Fault(line, "address") for line in range(2, 40)]
    imported = await take(desk, *faults, Row(HANBIT, "", SEOUL))
    assert (imported.left_out, imported.faults, imported.taken.total()) == (38, faults[:20], 1)


async def test_a_file_of_which_nothing_can_be_taken_leaves_what_was_in_force(desk: Desk) -> None:
    await take(desk, Row(HANBIT, "", SEOUL))
    imported = await take(desk, Fault(2, "name"))
    assert (imported.register, imported.overtaken) == (None, False)
    [register] = (await desk.answering.registers.in_force()).values()
    assert register.inside == 1


async def test_a_question_raised_later_is_answered_in_the_batch_that_raises_it(desk: Desk) -> None:
    await take(desk, Row(HANBIT, "", SEOUL), Row(MISO, "", BUSAN))
    works = [HANBIT, HANBIT, MISO, "가나상회"]
    names = [await desk.send(f"h-{at}", history(job(workplace=work))) for at, work in enumerate(works)]
    screened = await desk.read(*names)
    assert [desk.last[name][1] for name in names] == ["eligible", "eligible", "review", "review"]
    waits = {one.open.submission_id: bool(one.waiting_on) for one in screened.done}
    assert [waits[name] for name in names] == [False, False, False, True]
    said = sorted(event.topic for event in screened.raised)
    assert said == [QuestionAnswered.topic] * 2 + [QuestionRaised.topic] * 3
    assert len(screened.done) == len(names)
    assert await desk.wiring.questions.acts() == {}


async def test_a_second_employment_that_only_now_matters_is_looked_up_too(desk: Desk) -> None:
    await take(desk, Row(HANBIT, "", BUSAN), Row(MISO, "", SEOUL))
    name = await desk.send("h-1", history(job(), job(workplace=MISO)))
    await desk.read(name)
    assert desk.last[name][1] == "eligible"


@pytest.mark.timeout(600)
async def test_hundreds_who_wait_on_one_workplace_are_settled_by_one_answer_in_bounded_portions(desk: Desk) -> None:
    names = [await desk.send(f"h-{at}", history(job())) for at in range(450)]
    await desk.read(*names)
    assert {desk.last[name][1] for name in names} == {"review"}
    await take(desk, Row(HANBIT, "", SEOUL))
    [question_id] = await owed(desk, QuestionAnswered.topic)
    opened: list[int] = []
    gate = desk.wiring.gate.for_machine

    async def counting(ids: Iterable[str]) -> object:
        chosen = list(ids)
        opened.append(len(chosen))
        return await gate(chosen)

    desk.wiring.gate.for_machine = counting  # type: ignore[method-assign, assignment]
    waiting = await desk.screener.screenings.resting_on([question_id])
    assert waiting == set(names)
    await desk.say(await desk.screener.screen(waiting))
    assert {desk.last[name][1] for name in names} == {"eligible"}
    assert opened == [200, 200, 50]


async def test_an_official_who_answers_while_a_register_is_imported_is_not_overwritten(desk: Desk) -> None:
    ids = await raised(desk, *(f"{HANBIT} {number}" for number in range(40)))
    await brought(desk, [Row(f"{HANBIT} {number}", "", SEOUL) for number in range(40)])

    async def officials() -> set[str]:
        first = set()
        for name in ids:
            done = await desk.wiring.questions.answer(name, by_kim(), expected_revision=0, request_id=f"k-{name}")
            first |= {name} if done else set()
        return first

    first, _ = await asyncio.gather(officials(), settled(desk))
    for name in ids:
        answer = await told(desk, name)
        assert answer is not None
        assert (answer[2] == "김담당") == (name in first)


async def test_a_register_removed_while_questions_are_answered_out_of_it_leaves_no_answer(desk: Desk) -> None:
    await brought(desk, [Row(HANBIT, "", SEOUL)])
    registers, [name] = desk.answering.registers, await raised(desk, HANBIT)
    named = registers.named

    async def removed_meanwhile(*how: object) -> object:
        found = await named(*how)  # type: ignore[arg-type]
        await registers.retire(NAME)
        return found

    registers.named = removed_meanwhile  # type: ignore[method-assign, assignment]
    await desk.answering.settle([name])
    assert (await standing(desk, name)).revision == 2
    assert await told(desk, name) is None
