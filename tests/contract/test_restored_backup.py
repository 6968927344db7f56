"""A backup from before a take-back, restored after it: no service starts, and once reapplied nothing opens."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import PyMongoError

from deploy.gubi.known import sentence_of
from deploy.gubi.reapplying import reapply
from services.dashboard.app import build as build_dashboard
from services.eligibility.app import build as build_eligibility
from services.extraction.app import build as build_extraction
from services.extraction.originals import Originals
from services.extraction.reading import reading_jail
from services.intake.app import build as build_intake
from services.withdrawal.app import build as build_withdrawal
from shared.catalog import load
from shared.clock import utc_now
from shared.erasures import Erasure, ErasureLog, ErasureLogError
from shared.errors import Unavailable
from shared.settings import Settings
from shared.signing import Signer
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.builders.backups import dumped, restored
from tests.builders.erasing import end, opens, said, withdrawal
from tests.builders.holding import hold_one

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
async def wiring(settings: Settings, keyring: Keyring) -> AsyncIterator[Wiring]:
    async with Wiring.of(settings, lambda: utc_now() + timedelta(minutes=5)).open() as wiring:
        yield wiring


Opening = Callable[[], AbstractAsyncContextManager[Any]]


def everyone(settings: Settings, signer: Signer) -> dict[str, Opening]:
    """What each service that holds a key does when it starts, up to where it would listen to the broker."""

    def wired() -> Wiring:
        return Wiring.of(settings)

    catalog = load()
    workers = {
        "extraction": build_extraction(wired(), reading_jail(), "", catalog),
        "eligibility": build_eligibility(wired(), catalog),
        "withdrawal": build_withdrawal(wired(), signer),
    }
    doors = {"intake": build_intake(wired(), catalog), "dashboard": build_dashboard(wired(), catalog)}
    ready: dict[str, Opening] = {name: worker.ready for name, worker in workers.items() if worker.ready}
    return ready | {name: (lambda door=door: door.router.lifespan_context(door)) for name, door in doors.items()}


async def test_services_refuse_a_store_from_before_a_take_back_and_nothing_opens_once_it_is_reapplied(
    wiring: Wiring, settings: Settings, tmp_path: Path
) -> None:
    signer, topic = Signer.load(settings.keys), tmp_path / "topic"
    gone, stays = await hold_one(wiring), await hold_one(wiring)
    backup = dumped(settings)
    later = await hold_one(wiring)
    for hold in (gone, later):
        await end(wiring, "take_back", hold.submission_id, hold.holder, topic)
    assert await opens(settings, gone.submission_id) == 0

    restored(settings, backup)
    assert await opens(settings, gone.submission_id) > 0, "the backup alone would bring it back"
    for name, opening in everyone(settings, signer).items():
        with pytest.raises(ErasureLogError, match="erasure_log:not_applied") as refused:
            async with opening():
                pytest.fail(f"{name} has started")
        assert "run 'gubi reapply-erasures'" in str(sentence_of(refused.value, name))

    done = await reapply(settings)
    assert (done.entries, done.missing) == (2, 2)
    assert await opens(settings, gone.submission_id) == 0
    assert await opens(settings, stays.submission_id) > 0
    again = await reapply(settings)
    assert (again.entries, again.missing) == (2, 0)

    topic.unlink()
    _, outbox = withdrawal(wiring, topic)
    async with Wiring.of(settings).open():
        await outbox.turn()
    assert {event.subject for event in said(topic)} == {gone.submission_id, later.submission_id}
    assert await wiring.vault.sweep([gone.submission_id]) == 0
    assert len(list(ErasureLog(settings.erasures).entries())) == 2, "what is done again is not written again"
    retry = await wiring.gate.hold(later)
    assert not retry.fresh, "its tombstone stands in the way of holding it once more"
    assert retry.case.state == "taken_back"


async def test_an_original_that_was_put_beyond_reach_is_so_again(wiring: Wiring, settings: Settings) -> None:
    hold = await hold_one(wiring)
    backup = dumped(settings)
    [blob] = [certificate.blob_id for certificate in hold.certificates]
    assert blob is not None
    assert await wiring.gate.redact(hold.submission_id, 0, original=blob, copy=None)
    await wiring.erasures.append([Erasure.of_original(hold.submission_id, 0, utc_now())])
    restored(settings, backup)
    with pytest.raises(ErasureLogError, match="not_applied"):
        await wiring.erasures.check(wiring.gate)
    before = await opens(settings, hold.submission_id)
    await reapply(settings)
    case = await wiring.gate.case(hold.submission_id)
    assert case is not None
    assert (case.state, case.certificates[0].blob_id, case.certificates[0].key) == ("held", None, None)
    assert await opens(settings, hold.submission_id) == before - 1


async def test_only_an_original_that_is_beyond_reach_is_logged_and_one_that_a_killed_run_replaced_is_too(
    wiring: Wiring, settings: Settings
) -> None:
    originals, copies = Originals(wiring, reading_jail(), load()), {0: b"%PDF-1.7 redacted"}
    replaced, withdrawn = await hold_one(wiring), await hold_one(wiring)
    cases = await wiring.gate.for_machine([replaced.submission_id, withdrawn.submission_id])
    [first] = await originals.replace(cases[replaced.submission_id], copies)  # and killed before it is in the log
    case = (await wiring.gate.for_machine([replaced.submission_id]))[replaced.submission_id]
    assert await originals.replace(case, {}) == [first], "the next run finds it replaced, and says so"
    until = utc_now() + timedelta(days=7)
    await wiring.gate.request(
        "withdraw", withdrawn.submission_id, holder=withdrawn.holder, request_id="w1", return_until=until
    )
    assert await originals.replace(cases[withdrawn.submission_id], copies) == []
    await wiring.erasures.append([first])
    async with Wiring.of(settings).open():
        pass


async def test_a_log_that_was_left_behind_cut_or_is_another_installations_is_missed(
    wiring: Wiring, settings: Settings, tmp_path: Path
) -> None:
    for _ in range(2):
        hold = await hold_one(wiring)
        await end(wiring, "take_back", hold.submission_id, hold.holder, tmp_path / "topic")
    await wiring.erasures.check(wiring.gate)
    whole = settings.erasures.read_bytes()
    first = whole.splitlines(keepends=True)[0]
    for content in (b"", first, first + first.replace(b'"n":1', b'"n":2')):
        settings.erasures.write_bytes(content)
        with pytest.raises(ErasureLogError):
            await wiring.erasures.check(wiring.gate)
    settings.erasures.unlink()
    with pytest.raises(ErasureLogError, match="erasure_log:another"):
        await wiring.erasures.check(wiring.gate)
    settings.erasures.write_bytes(whole)
    await wiring.erasures.check(wiring.gate)


async def test_an_erasure_waits_while_the_log_is_damaged_and_is_no_bug_of_its_event(
    wiring: Wiring, settings: Settings
) -> None:
    one = Erasure.of_original("s-1", 0, utc_now())
    await wiring.erasures.append([one] * 3)
    whole = settings.erasures.read_bytes()
    settings.erasures.write_bytes(whole.replace(b'"n":2', b'"n":7'))
    with pytest.raises(Unavailable, match="erasure_log:damaged"):
        await wiring.erasures.append([one])
    settings.erasures.write_bytes(whole)
    await wiring.erasures.append([one])
    assert len(list(wiring.erasures.log.entries())) == 4


async def test_a_crash_between_any_two_steps_is_not_taken_for_a_restore(
    wiring: Wiring, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = await hold_one(wiring)

    async def away(*_: object, **__: object) -> None:
        raise PyMongoError("the process died here")

    monkeypatch.setattr(wiring.erasures._marks, "update_one", away)
    with pytest.raises(PyMongoError):
        await end(wiring, "take_back", hold.submission_id, hold.holder, tmp_path / "topic")
    assert len(list(ErasureLog(settings.erasures).entries())) == 1
    async with Wiring.of(settings).open():
        pass
