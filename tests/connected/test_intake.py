"""The wallets' door on a real store, gate and vault, spoken to over HTTP by a wallet app's own client."""

import asyncio
import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gubi_wallet import Certificate, Signing, WalletClient
from services.wallet_simulator.keys import ensure_wallet_keys
from shared import events as said
from shared.catalog import load
from shared.clock import utc_now
from shared.mongo import close
from shared.settings import Settings
from shared.vault import CertificateFile, Keyring
from shared.wiring import Wiring
from tests.builders.doors import DOOR, HOLDER, KIM, PDF, PROGRAMME, SENT, Door, door_on, multipart, opened, refused
from tests.builders.serving import served
from tests.builders.waiting import until
from tests.builders.wallets import register

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]


async def test_a_holder_submits_with_one_app_and_takes_back_with_another(door: Door) -> None:
    async with door.app("toss") as toss, door.app("seoul") as seoul:
        found = (await toss.programmes("ㅅㅁㄷㅌ"))[0]
        assert found["id"] == PROGRAMME
        assert found["take_back_policy"]["ko"]
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        status = await seoul.status(receipt["submission_id"], HOLDER.wallet_address)
        assert status["receipt"] == receipt
        assert (status["state"], status["class"], status["can_take_back"]) == ("held", "in_flight", True)
        assert [step["what"] for step in status["timeline"]] == ["received"]
        agreed = await seoul.take_back(receipt["submission_id"], HOLDER.wallet_address)
        assert agreed["state"] == "taking_back"
        assert await toss.take_back(receipt["submission_id"], HOLDER.wallet_address) == agreed
    owed = await door.wiring.gate.owed.before(utc_now() + timedelta(seconds=1), [said.WithdrawalRequested.topic])
    assert [event.subject for event in owed] == [receipt["submission_id"]]


async def test_what_is_held_opens_to_the_machine_and_is_unreadable_in_the_store(door: Door) -> None:
    async with door.app() as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT, declared_work="employee")
    wiring, submission_id = door.wiring, receipt["submission_id"]
    opened = (await wiring.gate.for_machine([submission_id]))[submission_id]
    assert list((await wiring.vault.certificates(opened.blobs)).values()) == [CertificateFile(PDF)]
    look = await wiring.gate.view(submission_id, official=KIM, purpose="review", request_id="r1")
    assert look.submitter.name == HOLDER.name
    stored = ""
    for name in ("gate", "vault", "intake"):
        database = wiring.database(name)
        for collection in await database.list_collection_names():
            stored += repr(await database[collection].find({}).to_list(None))
    assert submission_id in stored
    for secret in (HOLDER.name, HOLDER.wallet_address, "1988-03-02", "%PDF-"):
        assert secret not in stored


async def test_it_is_kept_as_long_as_its_programme_says_and_not_a_day_longer(
    settings: Settings, keyring: Keyring
) -> None:
    del keyring  # made where the door loads it from
    catalog = load()
    month = catalog.programmes[PROGRAMME].model_copy(update={"retention_days": 30})
    shorter = replace(catalog, programmes={**catalog.programmes, PROGRAMME: month})
    async with opened(settings, catalog=shorter) as door, door.app() as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        held = await door.wiring.database("gate")["submissions"].find_one({"_id": receipt["submission_id"]})
    assert held is not None
    assert held["retain_until"] - held["received_at"] == timedelta(days=30)


async def test_metadata_is_held_sealed_beside_its_certificate_and_is_part_of_the_content(door: Door) -> None:
    def sent(metadata: bytes) -> dict[str, Any]:
        entry = {"part": "c1", "kind": "EI_HIST", "metadata": b64encode(metadata).decode()}
        return multipart(certificates=[entry])

    async with door.signing() as http:
        first = await http.post("/v1/submissions", **sent(b"<name>Kim</name>"))
        again = await http.post("/v1/submissions", **sent(b"<name>Kim</name>"))
        other = await http.post("/v1/submissions", **sent(b"<name>Lee</name>"))
    assert [answer.status_code for answer in (first, again, other)] == [201, 200, 422]
    assert other.json()["code"] == "idempotency-key-reused"
    wiring = door.wiring
    [opened] = (await wiring.gate.for_machine([first.json()["submission_id"]])).values()
    assert list((await wiring.vault.certificates(opened.blobs)).values()) == [CertificateFile(PDF, b"<name>Kim</name>")]
    stored = repr(await wiring.database("vault")["certificates"].find({}).to_list(None))
    assert "<name>" not in stored
    assert b64encode(b"<name>Kim</name>").decode() not in stored


