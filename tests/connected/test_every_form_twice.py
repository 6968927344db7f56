"""Every form of the desk, sent by a double click and once more later, does once what it does, and nobody is told else.

The routes are the application's own: one that takes forms and has no case here fails. What was done is counted where
it is kept; and what a form that comes late leaves otherwise than it found it is held against all that is stored.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pymongo
import pytest

from deploy.gubi.demo.desk import forms
from services.dashboard import pages
from shared.clock import seoul_date, utc_now
from shared.gate import name_tokens
from shared.settings import Settings
from shared.vault import Keyring
from tests.builders.desk import (
    PROGRAMME,
    Office,
    a_working_desk,
    hidden,
    screening,
    state,
    take_a_look,
    uncover,
)
from tests.builders.runs import fold_shuffled, row, selecting, told

pytestmark = pytest.mark.connected

LATER = timedelta(seconds=40)
"""A minute would mark the session as used, whatever is sent."""
REASON = "전화로 확인한 까닭을 적음"
Count = Callable[[], Awaitable[object]]
Stored = dict[tuple[str, str, str], dict[str, Any]]


@dataclass(frozen=True)
class Form:
    """A form as a page has it, and what tells how often it was acted on."""

    address: str
    fields: Mapping[str, Any]
    count: Count
    once: object = 1
    """What is counted when it was acted on once."""
    files: Mapping[str, Any] | None = None
    touches: frozenset[str] = frozenset()
    """What may be another after it came late: no second act, and said why in its case."""
    clicks: int = 2


@dataclass
class Scene:
    """A desk, an official at it, all that is stored, and a clock that goes when it is told to."""

    office: Office
    official: httpx.AsyncClient
    stored: pymongo.MongoClient[dict[str, Any]]
    ahead: list[timedelta] = field(default_factory=lambda: [timedelta()])

    def form(self, page: httpx.Response, ending: str, count: Count, once: object = 1, **more: Any) -> Form:
        """The form of a page that goes to an address with this end, with what is filled in."""
        form = next(one for one in forms(page.text) if one.action.endswith(ending))
        return Form(form.action, {**form.fields, **more}, count, once)

    async def send(self, form: Form) -> int:
        """Send it as a browser does, but follow nowhere: only what it does itself is looked at."""
        answer = await self.official.post(form.address, data=form.fields, files=form.files, follow_redirects=False)
        return answer.status_code

    async def looked_at(self, outcome: str = "eligible", **how: Any) -> tuple[str, httpx.Response]:
        sid = await self.office.submission(outcome, **how)
        return sid, await take_a_look(self.official, sid)

    def kept(self, database: str, collection: str, **like: Any) -> Count:
        """How many documents are like this."""

        async def count() -> int:
            chosen = self.stored[f"{self.office.wiring.settings.database_prefix}_{database}"][collection]
            return await asyncio.to_thread(chosen.count_documents, like)

        return count

    def acted(self, sid: str, what: str) -> Count:
        """How often somebody did this to a submission, by the access log."""
        return self.kept("audit", "entries", submissions=sid, what=what)

    async def everything(self) -> Stored:
        """All that is stored anywhere."""

        def read() -> Stored:
            prefix, found = f"{self.office.wiring.settings.database_prefix}_", Stored()
            for name in self.stored.list_database_names():
                for collection in self.stored[name].list_collection_names() if name.startswith(prefix) else ():
                    where = name.removeprefix(prefix), collection
                    found |= {(*where, str(one["_id"])): one for one in self.stored[name][collection].find()}
            return found

        return await asyncio.to_thread(read)


def changed(before: Stored, after: Stored) -> set[str]:
    """What is stored otherwise, as `database.collection.field`; a document that came or went as its collection."""
    found = {".".join(key[:2]) for key in before.keys() ^ after.keys()}
    for key in before.keys() & after.keys():
        old, new = before[key], after[key]
        found |= {".".join((*key[:2], name)) for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    return found


Case = Callable[[Scene], Awaitable[Form]]
CASES: dict[str, Case] = {}


def case(path: str) -> Callable[[Case], Case]:
    def known(made: Case) -> Case:
        CASES[path] = made
        return made

    return known


@pytest.fixture
async def scene(settings: Settings, keyring: Keyring) -> AsyncIterator[Scene]:
    del keyring  # made where the desk loads it from
    async with a_scene(settings) as made:
        yield made


@asynccontextmanager
async def a_scene(settings: Settings) -> AsyncIterator[Scene]:
    ahead = [timedelta()]
    async with a_working_desk(settings, lambda: utc_now() + ahead[0]) as office:
        with pymongo.MongoClient[dict[str, Any]](settings.mongo) as stored:
            yield Scene(office, await office.official(), stored, ahead)


@case("/signin")
async def signing_in(scene: Scene) -> Form:
    """One click: of two at once, the browser drops one answer, whose session is nobody's and idles out."""
    page = await scene.official.get("/signin")
    sessions = scene.kept("dashboard", "sessions", **{"person.id": "sample-2"})
    form = scene.form(page, "/signin", sessions, official="sample-2")
    anew = frozenset({"dashboard.sessions"})  # the later one in the place of the earlier
    return Form(form.address, form.fields, form.count, touches=anew, clicks=1)


