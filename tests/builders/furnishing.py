"""A desk with something of everything on it: real certificates, read and screened, and all that may befall one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from services.eligibility.rules import screen
from services.extraction.outcomes import facts_of
from services.extraction.reading import read_certificate, reading_jail
from services.wallet_simulator.samples import Person
from shared.clock import utc_now
from shared.events import (
    EndpointSuspended,
    NotificationExhausted,
    SelectionCompleted,
    SubmissionDecided,
    SubmissionParked,
)
from shared.facts import Facts, FactsProvenance, Submitter
from shared.gate import name_tokens
from shared.settings import Settings
from tests.builders.certificates import a_sample, people, trust_roots
from tests.builders.desk import AS_OF, PROGRAMME, Office, an_office, take_back
from tests.builders.runs import fold_shuffled, row, told

ISSUED_ON = date(2022, 12, 10)
WAITING = ("주식회사 한빛가상", "102-34-56789-0"), ("가상종합상사 주식회사", "220-81-00000-0")


@dataclass(frozen=True)
class Furnished:
    """What stands on the desk, by what it is there for."""

    office: Office
    fresh: str
    """Eligible, with its certificate, not looked at."""
    doubtful: str
    """For review: it waits on a question, and another handed in the same."""
    scan: str
    """Unreadable."""
    lost: str
    """Not looked at; its citizen will take it back."""
    gone: str
    """Taken back."""
    theirs: str
    """Claimed by another official."""
    question: str

    async def lose(self) -> None:
        """The citizen takes back what an official is about to open."""
        await self.office.fold(await take_back(self.office, self.lost))


@dataclass(frozen=True)
class _Read:
    pdf: bytes
    facts: Facts
    provenance: FactsProvenance
    person: Person


async def _certificates(count: int) -> list[_Read]:
    found = []
    async with reading_jail() as jail:
        read = partial(read_certificate, jail, kind="EI_HIST", pages=5, trust_roots=trust_roots())
        for person in people(count, seed=7):
            pdf = a_sample("EI_HIST", person, issued_on=ISSUED_ON).pdf
            found.append(_Read(pdf, *facts_of([await read(pdf)]), person))
    return found


async def _handed_in(office: Office, what: _Read, outcome: str, **changes: object) -> str:
    submitter = Submitter(wallet_address="1holder", name=what.person.name, birth_date=what.person.birth_date)
    screening = screen(what.facts, submitter, office.desk.catalog.programmes[PROGRAMME], as_of=AS_OF, answers={})
    sealed = screening.model_dump(mode="json")
    return await office.submission(
        outcome,
        office=office.desk.catalog.programmes[PROGRAMME].office,
        facts=what.facts,
        provenance=what.provenance,
        sealed_screening=sealed,
        pdf=what.pdf,
        **changes,  # type: ignore[arg-type]
    )


async def _furnish(office: Office) -> Furnished:
    now, catalog = utc_now(), office.desk.catalog
    institution = catalog.institutions[catalog.programmes[PROGRAMME].institution]
    places, apps = [one.id for one in institution.offices], list(catalog.wallets)
    first, second, third = await _certificates(3)
    asked = {
        office.wiring.questions.id_of(f"workplace|{number}"): {
            "topic": "workplace_in_seoul",
            "name": name,
            "number": number,
        }
        for name, number in WAITING
    }
    await office.desk.folding.questions(await office.wiring.questions.raise_new(PROGRAMME, asked))
    question = next(iter(asked))
    doubtful = await _handed_in(
        office, first, "review", receipt="GB-AAAA-2222-REVW", received_at=now - timedelta(days=40),
        findings=["duplicate", "sources_disagree", "expired"], waiting_on=[question],
    )  # fmt: skip
    fresh = await _handed_in(
        office, second, "eligible", receipt="GB-BBBB-2222-FRSH", received_at=now - timedelta(days=9)
    )
    rows, names = [], []
    for number in range(12):
        outcome = ("eligible", "eligible", "review", "ineligible")[number % 4]
        name = await office.submission(
            outcome, receipt=f"GB-{'ABCD'[number % 4] * 4}-3333-{'ABCDEFGHJKLM'[number] * 4}",
            received_at=now - timedelta(hours=(12 - number) * 18), wallet_app=apps[number % len(apps)],
            office=places[number % len(places)], finds=name_tokens(office.wiring.keyring.token, PROGRAMME, "김가상"),
            findings=["unverified"] if number % 5 == 0 else [],
        )  # fmt: skip
        names.append(name)
        group = ("selected", "waiting", "duplicate")[number % 3] if outcome == "eligible" else outcome
        rows.append(row(name, group, number + 1 if group == "selected" else None))
    scan = await office.submission(
        None, unreadable="no_text_layer", pdf=third.pdf, receipt="GB-CCCC-2222-SCAN", office=places[0]
    )
    broken = await office.submission(None, receipt="GB-DDDD-2222-PARK", office=places[0])
    await office.submission(None, receipt="GB-EEEE-2222-STUK", office=places[0], received_at=now - timedelta(hours=5))
    lost = await office.submission("eligible", receipt="GB-FFFF-2222-TAKE", office=places[0])
    gone = await office.submission("eligible", receipt="GB-GGGG-2222-GONE", office=places[0])
    await office.fold(await take_back(office, gone))
    rows.append(row(gone, "selected", 30))
    decided = {"decision": "eligible", "office": places[0]}
    await office.fold(SubmissionDecided.because_of("d", submission_id=names[5], at=now, **decided))  # type: ignore[arg-type]
    unheard = NotificationExhausted.because_of(
        "m", submission_id=names[1], at=now, notice="viewed", webhook_id="m", code="http_500"
    )
    set_aside = SubmissionParked.because_of(
        "p", submission_id=broken, at=now, service="extraction", parked_topic="t", reason="vault:certificate_missing"
    )
    suspended = EndpointSuspended.because_of("s", at=now, wallet_app="naver", reason="failing")
    await office.desk.folding.heard([set_aside, unheard, suspended])
    await fold_shuffled(office, told(rows, "run-ready"))
    last = rows.pop()
    later = [*rows, row(last.submission_id, "waiting", revision=last.revision or 1)]
    await fold_shuffled(office, told(later, "run-later", as_of=date(2022, 12, 20)))
    failed = told([], "run-failed")[-1]
    assert isinstance(failed, SelectionCompleted)
    await office.desk.folding.selection([failed.model_copy(update={"failed": "programme:version_unknown"})])
    await office.desk.stores.searches.save("sample-0", "오래된 것", f"programme={PROGRAMME}&age=7", now)
    await office.desk.counting.show(catalog.programmes)
    return Furnished(office, fresh, doubtful, scan, lost, gone, names[0], question)


@asynccontextmanager
async def a_furnished_desk(settings: Settings) -> AsyncIterator[Furnished]:
    """A desk that does its own work: decisions on many, pictures of pages. Its keyring must be there."""
    office = await an_office(settings.model_copy(update={"development": True}))
    async with office.app.router.lifespan_context(office.app):
        yield await _furnish(office)
        office.desk.live.stop()  # a stream would last ten minutes
