"""Walks every subscriber and producer of every service: what our stack loses messages by is stated nowhere else."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.kafka.subscriber.usecase import BatchSubscriber

from services.dashboard.app import build as build_dashboard
from services.eligibility.app import build as build_eligibility
from services.extraction.app import build as build_extraction
from services.extraction.reading import reading_jail
from services.intake.app import build as build_intake
from services.notification.app import build as build_notification
from services.notification.endpoints import Registry
from services.notification.registering import ensure_endpoints
from services.withdrawal.app import build as build_withdrawal
from shared.catalog import load
from shared.events import SAYS, TAKES
from shared.kafka import Bus, topic_name
from shared.kafka.bus import _decode, _parse
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring
from shared.wiring import Wiring


@pytest.fixture
async def buses(tmp_path: Path) -> dict[str, Bus]:
    settings = Settings(_env_file=None, keys=tmp_path)
    Keyring.create(tmp_path)
    wiring, catalog, signer = Wiring.of(settings), load(), Signer.create(tmp_path)
    ensure_endpoints(tmp_path, catalog.wallets)
    return {
        "intake": build_intake(wiring, catalog).state.bus,
        "extraction": build_extraction(wiring, reading_jail(), "", catalog).bus,
        "eligibility": build_eligibility(wiring, catalog).bus,
        "withdrawal": build_withdrawal(wiring, signer).bus,
        "notification": build_notification(settings, catalog.wallets, Registry(tmp_path)).worker.bus,
        "dashboard": build_dashboard(wiring, catalog).state.bus,
    }


async def test_every_subscriber_acknowledges_by_hand_from_the_earliest_and_in_batches(buses: dict[str, Bus]) -> None:
    for service, bus in buses.items():
        assert bus.broker.subscribers, f"{service} listens to nothing"
        for subscriber in bus.broker.subscribers:
            assert isinstance(subscriber, BatchSubscriber)
            assert subscriber.ack_policy is AckPolicy.MANUAL
            assert subscriber._connection_args["auto_offset_reset"] == "earliest"
            assert subscriber.group_id == service
            assert subscriber._call_options.parser is _parse
            assert subscriber._call_options.decoder is _decode


async def test_every_service_hears_what_it_says_it_takes_and_nothing_else(buses: dict[str, Bus]) -> None:
    settings = Settings(_env_file=None)
    for service, bus in buses.items():
        subscribers: list[Any] = bus.broker.subscribers
        heard = {topic for subscriber in subscribers for topic in subscriber.topic_names_for_subscribe}
        listed = {topic_name(settings, event.topic) for event in TAKES[service]}  # type: ignore[index]
        assert heard <= listed
        unheard = listed - heard
        assert not unheard, f"{service} is listed in shared.events.TAKES for {unheard} but does not listen"


@pytest.mark.parametrize("service", TAKES)
def test_what_a_service_takes_and_gives_stands_in_its_promise(service: str) -> None:
    """Intake and the desk, which take every event about a submission, say so in these words instead."""
    promise = import_module(f"services.{service}").__doc__ or ""
    parts = dict(re.findall(r"^(\w+) {2,}(.*?)(?=^\w|\Z)", promise, re.MULTILINE | re.DOTALL))
    takes, gives = ({*re.findall(r"`([a-z-]+)`", parts[name])} for name in ("Takes", "Gives"))
    if "every event" not in parts["Takes"]:
        assert takes == {event.topic.removesuffix("-v1") for event in TAKES[service]}  # type: ignore[index]
    said = {event.topic.removesuffix("-v1") for event in SAYS[service]}  # type: ignore[index]
    assert gives == said - {"submission-parked"}, "which any service may say"


async def test_no_service_publishes_by_decorator(buses: dict[str, Bus]) -> None:
    assert [service for service, bus in buses.items() if bus.broker.publishers] == []
