"""A better certificate through the wallets' door: only what was asked for, by its holder, once; and it is read anew."""

import asyncio
from datetime import date, timedelta

import pytest

from gubi_wallet import Certificate, Person
from shared import events as said
from shared.clock import seoul_date, utc_now
from shared.gate import Accepted, Opened
from tests.builders.doors import HOLDER, KIM, PDF, PROGRAMME, SENT, Door, refused

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]
BETTER = [Certificate("EI_HIST", PDF + b"better")]


async def asked(door: Door) -> str:
    """A submission for which an official asks for a better certificate."""
    async with door.app("toss") as toss:
        name: str = (await toss.submit(PROGRAMME, HOLDER, SENT))["submission_id"]
    opened = await door.wiring.gate.view(name, official=KIM, purpose="심사", request_id=f"v-{name}")
    assert isinstance(opened, Opened)
    done = await door.wiring.gate.ask(
        name, part=0, why="unreadable", due_on=seoul_date(utc_now()) + timedelta(days=14),
        official=KIM, look_id=f"v-{name}", request_id=f"a-{name}",
    )  # fmt: skip
    assert isinstance(done, Accepted)
    assert isinstance(done.event, said.SupplementAsked)
    await door.store.record([done.event])
    return name


async def test_what_was_asked_for_is_held_once_by_any_of_the_holders_apps_and_keeps_receipt_and_place(
    door: Door,
) -> None:
    name = await asked(door)
    address = HOLDER.wallet_address
    async with door.app("toss") as toss, door.app("seoul") as seoul:
        before = await toss.status(name, address)
        assert before["class"] == "supplement"
        step = (await toss.timeline(name, address))["steps"][-1]
        assert step["detail"]["ko"].startswith("1번째 증명서를 다시 내 주세요. 글자를 읽을 수 없습니다.")
        first = await seoul.supplement(name, address, BETTER, idempotency_key="supplement-1")
        assert (first["revision"], first["certificates"]) == (2, 1)
        assert await seoul.supplement(name, address, BETTER, idempotency_key="supplement-1") == first
        other = await refused(seoul.supplement(name, address, SENT, idempotency_key="supplement-1"))
        assert other.code == "idempotency-key-reused"
        again = await refused(toss.supplement(name, address, BETTER))
        assert (again.status, again.code) == (409, "supplement-not-asked")
        assert (await toss.status(name, address))["receipt"] == before["receipt"]
    owed = await door.wiring.gate.owed.before(utc_now() + timedelta(seconds=1), [said.SubmissionReceived.topic])
    [event] = [one for one in owed if isinstance(one, said.SubmissionReceived) and one.revision == 2]
    assert event.certificates == 2
    await door.store.record([event])
    async with door.app("toss") as toss:
        after = await toss.status(name, address)
    assert [step["what"] for step in after["timeline"]][-1] == "supplemented"
    assert after["class"] == "in_flight"


async def test_nothing_is_taken_that_was_not_asked_for_or_from_somebody_else(door: Door) -> None:
    async with door.app("toss") as toss:
        name = (await toss.submit(PROGRAMME, HOLDER, SENT))["submission_id"]
        early = await refused(toss.supplement(name, HOLDER.wallet_address, BETTER))
        assert early.code == "supplement-not-asked"
        name = await asked(door)
        stranger = Person("1AnotherWaLLetAddress", "박예시", date(1990, 1, 1))
        theirs = await refused(toss.supplement(name, stranger.wallet_address, BETTER))
        assert (theirs.status, theirs.code) == (404, "submission-not-found")
        wrong = await refused(toss.supplement(name, HOLDER.wallet_address, [Certificate("EI_HIST", b"no pdf")]))
        assert wrong.code == "certificate-not-pdf"
        kind = await refused(toss.supplement(name, HOLDER.wallet_address, [Certificate("INCOME", PDF)]))
        assert kind.code == "certificate-kind-not-accepted"
        await door.wiring.gate.decide(
            name, "ineligible", official=KIM, request_id="d1", say_at=utc_now() + timedelta(minutes=5)
        )
        late = await refused(toss.supplement(name, HOLDER.wallet_address, BETTER))
        assert late.code == "supplement-decided"
        ended = await asked(door)
        await toss.withdraw(ended, HOLDER.wallet_address)
        gone = await refused(toss.supplement(ended, HOLDER.wallet_address, BETTER))
        assert gone.code == "supplement-ended"


async def test_ten_answers_at_once_are_one_and_the_others_leave_nothing_behind(door: Door) -> None:
    name = await asked(door)
    async with door.app("toss") as toss:
        answers = await asyncio.gather(
            *(
                toss.supplement(name, HOLDER.wallet_address, BETTER, idempotency_key=f"supplement-{number}")
                for number in range(10)
            ),
            return_exceptions=True,
        )
    assert sum(isinstance(answer, dict) for answer in answers) == 1
    case = await door.wiring.gate.case(name)
    assert case is not None
    assert (case.revision, len(case.certificates)) == (2, 2)
    stored = await door.wiring.database("vault")["certificates"].count_documents({"submission_id": name})
    assert stored == 2
