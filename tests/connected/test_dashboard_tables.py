"""Tables out of the desk and into it, on a real store: no value without a look, no decision without a preview."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import openpyxl
import pytest

from services.dashboard.batch import by_ending
from services.dashboard.people import Person
from services.dashboard.roles import Grant
from shared.clock import utc_now
from shared.events import SubmissionViewed
from shared.gate import Opened, Refused
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import PROGRAMME, RRN, Office, a_working_desk, hidden, owed, state, take_a_look, take_back
from tests.builders.runs import fold_shuffled, row, selecting, told

pytestmark = [pytest.mark.connected, pytest.mark.both_drivers]
OFFICE = "sonmok9988"
"""Of the fictional official who is signed in."""


@pytest.fixture
async def office(settings: Settings, keyring: Keyring) -> AsyncIterator[Office]:
    del keyring  # made where the desk loads it from
    async with a_working_desk(settings) as made:
        yield made


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def test_the_queue_is_taken_along_class_by_class_first_come_first_and_without_a_value(office: Office) -> None:
    first = utc_now() - timedelta(days=2)
    for number in range(3):
        await office.submission("eligible", receipt=f"R-{number}", received_at=first + timedelta(hours=number))
    await office.submission("review", receipt="=cmd|' /C calc'!A0", received_at=first + timedelta(hours=5))
    official = await office.official()
    every = table(await official.get(f"/queue/export.csv?programme={PROGRAMME}"))
    assert [line["접수번호"] for line in every] == ["R-0", "R-1", "R-2", "'=cmd|' /C calc'!A0"]
    assert set(every[0]) == {"접수번호", "지갑 앱", "담당", "접수 시각", "분류", "열람 시각", "결정"}
    answer = await official.get(f"/queue/export.xlsx?programme={PROGRAMME}&class=eligible")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["표 1"]
    assert [cell.value for cell in sheet["A"]] == ["접수번호", "R-0", "R-1", "R-2"]
    assert b"\xea\xb9\x80\xea\xb0\x80\xec\x83\x81" not in answer.content
    assert await owed(office, SubmissionViewed) == []
    assert (await office.browser().get("/queue/export.csv")).url.path == "/signin"


async def test_a_long_queue_is_taken_along_whole(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.dashboard.pages.exports._SOME", 4)
    at = utc_now()
    for number in range(11):  # some share an instant, and a page ends between them
        await office.submission("eligible", receipt=f"R-{number:02}", received_at=at + timedelta(seconds=number // 3))
    official = await office.official()
    lines = table(await official.get(f"/queue/export.csv?programme={PROGRAMME}&class=eligible"))
    assert sorted(line["접수번호"] for line in lines) == [f"R-{number:02}" for number in range(11)]


async def test_a_run_and_what_differs_are_taken_along(office: Office) -> None:
    one, two = [await office.submission("eligible", receipt=f"R-{number}") for number in range(2)]
    await fold_shuffled(office, told([row(one, "selected", 1), row(two, "waiting", 2)]))
    await fold_shuffled(office, told([row(one, "selected", 1), row(two, "selected", 2)], "run-2"))
    official = await office.official()
    lines = table(await official.get("/runs/run-1/export.csv"))
    assert {(line["접수번호"], line["선정 순위"], line["선정 구분"]) for line in lines} == {
        ("R-0", "1", "선정"), ("R-1", "2", "대기"),
    }  # fmt: skip
    lines = table(await official.get("/runs/run-1/export.csv?group=waiting"))
    assert [line["접수번호"] for line in lines] == ["R-1"]
    lines = table(await official.get("/runs/run-1/diff/export.csv?other=run-2"))
    assert [(line["접수번호"], line["앞"], line["뒤"]) for line in lines] == [("R-1", "대기", "선정")]
    assert (await official.get("/runs/run-9/export.csv")).status_code == 404


async def reveal(official: httpx.AsyncClient, query: str, **changes: str) -> httpx.Response:
    page = await official.get(f"/reveal?{query}")
    names = ("csrf", "token", "programme", "class", "run", "group", "count")
    form = {name: hidden(page, name) for name in names}
    return await official.post("/reveal", data={**form, "purpose": "심사", **changes})


async def test_with_read_values_each_row_is_a_look_and_one_that_was_taken_back_says_so(office: Office) -> None:
    sids = [await office.submission("eligible", receipt=f"R-{number}") for number in range(3)]
    official = await office.official()
    asked = await official.get(f"/reveal?programme={PROGRAMME}&class=eligible")
    assert "3건이 모두 열람한 것이 됩니다" in asked.text
    assert [await state(office, sid) for sid in sids] == ["held"] * 3
    await take_back(office, sids[1])  # the desk has not heard of it yet
    lines = {line["접수번호"]: line for line in table(await reveal(official, f"programme={PROGRAMME}&class=eligible"))}
    assert [await state(office, sid) for sid in sids] == ["viewed", "taken_back", "viewed"]
    assert lines["R-0"]["열람 결과"] == "열람함"
    assert lines["R-0"]["제출자 성명"] == "김가상"
    assert lines["R-0"]["고용보험 자격이력 내역서: 진본 확인"] == "진본"
    assert "주식회사 한빛가상" in lines["R-0"]["고용보험 자격이력 내역서: 자격 이력"]
    assert lines["R-0"]["조건: 만 19세 이상 69세 이하"].startswith("충족: ")
    assert lines["R-1"]["열람 결과"] == "열지 못함: 신청인이 먼저 회수했습니다"
    assert {value for name, value in lines["R-1"].items() if name.startswith(("제출자", "조건", "고용"))} == {""}
    assert all(RRN not in value for line in lines.values() for value in line.values())
    assert sorted(await owed(office, SubmissionViewed)) == sorted([sids[0], sids[2]])
    case = await office.wiring.gate.case(sids[0])
    assert case is not None
    assert case.first_view is not None
    assert case.first_view.purpose == "심사 · 내보내기"


async def test_what_is_taken_back_while_an_export_is_running_is_not_opened_and_the_row_says_so(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = utc_now() - timedelta(hours=1)
    times = [at, at + timedelta(minutes=1)]
    first, late = [await office.submission("eligible", receipt=f"R-{n}", received_at=t) for n, t in enumerate(times)]
    official = await office.official()
    monkeypatch.setattr("services.dashboard.pages.reveals._AT_ONCE", 1)
    view, looks = office.desk.gate.view, list[str]()

    async def taken_back_after_the_first(sid: str, **how: Any) -> Opened | Refused:
        looks.append(sid)
        opened = await view(sid, **how)
        if sid == first:
            await take_back(office, late)
        return opened

    monkeypatch.setattr(office.desk.gate, "view", taken_back_after_the_first)
    lines = table(await reveal(official, f"programme={PROGRAMME}&class=eligible"))
    assert looks == [first, late], "one after the other"
    assert [await state(office, sid) for sid in (first, late)] == ["viewed", "taken_back"]
    assert lines[0]["제출자 성명"] == "김가상"
    assert lines[1]["열람 결과"] == "열지 못함: 신청인이 먼저 회수했습니다"
    assert {value for name, value in lines[1].items() if name.startswith(("제출자", "조건", "고용", "신고"))} == {""}
    assert await owed(office, SubmissionViewed) == [first]


async def test_no_more_is_opened_than_was_asked_for_and_nothing_without_a_purpose(office: Office) -> None:
    sids = [await office.submission("eligible") for _ in range(3)]
    official = await office.official()
    query = f"programme={PROGRAMME}&class=eligible"
    assert (await reveal(official, query, purpose="궁금해서")).status_code == 403
    assert (await reveal(official, query, count="-1")).status_code == 403
    assert [await state(office, sid) for sid in sids] == ["held"] * 3
    assert len(table(await reveal(official, query, count="2"))) == 2
    assert sorted([await state(office, sid) for sid in sids]) == ["held", "viewed", "viewed"]


async def test_of_a_run_only_the_group_that_was_asked_for_is_opened(office: Office) -> None:
    one, two = [await office.submission("eligible", receipt=f"R-{number}") for number in range(2)]
    await fold_shuffled(office, told([row(one, "selected", 1), row(two, "waiting", 2)]))
    official = await office.official()
    lines = table(await reveal(official, "run=run-1&group=selected"))
    assert [line["접수번호"] for line in lines] == ["R-0"]
    assert [await state(office, sid) for sid in (one, two)] == ["viewed", "held"]


async def send(official: httpx.AsyncClient, text: str, **changes: str) -> httpx.Response:
    page = await official.get(f"/imports?programme={PROGRAMME}")
    form = {"csrf": hidden(page, "csrf"), "token": hidden(page, "token"), "programme": PROGRAMME, **changes}
    return await official.post("/imports", data=form, files={"file": ("결정.csv", text.encode("cp949"), "text/csv")})


async def test_a_file_of_decisions_is_told_line_by_line_and_what_is_good_is_a_draft(office: Office) -> None:
    good = await office.submission("eligible", receipt="R-1", office=OFFICE)
    looked = await office.submission("review", receipt="R-2", office=OFFICE)
    await office.submission("eligible", receipt="R-3", office="other")
    gone = await office.submission("eligible", receipt="R-4", office=OFFICE)
    await office.fold(await take_back(office, gone))
    official = office.browser()
    here = [Grant(role, offices=(OFFICE,)) for role in ("handler", "approver")]
    person = Person("one", "정예시 (예시)", OFFICE)
    official.cookies.set("gubi", await office.desk.stores.sessions.start(person, here, utc_now()))
    await take_a_look(official, looked)
    lines = [
        "접수번호,결정,사유",
        "R-1,적격",
        "R-2,부적격,다른 서류로 확인함",
        "R-3,적격",
        "R-4,적격",
        "R-9,적격",
        "R-1,부적격",
        "R-2,",
        "R-2,글쎄",
    ]
    preview = await send(official, "\r\n".join(lines))
    assert "2건을 확정할까요?" in preview.text
    for word in ("다른 부서가 담당하는", "먼저 회수", "없는 접수번호", "위에 이미 나온"):
        assert word in preview.text
    assert "받지 않은 줄 <small>5" in preview.text
    assert [await state(office, sid) for sid in (good, looked)] == ["held", "viewed"]
    done = await official.post(f"{preview.url}/confirm", data={"csrf": hidden(preview, "csrf")})
    assert [await state(office, sid) for sid in (good, looked)] == ["decided", "decided"]
    batch_id = done.url.path.rpartition("/")[2]
    tally = await office.desk.stores.rows.tally(batch_id)
    assert tally == {("eligible", "accepted"): 1, ("ineligible", "accepted"): 1}
    assert by_ending(tally) == {"accepted": 2}
    lines_out = table(await official.get(f"/batches/{batch_id}/export.csv"))
    assert {(line["접수번호"], line["결정"], line["처리 결과"]) for line in lines_out} == {
        ("R-1", "적격", "확정"), ("R-2", "부적격", "확정"),
    }  # fmt: skip
    again = await send(official, "접수번호,결정\nR-1,적격")
    assert "이미 확정 대기 중입니다" in again.text


async def test_the_desks_own_table_comes_back_with_its_decisions_filled_in(office: Office) -> None:
    sid = await office.submission("ineligible", receipt="R-1", office=OFFICE)
    await office.submission("ineligible", receipt="R-2", office=OFFICE)
    official = await office.official()
    taken = (await official.get(f"/queue/export.csv?programme={PROGRAMME}")).content.decode("utf-8-sig")
    heading, *lines = taken.splitlines()
    preview = await send(official, "\r\n".join([heading, lines[0] + "부적격", *lines[1:]]))
    assert "1건을 확정할까요?" in preview.text
    await official.post(f"{preview.url}/confirm", data={"csrf": hidden(preview, "csrf")})
    assert await state(office, sid) == "decided"


async def test_two_decide_a_file_too(office: Office) -> None:
    selecting(office, second_approver=True)
    sid = await office.submission("eligible", receipt="R-1", office=OFFICE)
    official = await office.official()
    preview = await send(official, "접수번호,결정\nR-1,적격")
    proposed = await official.post(f"{preview.url}/confirm", data={"csrf": hidden(preview, "csrf")})
    assert "승인 대기" in proposed.text
    assert await state(office, sid) == "held"


@pytest.mark.parametrize("text", ["", "이름,값\n가,나", "접수번호,결정\nR-1,\n"])
async def test_a_file_that_is_none_is_refused_in_words(office: Office, text: str) -> None:
    official = await office.official()
    assert "파일을 받지 않았습니다" in (await send(official, text)).text


async def test_a_form_with_a_file_is_checked_like_any_other(office: Office) -> None:
    official = await office.official()
    assert (await send(official, "접수번호,결정\n", csrf="other")).status_code == 403
    page = await official.get("/imports")
    fields = {"csrf": hidden(page, "csrf"), "token": "t", "programme": PROGRAMME}
    large = {"file": ("a.csv", b"x" * (1 << 20), "text/csv")}
    assert (await official.post("/imports", data=fields, files=large)).status_code == 403
    elsewhere = {"origin": "https://elsewhere.example"}
    assert (await official.post("/imports", data=fields, files={"file": b"x"}, headers=elsewhere)).status_code == 403
    smuggled = await official.post("/questions/q-1/answer", data=fields, files={"file": b"x"})
    assert smuggled.status_code in (400, 403)
