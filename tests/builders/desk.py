"""Builds a desk on a real store, and submissions that have come as far as a screening."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from services.dashboard.app import build
from services.dashboard.desk import Desk
from shared.catalog import load
from shared.clock import Clock, utc_now
from shared.erasures import Ending
from shared.events import Event, ExtractionFailed, SubmissionEvent, SubmissionExtracted, SubmissionScreened
from shared.facts import Certificate, CertificateProvenance, Facts, FactsProvenance, Provenance
from shared.gate import Accepted
from shared.settings import Settings
from shared.standing import screening_name
from shared.vault import SealedRow
from shared.wiring import Wiring
from tests.builders.holding import a_hold

PROGRAMME = "SONMOK9988_2022"
AS_OF = date(2022, 12, 12)
RRN = "900101-1234567"
"""A made-up number whose back part must never be shown."""

FACTS = Facts(
    certificates=(
        Certificate(
            part=0,
            kind="EI_HIST",
            authenticity="genuine",
            evidence="pades:whole_file",
            issuer="근로복지공단",
            values={
                "holder_name": "김가상",
                "birth_date": "1990-01-01",
                "employments": [{"serial": 1, "workplace": "주식회사 한빛가상", "lost_on": None}],
            },
        ),
    )
)
PROVENANCE = FactsProvenance(
    certificates=(
        CertificateProvenance(
            part=0,
            pages=((595.0, 842.0),),
            fields={
                "holder_name": Provenance(
                    page=1, box=(100, 700, 150, 712), raw="김 가 상", normaliser="name", source="text", confidence=1
                ),
                "birth_date": Provenance(
                    page=1, box=(300, 700, 390, 712), raw=RRN, normaliser="rrn", source="text", confidence=1
                ),
            },
        ),
    )
)


def screening(outcome: str) -> dict[str, Any]:
    """A sealed screening, as eligibility writes it."""
    result = {"eligible": "met", "ineligible": "not_met", "review": "cannot_tell"}[outcome]
    condition = {
        "code": "AGE_19_69", "result": result, "why": "age", "reason_ko": f"나이를 확인했습니다. {RRN}",
        "reason_en": f"The age was checked. {RRN}",
        "observed": "1990-01-01", "part": 0, "fields": ["birth_date"], "law": "민법 제158조",
    }  # fmt: skip
    return {"outcome": outcome, "conditions": [condition], "findings": []}


@dataclass(frozen=True)
class Office:
    """A desk with its application, and a hand for what other services would do."""

    wiring: Wiring
    app: FastAPI

    @property
    def desk(self) -> Desk:
        found: Desk = self.app.state.desk
        return found

    async def fold(self, *events: SubmissionEvent) -> None:
        await self.desk.folding.submissions(events)

    async def submission(
        self,
        outcome: str | None = "eligible",
        *,
        findings: Sequence[str] = (),
        waiting_on: Sequence[str] = (),
        unreadable: str | None = None,
        facts: Facts = FACTS,
        provenance: FactsProvenance = PROVENANCE,
        sealed_screening: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """A submission held by the gate, read and screened unless told otherwise; its events folded."""
        hold, seal = await a_hold(self.wiring.keyring, self.wiring.vault, **changes)
        held = await self.wiring.gate.hold(hold)
        sid, at = hold.submission_id, hold.received_at
        name = screening_name(1, AS_OF, 0)
        values: dict[tuple[str, str], str] = {}
        events: list[Any] = [held.event]
        if unreadable:
            events.append(ExtractionFailed.because_of(sid, submission_id=sid, at=at, revision=1, reason=unreadable))
        if outcome:
            values |= {("facts", ""): facts.model_dump_json(), ("provenance", ""): provenance.model_dump_json()}
            values |= {("screening", name): json.dumps(sealed_screening or screening(outcome))}
            events += [SubmissionExtracted.because_of(sid, submission_id=sid, at=at, revision=1), self.screened(
                sid, outcome, at=at, findings=tuple(findings), waiting_on=tuple(waiting_on))]  # fmt: skip
        rows = [
            SealedRow(sid, purpose, 1, seal.seal(purpose, 1, text.encode(), label), label)  # type: ignore[arg-type]
            for (purpose, label), text in values.items()
        ]
        await self.wiring.vault.put(rows)
        await self.fold(*events)
        return sid

    @staticmethod
    def screened(
        sid: str, outcome: str, *, at: datetime | None = None, edition: int = 0, **fields: Any
    ) -> SubmissionScreened:
        """The event of a screening."""
        return SubmissionScreened.because_of(
            uuid4().hex, submission_id=sid, at=at or utc_now(), revision=1, rule_version=1, as_of=AS_OF,
            edition=edition, outcome=outcome, **fields,
        )  # fmt: skip

    def browser(self) -> httpx.AsyncClient:
        """Somebody who is not signed in."""
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://desk", follow_redirects=True)

    async def official(self, number: int = 0) -> httpx.AsyncClient:
        """One of the fictional officials, signed in."""
        browser = self.browser()
        answer = await browser.post("/signin", data={"official": f"sample-{number}"})
        assert answer.status_code == 200
        return browser


def hidden(page: httpx.Response, name: str) -> str:
    """The value of a hidden field, as the page carries it."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None, f"{page.url} has no field {name}"
    return found[1]


