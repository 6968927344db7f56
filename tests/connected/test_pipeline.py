"""From held to screened, taken back, and settled by an answer: the three services in the middle, on a real broker."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import date
from itertools import islice
from typing import Any

import pytest

from services.eligibility.app import build as build_eligibility
from services.eligibility.registers.file import Row
from services.eligibility.registers.importing import import_register
from services.eligibility.store import Registers
from services.extraction.app import build as build_extraction
from services.extraction.reading import reading_jail
from services.wallet_simulator.samples import Person, Sample
from services.withdrawal.app import build as build_withdrawal
from shared.catalog import load
from shared.clock import utc_now
from shared.events import TAKES, Event, SubmissionEvent, SubmissionReceived, WithdrawalRequested
from shared.facts import Submitter
from shared.gate import Accepted, Hold, Official, Opened
from shared.kafka import Bus
from shared.outbox import Outbox
from shared.questions import GivenAnswer
from shared.service import Worker, running
from shared.settings import Settings
from shared.signing import Signer
from shared.standing import Standing, fold
from shared.vault import CertificateFile
from shared.wiring import Wiring
from tests.builders.certificates import a_sample, people, trust_roots
from tests.builders.holding import a_hold, held_certificates
from tests.builders.waiting import until

pytestmark = [pytest.mark.connected, pytest.mark.timeout(600)]


class Chain:
    """The services in the middle, with the doors played by the test."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.standings: dict[str, Standing] = {}
        self.raised: list[str] = []
        self.bus = Bus(wiring.settings, "dashboard")
        self.outbox = Outbox(wiring.gate.owed, self.bus.say, [SubmissionReceived, WithdrawalRequested], wiring.clock)

        @self.bus.on(*TAKES["dashboard"])
        async def on_anything(events: Sequence[Event]) -> None:
            for event in events:
                if isinstance(event, SubmissionEvent):
                    before = self.standings.get(event.submission_id, Standing())
                    self.standings[event.submission_id] = fold(before, event)
                else:
                    self.raised.append(event.subject)

    async def send(self, person: Person, *samples: Sample, holder: str | None = None) -> str:
        wiring = self.wiring
        hold, seal = await a_hold(wiring.keyring, wiring.vault)
        files = [(sample.kind, CertificateFile(sample.pdf)) for sample in samples]
        held = await held_certificates(wiring.vault, seal, *files)
        submitter = Submitter(wallet_address="1x", name=person.name, birth_date=person.birth_date)
        changes: dict[str, Any] = {
            "certificates": held,
            "holder": holder or hold.submission_id,
            "submitter": seal.seal("submitter", 1, submitter.model_dump_json().encode()),
        }
        done = await wiring.gate.hold(Hold(**(hold.__dict__ | changes)))
        self.outbox.soon(done.event)
        return hold.submission_id

    def classes(self) -> dict[str, str]:
        return {name: standing.submission_class for name, standing in self.standings.items()}


@pytest.fixture
async def chain(on_kafka: Settings, keyring: Any) -> AsyncIterator[Chain]:
    wiring = Wiring.of(on_kafka)
    chain = Chain(wiring)
    jail = reading_jail(workers=1)
    workers: list[Worker] = [
        build_extraction(wiring, jail, trust_roots(), load()),
        build_eligibility(wiring, load()),
        build_withdrawal(wiring, Signer.create(on_kafka.keys)),
    ]
    async with AsyncExitStack() as stack:
        for worker in workers:  # they share one client, which the first to end closes: by then none may be running
            assert worker.ready is not None
            await stack.enter_async_context(worker.ready())
        for worker in workers:
            await stack.enter_async_context(running(worker.bus, worker.loops))
        await stack.enter_async_context(running(chain.bus, [chain.outbox.run]))
        yield chain


