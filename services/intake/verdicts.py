"""Why it was decided so, and what can be done about a refusal (민원처리법 27조③): told to the holder alone. Pure."""

from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from services.intake.words import OWN_WORDS, REMEDY, both
from shared.catalog import Bilingual
from shared.events import Decision
from shared.gate import Why


class Remedy(BaseModel):
    """What whoever was refused can do."""

    model_config = ConfigDict(frozen=True)

    says: Bilingual
    label: Literal["예시"] | None
    """`예시` where it is the sample that Gubi comes with; None where the office has set its own."""


SAMPLE = Remedy(says=REMEDY, label="예시")


class Verdict(NamedTuple):
    """What a decision is told with."""

    because: tuple[Bilingual, ...] = ()
    remedy: Remedy | None = None


def remedy_of(ko: str | None, en: str | None) -> Remedy:
    """Give the remedy that an installation sets, in both languages; the sample where it does not."""
    return Remedy(says=both(ko, en), label=None) if ko and en else SAMPLE


def verdict(decision: Decision, why: Why, remedy: Remedy) -> Verdict:
    """Give the official's own reason, else, of a refusal, why each condition is not met; and then the remedy."""
    because: tuple[Bilingual, ...] = ()
    if why.words:
        because = (both(OWN_WORDS.ko.format(words=why.words), OWN_WORDS.en.format(words=why.words)),)
    elif decision == "ineligible":
        conditions: list[dict[str, Any]] = why.screening.get("conditions", [])
        unmet = [one for one in conditions if one["result"] == "not_met"]
        because = tuple(both(one["reason_ko"], one["reason_en"]) for one in unmet)
    return Verdict(because, remedy if decision == "ineligible" else None)