@case("/signout")
async def signing_out(scene: Scene) -> Form:
    page = await scene.official.get("/queue")
    return scene.form(page, "/signout", scene.kept("dashboard", "sessions", **{"person.id": "sample-0"}), 0)


@case("/queue/find")
async def finding(scene: Scene) -> Form:
    tokens = name_tokens(scene.office.wiring.keyring.token, PROGRAMME, "김가상")
    sid = await scene.office.submission(finds=tokens)
    page = await scene.official.get(f"/queue?programme={PROGRAMME}")
    return scene.form(page, "/queue/find", scene.acted(sid, "found"), wanted="김가상")


@case("/claims")
async def claiming(scene: Scene) -> Form:
    """Claimed again by whoever has it, it lasts anew."""
    sid = await scene.office.submission()
    page = await scene.official.get(f"/queue?programme={PROGRAMME}")
    form = scene.form(page, "/claims", scene.kept("dashboard", "claims", _id=sid), submission_id=sid)
    return Form(form.address, form.fields, form.count, touches=frozenset({"dashboard.claims.until"}))


@case("/claims/release")
async def letting_go(scene: Scene) -> Form:
    claim = await claiming(scene)
    await scene.send(claim)
    return Form("/claims/release", claim.fields, claim.count, 0)


@case("/searches")
async def saving_a_search(scene: Scene) -> Form:
    """Saved again under its name, it is as new."""
    page = await scene.official.get(f"/queue?programme={PROGRAMME}&age=7")
    form = scene.form(page, "/searches", scene.kept("dashboard", "searches", name="오래된 것"), name="오래된 것")
    return Form(form.address, form.fields, form.count, touches=frozenset({"dashboard.searches.at"}))


@case("/searches/drop")
async def dropping_a_search(scene: Scene) -> Form:
    saved = await saving_a_search(scene)
    await scene.send(saved)
    [search] = await scene.office.desk.stores.searches.of("sample-0")
    return Form("/searches/drop", {**saved.fields, "search_id": search.search_id}, saved.count, 0)


@case("/queue/seen")
async def having_seen_all(scene: Scene) -> Form:
    """What comes in after the page was drawn was not seen on it, and stays new however often its form is sent."""
    await scene.official.get(f"/queue?programme={PROGRAMME}")
    page = await scene.official.get(f"/queue?programme={PROGRAMME}&only=new")
    scene.ahead[0] += timedelta(seconds=1)
    await scene.office.submission(receipt="R-NEW")

    async def new() -> int:
        return (await scene.official.get(f"/queue?programme={PROGRAMME}&only=new")).text.count("R-NEW 맡기")

    form = scene.form(page, "/queue/seen", new)
    return Form(form.address, form.fields, form.count, touches=frozenset({"dashboard.stays.seen"}))


