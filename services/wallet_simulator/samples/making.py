"""One certificate, made and signed, with what a perfect reader would return for it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from random import Random

from pydantic import JsonValue

from services.wallet_simulator.samples import damage, hostile, render
from services.wallet_simulator.samples.cases import CASES
from services.wallet_simulator.samples.issuer import Issuer
from services.wallet_simulator.samples.kinds import KINDS, Draft, Scene, cases_of
from services.wallet_simulator.samples.people import Person, seeded
from services.wallet_simulator.samples.signature import prepare, sign
from services.wallet_simulator.samples.workplaces import Workplace, town
from shared.facts import Certificate

SEOUL_TIME = timezone(timedelta(hours=9), "KST")
_SCAN_PIXELS_PER_INCH = 150
_ANNEX_PAGES = 199
_MOVED = timedelta(days=100)
"""How far the case `altered` moves the date of issue after signing."""
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
) -> Sample:
    """Make the certificate of that kind and case.

    `seed` decides all that is not given, so another seed is another certificate. `workplace` is the holder's present
    employer, by default one of `town()`. `as_of` is the day a case is measured from, by default `issued_on`; the cases
    `issued_N_days` are issued N days before it whatever `issued_on` says. `part` is its place in a submission.
    Raises KeyError for an unknown kind, ValueError for a case that kind cannot be made in.
    """
    if case not in cases_of(kind):
        raise ValueError(f"{kind} cannot be made in the case {case!r}; it can in {', '.join(cases_of(kind))}")
    day = as_of or issued_on
    issued_on = day - timedelta(days=_DAYS_AGO[case]) if case in _DAYS_AGO else issued_on
    rng = seeded(f"{kind}/{seed}/{person.name}/{person.birth_date}/{person.sex_digit}")
    scene = Scene(person, workplace or rng.choice(town()), issued_on, day, case, rng)
    before = rng.getstate()
    draft = KINDS[kind].draft(scene)
    issued_at = datetime.combine(issued_on, time(9), SEOUL_TIME) + timedelta(seconds=rng.randrange(9 * 3600))
    expected = _expected(kind, draft, scene, part)
    match case:
        case "hostile_bomb":
            pdf = hostile.bomb(f"{kind} {seed} {draft.number}")
        case "hostile_loop":
            pdf = hostile.loop(f"{kind} {seed} {draft.number}")
        case "scan":
            images = render.images(KINDS[kind].template, _printed(kind, draft, case), _SCAN_PIXELS_PER_INCH)
            pdf = damage.scan(images, _SCAN_PIXELS_PER_INCH, rng, issued_at)
        case "altered":
            rng.setstate(before)
            genuine = KINDS[kind].draft(replace(scene, issued_on=issued_on - _MOVED))
            signature = issuer.sign(prepare(_page(kind, genuine, case, issued_at - _MOVED), issued_at - _MOVED).digest)
            pdf = prepare(_page(kind, draft, case, issued_at), issued_at - _MOVED).filled(signature)
        case _:
            pdf = _sent(case, _page(kind, draft, case, issued_at), issuer, issued_at, rng)
    return Sample(kind, pdf, expected, case, CASES[case].says)


def _sent(case: str, page: bytes, issuer: Issuer, issued_at: datetime, rng: Random) -> bytes:
    """What arrives of a printed page: signed, in most cases, and then perhaps spoilt."""
    match case:
        case "unsigned":
            return page
        case "encrypted":
            return damage.encrypted(page, rng)
        case "untrusted":
            return sign(page, Issuer.new(), issued_at)
    signed = sign(page, issuer, issued_at)
    match case:
        case "appended":
            return damage.appended(signed)
        case "truncated":
            return damage.truncated(signed)
    return signed


def _page(kind: str, draft: Draft, case: str, issued_at: datetime) -> bytes:
    return render.pdf(KINDS[kind].template, _printed(kind, draft, case), issued_at)


def _printed(kind: str, draft: Draft, case: str) -> dict[str, JsonValue]:
    """What the template prints: the draft, and what `page.typ` wants to know of every certificate."""
    near_miss = KINDS[kind].near_miss
    return {
        **draft.data,
        "title": near_miss if case == "title_near_miss" and near_miss else KINDS[kind].title,
        "spaced": case == "letter_spaced",
        "numbered": case in ("two_pages", "many_pages"),
        "annex": _ANNEX_PAGES if case == "many_pages" else 0,
    }


def _expected(kind: str, draft: Draft, scene: Scene, part: int) -> Certificate:
    case = CASES[scene.case]
    about = Certificate(part=part, kind=kind, authenticity=case.authenticity, evidence=case.evidence)
    if case.unreadable:
        return about.model_copy(update={"unreadable": case.unreadable[0]})
    read = {"issuer": draft.issuer, "number": draft.number, "issued_on": scene.issued_on, "values": draft.values}
    return about.model_copy(update=read)