async def test_ten_at_once_are_one_submission_with_one_receipt(door: Door) -> None:
    now = utc_now()
    async with door.app() as toss:
        receipts = await asyncio.gather(
            *(toss.submit(PROGRAMME, HOLDER, SENT, idempotency_key="the-same-key", consented_at=now) for _ in range(10))
        )
        again = await toss.submit(PROGRAMME, HOLDER, SENT, idempotency_key="the-same-key", consented_at=now)
    assert all(receipt == again for receipt in receipts)
    wiring, submission_id = door.wiring, again["submission_id"]
    assert await wiring.database("gate")["submissions"].count_documents({}) == 1
    assert await wiring.database("vault")["certificates"].count_documents({}) == 1
    look = await wiring.gate.view(submission_id, official=KIM, purpose="review", request_id="r1")
    assert look.submitter.birth_date == HOLDER.birth_date


async def test_a_repeat_is_told_from_a_first_by_its_status(door: Door) -> None:
    statuses = []
    async with door.signing() as http:
        for _ in range(2):
            answer = await http.post("/v1/submissions", **multipart())
            statuses.append(answer.status_code)
            assert answer.headers["location"] == answer.json()["status_url"]
    assert statuses == [201, 200]


async def test_the_same_key_with_other_content_is_refused(door: Door) -> None:
    now = utc_now()
    async with door.app() as toss:
        await toss.submit(PROGRAMME, HOLDER, SENT, idempotency_key="the-same-key", consented_at=now)
        other = [Certificate("EI_HIST", PDF + b"!")]
        problem = await refused(toss.submit(PROGRAMME, HOLDER, other, idempotency_key="the-same-key", consented_at=now))
    assert (problem.status, problem.code) == (422, "idempotency-key-reused")
    async with door.app("seoul") as seoul:
        await seoul.submit(PROGRAMME, HOLDER, other, idempotency_key="the-same-key", consented_at=now)


async def test_a_receipt_lost_on_its_way_is_given_again_after_closing(door: Door) -> None:
    now = utc_now()
    async with door.app() as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT, idempotency_key="the-same-key", consented_at=now)
    catalog = load()
    closed = catalog.programmes[PROGRAMME].model_copy(update={"closes_at": now - timedelta(seconds=1)})
    later = door_on(door.wiring, door.keys, replace(catalog, programmes={PROGRAMME: closed}))
    async with later.app() as toss:
        again = await toss.submit(PROGRAMME, HOLDER, SENT, idempotency_key="the-same-key", consented_at=now)
        problem = await refused(toss.submit(PROGRAMME, HOLDER, SENT))
    assert again == receipt
    assert problem.code == "programme-closed"
    assert "Asia/Seoul" in problem.problem["translations"]["en"]["detail"]


async def test_a_take_back_that_lost_says_who_saw_it_and_when(door: Door) -> None:
    async with door.app() as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        await door.wiring.gate.view(receipt["submission_id"], official=KIM, purpose="review", request_id="r1")
        problem = await refused(toss.take_back(receipt["submission_id"], HOLDER.wallet_address))
        status = await toss.status(receipt["submission_id"], HOLDER.wallet_address)
    assert (problem.status, problem.code) == (409, "take-back-viewed")
    assert problem.problem["by_office"]["id"] == "sonmok9988"
    assert problem.problem["title"] == "이미 열람되어 회수할 수 없습니다"
    assert "서울특별시" in problem.problem["detail"]
    assert "Seoul" in problem.problem["translations"]["en"]["detail"]
    assert (status["state"], status["can_take_back"]) == ("viewed", False)
    assert status["timeline"][-1]["at"] == problem.problem["at"].replace("+00:00", "Z")
    assert "kim" not in json.dumps([problem.problem, status])