@case("/submissions/{submission_id}/looks")
async def looking(scene: Scene) -> Form:
    sid = await scene.office.submission()
    page = await scene.official.get(f"/submissions/{sid}")
    return scene.form(page, "/looks", scene.acted(sid, "viewed"), purpose="심사")


@case("/submissions/{submission_id}/looks/{look_id}/unmask")
async def uncovering(scene: Scene) -> Form:
    sid, page = await scene.looked_at()
    return scene.form(page, "/unmask", scene.acted(sid, "unmasked"), purpose="감사")


@case("/submissions/{submission_id}/looks/{look_id}/certificates/{part}/values")
async def correcting(scene: Scene) -> Form:
    sid, page = await scene.looked_at()
    page = await uncover(scene.official, page)
    form = await scene.official.get(f"{page.url.path}/certificates/0/values")
    count = scene.kept("gate", "submissions", _id=sid, corrected=1)
    return scene.form(form, "/values", count, reason=REASON, **{"v:holder_name": "김나상"})


@case("/submissions/{submission_id}/looks/{look_id}/conditions/{code}")
async def settling(scene: Scene) -> Form:
    code = "SELF_EMPLOYED_IN_SEOUL"
    left_open = {**screening("review")["conditions"][0], "code": code, "part": None, "fields": []}
    sealed = {"outcome": "review", "conditions": [left_open], "findings": []}
    sid, page = await scene.looked_at("review", sealed_screening=sealed)
    form = await scene.official.get(f"{page.url.path}/conditions/{code}")
    said = {"result": "met", "source": "사업자등록 조회", "on": "2022-12-11", "reason": REASON}
    return scene.form(form, code, scene.kept("gate", "submissions", _id=sid, corrected=1), **said)


def in_days(days: int) -> str:
    return (seoul_date(utc_now()) + timedelta(days=days)).isoformat()


@case("/submissions/{submission_id}/supplement")
async def asking_for_better(scene: Scene) -> Form:
    sid, page = await scene.looked_at("review")
    asked = {"part": "0", "why": "too_old", "due_on": in_days(14)}
    return scene.form(page, "/supplement", scene.acted(sid, "asked"), **asked)


@case("/submissions/{submission_id}/supplement/longer")
async def giving_longer(scene: Scene) -> Form:
    """Two extensions are all there are: a double click burns one, not both."""
    asked = await asking_for_better(scene)
    await scene.send(asked)
    sid = asked.address.split("/")[2]
    page = await scene.official.get(f"/submissions/{sid}/looks/{asked.fields['look_id']}")
    count = scene.kept("gate", "submissions", **{"_id": sid, "asked.extensions": 1})
    return scene.form(page, "/supplement/longer", count, due_on=in_days(21))


@case("/submissions/{submission_id}/decision")
async def deciding(scene: Scene) -> Form:
    sid, page = await scene.looked_at()
    return scene.form(page, "/decision", scene.acted(sid, "decided"), decision="eligible")


@case("/batches")
async def drafting_many(scene: Scene) -> Form:
    sids = [await scene.office.submission() for _ in range(2)]
    page = await scene.official.get(f"/queue?programme={PROGRAMME}&class=eligible")
    return scene.form(page, "/batches", scene.kept("dashboard", "batches"), pick=sids)


async def a_draft(scene: Scene, *, two: bool = False) -> httpx.Response:
    selecting(scene.office, second_approver=two)
    drafted = await drafting_many(scene)
    return await scene.official.post(drafted.address, data=drafted.fields)


