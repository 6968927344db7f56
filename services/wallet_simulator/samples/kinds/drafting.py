"""What a kind of certificate is given to write with, and what it hands back: a paper, and what it means."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random

from pydantic import JsonValue

from services.wallet_simulator.samples.kinds.manner import Manner
from services.wallet_simulator.samples.paper import Look, Paper
from services.wallet_simulator.samples.people import Person, a_name, a_person, unusual
from services.wallet_simulator.samples.workplaces import Workplace, a_district, a_home, an_odd_firm_name, town
from shared.facts import Finding

CHILDHOOD_DAYS = 15 * 366
"""Nobody in the samples works before this age."""
DISTRICT_TRAPS = {"busan_junggu": "부산광역시 중구", "gwangju_gyeonggi": "경기도 광주시"}
"""Places whose district shares its name with one of Seoul's, or with a metropolitan city, but that are neither."""
_SEOULRO_IS_IN = "경기도 오산시"


@dataclass(frozen=True, slots=True)
class Scene:
    """One certificate about to be written: whose, when, and which case it must show.

    `as_of` is the day a programme looks at, `issued_on` the day printed. `rng` is the chance by which things are so;
    by what chance they are said so is the manner's.
    """

    person: Person
    workplace: Workplace
    issued_on: date
    as_of: date
    case: str
    rng: Random
    manner: Manner

    @property
    def varied(self) -> bool:
        """Whether anything that may vary does, rather than stand as the plain form has it."""
        return self.manner.varied

    def name(self, person: Person, *, hanja_too: bool = True) -> str:
        """How `person`'s name is printed: decomposed (NFD), letter-spaced or with Chinese characters.

        Those are printed where the case or the manner says so and the label promises them (`hanja_too`).
        """
        if self.case == "nfd_names":
            return unicodedata.normalize("NFD", person.name)
        if hanja_too and (self.case == "hanja" or self.manner.with_hanja):
            return person.hanja_name
        return " ".join(person.name) if self.manner.spread_names and person.name.isalpha() else person.name

    def identity(self, person: Person) -> str:
        """How `person`'s resident registration number is printed, or the birth date that stands for it."""
        match self.manner.identity:
            case "birth_date":
                return self.manner.day(person.birth_date)
            case "whole":
                return person.unmasked_rrn(self.manner.chance)
        return person.masked_rrn(self.manner.star, self._hidden(person))

    def identity_label(self) -> str:
        """The label of what `identity` prints."""
        if self.manner.identity == "birth_date":
            return "생년월일"
        return self.manner.word("주민등록번호", "주민등록번호", "주민등록번호", "주민(외국인)등록번호")

    def birth_date(self, person: Person) -> str | None:
        """The birth date that `identity` shows; None where six digits leave the century open."""
        hidden = self.manner.identity == "masked" and self._hidden(person) != 6
        return None if hidden and not person.century_is_plain(self.issued_on) else person.birth_date.isoformat()

    def _hidden(self, person: Person) -> int:
        """As the manner has it; but only the case that is about it leaves a century open."""
        plain = self.case == "seven_stars" or person.century_is_plain(self.issued_on)
        return self.manner.hidden if plain else 6

    def someone(self, born_from: int, born_to: int, *, surname: str | None = None, male: bool | None = None) -> Person:
        """Somebody else, as `people.a_person`; where the scene is varied, perhaps of a rare or foreign name."""
        person = a_person(self.rng, born_from, born_to, surname=surname, male=male)
        return unusual(person, self.rng) if self.varied and not surname else person

    def official(self) -> str:
        """The name of someone who works where the certificate was issued."""
        return a_name(self.manner.chance)

    def firm(self) -> str:
        """The name of some firm; where the scene is varied, perhaps an odd one."""
        if self.varied and self.rng.random() < 0.25:
            return an_odd_firm_name(self.rng)
        return self.rng.choice(town()).name

    def work_days(self, least: int, most: int) -> int:
        """How many days ago some work began: between the two, but not before they were about 15."""
        grown = (self.as_of - self.person.birth_date).days - CHILDHOOD_DAYS
        return min(self.rng.randint(least, most), max(grown, 1))

    def district(self, *, in_seoul: bool) -> str:
        """Where an address begins: the trap of the case, or any district in or outside Seoul."""
        return DISTRICT_TRAPS.get(self.case) or a_district(self.rng, in_seoul=in_seoul)

    def office(self) -> str:
        """The district whose office issues the certificate, seven times in ten one of Seoul."""
        return _SEOULRO_IS_IN if self.case == "seoulro" else self.district(in_seoul=self.rng.random() < 0.7)

    def home(self, district: str) -> str:
        """The address of a home in that district."""
        if self.case == "seoulro":
            return f"{district} 서울로 1, {self.rng.randint(101, 130)}동 (가상동, 가상아파트)"
        return f"{district} {a_home(self.rng)}"


@dataclass(frozen=True, slots=True)
class Draft:
    """`paper` is what is printed, in print spelling; the rest is what a perfect reader makes of it."""

    paper: Paper
    number: str
    issuer: str
    values: dict[str, JsonValue]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of certificate: its code, its title in several wordings, the cases only some kinds have, its writer."""

    code: str
    titles: tuple[str, ...]
    """The plain one first."""
    cases: frozenset[str]
    draft: Callable[[Scene], Draft]
    near_miss: tuple[str, ...] = ()
    """Titles of other documents that are easily taken for this one, for the case `title_near_miss`."""
    look: Look = field(default_factory=Look)
    """How the plain one is set."""
    days: str = "iso"
    """How the plain one spells a day."""
    issue_days: str = "korean"
    """How the plain one spells the day of issue."""
    identity: str = "masked"
    """By what the plain one tells its holder from a namesake, as `Manner.identity`."""
    valid_days: int | None = None
    """How many days after its day of issue it may still be handed in; None where nothing says so."""

    def manner(self, case: str, chance: Random, *, varied: bool) -> Manner:
        """How a certificate of this kind says things: as its plain form has it, or drawn; then as the case asks."""
        plain = Manner(chance, days=self.days, issue_days=self.issue_days, identity=self.identity)
        manner = Manner.drawn(chance) if varied else plain
        match case:
            case "rrn_unmasked":
                return replace(manner, identity="whole")
            case "seven_stars":
                return replace(manner, identity="masked", hidden=7)
            case "other_form":
                return replace(manner, other=True, days="spaced", issue_days="spaced")
        return manner
