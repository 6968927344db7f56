"""Notification on a real store, with wallet apps that answer over real HTTP; where it says so, on a real broker too."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from services.notification.app import Notification
from services.notification.attempts import Answer, Policy, verdict
from services.notification.courier import LEASE
from services.notification.endpoints import SigningKey
from services.notification.rules import News, telling
from services.notification.signing import public_of
from services.notification.wallets import WalletLine
from shared.clock import utc_now
from shared.events import (
    ExtractionFailed,
    NoticeAskedAgain,
    NotificationExhausted,
    NotificationRecovered,
    SubmissionReceived,
    SubmissionTakenBack,
    SubmissionWithdrawn,
    WalletNotified,
)
from shared.kafka import Bus
from shared.mongo import Client
from shared.service import running
from shared.settings import Settings
from tests.builders.notifying import KEY, Now, a_submission, deliveries, notifying, received, viewed
from tests.builders.receiver import Receiver
from tests.builders.topics import read_all
from tests.builders.verifying import verifies
from tests.builders.waiting import until

pytestmark = pytest.mark.both_drivers
SOON = Policy(first=timedelta(seconds=0.2))
PUBLIC = public_of(SigningKey(private=KEY))


def unreadable(submission: str) -> News:
    return ExtractionFailed.because_of("e", submission_id=submission, at=utc_now(), revision=1, reason="no_text_layer")


def gone(submission: str, kind: type[SubmissionTakenBack | SubmissionWithdrawn] = SubmissionTakenBack) -> News:
    return kind.because_of(f"asked-{submission}", submission_id=submission, at=utc_now())


async def states(client: Client, settings: Settings) -> dict[str, str]:
    """Notice and state of each delivery."""
    return {one["notice"]: one["state"] for one in await deliveries(client, settings)}


def told(wallet: Receiver) -> list[str]:
    """What the wallet app was told, each verified as a wallet app would."""
    assert all(verifies(PUBLIC, one.headers, one.body) for one in wallet.received)
    return [json.loads(one.body)["data"]["notice"] for one in wallet.received]


async def owed(service: Notification) -> list[Any]:
    said = [event.topic for event in (WalletNotified, NotificationExhausted, NotificationRecovered)]
    return await service.queue.owed.before(utc_now() + timedelta(days=9), said)


async def test_a_citizen_is_told_and_it_is_said_once(settings: Settings, client: Client) -> None:
    async with Receiver() as naver, notifying(settings, {"naver": naver}) as service:
        news = [received(a_submission()), viewed(a_submission())]
        await service.on_news(news)
        await service.on_news(news)
        assert await service.courier.turn("naver") == 2
        assert await service.courier.turn("naver") == 0
        assert sorted(told(naver)) == ["received", "viewed"]
        assert sorted(event.notice for event in await owed(service)) == ["received", "viewed"]
        assert await states(client, settings) == {"received": "delivered", "viewed": "delivered"}
        await service.on_news(news)
        assert await service.courier.turn("naver") == 0


async def test_a_notice_that_comes_before_its_submission_waits_and_is_not_lost(
    settings: Settings, client: Client
) -> None:
    async with Receiver() as naver, notifying(settings, {"naver": naver}) as service:
        early, other = a_submission(1), a_submission(2)
        await service.on_news([viewed(early), received(other)])
        assert await service.courier.turn("naver") == 1
        assert (await states(client, settings))["viewed"] == "waiting"
        await service.on_news([received(early)])
        await service.courier.turn("naver")
        assert sorted(told(naver)) == ["received", "received", "viewed"]


async def test_notices_and_submissions_kept_at_the_same_time_by_two_processes_find_each_other(
    settings: Settings,
) -> None:
    async with (
        Receiver() as naver,
        notifying(settings, {"naver": naver}) as one,
        notifying(settings, {"naver": naver}) as other,
    ):
        submissions = [a_submission(number) for number in range(40)]
        await asyncio.gather(
            *(one.on_news([viewed(submission)]) for submission in submissions),
            *(other.on_news([received(submission)]) for submission in submissions),
        )
        while await one.courier.turn("naver") + await other.courier.turn("naver"):
            pass
        assert sorted(told(naver)) == ["received"] * 40 + ["viewed"] * 40


async def test_an_app_that_cannot_be_told_of_viewing_is_sent_nothing_and_nobody_claims_it(
    settings: Settings, client: Client
) -> None:
    async with Receiver() as kakao, notifying(settings, {"kakao": kakao}) as service:
        await service.on_news([received(a_submission(), "kakao"), viewed(a_submission())])
        await service.courier.turn("kakao")
        assert told(kakao) == ["received"]
        assert await states(client, settings) == {"received": "delivered", "viewed": "not_tellable"}
        assert [event.notice for event in await owed(service)] == ["received"]


async def test_an_app_without_an_endpoint_is_recorded_as_not_tellable(settings: Settings, client: Client) -> None:
    async with Receiver() as naver, notifying(settings, {"naver": naver}) as service:
        await service.on_news([received(a_submission(), "toss")])
        assert await states(client, settings) == {"received": "not_tellable"}


async def test_after_a_500_it_is_sent_again_later_under_the_same_webhook_id(settings: Settings, client: Client) -> None:
    now = Now()
    async with Receiver(statuses=[500, 503]) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission())])
        assert await service.courier.turn("naver") == 1
        assert await service.courier.turn("naver") == 0
        for _ in range(2):
            now.later(timedelta(seconds=16))
            assert await service.courier.turn("naver") == 1
        assert len({one.headers["webhook-id"] for one in naver.received}) == 1
        assert len({one.body for one in naver.received}) == 1
        assert len({one.headers["webhook-timestamp"] for one in naver.received}) == 3
        assert [type(event) for event in await owed(service)] == [WalletNotified]
        assert await states(client, settings) == {"received": "delivered"}


async def test_after_the_last_attempt_it_is_given_up_and_that_is_said(settings: Settings, client: Client) -> None:
    now = Now()
    policy = Policy(attempts=3, first=timedelta(seconds=1))
    async with (
        Receiver(status=500) as naver,
        notifying(settings, {"naver": naver}, policy=policy, clock=now) as service,
    ):
        await service.on_news([received(a_submission())])
        for _ in range(6):
            await service.courier.turn("naver")
            now.later(timedelta(hours=1))
        assert len(naver.received) == 3
        [event] = await owed(service)
        assert isinstance(event, NotificationExhausted)
        assert event.notice == "received"
        assert await states(client, settings) == {"received": "exhausted"}


async def test_a_notice_given_up_is_told_again_when_an_official_asks_and_only_then(
    settings: Settings, client: Client
) -> None:
    now, given_up, delivered = Now(), a_submission(1), a_submission(2)
    policy = Policy(attempts=1)
    async with (
        Receiver(statuses=[500]) as naver,
        notifying(settings, {"naver": naver}, policy=policy, clock=now) as service,
    ):
        for submission in (given_up, delivered):
            await service.on_news([received(submission)])
            await service.courier.turn("naver")
            now.later(timedelta(minutes=5))
        assert sorted(one["state"] for one in await deliveries(client, settings)) == ["delivered", "exhausted"]
        now.later(timedelta(days=2))
        assert await service.courier.turn("naver") == 0, "nobody asked"
        ids = {one["submission_id"]: one["_id"] for one in await deliveries(client, settings)}
        asked = [
            NoticeAskedAgain.because_of(
                f"asked-{name}", submission_id=name, at=utc_now(), notice="received", webhook_id=ids[name]
            )
            for name in ids
        ]
        await service.on_notice_asked_again(asked)
        assert await service.courier.turn("naver") == 1
        assert await service.courier.turn("naver") == 0
        assert [one.headers["webhook-id"] for one in naver.received].count(ids[given_up]) == 2
        assert {one["state"] for one in await deliveries(client, settings)} == {"delivered"}
        assert NotificationRecovered in [type(event) for event in await owed(service)]


async def test_a_silent_wallet_app_delays_nobody_elses_citizens(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notification.app.WalletLine", partial(WalletLine, timeout=100.0))
    async with (
        Receiver(silent=True) as toss,
        Receiver() as naver,
        notifying(settings, {"toss": toss, "naver": naver}) as service,
    ):
        submissions = [a_submission(number) for number in range(60)]
        await service.on_news([received(submission, "toss") for submission in submissions[:30]])
        running = asyncio.create_task(service.courier.run())
        try:
            async with asyncio.timeout(90):  # one request to the silent one takes longer
                await until(lambda: toss.received)
                await service.on_news([received(submission, "naver") for submission in submissions[30:]])
                await until(lambda: len(naver.received) == 30)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert told(naver) == ["received"] * 30


async def test_what_a_killed_process_had_under_lease_is_taken_over_when_the_lease_ends(settings: Settings) -> None:
    now = Now()
    async with (
        Receiver() as naver,
        notifying(settings, {"naver": naver}, clock=now) as survivor,
        notifying(settings, {"naver": naver}, clock=now) as victim,
    ):
        await survivor.on_news([received(a_submission())])
        due = await victim.queue.due("naver", 16, now())
        _, claimed = await victim.queue.claim("naver", due, now(), now() + LEASE)  # and here it is killed
        assert len(claimed) == 1
        assert await survivor.courier.turn("naver") == 0
        now.later(LEASE + timedelta(seconds=1))
        assert await survivor.courier.turn("naver") == 1
        assert told(naver) == ["received"]


async def test_killed_between_sending_and_recording_the_webhook_keeps_its_id(settings: Settings) -> None:
    now = Now()
    async with Receiver(silent=True) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission())])
        turn = asyncio.create_task(service.courier.turn("naver"))
        await until(lambda: naver.received)
        turn.cancel()
        await asyncio.gather(turn, return_exceptions=True)
        naver.silent = False
        now.later(LEASE + timedelta(seconds=1))
        await service.courier.turn("naver")
        assert [one.headers["webhook-id"] for one in naver.received] == [
            telling(received(a_submission())).webhook_id
        ] * 2
        assert len(await owed(service)) == 1


async def test_who_lost_the_lease_records_nothing(settings: Settings, client: Client) -> None:
    now = Now()
    async with Receiver() as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission())])
        due = await service.queue.due("naver", 16, now())
        slow, [claimed] = await service.queue.claim("naver", due, now(), now() + LEASE)
        now.later(LEASE)
        await service.queue.claim("naver", due, now(), now() + LEASE)
        late = verdict(claimed, Answer(False, "timeout"), Policy(attempts=1), now(), 0.5)
        assert not await service.queue.settle(slow, [late], now())
        assert await owed(service) == []
        assert await states(client, settings) == {"received": "due"}


@pytest.mark.parametrize(("kind", "notice"), [(SubmissionTakenBack, "taken_back"), (SubmissionWithdrawn, "withdrawn")])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (2, 0, 1)])
async def test_of_what_is_gone_only_what_happened_is_told_in_whatever_order_it_is_heard(
    settings: Settings, client: Client, kind: type, notice: str, order: Sequence[int]
) -> None:
    async with Receiver() as naver, notifying(settings, {"naver": naver}) as service:
        news = [received(a_submission()), unreadable(a_submission()), gone(a_submission(), kind)]
        for place in order:
            await service.on_news([news[place]])
        await service.courier.turn("naver")
        assert sorted(told(naver)) == ["received", notice]
        assert await states(client, settings) == {"received": "delivered", notice: "delivered"}
        await service.on_news(news[:2])
        assert await states(client, settings) == {"received": "delivered", notice: "delivered"}


async def test_a_supplement_sent_with_another_app_does_not_move_the_submission_to_it(settings: Settings) -> None:
    async with Receiver() as naver, Receiver() as toss, notifying(settings, {"naver": naver, "toss": toss}) as service:
        supplement = SubmissionReceived.because_of(
            "supplement",
            **received(a_submission(), "toss").model_dump(exclude={"event_id", "cause", "revision"}),
            revision=2,
        )
        await service.on_news([supplement])
        await service.on_news([received(a_submission())])
        await service.courier.turn("naver")
        assert (told(naver), told(toss)) == (["received", "received"], [])


@pytest.mark.connected
async def test_on_the_bus_a_look_becomes_a_webhook_and_what_came_of_it_is_said(on_kafka: Settings) -> None:
    speaker = Bus(on_kafka, "intake")
    async with (
        Receiver(statuses=[500]) as naver,
        notifying(on_kafka, {"naver": naver}, policy=SOON) as service,
        running(service.worker.bus, service.worker.loops),
        running(speaker),
    ):
        await speaker.say([viewed(a_submission())])
        await speaker.say([received(a_submission())])
        said = await read_all(on_kafka, WalletNotified.topic, 2)
        assert {event["notice"] for event in said} == {"received", "viewed"}
        assert {event["webhook_id"] for event in said} == {one.headers["webhook-id"] for one in naver.received}
        assert len(naver.received) == 3
