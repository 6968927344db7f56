"""The desk on a real store: events folded into the queue, and submissions opened through the gate."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any, get_args

import httpx
import pytest

from services.dashboard.listing import SIZE
from services.dashboard.pages.words import FINDING
from services.dashboard.pages.words import of as words_of
from services.eligibility.screenings import DUPLICATE
from services.eligibility.trust import Finding as Screened
from services.wallet_simulator.samples import Issuer, make, population
from shared.clock import seoul_date, utc_now
from shared.events import SubmissionParked, SubmissionTakenBack, SubmissionViewed
from shared.facts import Claim, Facts, Finding, FindingCode
from shared.settings import Settings
from shared.standing import CLASSES, Standing, fold
from shared.vault import Keyring
from tests.builders.desk import (
    FACTS,
    PROGRAMME,
    RRN,
    Office,
    a_working_desk,
    an_office,
    hidden,
    overview,
    owed,
    screening,
    state,
    take_a_look,
    take_back,
    uncover,
)
from tests.builders.holding import a_hold
from tests.builders.runs import fold_shuffled, row, told

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


async def test_shuffled_repeated_and_concurrent_events_end_in_the_same_queue(office: Office) -> None:
    events: dict[str, list[Any]] = {}
    for number in range(6):
        hold, _ = await a_hold(office.wiring.keyring, office.wiring.vault)
        held = await office.wiring.gate.hold(hold)
        sid, at = hold.submission_id, hold.received_at
        events[sid] = [
            held.event,
            office.screened(sid, "review", at=at),
            office.screened(sid, "eligible", at=at, edition=1),
            SubmissionViewed.because_of(sid, submission_id=sid, at=at, office="과"),
        ]
        if number % 2:
            events[sid].append(SubmissionTakenBack.because_of(sid, submission_id=sid, at=at))
    shuffle = random.Random(7)
    told = [event for life in events.values() for event in life] * 3
    shuffle.shuffle(told)
    await asyncio.gather(*(office.fold(*told[start::8]) for start in range(8)))
    stored = await office.desk.stores.queue.load(events)
    for sid, life in events.items():
        expected = Standing()
        for event in life:
            expected = fold(expected, event)
        assert stored[sid].standing == expected


async def test_of_what_was_taken_back_only_a_tombstone_stands_in_the_queue(office: Office) -> None:
    sid = await office.submission("review", findings=["stale"], waiting_on=["q-1"])
    await office.fold(await take_back(office, sid), office.screened(sid, "eligible", edition=9))
    document = await office.wiring.database("dashboard").get_collection("queue").find_one({"_id": sid})
    assert document is not None
    assert document["class"] == "taken_back"
    assert document["waiting_on"] == []
    kept = {"receipt", "programme_id", "wallet_app", "office", "received_at", "certificates", "taken_back_at"}
    assert set(document["standing"]) == kept


async def test_counts_sum_and_agree_with_the_lists_and_every_page_is_reached_both_ways(office: Office) -> None:
    first = utc_now() - timedelta(days=3)
    outcomes = ["eligible", "ineligible", "review", None]
    for number in range(SIZE + 9):  # two share each instant, and a page ends between two
        at = first + timedelta(seconds=(number + 1) // 2 * 600)
        await office.submission(outcomes[number % 4], received_at=at, receipt=f"R-{number:03}")
    await office.submission(None, unreadable="no_text_layer")
    sid = await office.submission(None)
    parked = {"service": "extraction", "parked_topic": "t", "reason": "r"}
    await office.fold(SubmissionParked.because_of("p", submission_id=sid, at=utc_now(), **parked))
    official = await office.official()
    counts = await overview(official)
    assert counts["received"] == SIZE + 11 == sum(counts["classes"].values())
    assert counts["unaccounted"] == 0
    assert (counts["classes"]["unreadable"], counts["classes"]["parked"]) == (1, 1)
    for name in CLASSES:
        page = await official.get(f"/queue?programme={PROGRAMME}&class={name}")
        listed = page.text.partition('id="list"')[2]
        assert listed.count('<th scope="row">') == counts["classes"][name]
    forth, page = [], await official.get("/queue")
    while True:
        forth.append(receipts(page))
        following = link(page, "next")
        if following is None:
            break
        page = await official.get(following)
    back = [receipts(page)]
    while previous := link(page, "prev"):
        page = await official.get(previous)
        back.insert(0, receipts(page))
    assert [len(names) for names in forth] == [SIZE, 11]
    assert forth == back
    first_come = [name for names in forth for name in names][: SIZE + 9]
    assert first_come == sorted(first_come, key=lambda name: (int(name[2:]) + 1) // 2)


def receipts(page: httpx.Response) -> list[str]:
    return [
        part.split("</")[0].split(">")[-1] for part in page.text.partition('id="list"')[2].split('<th scope="row">')[1:]
    ]


def link(page: httpx.Response, rel: str) -> str | None:
    _, found, rest = page.text.partition(f'rel="{rel}" href="')
    return rest.split('"')[0].replace("&amp;", "&") if found else None


def findings_of(page: str) -> list[str]:
    """The findings that a page names, by their words."""
    return re.findall(r'data-kind="finding">([^<]*)<', page)


async def test_an_opened_page_says_whose_a_certificate_is_not_how_long_it_holds_and_by_which_law(
    office: Office,
) -> None:
    ends = seoul_date(utc_now()) + timedelta(days=5)
    [one] = FACTS.certificates
    found = {"outcome": "review", "of_certificates": {"0": ["subject_differs"]}, "findings": ["subject_differs"]}
    sid = await office.submission(
        "review",
        findings=["subject_differs"],
        facts=Facts(certificates=(one.model_copy(update={"valid_until": ends}),)),
        sealed_screening=screening("review") | found,
    )
    well = await office.submission("eligible")
    official = await office.official()
    says = (
        "5일 뒤 유효기간 끝",
        "명의인이 제출자와 다릅니다. 이 증명서의 값은 판단에 쓰지 않았습니다.",
        "민법 제158조",
    )
    before = (await official.get(f"/submissions/{sid}")).text
    assert [one for one in says if one in before] == []
    page = (await take_a_look(official, sid)).text
    assert [one for one in says if one not in page] == []
    assert "명의인 다름" in findings_of(page)
    other = (await take_a_look(official, well)).text
    assert [one for one in says if one in other] == ["민법 제158조"]


async def test_before_it_is_opened_a_list_and_a_draft_say_of_a_certificate_codes_of_a_closed_set_and_no_value(
    office: Office,
) -> None:
    """Every finding there is, on every list, draft and table that is made without opening anything."""
    codes = {code for part in (*get_args(Screened), FindingCode) for code in get_args(part) or (part,)} | {DUPLICATE}
    assert codes == set(FINDING)
    values = ["김가상", "1990-01-01", "19900101", RRN, RRN[:6], "한빛가상", "근로복지공단", "나이를 확인했습니다"]
    sid = await office.submission("eligible", findings=sorted(codes))
    await office.submission("review", findings=sorted(codes))
    await fold_shuffled(office, told([row(sid, "selected", 1)]))
    official = await office.official()
    queue = await official.get(f"/queue?programme={PROGRAMME}&class=eligible")
    form = {"csrf": hidden(queue, "csrf"), "token": hidden(queue, "token"), "programme": PROGRAMME}
    draft = await official.post("/batches", data={**form, "class": "eligible", "pick": sid})
    assert "1건을 적격으로 확정할까요?" in draft.text
    of = f"programme={PROGRAMME}"
    addresses = [
        "/queue", f"/queue?{of}&class=review", f"/runs?{of}", "/runs/run-1", "/runs/run-1/diff", str(draft.url),
        f"/failures?{of}", f"/overview?{of}", f"/questions?{of}", f"/queue/export.csv?{of}", "/runs/run-1/export.csv",
    ]  # fmt: skip
    pages = [await official.get(address) for address in addresses]
    assert [page.status_code for page in pages] == [200] * len(pages)
    assert [(page.url.path, value) for page in pages for value in values if value in page.text] == []
    said = {word for page in pages for word in findings_of(page.text)}
    assert said == {words_of(FINDING, code) for code in codes}
    kept = [
        await office.wiring.database("dashboard").get_collection(name).find({}).to_list(None)
        for name in ("queue", "batches", "decisions", "runs", "portions")
    ]
    assert all(kept[:3])
    assert [value for value in values if value in str(kept)] == []
    assert await state(office, sid) == "held"


async def test_nothing_read_from_a_certificate_is_seen_before_the_look_is_recorded(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    addresses = ("/queue", f"/submissions/{sid}", "/questions", "/api/overview")
    pages = [await official.get(address) for address in addresses]
    assert all(page.status_code == 200 for page in pages)
    assert not any("김가상" in page.text or "한빛가상" in page.text for page in pages)
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert case.state == "held"


async def test_a_look_is_marked_owed_and_shown_without_the_back_of_a_resident_number(office: Office) -> None:
    sid = await office.submission("eligible", findings=["duplicate"])
    official = await office.official()
    page = await uncover(official, await take_a_look(official, sid, "재검토"))
    assert page.status_code == 200
    for seen in ("김가상", "주식회사 한빛가상", "900101-*******", "중복 신청", "만 19세 이상 69세 이하", "<rect id="):
        assert seen in page.text
    assert "1234567" not in page.text
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert case.first_view is not None
    assert (case.first_view.official, case.first_view.purpose) == ("sample-0", "재검토")
    assert await owed(office, SubmissionViewed) == [sid]
    assert (await overview(official))["viewed"] == 1


async def test_what_an_official_should_know_of_a_certificate_is_said_in_sentences_with_both_sides_of_a_disagreement(
    office: Office,
) -> None:
    claims = (
        Claim(source="embedded", value=f"가상로 1 {RRN}"),
        Claim(source="text", value="가상로 2", page=1, box=(100, 600, 200, 612)),
    )
    found = (Finding(code="sources_disagree", names=("address",), claims=claims), Finding(code="rrn_redacted"))
    certificate = FACTS.certificates[0].model_copy(
        update={
            "findings": found,
            "number": "2022-001",
            "issued_on": date(2022, 12, 1),
            "valid_until": date(2022, 12, 5),
        }
    )
    sealed = {**screening("review"), "of_certificates": {"0": ["expired", "same_number", "sources_disagree"]}}
    sid = await office.submission("review", facts=Facts(certificates=(certificate,)), sealed_screening=sealed)
    official = await office.official()
    page = await uncover(official, await take_a_look(official, sid))
    for seen in (
        "2022-001", "2022-12-05까지 (기준일에 7일 지남)", "유효기간 지남", "전자서명이 파일 전체를 덮고",
        "발급번호가 같은 증명서를 다른 사람도 제출했습니다", "출처마다 값이 달라", "내장 데이터", "가상로 2",
        "주민등록번호 전체가 적혀 있어", "확신도 100%",
        'href="#box-0-address"', '<rect id="box-0-address" class="claimed"',
    ):  # fmt: skip
        assert seen in page.text
    assert "1234567" not in page.text


async def test_a_copy_says_that_it_is_one_and_a_file_that_is_not_kept_shows_a_sentence_in_place_of_a_picture(
    office: Office,
) -> None:
    sid = await office.submission("eligible")
    gate = office.wiring.database("gate").get_collection("submissions")
    official = await office.official()
    await gate.update_one({"_id": sid}, {"$set": {"certificates.0.redacted_at": utc_now()}})
    page = await take_a_look(official, sid)
    assert "뒷자리를 가린 사본입니다" in page.text
    assert "<img " in page.text
    await gate.update_one({"_id": sid}, {"$set": {"certificates.0.blob_id": None, "certificates.0.key": None}})
    page = await official.get(page.url)
    assert "파일을 보관하지 않습니다" in page.text
    assert "<img " not in page.text
    assert (await official.get(f"{page.url}/certificates/0/pages/1.png")).status_code == 404


async def test_the_same_form_sent_twice_is_one_look(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    asked = await official.get(f"/submissions/{sid}")
    form = {"csrf": hidden(asked, "csrf"), "token": hidden(asked, "token"), "purpose": "심사"}
    pages = [await official.post(f"/submissions/{sid}/looks", data=form) for _ in range(2)]
    assert pages[0].url == pages[1].url
    entries = office.wiring.database("audit").get_collection("entries")
    assert await entries.count_documents({"submissions": sid, "what": "viewed"}) == 1


async def test_no_address_opens_anything_by_itself(office: Office) -> None:
    sid = await office.submission("eligible")
    official, other = await office.official(0), await office.official(1)
    made_up = await official.get(f"/submissions/{sid}/looks/look-made-up")
    assert "김가상" not in made_up.text
    case = await office.wiring.gate.case(sid)
    assert case is not None
    assert case.state == "held"
    taken = await take_a_look(official, sid)
    assert "김가상" not in (await other.get(taken.url)).text


async def test_when_the_take_back_was_first_the_official_is_told_so_plainly(office: Office) -> None:
    sid = await office.submission("eligible")
    official = await office.official()
    asked = await official.get(f"/submissions/{sid}")
    await take_back(office, sid)
    form = {"csrf": hidden(asked, "csrf"), "token": hidden(asked, "token"), "purpose": "심사"}
    refused = await official.post(f"/submissions/{sid}/looks", data=form)
    assert refused.status_code == 409
    assert "신청인이 먼저 회수했습니다" in refused.text
    assert await owed(office, SubmissionViewed) == []


async def test_pictures_of_pages_are_drawn_in_the_jail_for_whoever_looked_and_never_cached(
    settings: Settings, keyring: Keyring, tmp_path: Any
) -> None:
    del keyring
    office = await an_office(settings.model_copy(update={"development": True}))
    person = next(iter(population(1)))
    issuer = Issuer.open(tmp_path / "issuer")
    pdf = make("EI_HIST", person=person, seed=1, issued_on=date(2022, 12, 10), issuer=issuer).pdf
    async with office.app.router.lifespan_context(office.app):
        sid = await office.submission("eligible", pdf=pdf)
        official, other = await office.official(0), await office.official(1)
        taken = await take_a_look(official, sid)
        address = f"{taken.url}/certificates/0/pages/1.png"
        picture = await official.get(address)
        assert picture.content.startswith(b"\x89PNG")
        assert picture.headers["cache-control"] == "no-store"
        assert (await other.get(address)).status_code == 404
        assert (await official.get(f"{taken.url}/certificates/0/pages/2.png")).status_code == 404
        assert (await official.get(f"{taken.url}/certificates/1/pages/1.png")).status_code == 404
