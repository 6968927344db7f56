"""kill -9 at every step of every kind of ending: it resumes, it is erased, and nothing opens with any key there is."""

import asyncio
import json
import signal
from collections import Counter
from pathlib import Path

import pytest

from deploy.gubi.erased.searching import search_store
from shared.erasures import ErasureLog
from shared.gate import Hold
from shared.settings import Settings
from shared.signing import Signer, verified
from shared.vault import CertificateFile, Keyring, SealedRow
from shared.wiring import Wiring
from tests.builders.erasing import run, said
from tests.builders.holding import a_hold, held_certificates, submission_id

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EVERYTHING = 8
"""The key, who sent it, two certificates and the metadata of one, facts, where they stand, why."""
STATE = {"take_back": "taken_back", "withdraw": "withdrawn", "expire": "expired"}


async def read_submission(wiring: Wiring) -> Hold:
    """One that was read and screened: two certificates, one with metadata, and values of each kind, all sealed."""
    name = submission_id(wiring.keyring)
    hold, seal = await a_hold(wiring.keyring, wiring.vault, submission_id=name)
    more = await held_certificates(wiring.vault, seal, ("RR_FULL", CertificateFile(b"%PDF-1.7 two", b'{"one": 1}')))
    hold = Hold(**{**hold.__dict__, "certificates": (*hold.certificates, *more)})
    rows = [("facts", ""), ("provenance", ""), ("screening", "1|2022-12-12|0")]
    await wiring.vault.put(
        [SealedRow(name, what, 1, seal.seal(what, 1, b"{}", variant), variant) for what, variant in rows]  # type: ignore[arg-type]
    )
    await wiring.gate.hold(hold)
    return hold


async def opens(settings: Settings, name: str) -> tuple[int, int]:
    """How many values of it open anywhere, and how many documents tell more of it than a tombstone may."""
    found = await search_store(settings, name)
    return sum(one.opens for one in found), sum(one.more for one in found)


def endings_in_the_log(settings: Settings, name: str) -> list[str]:
    return [one.kind for one in ErasureLog(settings.erasures).entries() if one.submission_id == name]


@pytest.mark.parametrize("kind", ["take_back", "withdraw", "expire"])
async def test_an_ending_killed_at_any_step_resumes_to_erased_and_nothing_opens(
    settings: Settings, keyring: Keyring, tmp_path: Path, kind: str
) -> None:
    signer, topic = Signer.load(settings.keys), tmp_path / "topic"
    wiring = Wiring.of(settings)
    killed, untouched = Counter[str](), 0
    async with wiring.open():
        stays = await read_submission(wiring.__class__.of(settings)) if kind != "expire" else None
        step, exit_code = 0, -signal.SIGKILL
        while exit_code == -signal.SIGKILL:
            step += 1
            hold = await read_submission(wiring)
            name = hold.submission_id
            before, _ = await opens(settings, name)
            assert before == EVERYTHING, "what is looked for is found"
            exit_code = await asyncio.to_thread(run, settings, kind, name, hold.holder, topic, step)
            assert exit_code in (0, -signal.SIGKILL), f"died by itself at step {step}"
            case = await wiring.gate.case(name)
            assert case is not None
            killed[case.state] += 1
            if any(event.subject == name for event in said(topic)):
                assert await opens(settings, name) == (0, 0), "what is said is done"
                assert endings_in_the_log(settings, name), "what is said is in the log"
            if case.state == STATE[kind]:
                assert (await opens(settings, name))[0] == 0, "once the key is destroyed nothing opens"
            untouched += case.state == "held"
            assert await asyncio.to_thread(run, settings, kind, name, hold.holder, topic) == 0
            assert await opens(settings, name) == (0, 0)
            assert await wiring.vault.sweep([name]) == 0
            assert set(endings_in_the_log(settings, name)) == {kind}
            events = {event.event_id for event in said(topic) if event.subject == name}
            assert len(events) == 1
            case = await wiring.gate.case(name)
            assert case is not None
            assert case.state == STATE[kind]
            assert case.destruction is not None
            told = verified(case.destruction, signer.public())
            assert told["destroyed"] == {"data_key": 1, "submitter": 1, "certificate": 2}
            assert told["because"] == "backups_deleted"
        assert step > 25, "every command and every write of the log was a step"
        assert killed[STATE[kind]] > 10
        assert untouched
        if stays is not None:
            assert (await opens(settings, stays.submission_id))[0] == EVERYTHING
        print(json.dumps({"ending": kind, "kills": step - 1, "states": killed}))
