"""Endpoints that die and live again, on a real store with a clock moved by hand: nothing is lost, owners are told."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from services.notification.app import Notification
from services.notification.attempts import Policy
from services.notification.health import Rule
from services.notification.pacing import AT_ONCE
from services.notification.registering import rotate
from services.notification.rules import telling
from services.notification.signing import public_of
from shared.clock import utc_now
from shared.events import (
    EndpointResumed,
    EndpointSuspended,
    NotificationExhausted,
    NotificationRecovered,
    WalletNotified,
)
from shared.kafka import Bus
from shared.mongo import Client
from shared.service import running
from shared.settings import Settings
from tests.builders.notifying import Now, a_submission, deliveries, notifying, received, register, viewed
from tests.builders.receiver import Receiver
from tests.builders.topics import read_all
from tests.builders.verifying import verifies
from tests.builders.waiting import until

pytestmark = pytest.mark.both_drivers
HOUR = timedelta(hours=1)


def ids(wallet: Receiver) -> list[str]:
    return [one.headers["webhook-id"] for one in wallet.received]


def id_of(number: int) -> str:
    return telling(received(a_submission(number))).webhook_id


async def said(service: Notification, *types: Any) -> list[Any]:
    """What is owed of these events."""
    stores = service.endpoints if issubclass(types[0], EndpointSuspended | EndpointResumed) else service.queue
    return await stores.owed.before(utc_now() + timedelta(days=90), [one.topic for one in types])


async def fail_for(service: Notification, now: Now, hours: int, app: str = "naver") -> None:
    for _ in range(hours * 2):
        now.later(HOUR / 2)
        await service.courier.turn(app)


async def drain(service: Notification, now: Now, app: str = "naver") -> None:
    """Turn until nothing is due, with the seconds between that tokens and rests need."""
    for _ in range(60):
        now.later(timedelta(seconds=1))
        await service.courier.turn(app)


async def test_an_endpoint_that_accepts_nothing_for_hours_is_suspended_and_what_it_should_be_told_waits(
    settings: Settings, client: Client
) -> None:
    now = Now()
    async with Receiver(status=500) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission(number)) for number in range(3)])
        await fail_for(service, now, 11)
        assert await said(service, EndpointSuspended) == []
        await fail_for(service, now, 8)
        [event] = await said(service, EndpointSuspended)
        assert (event.wallet_app, event.reason, event.code) == ("naver", "failing", "http_500")
        tried = len(naver.received)
        await service.on_news([received(a_submission(number)) for number in range(3, 6)])
        await fail_for(service, now, 72)
        assert len(naver.received) == tried
        assert [one["state"] for one in await deliveries(client, settings)] == ["due"] * 6
        assert await said(service, NotificationExhausted) == []


async def test_an_endpoint_that_says_it_is_gone_is_suspended_at_once_for_all_processes(settings: Settings) -> None:
    now = Now()
    async with (
        Receiver(status=410) as naver,
        notifying(settings, {"naver": naver}, clock=now) as one,
        notifying(settings, {"naver": naver}, clock=now) as other,
    ):
        await one.on_news([received(a_submission(1))])
        await one.courier.turn("naver")
        await one.on_news([received(a_submission(2))])
        now.later(timedelta(minutes=1))
        for service in (one, other):
            assert await service.courier.turn("naver") == 0
        assert len(naver.received) == 1
        [event] = await said(one, EndpointSuspended)
        assert event.reason == "gone"


async def test_one_accepted_notice_among_failures_keeps_an_endpoint_alive(settings: Settings) -> None:
    now = Now()
    async with Receiver(status=500) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission(1))])
        for day in range(2, 6):
            await fail_for(service, now, 8)
            naver.status = 204
            await service.on_news([received(a_submission(day))])
            now.later(timedelta(minutes=1))
            await service.courier.turn("naver")
            naver.status = 500
            await service.on_news([received(a_submission(day + 100))])
        assert await said(service, EndpointSuspended) == []


async def test_an_endpoint_that_accepts_after_a_long_silence_is_not_suspended_for_it(settings: Settings) -> None:
    now = Now()
    async with Receiver(statuses=[500] * 8) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission(number)) for number in range(8)])
        await service.courier.turn("naver")
        assert (await service.endpoints.look("naver")).failures == 8
        now.later(13 * HOUR)
        assert await service.courier.turn("naver") > 0
        assert naver.received[8:]
        health = await service.endpoints.look("naver")
        assert (health.suspended_at, health.failing_since, health.failures) == (None, None, 0)
        assert await said(service, EndpointSuspended) == []


async def test_resuming_tries_one_and_goes_no_further_while_that_fails(settings: Settings) -> None:
    now = Now()
    async with Receiver(status=410) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission(number)) for number in range(5)])
        await service.courier.turn("naver")
        naver.received.clear()
        naver.status = 500
        now.later(HOUR)
        assert await service.endpoints.ask_for_probe("naver", now())
        await drain(service, now)
        assert len(naver.received) == 1
        health = await service.endpoints.look("naver")
        assert health.suspended_at is not None
        assert (health.probe_at, health.code) == (None, "http_500")
        assert await said(service, EndpointResumed) == []


async def test_resumed_it_is_told_all_that_waited_the_oldest_first_and_each_once(
    settings: Settings, client: Client
) -> None:
    now = Now()
    async with Receiver(status=410) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission(number)) for number in range(20)])
        await service.courier.turn("naver")
        assert (await service.endpoints.look("naver")).suspended_at is not None
        for number in range(20, 60):
            now.later(timedelta(minutes=1))
            await service.on_news([received(a_submission(number))])
        naver.received.clear()
        naver.status = 204
        await service.endpoints.ask_for_probe("naver", now())
        now.later(timedelta(seconds=30))
        assert await service.courier.turn("naver") == 1
        [event] = await said(service, EndpointResumed)
        assert event.wallet_app == "naver"
        await drain(service, now)
        assert sorted(ids(naver)) == sorted(id_of(number) for number in range(60))
        assert set(ids(naver)[:20]) == {id_of(number) for number in range(20)}
        places = [abs(ids(naver).index(id_of(number)) - number) for number in range(20, 60)]
        assert max(places) < AT_ONCE  # those under way together arrive in any order
        assert {one["state"] for one in await deliveries(client, settings)} == {"delivered"}
        assert len(await said(service, WalletNotified)) == 60


async def test_a_try_that_nobody_asked_for_is_neither_given_nor_noted(settings: Settings) -> None:
    now = Now()
    async with Receiver(status=410) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission(1))])
        await service.courier.turn("naver")
        health = await service.endpoints.look("naver")
        assert not await service.endpoints.take_probe(health, now() + HOUR)
        assert (await service.endpoints.look("naver")).probe_at is None


async def test_of_two_processes_one_tries_and_one_says_that_it_resumed(settings: Settings) -> None:
    now = Now()
    async with (
        Receiver(status=410) as naver,
        notifying(settings, {"naver": naver}, clock=now) as one,
        notifying(settings, {"naver": naver}, clock=now) as other,
    ):
        await one.on_news([received(a_submission(number)) for number in range(8)])
        await one.courier.turn("naver")
        now.later(HOUR)
        naver.received.clear()
        naver.statuses = [500]
        naver.status = 204
        await one.endpoints.ask_for_probe("naver", now())
        turns = await asyncio.gather(one.courier.turn("naver"), other.courier.turn("naver"))
        assert sorted(turns) == [0, 1]
        assert len(naver.received) == 1
        now.later(timedelta(minutes=1))
        await one.endpoints.ask_for_probe("naver", now())
        await asyncio.gather(one.courier.turn("naver"), other.courier.turn("naver"))
        assert len(await said(one, EndpointResumed)) == 1


async def test_a_process_killed_while_it_tries_leaves_the_try_to_another(settings: Settings) -> None:
    now = Now()
    async with Receiver(status=410) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission(number)) for number in range(3)])
        await service.courier.turn("naver")
        now.later(HOUR)
        naver.status, naver.silent = 204, True
        await service.endpoints.ask_for_probe("naver", now())
        naver.received.clear()
        trying = asyncio.create_task(service.courier.turn("naver"))
        await until(lambda: naver.received)
        trying.cancel()
        await asyncio.gather(trying, return_exceptions=True)
        naver.silent = False
        assert await service.courier.turn("naver") == 0
        await drain(service, now)
        assert {id_of(number) for number in range(3)} == set(ids(naver))


async def test_killed_between_the_try_and_the_resumption_it_is_tried_and_resumed_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = Now()
    async with Receiver(status=410) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        await service.on_news([received(a_submission(number)) for number in range(4)])
        await service.courier.turn("naver")
        now.later(HOUR)
        naver.status = 204
        naver.received.clear()
        await service.endpoints.ask_for_probe("naver", now())
        with monkeypatch.context() as patched:
            patched.setattr(service.endpoints, "resume", killed)
            with pytest.raises(RuntimeError, match="killed"):
                await service.courier.turn("naver")
        assert (await service.endpoints.look("naver")).suspended_at is not None
        await drain(service, now)
        assert (await service.endpoints.look("naver")).suspended_at is None
        assert sorted(ids(naver)) == sorted(id_of(number) for number in range(4))
        assert len(await said(service, EndpointResumed)) == 1


async def killed(*_: Any, **__: Any) -> None:
    raise RuntimeError("killed")


async def test_the_owner_is_told_by_a_signed_webhook_until_it_is_accepted_and_told_again_when_it_works(
    settings: Settings,
) -> None:
    now = Now()
    async with Receiver(status=410) as naver, Receiver(statuses=[500]) as owner:
        endpoint = {"url": naver.url(), "owner_url": owner.url(path="/owner")}
        async with notifying(settings, {"naver": endpoint}, clock=now) as service:
            await service.on_news([received(a_submission())])
            await service.courier.turn("naver")
            assert await service.owners.turn() == 1
            assert await service.owners.turn() == 0
            now.later(HOUR)
            assert await service.owners.turn() == 1
            now.later(HOUR)
            assert await service.owners.turn() == 0
            [first, second] = owner.received
            assert first.headers["webhook-id"] == second.headers["webhook-id"]
            assert json.loads(first.body) == json.loads(second.body)
            assert json.loads(first.body)["type"] == "endpoint.suspended"
            assert json.loads(first.body)["data"] == {"app": "naver", "reason": "gone", "code": "http_410"} | {
                "failing_since": json.loads(first.body)["data"]["failing_since"]
            }
            assert second.path == "/owner"
            assert b"s-" not in first.body
            naver.status = 204
            await service.endpoints.ask_for_probe("naver", now())
            await service.courier.turn("naver")
            assert await service.owners.turn() == 1
            assert json.loads(owner.received[-1].body)["type"] == "endpoint.resumed"


async def test_replayed_from_an_instant_all_since_then_is_sent_again_under_its_old_id_and_nothing_before(
    settings: Settings, client: Client
) -> None:
    now = Now()
    policy = Policy(attempts=2, first=timedelta(seconds=1))
    async with (
        Receiver() as naver,
        Receiver() as toss,
        notifying(settings, {"naver": naver, "toss": toss}, clock=now, policy=policy) as service,
    ):
        await service.on_news([received(a_submission(1)), received(a_submission(2), "toss")])
        await service.courier.turn("naver")
        await service.courier.turn("toss")
        now.later(HOUR)
        since = now()
        await service.on_news([received(a_submission(3)), viewed(a_submission(1))])
        await service.courier.turn("naver")
        naver.statuses = [500, 500]
        await service.on_news([received(a_submission(4))])
        await drain(service, now)
        [given_up] = await said(service, NotificationExhausted)
        assert given_up.code == "http_500"
        naver.received.clear()
        toss.received.clear()
        assert await service.queue.replay("naver", since, now()) == 3
        await drain(service, now)
        await service.courier.turn("toss")
        again = {id_of(3), id_of(4), telling(viewed(a_submission(1))).webhook_id}
        assert set(ids(naver)) == again
        assert len(naver.received) == 3
        assert toss.received == []
        assert {one["state"] for one in await deliveries(client, settings)} == {"delivered"}
        [recovered] = await said(service, NotificationRecovered)
        assert recovered.webhook_id == given_up.webhook_id == id_of(4)
        assert await service.queue.replay("naver", now() + HOUR, now()) == 0


async def test_a_key_rotated_in_flight_is_signed_by_at_once_beside_the_old_one(settings: Settings) -> None:
    now = Now()
    async with Receiver(statuses=[500]) as naver, notifying(settings, {"naver": naver}, clock=now) as service:
        old = public_of(service.courier._registry.current()["naver"].keys[0])
        await service.on_news([received(a_submission())])
        await service.courier.turn("naver")
        new = rotate(settings.keys, "naver", timedelta(days=7), now())
        now.later(HOUR)
        await service.courier.turn("naver")
        now.later(timedelta(days=7))
        await service.on_news([received(a_submission(2))])
        await service.courier.turn("naver")
        before, during, afterwards = naver.received
        assert [verifies(key, before.headers, before.body) for key in (old, new)] == [True, False]
        assert [verifies(key, during.headers, during.body) for key in (old, new)] == [True, True]
        assert [verifies(key, afterwards.headers, afterwards.body) for key in (old, new)] == [False, True]
        assert before.headers["webhook-id"] == during.headers["webhook-id"]


@pytest.mark.timeout(120)  # four waits of twenty seconds each, at the most
async def test_an_app_that_the_registry_gains_moves_or_loses_is_taken_up_or_left_without_a_restart(
    settings: Settings,
) -> None:
    async with (
        Receiver() as naver,
        Receiver() as elsewhere,
        Receiver() as toss,
        notifying(settings, {"naver": naver}) as service,
    ):
        carrying = asyncio.create_task(service.courier.run())
        try:
            await service.on_news([received(a_submission(1))])
            await until(lambda: naver.received)
            register(settings, {"naver": {"url": elsewhere.url()}, "toss": {"url": toss.url()}})
            await service.on_news([received(a_submission(2)), received(a_submission(3), "toss")])
            await until(lambda: elsewhere.received and toss.received)
            register(settings, {"toss": {"url": toss.url()}})
            await until(lambda: "naver" not in service.courier._lines)
            register(settings, {"naver": {"url": naver.url()}, "toss": {"url": toss.url()}})
            await service.on_news([received(a_submission(4))])
            await until(lambda: len(naver.received) == 2)
        finally:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)
        assert len(elsewhere.received) == 1


async def test_the_courier_ends_though_the_driver_loses_that_it_is_cancelled(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def losing(*_: Any) -> list[str]:
        asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(60)
        return []

    async with Receiver() as naver, notifying(settings, {"naver": naver}) as service:
        monkeypatch.setattr(service.queue, "due", losing)
        carrying = asyncio.create_task(service.courier.run())
        await asked.wait()
        carrying.cancel()
        done, _ = await asyncio.wait([carrying], timeout=20)
        assert done


async def test_two_processes_together_keep_to_the_rate_of_the_registry(settings: Settings) -> None:
    now = Now()
    async with Receiver() as naver:
        endpoint = {"url": naver.url(), "per_second": 4, "burst": 8}
        async with (
            notifying(settings, {"naver": endpoint}, clock=now) as one,
            notifying(settings, {"naver": endpoint}, clock=now) as other,
        ):
            await one.on_news([received(a_submission(number)) for number in range(60)])
            counts = []
            for _ in range(6):
                for _ in range(3):
                    await asyncio.gather(one.courier.turn("naver"), other.courier.turn("naver"))
                counts.append(len(naver.received))
                now.later(timedelta(seconds=1))
            assert counts == [8, 12, 16, 20, 24, 28]


async def test_a_busy_endpoint_is_left_in_peace_for_as_long_as_it_asks(settings: Settings) -> None:
    now = Now()
    async with (
        Receiver(statuses=[429], retry_after="600") as naver,
        notifying(settings, {"naver": naver}, clock=now) as service,
    ):
        await service.on_news([received(a_submission(1))])
        await service.courier.turn("naver")
        await service.on_news([received(a_submission(2))])
        now.later(timedelta(seconds=595))
        assert await service.courier.turn("naver") == 0
        now.later(timedelta(seconds=10))
        assert await service.courier.turn("naver") == 2
        assert set(ids(naver)) == {id_of(1), id_of(2)}


async def test_the_rule_given_when_the_service_is_built_is_the_one_that_suspends(settings: Settings) -> None:
    now = Now()
    rule = Rule(silent_for=timedelta(minutes=1), failures=2)
    async with Receiver(status=500) as naver, notifying(settings, {"naver": naver}, clock=now, rule=rule) as service:
        await service.on_news([received(a_submission())])
        await service.courier.turn("naver")
        now.later(timedelta(minutes=2))
        await service.courier.turn("naver")
        assert len(await said(service, EndpointSuspended)) == 1


@pytest.mark.connected
async def test_on_the_bus_a_suspension_and_its_end_are_said(on_kafka: Settings) -> None:
    speaker = Bus(on_kafka, "intake")
    async with (
        Receiver(statuses=[410]) as naver,
        notifying(on_kafka, {"naver": naver}, policy=Policy(first=timedelta(seconds=0.2))) as service,
        running(service.worker.bus, service.worker.loops),
        running(speaker),
    ):
        await speaker.say([received(a_submission())])
        [suspended] = await read_all(on_kafka, EndpointSuspended.topic, 1)
        assert (suspended["wallet_app"], suspended["reason"]) == ("naver", "gone")
        await service.endpoints.ask_for_probe("naver", utc_now())
        [resumed] = await read_all(on_kafka, EndpointResumed.topic, 1)
        assert resumed["wallet_app"] == "naver"
        assert len(naver.received) == 2
