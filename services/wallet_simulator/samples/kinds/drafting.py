"""What a kind of certificate is given to write with, and what it hands back: words to print, and what they mean."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from pydantic import JsonValue

from services.wallet_simulator.samples.people import Person
from services.wallet_simulator.samples.workplaces import Workplace, a_district

CHILDHOOD_DAYS = 15 * 366
"""Nobody in the samples works before this age."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One certificate about to be written: whose, when, and which case it must show.

    `as_of` is the day a programme looks at, `issued_on` the day printed; `rng` is the only source of chance.
    """

    person: Person
    workplace: Workplace
    issued_on: date
    as_of: date
    case: str
    rng: Random

    def name(self, person: Person) -> str:
        """How `person`'s name is printed: decomposed (NFD) or with Chinese characters where the case says so."""
        if self.case == "nfd_names":
            return unicodedata.normalize("NFD", person.name)
        return person.hanja_name if self.case == "hanja" else person.name

    def rrn(self, person: Person) -> str:
        """How `person`'s resident registration number is printed: masked, unless the case is `rrn_unmasked`."""
        return person.unmasked_rrn(self.rng) if self.case == "rrn_unmasked" else person.masked_rrn

    def work_days(self, least: int, most: int) -> int:
        """How many days ago some work began: between the two, but not before the holder was about 15."""
        return min(self.rng.randint(least, most), (self.as_of - self.person.birth_date).days - CHILDHOOD_DAYS)

    def district(self, *, in_seoul: bool) -> str:
        """Where an address begins: the trap of the case, or any district in or outside Seoul."""
        return DISTRICT_TRAPS.get(self.case) or a_district(self.rng, in_seoul=in_seoul)


DISTRICT_TRAPS = {"busan_junggu": "부산광역시 중구", "gwangju_gyeonggi": "경기도 광주시"}
"""Places whose district shares its name with one of Seoul's, or with a metropolitan city, but that are neither."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`data` is what the template prints, in print spelling; the rest is what a perfect reader makes of it."""

    data: Mapping[str, JsonValue]
    values: dict[str, JsonValue]
    number: str
    issuer: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of certificate: its code, printed title, template, the cases only some kinds have, and its writer."""

    code: str
    title: str
    template: str
    cases: frozenset[str]
    draft: Callable[[Scene], Draft]
    near_miss: str | None = None
    """The title of another document that is easily taken for this one, for the case `title_near_miss`."""