async def take_a_look(official: httpx.AsyncClient, sid: str, purpose: str = "심사") -> httpx.Response:
    """Open a submission as a person does: read the question, answer it."""
    asked = await official.get(f"/submissions/{sid}")
    form = {"csrf": hidden(asked, "csrf"), "token": hidden(asked, "token"), "purpose": purpose}
    return await official.post(f"/submissions/{sid}/looks", data=form)


async def uncover(official: httpx.AsyncClient, page: httpx.Response, purpose: str = "심사") -> httpx.Response:
    """Have what names a person shown on an opened submission's page."""
    return await official.post(f"{page.url.path}/unmask", data={"csrf": hidden(page, "csrf"), "purpose": purpose})


async def an_office(settings: Settings, clock: Clock = utc_now) -> Office:
    """A desk that neither hears nor says anything; its keyring must be there."""
    wiring = Wiring.of(settings, clock)
    office = Office(wiring, build(wiring, load(), listening=False))
    for store in (wiring.vault, wiring.gate, wiring.questions, office.desk.stores):
        await store.prepare()
    return office


async def take_back(office: Office, sid: str) -> SubmissionEvent:
    """The citizen takes it back, and withdrawal destroys the key; its event, not yet folded."""
    return await ended_by(office, sid, "take_back")


async def ended_by(office: Office, sid: str, end: Ending) -> SubmissionEvent:
    """It is taken back, withdrawn, or its retention ends; the event of it, not yet folded."""
    gate = office.wiring.gate
    case = await gate.case(sid)
    assert case is not None
    if end == "expire":
        past = {"$set": {"retain_until": utc_now() - timedelta(days=1)}}
        await office.wiring.database("gate").get_collection("submissions").update_one({"_id": sid}, past)
        done = await gate.expire(sid)
    else:
        asked = await gate.request(end, sid, holder=case.holder, request_id=f"e-{sid}")
        assert isinstance(asked, Accepted)
        assert asked.event is not None
        done = await gate.finish(end, sid, cause=asked.event)
    assert isinstance(done, Accepted)
    assert isinstance(done.event, SubmissionEvent)
    return done.event


async def overview(official: httpx.AsyncClient) -> dict[str, Any]:
    """The counts."""
    found: dict[str, Any] = (await official.get(f"/api/overview?programme={PROGRAMME}")).json()
    return found


async def owed(office: Office, event: type[Event]) -> list[str]:
    """What the gate owes of an event, by subject."""
    return [item.subject for item in await office.wiring.gate.owed.before(utc_now() + timedelta(1), [event.topic])]


async def state(office: Office, sid: str) -> str:
    """The gate's state of a submission."""
    case = await office.wiring.gate.case(sid)
    assert case is not None
    return case.state


@asynccontextmanager
async def a_working_desk(settings: Settings, clock: Clock = utc_now) -> AsyncIterator[Office]:
    """A desk with the development sign-in; its client is closed at the end."""
    office = await an_office(settings.model_copy(update={"development": True}), clock)
    async with office.wiring.open():
        yield office
