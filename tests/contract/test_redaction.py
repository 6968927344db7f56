"""What the gate promises of an original that may not be kept: it or its copy is named, and one that went is gone."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from services.intake.orphans import Orphans
from shared.clock import utc_now
from shared.events import Event
from shared.gate import Accepted, Gate, Hold, Official, Opened
from shared.mongo import Client, database, inserting
from shared.settings import Settings
from shared.vault import CertificateFile, Keyring, Seal, StoredCertificate, Vault, WrappedKey
from shared.vault.keyring import Unopenable
from tests.builders.holding import a_hold

pytestmark = pytest.mark.both_drivers

OFFICIAL = Official("kim", "sonmok9988")
ORIGINAL = b"%PDF-1.7 example"
COPY = b"%PDF-1.4 without the number"


@pytest.fixture
async def held(gate: Gate, vault: Vault, keyring: Keyring) -> tuple[Hold, Seal]:
    hold, seal = await a_hold(keyring, vault, ORIGINAL)
    await gate.hold(hold)
    return hold, seal


async def a_copy(vault: Vault, seal: Seal) -> StoredCertificate:
    [stored] = await vault.put_certificates(seal, 1, [CertificateFile(COPY)], utc_now())
    return stored


async def redact(gate: Gate, hold: Hold, copy: StoredCertificate | None) -> bool:
    original = hold.certificates[0].blob_id
    assert original is not None
    return await gate.redact(hold.submission_id, 0, original=original, copy=copy, size=len(COPY) if copy else 0)


async def ask_back(gate: Gate, hold: Hold) -> Event | None:
    asked = await gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
    return asked.event if isinstance(asked, Accepted) else None


async def what_opens(gate: Gate, vault: Vault, hold: Hold) -> list[bytes]:
    """Everything the machine can open of a submission's certificates."""
    cases = await gate.for_machine([hold.submission_id])
    return [file.pdf for case in cases.values() for file in (await vault.certificates(case.blobs)).values()]


async def test_the_original_opens_by_nothing_that_is_stored_even_from_a_backup_of_the_vault(
    gate: Gate, vault: Vault, keyring: Keyring, client: Client, settings: Settings, held: tuple[Hold, Seal]
) -> None:
    hold, seal = held
    [backup] = await database(client, settings, "vault")["certificates"].find({}).to_list(None)
    assert await redact(gate, hold, await a_copy(vault, seal))
    stored = await database(client, settings, "gate")["submissions"].find_one({"_id": hold.submission_id})
    assert stored is not None
    whole = keyring.open(hold.submission_id, WrappedKey.from_document(stored["key"]))
    keys = [bytes(entry["key"]) for entry in stored["certificates"]] + [bytes(stored["submitter"])]
    with pytest.raises(Unopenable):
        whole.open("certificate", 1, bytes(backup["sealed"]), backup["_id"])
    for key in keys:
        for blob_id in (backup["_id"], stored["certificates"][0]["blob_id"]):
            with pytest.raises(Unopenable):
                whole.certificate(blob_id, key).open("certificate", 1, bytes(backup["sealed"]), backup["_id"])