async def proposed(scene: Scene) -> httpx.Response:
    draft = await a_draft(scene, two=True)
    confirm = scene.form(draft, "/confirm", scene.kept("dashboard", "batches"))
    return await scene.official.post(confirm.address, data=confirm.fields)


def decided(scene: Scene) -> Count:
    return scene.kept("audit", "entries", what="decided")


@case("/batches/{batch_id}/confirm")
async def confirming(scene: Scene) -> Form:
    return scene.form(await a_draft(scene), "/confirm", decided(scene), 2)


async def as_the_second(scene: Scene, ending: str, count: Count, once: object) -> Form:
    proposal = await proposed(scene)
    scene.official = await scene.office.official(1)
    return scene.form(await scene.official.get(proposal.url.path), ending, count, once)


@case("/batches/{batch_id}/approve")
async def approving(scene: Scene) -> Form:
    return await as_the_second(scene, "/approve", decided(scene), 2)


@case("/batches/{batch_id}/decline")
async def declining(scene: Scene) -> Form:
    return await as_the_second(scene, "/decline", scene.kept("dashboard", "batches", state="declined"), 1)


@case("/batches/{batch_id}/undo")
async def undoing(scene: Scene) -> Form:
    """Counted, too, among what officials do: a click too many is no act of theirs."""
    draft = await a_draft(scene)
    confirm = scene.form(draft, "/confirm", decided(scene))
    done = await scene.official.post(confirm.address, data=confirm.fields)
    return scene.form(done, "/undo", scene.kept("dashboard", "batches", state="done", undos=1))


@case("/questions/{question_id}/answer")
async def answering(scene: Scene) -> Form:
    asked = scene.office.wiring.questions
    about = {"topic": "workplace_in_seoul", "name": "주식회사 한빛가상", "number": "102-34-56789-0"}
    name = asked.id_of("workplace|102-34-56789-0")
    await scene.office.desk.folding.questions(await asked.raise_new(PROGRAMME, {name: about}))
    page = await scene.official.get(f"/questions?programme={PROGRAMME}")
    once = scene.kept("gate", "questions", _id=name, revision=1, acts=1)
    return scene.form(page, "/answer", once, value="yes", source="사업장 등록 현황")


@case("/runs")
async def asking_for_a_run(scene: Scene) -> Form:
    page = await scene.official.get(f"/runs?programme={PROGRAMME}")
    return scene.form(page, "/runs", scene.kept("dashboard", "runs"), as_of="2022-12-12", programme=PROGRAMME)


@case("/runs/{run_id}/request")
async def disclosing_a_seed(scene: Scene) -> Form:
    selecting(scene.office, "lottery", quota=1)
    asked = await asking_for_a_run(scene)
    page = await scene.official.post(asked.address, data={**asked.fields, "announced": "다음 주의 번호"})
    count = scene.kept("dashboard", "runs", public_value="1 2 3")
    return scene.form(page, "/request", count, public_value="1 2 3")


@case("/runs/{run_id}/batches")
async def drafting_from_a_run(scene: Scene) -> Form:
    sid = await scene.office.submission()
    await fold_shuffled(scene.office, told([row(sid, "selected", 1)]))
    page = await scene.official.get("/runs/run-1")
    return scene.form(page, "/batches", scene.kept("dashboard", "decisions", submission_id=sid), group=["selected"])


@case("/imports")
async def bringing_a_table(scene: Scene) -> Form:
    sid = await scene.office.submission(receipt="R-0")
    page = await scene.official.get(f"/imports?programme={PROGRAMME}")
    table = "접수번호,결정\r\nR-0,적격\r\n".encode()
    count = scene.kept("dashboard", "decisions", submission_id=sid)
    form = scene.form(page, "/imports", count, programme=PROGRAMME)
    return Form(form.address, form.fields, count, files={"file": ("결정.csv", table, "text/csv")})