async def test_certificates_are_read_and_everyone_is_screened(chain: Chain) -> None:
    adult, hostile = people(2, seed=11)
    resident = await chain.send(adult, a_sample("RR_FULL", adult))
    scan = await chain.send(adult, a_sample("EI_HIST", adult, case="scan"))
    bomb = await chain.send(hostile, a_sample("EI_HIST", hostile, case="hostile_bomb"))
    near_miss = await chain.send(adult, a_sample("EMPLOY", adult, case="title_near_miss"))
    await until(lambda: len(chain.classes()) == 4 and "in_flight" not in chain.classes().values())
    classes = chain.classes()
    assert classes[scan] == classes[bomb] == classes[near_miss] == "unreadable"
    assert chain.standings[scan].unreadable == "no_text_layer"
    assert classes[resident] in ("eligible", "ineligible", "review")
    mark = chain.standings[resident].screening
    assert mark is not None
    opened = await chain.wiring.gate.view(
        resident, official=Official("kim", "o"), purpose="심사", request_id="v", screening=mark.name
    )
    assert isinstance(opened, Opened)
    assert opened.facts is not None
    assert opened.facts.certificates[0].authenticity == "genuine"
    assert opened.screening is not None
    assert opened.submitter.name == adult.name


async def test_a_whole_resident_number_is_put_beyond_reach_before_its_reading_is_said(chain: Chain) -> None:
    [person] = people(1, seed=8)
    sample = a_sample("EMPLOY", person, case="rrn_unmasked")
    name = await chain.send(person, sample)
    await until(lambda: chain.classes().get(name, "in_flight") != "in_flight")
    [case] = (await chain.wiring.gate.for_machine([name])).values()
    assert case.case.certificates[0].redacted_at is not None
    [file] = (await chain.wiring.vault.certificates(case.blobs)).values()
    assert file.pdf != sample.pdf
    mark = chain.standings[name].screening
    assert mark is not None
    opened = await chain.wiring.gate.view(
        name, official=Official("kim", "o"), purpose="심사", request_id="v", screening=mark.name
    )
    assert isinstance(opened, Opened)
    assert opened.facts is not None
    assert [finding.code for finding in opened.facts.certificates[0].findings] == ["rrn_redacted"]


async def test_one_answer_settles_all_who_wait_on_the_same_workplace(chain: Chain) -> None:
    from services.wallet_simulator.samples import town

    workplace = next(iter(town()))
    workers = [person for person in islice(people(60, seed=5), 60) if 1960 < person.birth_date.year < 2000][:5]
    sent = [
        await chain.send(person, a_sample("EI_HIST", person, workplace=workplace, seed=number))
        for number, person in enumerate(workers)
    ]
    await until(lambda: [chain.classes().get(name) for name in sent] == ["review"] * 5)
    waiting = {question for name in sent for question in chain.standings[name].screening.waiting_on}  # type: ignore[union-attr]
    [question_id] = waiting
    await until(lambda: question_id in chain.raised)
    answer = GivenAnswer("yes", "사업장 대장", "김담당", utc_now())
    event = await chain.wiring.questions.answer(question_id, answer, expected_revision=0, request_id="a1")
    assert event is not None
    await chain.bus.say([event])
    await until(lambda: [chain.classes()[name] for name in sent] == ["eligible"] * 5)
    back = await chain.wiring.questions.answer(question_id, None, expected_revision=1, request_id="a2")
    assert back is not None
    await chain.bus.say([back])
    await until(lambda: [chain.classes()[name] for name in sent] == ["review"] * 5)


async def test_a_register_answers_what_is_raised_before_anybody_is_asked(chain: Chain) -> None:
    from services.wallet_simulator.samples import town

    workplace, own = next(iter(town())), chain.wiring.database("eligibility")
    rows = [Row(firm.name, "", "서울특별시 중구 세종대로 110") for firm in town()]
    token, clock = chain.wiring.keyring.token, chain.wiring.clock
    await import_register(Registers(own), "시험 명부", date(2026, 9, 1), rows, token, clock)
    person = next(person for person in people(60, seed=7) if 1960 < person.birth_date.year < 2000)
    name = await chain.send(person, a_sample("EI_HIST", person, workplace=workplace))
    await until(lambda: chain.classes().get(name) == "eligible")
    await until(lambda: len(chain.raised) >= 2)
    [question_id] = set(chain.raised)
    asked = (await chain.wiring.questions.get([question_id]))[question_id]
    assert asked.answer is not None
    assert (asked.answer.value, asked.answer.by, asked.party) == ("yes", "시험 명부", "register")


