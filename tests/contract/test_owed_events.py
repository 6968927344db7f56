"""What is owed, and struck off: cut off anywhere, or by several at once."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pymongo import UpdateOne
from pymongo.errors import AutoReconnect

from shared.clock import utc_now
from shared.errors import Unavailable
from shared.events import Event, SubmissionReceived, SubmissionViewed, WithdrawalRequested
from shared.gate import Gate, Official
from shared.mongo import Client, Collection, Document, database
from shared.outbox import OwedEvents
from shared.settings import Settings
from shared.vault import Keyring, Vault
from tests.builders.holding import a_hold

pytestmark = pytest.mark.both_drivers

TOPICS = [SubmissionReceived.topic, SubmissionViewed.topic, WithdrawalRequested.topic]


@pytest.fixture
def submissions(client: Client, settings: Settings) -> Collection:
    return database(client, settings, "gate").get_collection("submissions")


class DiesAfter:
    """A collection that makes so many writes, one by one, and is then heard of no more."""

    def __init__(self, real: Collection, writes: int) -> None:
        self._real, self.left = real, writes

    async def bulk_write(self, writes: Sequence[UpdateOne], **_: bool) -> SimpleNamespace:
        matched = 0
        for write in writes:
            self._one_less()
            matched += (await self._real.bulk_write([write])).matched_count
        return SimpleNamespace(matched_count=matched)

    async def update_many(self, *update: Document) -> None:
        self._one_less()
        await self._real.update_many(*update)

    def _one_less(self) -> None:
        if not self.left:
            raise AutoReconnect("the store is away")
        self.left -= 1


async def three_owed(gate: Gate, keyring: Keyring, vault: Vault) -> list[Event]:
    """Of one submission, which was received, looked at and withdrawn while nobody could say so."""
    hold, _ = await a_hold(keyring, vault)
    await gate.hold(hold)
    about: dict[str, Any] = {"official": Official("kim", "시민건강국"), "purpose": "심사"}
    await gate.view(hold.submission_id, **about, request_id="v1")
    await gate.request("withdraw", hold.submission_id, holder=hold.holder, request_id="w1")
    owed = await owed_now(gate)
    assert [event.topic for event in owed] == TOPICS
    return owed


async def owed_now(gate: Gate) -> list[Event]:
    return await gate.owed.before(utc_now() + timedelta(seconds=1), TOPICS)


async def test_wherever_striking_off_is_cut_off_the_sweep_comes_back_to_what_is_left(
    gate: Gate, keyring: Keyring, vault: Vault, submissions: Collection
) -> None:
    for writes in count():
        said = await three_owed(gate, keyring, vault)
        store = DiesAfter(submissions, writes)
        with suppress(Unavailable):
            await OwedEvents(cast(Collection, store)).said(said)
        [left] = await submissions.find({"_id": said[0].subject}, {"owed": 1, "owed_at": 1}).to_list(None)
        assert left.get("owed") != [], f"cut off after {writes} writes it owes nothing, and stands in the sweep's index"
        assert ("owed" in left) == ("owed_at" in left)
        await gate.owed.said(await owed_now(gate))
        assert await submissions.count_documents({"owed_at": {"$exists": True}}) == 0
        if store.left:
            break
    assert writes > len(said) + 1, "it was cut off between the writes"


async def test_several_strike_off_at_once_what_one_document_owes(
    gate: Gate, keyring: Keyring, vault: Vault, submissions: Collection
) -> None:
    for _ in range(20):
        said = await three_owed(gate, keyring, vault)
        await asyncio.gather(*(gate.owed.said([event]) for event in said), gate.owed.said(said))
        assert await submissions.count_documents({"owed": {"$exists": True}}) == 0