async def test_an_official_sees_the_copy_and_an_auditor_when_it_was_made(
    gate: Gate, vault: Vault, held: tuple[Hold, Seal]
) -> None:
    hold, seal = held
    before = utc_now() - timedelta(seconds=1)
    assert await redact(gate, hold, await a_copy(vault, seal))
    assert isinstance(await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1"), Opened)
    assert await gate.certificate(hold.submission_id, 0, look_id="v1", official=OFFICIAL) == COPY
    case = await gate.case(hold.submission_id)
    assert case is not None
    [entry] = case.certificates
    assert entry.redacted_at is not None
    assert before < entry.redacted_at < utc_now() + timedelta(seconds=1)
    was = hold.certificates[0]
    assert (entry.kind, entry.fingerprint, entry.size) == (was.kind, was.fingerprint, len(COPY))


async def test_without_a_copy_nothing_is_kept_and_nothing_shown(
    gate: Gate, vault: Vault, held: tuple[Hold, Seal]
) -> None:
    hold, _ = held
    assert await redact(gate, hold, None)
    assert await redact(gate, hold, None), "repeated, it is in force"
    assert isinstance(await gate.view(hold.submission_id, official=OFFICIAL, purpose="심사", request_id="v1"), Opened)
    assert await gate.certificate(hold.submission_id, 0, look_id="v1", official=OFFICIAL) is None
    assert await gate.named([hold.submission_id]) == set()
    assert await what_opens(gate, vault, hold) == []


async def test_a_take_back_that_was_first_leaves_nothing_to_redact(
    gate: Gate, vault: Vault, held: tuple[Hold, Seal]
) -> None:
    hold, seal = held
    asked = await ask_back(gate, hold)
    assert asked is not None
    copy = await a_copy(vault, seal)
    assert not await redact(gate, hold, copy)
    await gate.finish("take_back", hold.submission_id, cause=asked)
    assert not await redact(gate, hold, copy)
    assert await what_opens(gate, vault, hold) == []
    assert await vault.sweep([hold.submission_id]) == 2


async def test_a_redaction_that_was_first_does_not_stand_in_the_way_of_a_take_back(
    gate: Gate, vault: Vault, held: tuple[Hold, Seal]
) -> None:
    hold, seal = held
    assert await redact(gate, hold, await a_copy(vault, seal))
    asked = await ask_back(gate, hold)
    assert asked is not None
    assert isinstance(await gate.finish("take_back", hold.submission_id, cause=asked), Accepted)
    assert await what_opens(gate, vault, hold) == []
    assert await vault.sweep([hold.submission_id]) == 2


async def test_of_thirty_redactions_and_take_backs_at_once_each_ends_as_it_says(
    gate: Gate, vault: Vault, keyring: Keyring
) -> None:
    for _ in range(30):
        hold, seal = await a_hold(keyring, vault)
        await gate.hold(hold)
        copy = await a_copy(vault, seal)
        done, asked = await asyncio.gather(redact(gate, hold, copy), ask_back(gate, hold))
        assert asked is not None
        assert await gate.named([hold.submission_id]) == {copy.blob_id if done else hold.certificates[0].blob_id}


async def test_two_runs_put_one_copy_and_each_knows_whose(gate: Gate, vault: Vault, held: tuple[Hold, Seal]) -> None:
    hold, seal = held
    copies = [await a_copy(vault, seal) for _ in range(2)]
    done = await asyncio.gather(*(redact(gate, hold, copy) for copy in copies))
    assert sorted(done) == [False, True]
    winner = copies[done.index(True)]
    assert await gate.named([hold.submission_id]) == {winner.blob_id}
    assert await redact(gate, hold, winner), "repeated, it is in force"


async def test_a_kill_between_any_two_steps_leaves_the_one_or_the_other_named_and_the_rest_is_swept(
    gate: Gate, vault: Vault, keyring: Keyring
) -> None:
    for steps in range(4):
        hold, seal = await a_hold(keyring, vault, ORIGINAL)
        await gate.hold(hold)
        original = hold.certificates[0].blob_id
        assert original is not None
        if steps > 0:
            copy = await a_copy(vault, seal)
        if steps > 1:
            await redact(gate, hold, copy)
        if steps > 2:
            await vault.drop_certificates([original])
        assert await what_opens(gate, vault, hold) == [ORIGINAL if steps < 2 else COPY]
        swept = await Orphans(gate, vault, lambda: utc_now() + timedelta(hours=2)).sweep()
        assert swept == (1 if steps in (1, 2) else 0)
        assert await what_opens(gate, vault, hold) == [ORIGINAL if steps < 2 else COPY]
        assert await vault.sweep([hold.submission_id]) == 1


class _Losing:
    """A collection whose answer to one kind of call is lost, after it was done and something else came in between."""

    def __init__(self, collection: Any, call: str, between: Callable[[], Awaitable[Any]] | None = None) -> None:
        self._collection, self._call, self._between = collection, call, between

    def __getattr__(self, name: str) -> Any:
        if name != self._call:
            return getattr(self._collection, name)

        async def lost(*given: Any, **how: Any) -> None:
            await getattr(self._collection, name)(*given, **how)
            if self._between:
                await self._between()
            raise AutoReconnect("the answer was lost")

        return lost


async def test_a_redaction_whose_answer_was_lost_is_known_to_be_in_force(
    gate: Gate, vault: Vault, held: tuple[Hold, Seal]
) -> None:
    hold, seal = held
    gate._submissions = _Losing(gate._submissions, "update_one")  # type: ignore[assignment]
    assert await redact(gate, hold, await a_copy(vault, seal))


async def test_a_hold_whose_answer_was_lost_is_still_ones_own_after_its_certificate_was_redacted(
    gate: Gate, vault: Vault, keyring: Keyring
) -> None:
    hold, seal = await a_hold(keyring, vault)
    copy = await a_copy(vault, seal)

    async def read_at_once() -> None:
        assert await redact(gate, hold, copy)

    gate._holding = inserting(_Losing(gate._submissions, "insert_many", read_at_once))  # type: ignore[arg-type]
    assert (await gate.hold(hold)).fresh, "else its certificates would be deleted as a loser's"