async def test_a_decision_closes_the_take_back_and_is_called_a_decision(door: Door) -> None:
    async with door.app(language="en") as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        await door.wiring.gate.decide(
            receipt["submission_id"], "eligible", official=KIM, request_id="r1", say_at=utc_now() + timedelta(hours=1)
        )
        problem = await refused(toss.take_back(receipt["submission_id"], HOLDER.wallet_address))
        status = await toss.status(receipt["submission_id"], HOLDER.wallet_address)
    assert (problem.status, problem.code) == (409, "take-back-decided")
    assert problem.problem["title"].startswith("Already decided")
    assert status["decision"] is None


async def test_another_holders_submission_is_as_good_as_none(door: Door) -> None:
    async with door.app() as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        stranger, nowhere = "1SampLeWaLLetAddressOfLee", f"s-{'a' * 26}"
        problems = [
            await refused(toss.status(receipt["submission_id"], stranger)),
            await refused(toss.take_back(receipt["submission_id"], stranger)),
            await refused(toss.status(nowhere, stranger)),
            await refused(toss.take_back(nowhere, stranger)),
            await refused(toss.status("not-an-id", stranger)),
        ]
    assert {(problem.status, problem.code) for problem in problems} == {(404, "submission-not-found")}
    assert len({json.dumps(problem.problem) for problem in problems}) == 1


async def test_a_request_is_taken_once_however_it_is_repeated(door: Door) -> None:
    async with door.plain() as http:
        request = http.build_request("POST", "/v1/submissions", **multipart())
        request.read()
        next(Signing(door.keys["toss"]).auth_flow(request))
        first, second = await asyncio.gather(http.send(request), http.send(request))
    assert sorted((first.status_code, second.status_code)) == [201, 401]
    replayed = first if first.status_code == 401 else second
    assert replayed.json()["code"] == "signature-replayed"
    assert 'tag="gubi"' in replayed.headers["accept-signature"]


async def test_a_nonce_is_remembered_for_as_long_as_its_signature_is_good(door: Door) -> None:
    now = utc_now()
    assert await door.store.spend("toss-1", "n", keep_until=now, now=now)
    assert not await door.store.spend("toss-1", "n", keep_until=now, now=now)
    assert await door.store.spend("seoul-1", "n", keep_until=now, now=now)
    later = now + timedelta(milliseconds=1)
    assert await door.store.spend("toss-1", "n", keep_until=later, now=later)
    assert not await door.store.spend("toss-1", "n", keep_until=later, now=later)


NO_KEY = multipart() | {"headers": {}}
JSON_BODY = {"json": {}, "headers": {"idempotency-key": "key-00000001"}}
NOT_JSON = {**multipart(), "files": {"submission": (None, b"{", "application/json")}}
NOT_SAID_TO_BE_JSON = {**multipart(), "files": {"submission": (None, b"{}", "text/plain")}}
NO_FORM = {**multipart(), "files": {"c1": ("c1.pdf", PDF, "application/pdf")}}


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (NO_KEY, 400, "idempotency-key-missing"),
        (JSON_BODY, 415, "content-type-unsupported"),
        (NOT_JSON, 400, "json-malformed"),
        (NOT_SAID_TO_BE_JSON, 415, "content-type-unsupported"),
        (NO_FORM, 400, "multipart-malformed"),
        (multipart(programme="NOWHERE"), 422, "programme-unknown"),
        (multipart(consent=None), 422, "consent-missing"),
        (multipart(b""), 422, "certificate-empty"),
        (multipart(b"GIF89a"), 422, "certificate-not-pdf"),
        (multipart(b"%PDF-" + bytes(10 * 1024 * 1024)), 413, "certificate-too-big"),
        (multipart(b"%PDF-" + bytes(26 * 1024 * 1024)), 413, "body-too-big"),
        (multipart(certificates=[{"part": "c1", "kind": "DISAB"}]), 422, "certificate-kind-not-accepted"),
        (
            multipart(certificates=[{"part": "c1", "kind": "EI_HIST", "metadata": "<김예시>"}]),
            422,
            "certificate-metadata-invalid",
        ),
        (multipart(certificates=[{"part": "c1", "kind": "EI_HIST", "metadata": "x" * 1024**2}]), 413, "body-too-big"),
    ],
)
async def test_what_cannot_be_taken_is_refused_and_leaves_nothing(
    door: Door, sent: dict[str, Any], status: int, code: str
) -> None:
    async with door.signing() as http:
        answer = await http.post("/v1/submissions", **sent)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    for secret in (HOLDER.name, HOLDER.wallet_address, "1988-03-02"):
        assert secret not in answer.text
    assert await door.wiring.database("vault")["certificates"].count_documents({}) == 0


