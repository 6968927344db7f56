"""The timeline at the door, on a real store: by JSON, by server-sent events, and by the receipt link."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest

from services.intake import streams
from services.intake.store import Store
from shared import events as said
from shared.catalog import load
from shared.catalog.programmes import Unverified
from shared.clock import utc_now
from shared.events import Decision
from shared.gate import Case, Official
from shared.mongo import close, connect, database
from shared.settings import Settings
from shared.standing import screening_name
from shared.vault import Keyring, SealedRow
from tests.builders.holding import a_hold
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
        link = url.rpartition("/")[2]
        other = link[:-1] + ("3" if link.endswith("2") else "2")
        wrong = [
            await http.get(f"{counter.url}/r/{name}")
            for name in (case.submission_id, case.receipt, url.rpartition("-")[0], other)
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


SCREENED = screening_name(1, date(2022, 12, 12), 0)
UNMET = {
    "result": "not_met",
    "reason_ko": "1쪽에서 서울의 사업장을 찾지 못했습니다.",
    "reason_en": "Not in Seoul (page 1).",
}


async def screened_for(counter: Counter, outcome: str, *conditions: dict[str, str]) -> Case:
    """A held submission whose screening is sealed in the vault."""
    hold, seal = await a_hold(counter.wiring.keyring, counter.wiring.vault, programme_id="SONMOK9988_2022")
    text = json.dumps({"outcome": outcome, "conditions": conditions}).encode()
    sealed = seal.seal("screening", 1, text, SCREENED)
    await counter.wiring.vault.put([SealedRow(hold.submission_id, "screening", 1, sealed, SCREENED)])
    return (await counter.wiring.gate.hold(hold)).case


async def decided(counter: Counter, case: Case, decision: Decision, words: str = "") -> None:
    gate, name = counter.wiring.gate, f"d-{case.submission_id}"
    reasons = await gate.sealed_reasons({case.submission_id: (name, words)} if words else {})
    about = {"official": KIM, "request_id": name, "say_at": utc_now(), "screening": f"1|{SCREENED}"}
    await gate.decide(case.submission_id, decision, reason=reasons.get(case.submission_id), **about)


async def test_whoever_is_refused_is_told_why_and_what_can_be_done_and_nobody_else_is(counter: Counter) -> None:
    met = {"result": "met", "reason_ko": "나이를 확인했습니다.", "reason_en": "Age shown."}
    refused = await screened_for(counter, "ineligible", met, UNMET)
    otherwise = await screened_for(counter, "eligible", met)
    granted = await screened_for(counter, "eligible", met)
    await decided(counter, refused, "ineligible")
    await decided(counter, otherwise, "ineligible", "이미 다른 사업으로 받았습니다")
    await decided(counter, granted, "eligible")
    path = f"/v1/submissions/{refused.submission_id}/timeline"
    async with counter.signing() as signed, httpx.AsyncClient() as http:
        assert UNMET["reason_ko"] not in (await signed.get(path)).text, "while it can be undone nothing is told"
        await until(counter.wiring.gate.close_due)
        told = [
            (await signed.get(f"/v1/submissions/{case.submission_id}/timeline")).json()["steps"][-1]
            for case in (refused, otherwise, granted)
        ]
        stream = (await signed.get(path, headers=EVENTS)).text
        page = (await http.get(counter.page(refused))).text + (await http.get(counter.page(refused) + "/stream")).text
        looked = await counter.wiring.gate.accesses(refused, limit=9)
        assert [one.what for one in looked] == ["decided"], "read by its holder, viewed by nobody"
        assert (await signed.get(f"/v1/submissions/{refused.submission_id}")).json()["timeline"][-1][
            "what"
        ] == "decided"
    assert [step["because"] for step in told] == [
        [{"ko": UNMET["reason_ko"], "en": UNMET["reason_en"]}],
        [{"ko": "담당자가 적은 사유: 이미 다른 사업으로 받았습니다",
          "en": "The official's own words: 이미 다른 사업으로 받았습니다"}],
        [],
    ]  # fmt: skip
    assert [bool(step["remedy"]) for step in told] == [True, True, False]
    assert told[0]["remedy"]["label"] == "예시"
    assert UNMET["reason_ko"] in stream
    for secret in (UNMET["reason_ko"], UNMET["reason_en"], told[0]["remedy"]["says"]["ko"]):
        assert secret not in page, "the receipt link does not say which way"


async def test_once_it_is_erased_no_reason_is_told(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await screened_for(counter, "ineligible", UNMET)
    gate = counter.wiring.gate
    await decided(counter, case, "ineligible")
    await until(gate.close_due)
    assert (await gate.why(case.submission_id)) is not None
    monkeypatch.setattr(gate, "_clock", lambda: utc_now() + timedelta(days=400))
    await gate.expire(case.submission_id)
    assert await gate.why(case.submission_id) is None
    async with counter.signing() as signed:
        told = await signed.get(f"/v1/submissions/{case.submission_id}/timeline")
    assert UNMET["reason_ko"] not in told.text
    assert "remedy" not in [name for step in told.json()["steps"] for name, value in step.items() if value]


async def test_an_installation_sets_its_own_remedy(settings: Settings, keyring: Keyring) -> None:
    own = settings.model_copy(
        update={"remedy_ko": "시청 3층 민원실로 오세요.", "remedy_en": "Come to the third floor."}
    )
    async with a_counter(own, keyring) as counter, counter.signing() as signed:
        case = await screened_for(counter, "ineligible", UNMET)
        await decided(counter, case, "ineligible")
        await until(counter.wiring.gate.close_due)
        told = (await signed.get(f"/v1/submissions/{case.submission_id}/timeline")).json()
    remedy = {"ko": "시청 3층 민원실로 오세요.", "en": "Come to the third floor."}
    assert told["steps"][-1]["remedy"] == {"says": remedy, "label": None}


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