async def test_a_take_back_leaves_nothing_anywhere_and_other_services_forget(chain: Chain) -> None:
    [person] = people(1, seed=3)
    kept = await chain.send(person, a_sample("RR_FULL", person))
    gone = await chain.send(person, a_sample("RR_FULL", person, seed=2))
    await until(lambda: set(chain.classes()) == {kept, gone} and "in_flight" not in chain.classes().values())
    case = await chain.wiring.gate.case(gone)
    assert case is not None
    asked = await chain.wiring.gate.request("take_back", gone, holder=case.holder, request_id="t1")
    assert isinstance(asked, Accepted)
    chain.outbox.soon(asked.event)
    await until(lambda: chain.classes()[gone] == "taken_back")
    assert await chain.wiring.vault.sweep([gone]) == 0
    screenings = chain.wiring.database("eligibility").get_collection("screenings")
    readings = chain.wiring.database("extraction").get_collection("readings")

    async def forgotten() -> bool:
        left = [await part.count_documents({"submission_id": gone}) for part in (screenings, readings)]
        return left == [0, 0]

    await until(forgotten)
    assert await screenings.count_documents({"submission_id": kept}) == 1


async def test_a_second_submission_of_one_person_is_found_and_not_merged(chain: Chain) -> None:
    [person] = people(1, seed=4)
    first = await chain.send(person, a_sample("RR_FULL", person), holder="one-person")
    second = await chain.send(person, a_sample("RR_FULL", person, seed=9), holder="one-person")
    await until(lambda: {first, second} <= set(chain.standings) and "in_flight" not in chain.classes().values())

    def found() -> bool:
        marks = [chain.standings[name].screening for name in (first, second)]
        return [("duplicate" in mark.findings) for mark in marks if mark] == [False, True]

    await until(found)
    third = await chain.send(person, a_sample("RR_FULL", person, seed=10), holder="one-person")
    await until(lambda: third in chain.standings and chain.classes()[third] != "in_flight")
    assert "duplicate" in chain.standings[third].screening.findings  # type: ignore[union-attr]


async def test_when_the_first_of_two_is_taken_back_the_second_is_the_first_and_can_still_be_settled(
    chain: Chain,
) -> None:
    from services.wallet_simulator.samples import town

    workplace = next(iter(town()))
    person = next(person for person in people(60, seed=6) if 1960 < person.birth_date.year < 2000)
    first = await chain.send(person, a_sample("EI_HIST", person, workplace=workplace), holder="two-of-one")
    second = await chain.send(person, a_sample("EI_HIST", person, workplace=workplace, seed=2), holder="two-of-one")

    def findings(name: str) -> tuple[str, ...]:
        mark = chain.standings[name].screening if name in chain.standings else None
        return mark.findings if mark else ("not screened",)

    await until(lambda: "duplicate" in findings(second) and findings(first) != ("not screened",))
    asked = await chain.wiring.gate.request("take_back", first, holder="two-of-one", request_id="t1")
    assert isinstance(asked, Accepted)
    chain.outbox.soon(asked.event)
    await until(lambda: "duplicate" not in findings(second))
    mark = chain.standings[second].screening
    assert mark is not None
    [question_id] = mark.waiting_on
    answer = GivenAnswer("yes", "사업장 대장", "김담당", utc_now())
    event = await chain.wiring.questions.answer(question_id, answer, expected_revision=0, request_id="a1")
    assert event is not None
    await chain.bus.say([event])
    await until(lambda: chain.classes()[second] == "eligible")