async def test_a_body_of_unknown_length_is_cut_off_at_the_limit(door: Door) -> None:
    passed = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal passed
        for _ in range(100):
            passed += 1
            yield bytes(1024 * 1024)

    async with door.plain() as http:
        whole = http.build_request("POST", "/v1/submissions", **multipart())
        whole.read()
        next(Signing(door.keys["toss"]).auth_flow(whole))
        headers = {name: value for name, value in whole.headers.items() if name != "content-length"}
        answer = await http.post("/v1/submissions", content=endless(), headers=headers)
    assert answer.json()["code"] == "body-too-big"


async def test_a_client_that_sends_far_too_much_can_still_read_why_not(door: Door) -> None:
    big = [Certificate("EI_HIST", b"%PDF-" + bytes(40 * 1024 * 1024))]
    async with served(door.api) as address:
        async with WalletClient(address, door.keys["toss"], origin=DOOR, tries=1) as toss:
            problem = await refused(toss.submit(PROGRAMME, HOLDER, big))
            receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        async with WalletClient(address, door.keys["toss"], tries=1) as misdirected:
            unsigned = await refused(misdirected.submit(PROGRAMME, HOLDER, big))
    assert (problem.status, problem.code) == (413, "body-too-big")
    assert (unsigned.status, unsigned.code) == (401, "signature-address")
    assert receipt["status_url"].startswith(DOOR)


async def test_an_unsigned_body_is_not_even_read(door: Door) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    messages: list[dict[str, Any]] = []
    scope = {"type": "http", "method": "POST", "path": "/v1/submissions", "raw_path": b"/v1/submissions"}
    scope |= {"query_string": b"", "headers": [], "asgi": {"version": "3.0"}, "http_version": "1.1"}

    async def send(message: Any) -> None:
        messages.append(message)

    await door.api(scope, never().__anext__, send)  # type: ignore[arg-type]
    assert messages[0]["status"] == 401


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("PUT", "/v1/submissions", 405, "method-not-allowed"),
        ("GET", "/v1/programmes?q=" + "x" * 101, 422, "query-invalid"),
        ("GET", "/v1/programmes/NOWHERE", 404, "programme-not-found"),
        ("GET", "/v1/programmes/NOWHERE/qr.svg", 404, "programme-not-found"),
        ("GET", "/v1/problems/no-such-code", 404, "not-found"),
        ("GET", f"/v1/submissions/s-{'a' * 26}", 401, "signature-missing"),
    ],
)
async def test_every_refusal_is_a_problem(door: Door, method: str, path: str, status: int, code: str) -> None:
    async with door.plain() as http:
        answer = await http.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"
        told = await http.get(answer.json()["type"])
    assert told.json()["code"] == code


async def test_a_status_without_a_holder_is_refused(door: Door) -> None:
    async with door.signing() as http:
        answer = await http.get(f"/v1/submissions/s-{'a' * 26}")
    assert (answer.status_code, answer.json()["code"]) == (400, "holder-missing")


async def test_anybody_may_look_programmes_up(door: Door) -> None:
    async with door.plain() as http:
        institution = (await http.get("/v1/institutions")).json()[0]
        programme = (await http.get(f"/v1/programmes/{PROGRAMME}")).json()
        qr = await http.get(f"/v1/programmes/{PROGRAMME}/qr.svg")
        table = (await http.get("/v1/problems")).json()
    assert institution["name"]["ko"] == "서울특별시"
    assert {kind["kind"] for kind in programme["certificates"]} == {"EI_HIST", "EMPLOY", "RR_FULL"}
    assert qr.headers["content-type"].startswith("image/svg+xml")
    assert b"<svg" in qr.content
    assert all(row["ko"]["remedy"] and row["en"]["remedy"] for row in table)


