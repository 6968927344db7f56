"""One certificate, made and signed, with what a perfect reader would return for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from random import Random

from services.wallet_simulator.samples import damage, hostile, metadata, shadows, timestamps
from services.wallet_simulator.samples.cases import CASES
from services.wallet_simulator.samples.issuer import Issuer
from services.wallet_simulator.samples.kinds import KINDS, Draft, Scene, cases_of
from services.wallet_simulator.samples.people import Person, a_rare_name, foreign, seeded
from services.wallet_simulator.samples.producers import PRODUCERS
from services.wallet_simulator.samples.signature import prepare, sign
from services.wallet_simulator.samples.workplaces import Workplace, town
from shared.facts import Certificate

SEOUL_TIME = timezone(timedelta(hours=9), "KST")
_ANNEX_PAGES = 199
_MOVED = timedelta(days=100)
"""How far the cases of `_KEPT` move the date of issue."""
_DAYS_AGO = {"issued_89_days": 89, "issued_90_days": 90, "issued_91_days": 91}


@dataclass(frozen=True, slots=True)
class Sample:
    """A certificate as it arrives (`pdf`), and what a perfect reader would return for it (`expected`).

    Where several reasons for not reading it are right, `expected` holds the likeliest; all are in
    `CASES[case].unreadable`. `expected.evidence` is a suggestion: the reader's own words count. `note` says what is
    odd about it.
    """

    kind: str
    pdf: bytes
    expected: Certificate
    case: str
    note: str
    metadata: bytes | None = None
    """What is handed in beside it, in Base64."""


def make(
    kind: str,
    *,
    person: Person,
    seed: int,
    issued_on: date,
    issuer: Issuer,
    case: str = "ordinary",
    workplace: Workplace | None = None,
    as_of: date | None = None,
    part: int = 0,
    producer: str = "typst",
    varied: bool = False,
) -> Sample:
    """Make the certificate of that kind and case.

    `seed` decides all that is not given, so another seed is another certificate. `workplace` is the holder's present
    employer, by default one of `town()`. `as_of` is the day a case is measured from, by default `issued_on`; the cases
    `issued_N_days` are issued N days before it whatever `issued_on` says; the cases `foreign_name` and `rare_hangul`
    give the holder another name. `part` is its place in a submission.

    `producer` is one of `PRODUCERS`: what is expected does not depend on it. Where not `varied`, the form is the plain
    one of its kind; else labels, spellings, columns, what is optional and how it is set are drawn by `seed`, and a
    `population(seed, varied=True)` suits it.

    Raises KeyError for an unknown kind or producer, ValueError for a case that kind cannot be made in, and
    ModuleNotFoundError or FileNotFoundError where what the producer works with is not installed.
    """
    if case not in cases_of(kind):
        raise ValueError(f"{kind} cannot be made in the case {case!r}; it can in {', '.join(cases_of(kind))}")
    day = as_of or issued_on
    issued_on = day - timedelta(days=_DAYS_AGO[case]) if case in _DAYS_AGO else issued_on
    name = f"{kind}/{seed}/{person.name}/{person.birth_date}/{person.sex_digit}"
    rng = seeded(name)
    firm = workplace or rng.choice(town())
    before = rng.getstate()

    def drafted(on: date) -> Draft:
        rng.setstate(before)
        manner = KINDS[kind].manner(case, seeded(f"{name}/manner"), varied=varied)
        return KINDS[kind].draft(Scene(_holder(person, case, name), firm, on, day, case, rng, manner))

    def printed(draft: Draft, at: datetime) -> bytes:
        paper = replace(draft.paper, annex=_ANNEX_PAGES) if case == "many_pages" else draft.paper
        return PRODUCERS[producer](paper, at)

    genuine = drafted(issued_on - _MOVED) if case in _KEPT else None
    draft = drafted(issued_on)
    expected = _expected(kind, draft, issued_on, case, part)
    issued_at = datetime.combine(issued_on, time(9), SEOUL_TIME) + timedelta(seconds=rng.randrange(9 * 3600))
    if case in _INSTEAD:
        pdf = _INSTEAD[case](f"{kind} {seed} {draft.number}")
    elif genuine:
        at = issued_at - _MOVED
        pdf = _KEPT[case](printed(genuine, at), printed(draft, issued_at), issuer, at)
    else:
        pdf = _SENT.get(case, _signed)(_Printed(printed(draft, issued_at), issuer, issued_at, rng, expected))
    beside = metadata.handed_in(expected) if case in ("metadata_beside", "scan_with_metadata") else None
    return Sample(kind, pdf, metadata.expected_of(expected, case), case, CASES[case].says, beside)


@dataclass(frozen=True, slots=True)
class _Printed:
    """A page that was printed and is about to be sent."""

    page: bytes
    issuer: Issuer
    at: datetime
    rng: Random
    says: Certificate

    def attached(self, says: Certificate) -> bytes:
        """The page with data attached that says that, signed."""
        return sign(metadata.attached(self.page, metadata.as_xml(says)), self.issuer, self.at)


def _signed(printed: _Printed) -> bytes:
    return sign(printed.page, printed.issuer, printed.at)


_SENT: Mapping[str, Callable[[_Printed], bytes]] = {
    "unsigned": lambda printed: printed.page,
    "scan": lambda printed: damage.scan(printed.page, printed.rng, printed.at),
    "scan_with_metadata": lambda printed: damage.scan(printed.page, printed.rng, printed.at),
    "embedded_attachment": lambda printed: printed.attached(printed.says),
    "embedded_disagrees": lambda printed: printed.attached(metadata.contradicted(printed.says)[0]),
    "encrypted": lambda printed: damage.encrypted(printed.page, printed.rng),
    "untrusted": lambda printed: sign(printed.page, Issuer.new(), printed.at),
    "appended": lambda printed: damage.appended(_signed(printed)),
    "truncated": lambda printed: damage.truncated(_signed(printed)),
    "shadow_edit": lambda printed: shadows.overlaid(_signed(printed)),
    "timestamped": lambda printed: timestamps.stamp(_signed(printed), printed.issuer, printed.at),
    "government_timestamp": lambda printed: timestamps.government_stamp(printed.page, printed.issuer, printed.at),
    "government_timestamp_untrusted": lambda printed: timestamps.government_stamp(
        printed.page, Issuer.new(), printed.at
    ),
}
"""What arrives of a printed page, where it is not simply signed."""

_KEPT: Mapping[str, Callable[[bytes, bytes, Issuer, datetime], bytes]] = {
    "altered": lambda old, new, issuer, at: prepare(new, at).filled(issuer.sign(prepare(old, at).digest)),
    "government_timestamp_altered": timestamps.forged,
}
"""What arrives of a page that was altered: the new one, under what was made of the old one at that time."""

_INSTEAD: Mapping[str, Callable[[str], bytes]] = {"hostile_bomb": hostile.bomb, "hostile_loop": hostile.loop}
"""What arrives in the stead of a page, from a remark that makes it a file of its own."""


def _holder(person: Person, case: str, name: str) -> Person:
    match case:
        case "foreign_name":
            return foreign(person, seeded(f"{name}/foreign"))
        case "rare_hangul":
            return replace(person, name=a_rare_name(seeded(f"{name}/rare")))
    return person


def _expected(kind: str, draft: Draft, issued_on: date, name: str, part: int) -> Certificate:
    case = CASES[name]
    about = Certificate(part=part, kind=kind, authenticity=case.authenticity, evidence=case.evidence)
    if case.unreadable:
        return about.model_copy(update={"unreadable": case.unreadable[0]})
    days = KINDS[kind].valid_days
    return about.model_copy(
        update={
            "issuer": draft.issuer,
            "number": draft.number,
            "issued_on": issued_on,
            "valid_until": None if days is None else issued_on + timedelta(days=days),
            "values": draft.values,
            "findings": draft.findings,
        }
    )
