"""What services count of their own work, on a real store."""

import asyncio
from datetime import timedelta

import pytest

from services.notification.attempts import Policy
from services.notification.endpoints import Registry
from services.notification.watching import looking
from shared import metrics
from shared.clock import utc_now
from shared.gate import Gate, Official, Opened, Refused
from shared.metrics import LABELS, OTHER, REGISTRY
from shared.settings import Settings
from shared.standing import CLASSES
from shared.vault import Keyring, Vault
from tests.builders.desk import PROGRAMME, a_working_desk
from tests.builders.holding import a_hold
from tests.builders.notifying import Now, a_submission, notifying, received, register
from tests.builders.receiver import Receiver
from tests.builders.waiting import until

KIM = Official("kim", "시민건강국")


def told(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def strays() -> set[tuple[str, str]]:
    return {
        (label, value)
        for family in REGISTRY.collect()
        if family.name.startswith("gubi_")
        for sample in family.samples
        for label, value in sample.labels.items()
        if label != "le" and value not in LABELS[label] | {OTHER}
    }


async def test_what_the_gate_refuses_is_counted_by_why(gate: Gate, keyring: Keyring, vault: Vault) -> None:
    hold, _ = await a_hold(keyring, vault)
    await gate.hold(hold)
    before = told("gubi_gate_refusals_total", act="request", reason="viewed")
    looks_refused = told("gubi_gate_refusals_total", act="view", reason="viewed")
    look = await gate.view(hold.submission_id, official=KIM, purpose="심사", request_id="v1")
    assert isinstance(look, Opened)
    refused = await gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
    assert isinstance(refused, Refused)
    assert told("gubi_gate_refusals_total", act="request", reason="viewed") == before + 1
    assert told("gubi_gate_refusals_total", act="view", reason="viewed") == looks_refused, (
        "what was granted is no refusal"
    )
    assert strays() == set()


async def test_attempts_are_counted_and_what_is_due_is_seen_to_wait(settings: Settings) -> None:
    clock = Now()
    about = {"wallet_app": "naver"}
    before = told("gubi_notification_attempts_total", **about, state="due", code="http_500")
    policy = Policy(first=timedelta(seconds=30))
    async with Receiver(status=500) as naver, notifying(settings, {"naver": naver}, clock=clock, policy=policy) as it:
        await it.on_news([received(a_submission())])
        assert await it.courier.turn("naver") == 1
        assert told("gubi_notification_attempts_total", **about, state="due", code="http_500") == before + 1
        clock.later(timedelta(minutes=10))
        seeing = asyncio.create_task(looking(it.queue, it.endpoints, Registry(settings.keys), clock))
        await until(lambda: told("gubi_notification_due", **about) == 1)
        seeing.cancel()
    assert 500 < told("gubi_notification_due_oldest_seconds", **about) < 600
    assert told("gubi_endpoint_suspended", **about) == 0
    assert strays() == set()


async def test_a_notice_given_up_is_an_increase_though_it_is_the_first(settings: Settings) -> None:
    metrics.EXHAUSTED.clear()
    async with Receiver(status=500) as naver, notifying(settings, {"naver": naver}, policy=Policy(attempts=1)) as it:
        seeing = asyncio.create_task(looking(it.queue, it.endpoints, Registry(settings.keys), Now()))
        await until(
            lambda: REGISTRY.get_sample_value("gubi_notification_exhausted_total", {"wallet_app": "naver"}) == 0
        )
        seeing.cancel()
        await it.on_news([received(a_submission())])
        assert await it.courier.turn("naver") == 1
    assert told("gubi_notification_exhausted_total", wallet_app="naver") == 1


async def test_of_an_app_that_the_registry_has_lost_nothing_is_shown_any_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notification.watching.LOOK_SECONDS", 0.05)
    names = ("gubi_notification_due", "gubi_notification_due_oldest_seconds", "gubi_endpoint_suspended")

    def shown(app: str) -> int:
        return sum(REGISTRY.get_sample_value(name, {"wallet_app": app}) is not None for name in names)

    async with Receiver() as wallet, notifying(settings, {"naver": wallet, "kakao": wallet}) as it:
        seeing = asyncio.create_task(looking(it.queue, it.endpoints, Registry(settings.keys), utc_now))
        await until(lambda: (shown("naver"), shown("kakao")) == (3, 3))
        register(settings, {"naver": {"url": wallet.url()}})
        await until(lambda: (shown("naver"), shown("kakao")) == (3, 0))
        seeing.cancel()


async def test_the_classes_at_the_desk_are_shown_and_sum(settings: Settings, keyring: Keyring) -> None:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as office:
        for outcome in ("review", None, None):
            await office.submission(outcome)
        await office.desk.counting.show([PROGRAMME])
        counted = {name: told("gubi_submissions", **{"programme": PROGRAMME, "class": name}) for name in CLASSES}
        assert {name: count for name, count in counted.items() if count} == {"review": 1, "in_flight": 2}
        assert told("gubi_submissions_received", programme=PROGRAMME) == sum(counted.values()) == 3
    assert strays() == set()