async def test_a_citizen_goes_from_an_institution_to_its_programmes_to_the_certificates_they_need(door: Door) -> None:
    async with door.app() as toss:
        for typed in ("성북", "ㅅㅂㄱ", "성부", "seongbuk", "ㅅㅇㅌㅂㅅ ㅅㅂ"):
            assert next(found["id"] for found in await toss.institutions(typed)) == "seongbuk"
        assert {found["id"] for found in await toss.institutions()} == {"seoul", "seongbuk", "gangnam", "gangbuk"}
        [food] = await toss.programmes_of("seongbuk")
        assert food["institution"] == "seongbuk"
        needs = {accepted["kind"]: accepted["need"] for accepted in food["certificates"]}
        assert set(needs.values()) <= {"each", "one_of", "optional"}
        assert await toss.programme(food["id"]) == food
        assert (await refused(toss.programmes_of("nowhere"))).code == "institution-not-found"
    async with door.plain() as http:
        one = (await http.get("/v1/institutions/seongbuk")).json()
        listed = await http.get(one["programmes_url"])
    assert [programme["id"] for programme in listed.json()] == [food["id"]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ㅅㅁㄷㅌ", "SONMOK9988_2022"),
        ("손ㅁ닥ㅌ", "SONMOK9988_2022"),
        ("손목다", "SONMOK9988_2022"),
        ("\u1109\u1106\u1103\u1110", "SONMOK9988_2022"),
        ("９９８８", "SONMOK9988_2022"),
        ("푸드뱅", "FOOD_2023"),
        ("특공", "DISHOUSE_2023"),
        ("이룸토", "ASSET_2023"),
    ],
)
async def test_a_programme_is_found_however_far_its_name_has_been_typed(door: Door, typed: str, found: str) -> None:
    async with door.app() as toss:
        assert (await toss.programmes(typed))[0]["id"] == found


def event(kind: type[said.SubmissionEvent], submission_id: str, at: datetime, /, **fields: Any) -> said.SubmissionEvent:
    return kind.because_of(f"{kind.__name__}{at}", submission_id=submission_id, at=at, **fields)


async def test_the_timeline_grows_with_events_and_ends_with_the_submission(door: Door) -> None:
    async with door.app() as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        submission_id, now = receipt["submission_id"], utc_now()
        read = event(said.SubmissionExtracted, submission_id, now, revision=1)
        asked = event(said.WithdrawalRequested, submission_id, now, kind="take_back")
        await asyncio.gather(*(door.store.record([read, asked]) for _ in range(5)))
        status = await toss.status(submission_id, HOLDER.wallet_address)
        assert [step["what"] for step in status["timeline"]] == ["received", "read", "take_back_requested"]
        await toss.take_back(submission_id, HOLDER.wallet_address)
        gone = await door.wiring.gate.finish("take_back", submission_id, cause=asked)
        await door.store.record([gone.event])
        await door.store.record([event(said.SubmissionExtracted, submission_id, now, revision=2), gone.event])
        status = await toss.status(submission_id, HOLDER.wallet_address)
        again = await toss.take_back(submission_id, HOLDER.wallet_address)
    assert [step["what"] for step in status["timeline"]] == ["received", "taken_back"]
    assert (status["state"], status["class"]) == ("taken_back", "taken_back")
    assert again["state"] == "taken_back"
    stored = await door.wiring.database("intake")["timelines"].find_one({"_id": submission_id})
    assert set(stored) == {"_id", "gone"}


async def test_the_api_describes_itself(door: Door) -> None:
    async with door.plain() as http:
        described = (await http.get("/openapi.json")).json()
    submit = described["paths"]["/v1/submissions"]["post"]
    assert submit["security"] == [{"walletSignature": []}]
    assert "multipart/form-data" in submit["requestBody"]["content"]
    assert set(submit["responses"]) >= {"200", "201", "400", "401", "413", "415", "422", "503"}


async def test_while_the_store_is_away_the_door_asks_to_come_again(settings: Settings, keyring: Keyring) -> None:
    keys = ensure_wallet_keys(settings.keys)
    away = "mongodb://127.0.0.1:1"
    wiring = Wiring.of(settings.model_copy(update={"mongo": away, "public_url": DOOR}))
    door = door_on(wiring, keys, load())
    try:
        async with door.plain() as http, door.app() as toss:
            ready, problem = await asyncio.gather(http.get("/readyz"), refused(toss.submit(PROGRAMME, HOLDER, SENT)))
            alive = await http.get("/livez")
    finally:
        await close(wiring.client)
    assert (problem.status, problem.code) == (503, "unavailable")
    assert (ready.status_code, ready.headers["retry-after"]) == (503, "5")
    assert alive.status_code == 200


