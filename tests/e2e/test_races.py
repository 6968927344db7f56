"""Races through the real doors: view against take-back, and one submission sent many times at once."""

import asyncio
from collections import Counter

import pytest

from deploy.gubi.demo.desk import Desk, forms
from deploy.gubi.installation import Installation
from gubi_wallet import Problem, WalletClient
from shared.clock import utc_now
from tests.builders.citizens import PROGRAMME, Citizen, citizens, wallet_apps
from tests.builders.waiting import until

pytestmark = [pytest.mark.e2e, pytest.mark.connected, pytest.mark.timeout(600)]

PAIRS = 200


class Eager(Desk):
    """An official with the form of every submission open already, a click away."""

    async def prepare(self, submission_id: str) -> None:
        page = await self._page(f"/submissions/{submission_id}")
        self.form = next(form for form in forms(page) if form.action.endswith("/looks"))

    async def click(self) -> bool:
        answer = await self._http.post(self.form.action, data={**self.form.fields, "purpose": "심사"})
        assert answer.status_code in (200, 409)
        return answer.status_code == 200


async def taken_back(client: WalletClient, submission_id: str, citizen: Citizen) -> bool:
    try:
        await client.take_back(submission_id, citizen.person.wallet_address)
    except Problem as problem:
        refused = problem
    else:
        return True
    assert (refused.status, refused.code) == (409, "take-back-viewed")
    assert refused.problem["by_office"]["id"]
    assert refused.problem["at"]
    return False


async def test_of_200_views_and_take_backs_at_the_same_instant_exactly_one_wins_each(place: Installation) -> None:
    sending = citizens(place, PAIRS, seed=31)
    winners: Counter[tuple[bool, bool]] = Counter()
    async with wallet_apps(place) as apps:
        crowd = asyncio.Semaphore(8)

        async def send(citizen: Citizen) -> str:
            async with crowd:
                return (await apps["toss"].submit(PROGRAMME, citizen.person, [citizen.certificate]))["submission_id"]

        names = await asyncio.gather(*(send(citizen) for citizen in sending))
        officials = [Eager(place.url("dashboard")) for _ in range(8)]
        for official in officials:
            await official.sign_in()
        for start in range(0, PAIRS, len(officials)):
            pairs = list(zip(officials, names[start:], sending[start:], strict=False))
            for official, name, _ in pairs:
                await official.prepare(name)
            answers = await asyncio.gather(
                *(official.click() for official, _, _ in pairs),
                *(taken_back(apps["gov24"], name, citizen) for _, name, citizen in pairs),
            )
            winners.update(zip(answers[: len(pairs)], answers[len(pairs) :], strict=True))
        for official in officials:
            await official.close()
    assert winners[True, True] == 0, "both won"
    assert winners[False, False] == 0, "nobody won"
    assert sum(winners.values()) == PAIRS
    print(f"views won {winners[True, False]}, take-backs won {winners[False, True]} of {PAIRS}")


async def test_one_submission_sent_ten_times_at_once_is_one_submission_with_one_receipt(place: Installation) -> None:
    [citizen, other] = citizens(place, 2, seed=32)
    now = utc_now()
    async with wallet_apps(place) as apps:

        async def send(certificate: Citizen) -> dict:
            return await apps["naver"].submit(
                PROGRAMME,
                citizen.person,
                [certificate.certificate],
                idempotency_key="ten-at-once-0001",
                consented_at=now,
            )

        receipts = await asyncio.gather(*(send(citizen) for _ in range(10)))
        assert len({receipt["receipt"] for receipt in receipts}) == 1
        assert len({receipt["submission_id"] for receipt in receipts}) == 1
        with pytest.raises(Problem) as refused:
            await send(other)
        assert (refused.value.status, refused.value.code) == (422, "idempotency-key-reused")


async def test_another_holder_is_refused_and_another_app_of_the_same_holder_is_not(place: Installation) -> None:
    [citizen, stranger] = citizens(place, 2, seed=33)
    async with wallet_apps(place) as apps:
        sent = await apps["seoul"].submit(PROGRAMME, citizen.person, [citizen.certificate])
        name = sent["submission_id"]
        with pytest.raises(Problem) as refused:
            await apps["seoul"].take_back(name, stranger.person.wallet_address)
        assert refused.value.status == 404
        agreed = await apps["kakao"].take_back(name, citizen.person.wallet_address)
        assert agreed["state"] in ("taking_back", "taken_back")

        async def gone() -> bool:
            status = await apps["kakao"].status(name, citizen.person.wallet_address)
            return status["state"] == "taken_back" and status["class"] == "taken_back"

        await until(gone)


async def test_what_only_reading_can_tell_becomes_an_outcome_in_the_status(place: Installation) -> None:
    async with wallet_apps(place) as apps:
        for case in ("scan", "encrypted", "title_near_miss"):
            [citizen] = citizens(place, 1, seed=34, case=case)
            sent = await apps["gov24"].submit(PROGRAMME, citizen.person, [citizen.certificate])

            async def told(name: str = sent["submission_id"], address: str = citizen.person.wallet_address) -> bool:
                return (await apps["gov24"].status(name, address))["class"] == "unreadable"

            await until(told)
