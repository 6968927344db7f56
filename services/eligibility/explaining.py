"""A decision in words: what an official reads aloud to a citizen, and what is sealed as the screening."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from services.eligibility.evidence import Evidence, Printed
from services.eligibility.joining import waiting
from services.eligibility.kleene import Result
from services.eligibility.questions import Question
from services.eligibility.settling import settling
from services.eligibility.trust import Finding, Sent
from services.eligibility.wording import Said, why
from shared.catalog.conditions import Condition, Leaf
from shared.catalog.programmes import Programme
from shared.events import Outcome

Pages = Mapping[int, Mapping[str, int]]
"""On which page, from 1, each value of each certificate stands: by part, then by name as in provenance."""


class Decision(NamedTuple):
    """What the machine recommends, before a word is said about it: cheap enough for a whole population."""

    outcome: Outcome
    found: Mapping[str, Evidence]
    """By condition code, in the programme's order."""
    open: tuple[Condition, ...]
    """The trees of conditions that it turns on, of a review; none once it is settled."""
    sent: tuple[Sent, ...]
    """The certificates, with what is held against each."""
    priority: int | None
    """The level of the programme's priority list, where the outcome is eligible; else None."""
    score: int | None
    """The known points of the programme's score table; None where it has none."""
    household: str | None
    """The same text for two applicants of one household, where a register shows it and the programme takes one of each.

    Personal: to be hashed at once.
    """
    points: Mapping[str, int | None] = {}
    """Of every item of the score table by its code; None where no certificate shows them."""

    @property
    def waiting(self) -> tuple[Question, ...]:
        """Unanswered questions whose answer could yet settle it, in order of their keys."""
        return waiting(self.open, self.found)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class ConditionResult(_Record):
    """One condition of the programme, with what it rests on."""

    code: str
    result: Result
    why: str
    """What decided it, as a code of `wording.WHY`."""
    reason_ko: str
    """Whole sentences, to be read aloud."""
    reason_en: str
    observed: str
    """The value that decided it, as printed or as ISO 8601; empty where there is none."""
    part: int | None
    """The certificate it came from, by its place in the submission; None where from none."""
    fields: tuple[str, ...]
    """Where in that certificate: keys of `CertificateProvenance.fields`, where page and box are found."""
    law: str
    page: int | None = None
    """The page of the certificate, from 1, on which the first of `fields` stands; None where none does."""


class Screening(_Record):
    """What the machine recommends, on which rules and date, and why. Sealed: it shows what a certificate says."""

    programme_id: str
    programme_version: int
    as_of: date
    outcome: Outcome
    conditions: tuple[ConditionResult, ...]
    """Every condition, in the programme's order, whether or not it turned the scale."""
    waiting: tuple[Question, ...]
    """Unanswered questions whose answer could yet settle it, in order of their keys; none once it is settled."""
    findings: tuple[Finding, ...]
    """What is said of any of the certificates, in alphabetical order; the outcome already heeds it."""
    of_certificates: dict[int, tuple[Finding, ...]]
    """The same for each of them of which something is said, by its place in the submission."""
    priority: int | None = None
    """The level of the programme's priority list, of somebody eligible; None where there is no list."""
    score: int | None = None
    """The known points of its table; None where it has none."""
    points: dict[str, int | None] = {}
    """The same by item; None where no certificate shows them."""
    settling: tuple[str, ...] = ()
    """Of a review: the fewest conditions that, once known, can settle it, in the programme's order."""


def pages_in(provenance: bytes) -> Pages:
    """Give the pages that a sealed `FactsProvenance`, opened, names. Only the number of each place is taken from it."""
    return {
        one["part"]: {name: place["page"] for name, place in one["fields"].items() if place["page"]}
        for one in json.loads(provenance)["certificates"]
    }


def explain(decision: Decision, programme: Programme, as_of: date, pages: Pages = MappingProxyType({})) -> Screening:
    """Put `decision`, made of `programme` on `as_of`, into words; with the `pages` that are known, these name them."""
    return Screening(
        programme_id=programme.id,
        programme_version=programme.version,
        as_of=as_of,
        outcome=decision.outcome,
        conditions=tuple(_told(leaf, decision.found[leaf.code], programme, pages) for leaf in programme.leaves),
        waiting=decision.waiting,
        findings=tuple(sorted({finding for one in decision.sent for finding in one.findings})),
        of_certificates={one.certificate.part: one.findings for one in decision.sent if one.findings},
        priority=decision.priority,
        score=decision.score,
        points=dict(decision.points),
        settling=settling(decision.found, programme),
    )


def _told(leaf: Leaf, found: Evidence, programme: Programme, pages: Pages) -> ConditionResult:
    certificate = found.sent.certificate if found.sent else None
    page = _page(pages.get(certificate.part, {}), found.fields) if certificate else None
    words = {name: _printed(value, programme) for name, value in found.words.items()}
    if certificate:
        words["document"] = _document(certificate.kind, page, programme)
    elif leaf.observes:
        words["documents"] = _documents(leaf, programme)
    why_ko, why_en = why(found.why, words)
    text = {"met": leaf.met, "not_met": leaf.not_met, "cannot_tell": leaf.cannot_tell}[found.result]
    return ConditionResult(
        code=leaf.code,
        result=found.result,
        why=found.why,
        reason_ko=text.ko.replace("{why}", why_ko),
        reason_en=text.en.replace("{why}", why_en),
        observed=found.observed,
        part=certificate.part if certificate else None,
        fields=found.fields,
        law=leaf.law.title,
        page=page,
    )


def _document(kind: str, page: int | None, programme: Programme) -> Said:
    title = programme.titles[kind]
    return Said(f"{title.ko} {page}쪽", f"{title.en} (page {page})") if page else Said(title.ko, title.en)


def _documents(leaf: Leaf, programme: Programme) -> Said:
    """Name those that could show it."""
    contrary = leaf.test.contradicted_by if leaf.test.kind == "holds" else ()
    titles = [programme.titles[kind] for kind in leaf.observes if kind not in contrary]
    return Said(", ".join(title.ko for title in titles), ", ".join(title.en for title in titles))


def _page(pages: Mapping[str, int], paths: Sequence[str]) -> int | None:
    return next((page for path in paths if (page := pages.get(path))), None)


def _printed(value: object, programme: Programme) -> object:
    if not isinstance(value, Printed):
        return value
    texts = [programme.printed.get(f"{value.kind}.{value.value}.{code}", code) for code in value.codes]
    return Said(", ".join(texts), ", ".join(code.replace("_", " ") for code in value.codes))
