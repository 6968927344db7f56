"""How submissions end: by the calendar, withdrawn with their certificates given back, and what their holder is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gubi_wallet import Certificate, Person, Signing, WalletClient
from services.intake.app import build
from services.wallet_simulator.keys import ensure_wallet_keys
from services.withdrawal.rules import Backups
from shared.catalog import load
from shared.clock import utc_now
from shared.events import SubmissionExpired, SubmissionWithdrawn, WithdrawalRequested
from shared.gate import Accepted, Hold, Official, Refused
from shared.settings import Settings
from shared.signing import Signer, SigningError, verified
from shared.vault import CertificateFile, Keyring, SealedRow
from shared.wiring import Wiring
from tests.builders.erasing import end, said, withdrawal
from tests.builders.holding import a_hold, held_certificates, hold_one
from tests.builders.wallets import register

pytestmark = pytest.mark.both_drivers

DOOR = "http://127.0.0.1:8810"
KIM = Official("kim", "sonmok9988")
HOLDER = Person("1SampLeWaLLetAddressOfKim", "김예시", date(1988, 3, 2))
OTHER = "1SampLeWaLLetAddressOfLee"
PDF = b"%PDF-1.7\n" + b"sample " * 200
YEAR = timedelta(days=366)


class Calendar:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
async def wiring(settings: Settings, keyring: Keyring, calendar: Calendar) -> AsyncIterator[Wiring]:
    async with Wiring.of(settings.model_copy(update={"public_url": DOOR}), calendar).open() as wiring:
        yield wiring


async def state(wiring: Wiring, hold: Hold) -> str:
    case = await wiring.gate.case(hold.submission_id)
    assert case is not None
    return case.state


async def test_what_nobody_decided_and_what_was_decided_for_good_expire_when_retention_ends_and_nothing_before(
    wiring: Wiring, calendar: Calendar, tmp_path: Path
) -> None:
    untouched, viewed, decided, undoable = [await hold_one(wiring) for _ in range(4)]
    erasing, outbox = withdrawal(wiring, tmp_path / "topic")
    await wiring.gate.view(viewed.submission_id, official=KIM, purpose="심사", request_id="v1")
    about: dict[str, Any] = {"official": KIM, "say_at": calendar()}
    await wiring.gate.decide(decided.submission_id, "eligible", request_id="d1", **about)
    assert len(await wiring.gate.close_due()) == 1
    assert await erasing.due() == []
    assert isinstance(await wiring.gate.expire(untouched.submission_id), Refused), "retention has not ended"
    calendar.ahead = YEAR
    await wiring.gate.decide(
        undoable.submission_id, "eligible", request_id="d2", official=KIM, say_at=calendar() + YEAR
    )
    await outbox.deliver(await erasing.due())
    ended = [untouched, viewed, decided]
    assert [await state(wiring, hold) for hold in ended] == ["expired"] * 3
    assert {event.subject for event in said(tmp_path / "topic")} == {hold.submission_id for hold in ended}
    assert {type(event) for event in said(tmp_path / "topic")} == {SubmissionExpired}
    assert await state(wiring, undoable) == "decided", "its decision can still be undone"
    assert await erasing.due() == []
    assert await wiring.gate.gone([hold.submission_id for hold in ended]) == {hold.submission_id for hold in ended}


async def test_an_expiry_loses_to_a_take_back_that_was_agreed_before(wiring: Wiring, calendar: Calendar) -> None:
    hold = await hold_one(wiring)
    asked = await wiring.gate.request("take_back", hold.submission_id, holder=hold.holder, request_id="t1")
    assert isinstance(asked, Accepted)
    calendar.ahead = YEAR
    assert await wiring.gate.past_retention() == []
    refused = await wiring.gate.expire(hold.submission_id)
    assert isinstance(refused, Refused)
    assert refused.reason == "taking_back"


async def test_withdrawn_certificates_can_be_fetched_back_by_their_holder_alone_until_that_time_is_over(
    wiring: Wiring, calendar: Calendar, tmp_path: Path
) -> None:
    hold = await hold_one(wiring)
    name, until = hold.submission_id, calendar() + timedelta(days=7)
    erasing, outbox = withdrawal(wiring, tmp_path / "topic")
    await wiring.gate.view(name, official=KIM, purpose="심사", request_id="v1")
    asked = await wiring.gate.request("withdraw", name, holder=hold.holder, request_id="w1", return_until=until)
    assert isinstance(asked, Accepted)
    assert isinstance(asked.event, WithdrawalRequested)
    assert await erasing.carry_out([asked.event]) == [], "not while they can still be fetched"
    assert isinstance(await wiring.gate.view(name, official=KIM, purpose="심사", request_id="v2"), Refused)
    assert await wiring.gate.for_machine([name]) == {}
    assert await wiring.gate.certificate(name, 0, look_id="v1", official=KIM) is None
    assert await wiring.gate.given_back(name, 0, holder=hold.holder) == b"%PDF-1.7 example"
    assert await wiring.gate.given_back(name, 0, holder="somebody") == Refused("not_found")
    assert await wiring.gate.given_back(name, 1, holder=hold.holder) == Refused("not_found")
    calendar.ahead = timedelta(days=8)
    assert isinstance(await wiring.gate.given_back(name, 0, holder=hold.holder), Refused)
    [event] = await erasing.due()
    await outbox.deliver([event])
    assert [type(one) for one in said(tmp_path / "topic")] == [SubmissionWithdrawn]
    assert await state(wiring, hold) == "withdrawn"
    late = await erasing.carry_out([asked.event])  # the broker brings the request once more
    assert [one.event_id for one in late] == [event.event_id]


@pytest.mark.parametrize(
    ("kept", "keys", "last", "because"),
    [
        (None, None, None, None),
        (30, None, "2026-12-31", "backups_deleted"),
        (None, 90, "2027-03-01", "keys_destroyed"),
        (35, 30, "2026-12-31", "keys_destroyed"),
        (0, 30, "2026-12-01", "backups_deleted"),
    ],
)
def test_the_last_day_of_a_backup_is_a_seoul_date_or_said_not_to_be_known(
    kept: int | None, keys: int | None, last: str | None, because: str | None
) -> None:
    at = datetime.fromisoformat("2026-11-30T15:30:00+00:00")  # already the first of December in Seoul
    assert Backups(kept, keys).last_readable(at) == {"backups_unreadable_after": last, "because": because}


class Citizen:
    """The holder, through a wallet app, at the door."""

    def __init__(self, wiring: Wiring) -> None:
        keys = ensure_wallet_keys(wiring.settings.keys)
        self.api = build(wiring, load())
        self.transport = httpx.ASGITransport(app=self.api)
        self.wallet = WalletClient(DOOR, keys["toss"], transport=self.transport, tries=1)
        self.signed = httpx.AsyncClient(transport=self.transport, base_url=DOOR, auth=Signing(keys["naver"]))
        self.anybody = httpx.AsyncClient(transport=self.transport, base_url=DOOR)

    @classmethod
    async def at(cls, wiring: Wiring) -> "Citizen":
        await register(wiring.database("intake"), ensure_wallet_keys(wiring.settings.keys).values())
        return cls(wiring)

    async def submit(self) -> str:
        receipt = await self.wallet.submit("SONMOK9988_2022", HOLDER, [Certificate("EI_HIST", PDF)])
        return str(receipt["submission_id"])

    async def ask(self, method: str, path: str, holder: str = HOLDER.wallet_address) -> httpx.Response:
        return await self.signed.request(method, path, headers={"gubi-holder": holder})


async def test_the_record_counts_what_the_gate_holds_not_what_lies_in_the_vault_by_then(
    wiring: Wiring, tmp_path: Path
) -> None:
    hold, seal = await a_hold(wiring.keyring, wiring.vault)
    more = await held_certificates(wiring.vault, seal, *[("RR_FULL", CertificateFile(PDF))] * 2)
    redacted = replace(more[1], blob_id=None, key=None)
    await wiring.gate.hold(replace(hold, certificates=(*hold.certificates, more[0], redacted)))
    await held_certificates(wiring.vault, seal, ("RR_FULL", CertificateFile(PDF)))  # of a request that was repeated
    await wiring.vault.put([SealedRow(hold.submission_id, "facts", 1, seal.seal("facts", 1, b"{}"))])
    await end(wiring, "take_back", hold.submission_id, hold.holder, tmp_path / "topic")
    case = await wiring.gate.case(hold.submission_id)
    assert case is not None
    assert case.destruction is not None
    told = verified(case.destruction, Signer.load(wiring.settings.keys).public())
    assert told["destroyed"] == {"data_key": 1, "submitter": 1, "certificate": 2}
    assert told["sealed_under_data_key"] == ["facts", "provenance", "screening", "correction", "reason"]


async def test_the_holder_fetches_the_record_of_a_take_back_and_checks_it_by_the_published_key(
    wiring: Wiring, tmp_path: Path
) -> None:
    citizen = await Citizen.at(wiring)
    name = await citizen.submit()
    path = f"/v1/submissions/{name}/destruction-record"
    early = await citizen.ask("GET", path)
    assert (early.status_code, early.json()["code"]) == (409, "not-destroyed")
    await citizen.wallet.take_back(name, HOLDER.wallet_address)
    erasing, outbox = withdrawal(wiring, tmp_path / "topic")
    [asked] = await wiring.gate.owed.before(utc_now() + YEAR, [WithdrawalRequested.topic])
    assert isinstance(asked, WithdrawalRequested)
    await outbox.deliver(await erasing.carry_out([asked]))
    answer = (await citizen.ask("GET", path)).json()
    (wiring.settings.keys / "signing.json").unlink()  # the door does without the private part
    keys = (await citizen.anybody.get("/v1/keys")).json()
    assert "d" not in keys["keys"][0], "the private part stays where it is"
    told = verified(answer["record"], keys)
    case = await wiring.gate.case(name)
    assert case is not None
    assert (told["sub"], told["receipt"], told["ending"]) == (name, case.receipt, "take_back")
    assert told["request"] == str(asked.event_id)
    assert told["destroyed"] == {"data_key": 1, "submitter": 1, "certificate": 1}
    assert told["backups_unreadable_after"]
    for secret in (HOLDER.name, HOLDER.wallet_address, "EI_HIST", "1988"):
        assert secret not in str(told)
    head, body, signature = answer["record"].split(".")
    with pytest.raises(SigningError):
        verified(f"{head}.{body[:-2]}xx.{signature}", keys)
    stranger = await citizen.ask("GET", path, OTHER)
    assert (stranger.status_code, stranger.json()["code"]) == (404, "submission-not-found")
    assert (await citizen.anybody.get(path, headers={"gubi-holder": HOLDER.wallet_address})).status_code == 401
    again = await citizen.wallet.status(name, HOLDER.wallet_address)
    assert again["class"] == "taken_back"


async def test_a_withdrawn_application_gives_its_certificates_back_once_and_then_they_are_destroyed(
    wiring: Wiring, tmp_path: Path
) -> None:
    citizen = await Citizen.at(wiring)
    name = await citizen.submit()
    certificates = f"/v1/submissions/{name}/certificates"
    early = await citizen.ask("GET", f"{certificates}/1")
    assert (early.status_code, early.json()["code"]) == (409, "nothing-to-give-back")
    assert (await citizen.wallet.withdraw(name, HOLDER.wallet_address, give_back=True))["return_until"]
    assert (await citizen.ask("GET", f"{certificates}/1", OTHER)).status_code == 404
    for _ in range(2):  # an answer may get lost on its way
        given = await citizen.ask("GET", f"{certificates}/1")
        assert (given.status_code, given.headers["content-type"], given.content) == (200, "application/pdf", PDF)
    assert await citizen.wallet.given_back(name, HOLDER.wallet_address, 1) == PDF
    assert (await citizen.ask("GET", f"{certificates}/2")).status_code == 404
    assert (await citizen.wallet.got_back(name, HOLDER.wallet_address))["state"] == "withdrawing"
    assert (await citizen.ask("GET", f"{certificates}/1")).status_code == 409
    erasing, outbox = withdrawal(wiring, tmp_path / "topic")
    await outbox.deliver(await erasing.due())
    assert (await citizen.ask("DELETE", certificates)).json()["state"] == "withdrawn"
    record = (await citizen.wallet.destruction_record(name, HOLDER.wallet_address))["record"]
    assert verified(record, Signer.load(wiring.settings.keys).public())["ending"] == "withdraw"


async def test_withdrawn_without_a_word_about_the_certificates_they_are_destroyed_at_once(
    wiring: Wiring, tmp_path: Path
) -> None:
    citizen = await Citizen.at(wiring)
    name = await citizen.submit()
    await citizen.wallet.withdraw(name, HOLDER.wallet_address)
    [asked] = await wiring.gate.owed.before(utc_now() + YEAR, [WithdrawalRequested.topic])
    assert isinstance(asked, WithdrawalRequested)
    erasing, outbox = withdrawal(wiring, tmp_path / "topic")
    await outbox.deliver(await erasing.carry_out([asked]))
    assert [event.subject for event in said(tmp_path / "topic")] == [name]
    assert (await citizen.ask("DELETE", f"/v1/submissions/{name}/certificates")).status_code == 200


async def test_what_has_ended_keeps_no_digest_of_what_was_sent_and_a_repeat_is_given_its_receipt(
    wiring: Wiring, tmp_path: Path
) -> None:
    citizen, key, at = await Citizen.at(wiring), "k-12345678", utc_now()
    sent: dict[str, Any] = {"idempotency_key": key, "consented_at": at}
    receipt = await citizen.wallet.submit("SONMOK9988_2022", HOLDER, [Certificate("EI_HIST", PDF)], **sent)
    await citizen.wallet.take_back(receipt["submission_id"], HOLDER.wallet_address)
    [asked] = await wiring.gate.owed.before(utc_now() + YEAR, [WithdrawalRequested.topic])
    assert isinstance(asked, WithdrawalRequested)
    erasing, outbox = withdrawal(wiring, tmp_path / "topic")
    await outbox.deliver(await erasing.carry_out([asked]))
    case = await wiring.gate.case(receipt["submission_id"])
    assert case is not None
    assert case.digest == ""
    again = await citizen.wallet.submit("SONMOK9988_2022", HOLDER, [Certificate("EI_HIST", PDF)], **sent)
    assert again == receipt
    assert await wiring.gate.for_machine([receipt["submission_id"]]) == {}


async def test_every_programme_publishes_its_policy_in_both_languages(wiring: Wiring) -> None:
    citizen = await Citizen.at(wiring)
    programmes = (await citizen.anybody.get("/v1/programmes")).json()
    assert len(programmes) == 5
    for programme in programmes:
        policy = (await citizen.anybody.get(programme["policy"].removeprefix(DOOR))).json()
        assert policy["take_back"] == programme["take_back_policy"]
        assert str(policy["retention_days"]) in policy["retention"]["ko"]
        assert f"{policy['return_days']} days" in policy["withdrawal"]["en"]
        assert policy["access_log_days"] == wiring.settings.access_log_days
        assert f"적어도 {policy['access_log_days']}일" in policy["record"]["ko"]
        assert f"at least {policy['access_log_days']} days" in policy["record"]["en"]
        for part in ("viewed", "record"):
            assert policy[part]["ko"]
            assert policy[part]["en"]
    assert (await citizen.anybody.get("/v1/programmes/NOBODY/policy")).status_code == 404