@case("/reveal")
async def taking_values_along(scene: Scene) -> Form:
    for _ in range(2):
        await scene.office.submission()
    page = await scene.official.get(f"/reveal?programme={PROGRAMME}&class=eligible")
    return scene.form(page, "/reveal", scene.kept("audit", "entries", what="exported"), 2, purpose="심사")


async def a_failure(scene: Scene) -> tuple[httpx.Response, str]:
    await scene.office.submission(None, received_at=utc_now() - timedelta(hours=5))
    page = await scene.official.get(f"/failures?programme={PROGRAMME}")
    return page, hidden(page, "pick")


@case("/failures/replay")
async def replaying(scene: Scene) -> Form:
    page, pick = await a_failure(scene)
    return scene.form(page, "/failures/replay", scene.kept("dashboard", "failure_acts", what="replayed"), pick=pick)


@case("/failures/dismiss")
async def dismissing(scene: Scene) -> Form:
    replay = await replaying(scene)
    count = scene.kept("dashboard", "failure_acts", what="dismissed")
    return Form("/failures/dismiss", {**replay.fields, "reason": "settled"}, count)


@case("/programmes/drafts")
async def beginning_a_draft(scene: Scene) -> Form:
    page = await scene.official.get("/programmes")
    count = scene.kept("dashboard", "version_drafts")
    return scene.form(page, "/programmes/drafts", count, programme=PROGRAMME, id="SONMOK9988_2027")


async def begun(scene: Scene) -> httpx.Response:
    beginning = await beginning_a_draft(scene)
    return await scene.official.post(beginning.address, data=beginning.fields)


@case("/programmes/drafts/{name}")
async def saving_a_draft(scene: Scene) -> Form:
    page = await begun(scene)
    count = scene.kept("dashboard", "version_drafts", revision=2, text="id: SONMOK9988_2027\n")
    return scene.form(page, page.url.path, count, text="id: SONMOK9988_2027\r\n")


@case("/programmes/drafts/{name}/publish")
async def publishing(scene: Scene) -> Form:
    return scene.form(await begun(scene), "/publish", scene.kept("gate", "programme_versions"))


@case("/programmes/drafts/{name}/drop")
async def throwing_a_draft_away(scene: Scene) -> Form:
    return scene.form(await begun(scene), "/drop", scene.kept("dashboard", "version_drafts"), 0)


@case("/programmes/{programme_id}/close")
async def closing(scene: Scene) -> Form:
    page = await scene.official.get(f"/programmes/{PROGRAMME}")
    because = {"because_ko": "예산이 모두 쓰였습니다.", "because_en": "The budget is used up.", "sure": "yes"}
    return scene.form(page, "/close", scene.kept("gate", "programme_closings"), **because)


def test_every_route_that_takes_a_form_is_sent_twice() -> None:
    assert {route.path for route in pages.routes() if "POST" in route.methods} == set(CASES)


@pytest.mark.parametrize("path", sorted(CASES))
async def test_a_form_sent_by_a_double_click_and_again_later_is_acted_on_once_and_nobody_is_told_else(
    scene: Scene, path: str
) -> None:
    form = await CASES[path](scene)
    answers = await asyncio.gather(*(scene.send(form) for _ in range(form.clicks)))
    assert [status for status in answers if status >= 400] == [], "it was done, and is not called refused"
    assert await form.count() == form.once
    before = await scene.everything()
    scene.ahead[0] += LATER
    assert await scene.send(form) < 400
    assert changed(before, await scene.everything()) - form.touches == set()
    assert await form.count() == form.once


async def test_another_form_is_another_act_and_what_is_stored_tells_it(scene: Scene) -> None:
    form = await looking(scene)
    await scene.send(form)
    before = await scene.everything()
    assert await scene.send(Form(form.address, {**form.fields, "token": "another"}, form.count)) == 303
    assert {"audit.entries", "dashboard.looks"} <= changed(before, await scene.everything())
    assert await form.count() == 2
    assert await state(scene.office, form.address.split("/")[2]) == "viewed"
