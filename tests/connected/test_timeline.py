"""The timeline at the door, on a real store: by JSON, by server-sent events, and by the receipt link."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from services.intake import streams
from services.intake.store import Store
from shared import events as said
from shared.catalog import load
from shared.catalog.programmes import Unverified
from shared.clock import utc_now
from shared.gate import Official
from shared.mongo import close, connect, database
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.receipts import ADDRESS, Counter, Heard, a_counter, hearing
from tests.builders.waiting import until

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]

KIM = Official("kim", "sonmok9988")
EVENTS = {"accept": "text/event-stream"}


@pytest.fixture
async def counter(settings: Settings, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    monkeypatch.setattr(streams, "TURN_SECONDS", 0.05)
    async with a_counter(settings, keyring) as counter:
        yield counter


async def test_a_holder_is_told_what_happened_and_what_to_expect(counter: Counter) -> None:
    case = await counter.held()
    await counter.screened(case)
    async with counter.signing("seoul") as http:
        answer = await http.get(f"/v1/submissions/{case.submission_id}/timeline")
    told = answer.json()
    assert answer.status_code == 200
    assert [step["what"] for step in told["steps"]] == ["received", "authentic", "read", "waiting"]
    assert (told["class"], told["can_take_back"], told["over"]) == ("screened", True, False)
    assert (told["next"]["what"], told["next"]["label"]) == ("viewed", "예시")
    assert "약속은 아닙니다" in told["next"]["when"]["ko"]
    assert told["alternatives"][0]["contact"]["fax"] == "02-000-0001"
    assert told["page_url"] == counter.page(case)
    assert "review" not in answer.text, "the machine's recommendation is not told"


async def test_only_its_holder_is_told(counter: Counter) -> None:
    case = await counter.held()
    async with counter.signing(holder="1another") as stranger, httpx.AsyncClient(base_url=counter.url) as unsigned:
        for headers in ({}, EVENTS):
            path = f"/v1/submissions/{case.submission_id}/timeline"
            assert (await stranger.get(path, headers=headers)).status_code == 404
            assert (await unsigned.get(path, headers={"gubi-holder": ADDRESS, **headers})).status_code == 401
    assert counter.api.state.watch.count == 0


async def test_a_stream_tells_what_another_intake_process_records_as_it_happens(
    counter: Counter, settings: Settings
) -> None:
    case = await counter.held()
    other_process = connect(settings)
    elsewhere = Store(database(other_process, settings, "intake"))
    heard: list[Heard | str] = []

    async def say(kind: type[said.SubmissionEvent], /, **fields: object) -> None:
        await elsewhere.record([kind.because_of("x", submission_id=case.submission_id, at=utc_now(), **fields)])

    async with (
        counter.signing() as http,
        http.stream("GET", f"/v1/submissions/{case.submission_id}/timeline", headers=EVENTS) as stream,
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        reading = hearing(stream)
        heard.append(await anext(reading))
        await say(said.SubmissionExtracted, revision=1, authenticity={"genuine": 1})
        heard.append(await anext(reading))
        await counter.wiring.gate.view(case.submission_id, official=KIM, purpose="심사", request_id="r1")
        await say(said.SubmissionViewed, office="sonmok9988")
        heard.append(await anext(reading))
        await counter.wiring.gate.request("withdraw", case.submission_id, holder=case.holder, request_id="w1")
        await say(said.WithdrawalRequested, kind="withdraw")
        heard.append(await anext(reading))
        closing = said.WithdrawalRequested.because_of(
            "w", submission_id=case.submission_id, at=utc_now(), kind="withdraw"
        )
        await counter.wiring.gate.finish("withdraw", case.submission_id, cause=closing)
        await say(said.SubmissionWithdrawn)
        heard += [one async for one in reading]  # it ends by itself
    await close(other_process)
    assert [one.steps[-1] for one in heard if isinstance(one, Heard)] == [
        "received", "read", "viewed", "withdrawal_requested", "withdrawn",
    ]  # fmt: skip
    assert "kim" not in str(heard)
    await until(lambda: counter.api.state.watch.count == 0)


async def test_a_client_that_comes_again_is_told_only_what_it_does_not_know(counter: Counter) -> None:
    case = await counter.held()
    path = f"/v1/submissions/{case.submission_id}/timeline"
    async with counter.signing() as http:
        async with http.stream("GET", path, headers=EVENTS) as stream:
            first = await anext(hearing(stream))
        assert isinstance(first, Heard)
        # Nothing has happened: after a restart or a cut connection it hears nothing until something does.
        async with http.stream("GET", path, headers=EVENTS | {"last-event-id": first.id}) as stream:
            reading = hearing(stream)
            waiting = asyncio.ensure_future(anext(reading))
            await asyncio.sleep(0.3)
            assert not waiting.done()
            await counter.screened(case)
            second = await waiting
        assert isinstance(second, Heard)
        assert second.steps[-1] in ("read", "waiting")
        # What it last knew is old: it is told at once.
        async with http.stream("GET", path, headers=EVENTS | {"last-event-id": first.id}) as stream:
            third = await anext(hearing(stream))
        assert isinstance(third, Heard)
        assert third.steps[-1] == "waiting"


async def test_a_client_that_knows_the_end_is_told_not_to_come_again(counter: Counter) -> None:
    case = await counter.held()
    asked = await counter.wiring.gate.request("take_back", case.submission_id, holder=case.holder, request_id="t")
    done = await counter.wiring.gate.finish("take_back", case.submission_id, cause=asked.event)
    await counter.store.record([done.event])
    path = f"/v1/submissions/{case.submission_id}/timeline"
    async with counter.signing() as http:
        whole = (await http.get(path, headers=EVENTS)).text
        known = re.search(r"^id: (\S+)$", whole, re.MULTILINE)
        assert known is not None
        again = await http.get(path, headers=EVENTS | {"last-event-id": known[1]})
    assert again.status_code == 204


async def test_no_more_streams_are_opened_than_there_may_be(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await counter.held()
    path = f"/v1/submissions/{case.submission_id}/timeline"
    monkeypatch.setattr(counter.api.state.watch, "_most", 1)
    async with counter.signing() as http, http.stream("GET", path, headers=EVENTS) as open_one:
        reading = hearing(open_one)  # kept: let go of, it would close the stream
        await anext(reading)
        refused = await http.get(path, headers=EVENTS)
        page = await http.get(counter.page(case) + "/stream", headers=EVENTS)
        by_json = await http.get(path)
    assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (503, "streams-full", "5")
    assert page.status_code == 503
    assert by_json.status_code == 200
    await until(lambda: counter.api.state.watch.count == 0)


async def test_a_process_that_is_told_to_end_ends_its_streams_first(counter: Counter) -> None:
    case = await counter.held()
    async with counter.signing() as http:
        stream = asyncio.create_task(http.get(f"/v1/submissions/{case.submission_id}/timeline", headers=EVENTS))
        await until(lambda: counter.api.state.watch.count == 1)
        counter.api.state.watch.stop()
        answer = await asyncio.wait_for(stream, 60)
    assert answer.text.count("event: timeline") == 1


async def test_the_receipt_carries_the_link_and_the_link_alone_opens_the_page(counter: Counter) -> None:
    case = await counter.held()
    async with counter.signing() as signed, httpx.AsyncClient() as http:
        status = (await signed.get(f"/v1/submissions/{case.submission_id}")).json()
        url = status["receipt"]["page_url"]
        page = await http.get(url)
        wrong = [
            await http.get(f"{counter.url}/r/{name}")
            for name in (case.submission_id, case.receipt, url.rpartition("-")[0], url.rpartition("/")[2][:-1] + "2")
        ]
    assert url == counter.page(case)
    assert page.status_code == 200
    assert [answer.status_code for answer in wrong] == [404] * 4
    assert all(case.receipt not in answer.text for answer in wrong)


async def test_the_page_is_kept_by_nobody_found_by_nobody_and_told_to_nobody(counter: Counter) -> None:
    case = await counter.held()
    await counter.screened(case)
    async with httpx.AsyncClient() as http:
        for path in (counter.page(case), f"{counter.url}/r/unknown"):
            page = await http.get(path)
            policy = page.headers["content-security-policy"]
            assert page.headers["cache-control"] == "no-store"
            assert page.headers["referrer-policy"] == "no-referrer"
            assert page.headers["x-robots-tag"].startswith("noindex")
            assert page.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert "http-equiv" not in page.text, "no meta refresh"
            assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text), "nothing of a third party"
            assert not re.findall(r"<style|style=|onclick|javascript:", page.text)


async def test_the_page_speaks_both_languages_and_holds_nothing_of_the_person(counter: Counter) -> None:
    case = await counter.held()
    await counter.screened(case)
    await counter.wiring.gate.view(case.submission_id, official=KIM, purpose="심사", request_id="r1")
    async with httpx.AsyncClient(headers={"accept-language": "ko"}) as http:
        korean = await http.get(counter.page(case))
        english = await http.get(counter.page(case) + "?lang=en")
        asked = await http.get(counter.page(case), headers={"accept-language": "en-GB,ko;q=0.5"})
    assert '<html lang="ko">' in korean.text
    assert "손목닥터 9988" in korean.text
    assert english.text == asked.text
    assert '<html lang="en">' in english.text
    assert english.headers["content-language"] == "en"
    assert not re.findall("[가-힣]", english.text.replace("한국어", ""))
    for page in (korean.text, english.text):
        assert case.receipt in page
        for secret in ("김가상", "1990", ADDRESS, case.holder, "kim", "EI_HIST", "고용보험", "review", "확인필요"):
            assert secret not in page


async def test_a_date_for_which_no_source_was_found_is_labelled_in_either_language(
    settings: Settings, keyring: Keyring
) -> None:
    catalog = load()
    programme = catalog.programmes["SONMOK9988_2022"]
    label = Unverified(place="answers_within", label="미확인", reason="not found")
    unfounded = programme.model_copy(update={"unverified": (label,)})
    catalog = replace(catalog, programmes={**catalog.programmes, programme.id: unfounded})
    async with a_counter(settings, keyring, catalog=catalog) as counter, httpx.AsyncClient() as http:
        page = counter.page(await counter.held())
        korean, english = (await http.get(page)).text, (await http.get(page + "?lang=en")).text
    assert '<span class="label">미확인</span>' in korean
    assert '<span class="label">unverified</span>' in english
    assert not re.findall("[가-힣]", english.replace("한국어", ""))


async def test_the_page_does_not_say_which_way_it_was_decided_and_the_holders_app_does(counter: Counter) -> None:
    case = await counter.held()
    gate = counter.wiring.gate
    await gate.decide(case.submission_id, "ineligible", official=KIM, request_id="r1", say_at=utc_now())
    await until(gate.close_due)
    async with counter.signing() as signed, httpx.AsyncClient() as http:
        told = (await signed.get(f"/v1/submissions/{case.submission_id}/timeline")).json()
        page = await http.get(counter.page(case) + "?lang=en")
    assert (told["steps"][-1]["decision"], told["over"], told["next"]) == ("ineligible", True, None)
    assert "Decided" in page.text
    assert "eligible" not in page.text


async def test_after_a_take_back_the_page_says_so_and_what_the_app_can_get(counter: Counter) -> None:
    case = await counter.held()
    await counter.screened(case)
    asked = await counter.wiring.gate.request("take_back", case.submission_id, holder=case.holder, request_id="t")
    done = await counter.wiring.gate.finish("take_back", case.submission_id, cause=asked.event)
    await counter.store.record([done.event])
    async with httpx.AsyncClient() as http:
        page = (await http.get(counter.page(case))).text
    assert "회수되어 파기되었습니다" in page
    assert "파기 확인서는 본인의 어느 지갑 앱에서든 받을 수 있습니다" in page
    assert "진본" not in page
    assert "data-stream" not in page
    assert "receipt.js" not in page


async def test_whoever_sent_something_unreadable_is_offered_visit_post_and_fax_at_once(counter: Counter) -> None:
    case = await counter.held()
    await counter.hear(said.ExtractionFailed, case, 1, revision=1, reason="encrypted")
    async with counter.signing() as signed, httpx.AsyncClient() as http:
        told = (await signed.get(f"/v1/submissions/{case.submission_id}/timeline")).json()
        page = (await http.get(counter.page(case))).text
    assert told["steps"][-1]["reason"] == "encrypted"
    assert told["steps"][-1]["detail"]["ko"] == "파일에 암호가 걸려 있습니다."
    assert told["next"]["what"] == "sent_again"
    assert set(told["alternatives"][0]["contact"]) == {"visit", "post", "fax", "basis"}
    for text in ("파일에 암호가 걸려 있습니다.", "방문·우편·팩스", "02-000-0001", "가상로 1", "예시"):
        assert text in page


async def test_the_description_tells_of_both_ways_to_follow(counter: Counter) -> None:
    async with httpx.AsyncClient() as http:
        described = (await http.get(f"{counter.url}/openapi.json")).json()
    route = described["paths"]["/v1/submissions/{submission_id}/timeline"]["get"]
    assert set(route["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    assert route["security"] == [{"walletSignature": []}]
    assert not [path for path in described["paths"] if path.startswith(("/r/", "/static"))]
    assert "Alternative" in described["components"]["schemas"]
    assert "alternatives" in json.dumps(described["components"]["schemas"]["Problem"])