async def test_what_is_held_is_said_and_comes_back_as_the_holders_timeline(
    on_kafka: Settings, keyring: Keyring
) -> None:
    keys = ensure_wallet_keys(on_kafka.keys)
    wiring = Wiring.of(on_kafka.model_copy(update={"public_url": DOOR}))
    door = door_on(wiring, keys, load())
    async with door.api.router.lifespan_context(door.api), door.app() as toss:
        await register(wiring.database("intake"), keys.values())
        receipt = await toss.submit(PROGRAMME, HOLDER, SENT)
        await toss.take_back(receipt["submission_id"], HOLDER.wallet_address)

        async def told() -> bool:
            events = await door.store.events(receipt["submission_id"])
            return {type(event) for event in events} == {said.SubmissionReceived, said.WithdrawalRequested}

        await until(told)
        later, topics = utc_now() + timedelta(seconds=1), [event.topic for event in said.EVENTS]
        await until(lambda: nothing_owed(wiring, later, topics))
        status = await toss.status(receipt["submission_id"], HOLDER.wallet_address)
    assert [step["what"] for step in status["timeline"]] == ["received", "take_back_requested"]


async def nothing_owed(wiring: Wiring, later: datetime, topics: list[str]) -> bool:
    return not await wiring.gate.owed.before(later, topics)


async def test_the_door_shows_its_description_as_a_page_that_fetches_nothing(door: Door) -> None:
    async with door.plain() as anybody:
        page = await anybody.get("/docs")
    assert page.status_code == 200
    assert "<code>POST /v1/submissions</code>" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")


# --- Districts.


async def test_a_citizen_sends_to_a_district_of_the_programme_and_everything_says_which(
    settings: Settings, keyring: Keyring
) -> None:
    del keyring  # made where the door loads it from
    catalog = load()
    asset = catalog.programmes["ASSET_2023"].model_copy(update={"closes_at": None})
    sent = [Certificate("DISAB", PDF), Certificate("RR_FULL", PDF)]
    async with (
        opened(settings, catalog=replace(catalog, programmes={**catalog.programmes, asset.id: asset})) as door,
        door.app("gov24") as app,
    ):
        offered = await app.programme(asset.id)
        assert offered["office"] == offered["offices"][0]["id"] == "asset_building"
        assert [one["institution"] for one in offered["offices"]] == ["seoul", "gangnam", "gangbuk", "seongbuk"]
        assert offered["offices"][2]["name"]["ko"].startswith("서울특별시 강북구 ")
        assert offered["offices"][2]["name"]["en"].endswith(", Gangbuk-gu")
        now, once = utc_now(), {"idempotency_key": "the-same-key"}
        chosen = await app.submit(asset.id, HOLDER, sent, office="gangbuk_asset", consented_at=now, **once)
        again = await app.submit(asset.id, HOLDER, sent, office="gangbuk_asset", consented_at=now, **once)
        assert (chosen["office"], again) == ("gangbuk_asset", chosen)
        for other in ("gangnam_asset", None):
            problem = await refused(app.submit(asset.id, HOLDER, sent, office=other, consented_at=now, **once))
            assert (problem.status, problem.code) == (422, "idempotency-key-reused"), "it is other content"
        assert (await app.submit(asset.id, HOLDER, sent))["office"] == "asset_building"
        told = await app.timeline(chosen["submission_id"], HOLDER.wallet_address)
        assert [one["office"] for one in told["alternatives"]] == ["gangbuk_asset"]
        case = await door.wiring.gate.case(chosen["submission_id"])
        assert case is not None
        assert case.office == "gangbuk_asset"
        owed = await door.wiring.gate.owed.before(utc_now() + timedelta(1), [said.SubmissionReceived.topic])
        assert sorted(event.model_dump()["office"] for event in owed) == ["asset_building", "gangbuk_asset"]
        problem = await refused(app.submit(asset.id, HOLDER, sent, office="sonmok9988"))
    assert (problem.status, problem.code, problem.part) == (422, "office-not-receiving", "/office")
    assert problem.problem["offices"] == list(asset.offices)
    assert "office를 빼고" in problem.remedy
