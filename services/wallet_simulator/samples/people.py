"""People who do not exist, drawn from a seed.

Names are built from syllables rather than taken from anywhere; resident registration numbers (RRN, 주민등록번호) are
masked or, where a whole one is shown, fail their checksum.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

HANJA = dict(
    zip(
        "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심노하곽성차주우구민진지유나라마다가사아도미소수예은재채초혜상본담온결람",
        "金李朴崔鄭姜趙尹張林韓吳徐申權黃安宋柳全洪高文梁孫裵白許南沈盧河郭成車朱禹具閔陳池劉娜羅磨多佳思雅道美昭秀藝恩在彩草惠想本淡溫潔藍",
        strict=True,
    )
)
"""One Chinese character for every syllable used in names: 성명(한자) prints both."""

_SURNAMES = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심노하곽성차주우구민진지"
_SURNAME_WEIGHTS = [1 / (rank + 2) for rank in range(len(_SURNAMES))]  # a few names are everywhere, as in life
_FIRST = "가나다라마사아도미소수예은재채초혜하서지"
_LAST = "상본담온결람"

_RARE = "갊뺌쀼뷁뙤쿄슳읗쫑퓽믈헗"
"""Syllables outside the 2,350 that old fonts and codes (KS X 1001) stop at, and some that are merely unheard of."""
_LONG_SURNAMES = ("남궁", "황보", "제갈", "선우", "독고")
_FOREIGN_SURNAMES = ("GASANGOVA", "TRANLI", "VANGASAN", "MAREKSON", "ODONGAI", "LINHARES", "SAMPELOV", "KHAYALI")
_FOREIGN_FIRST = (
    "LINA",
    "TOMAS",
    "MEI ANH",
    "OYUNA",
    "DARIO JOSE",
    "NARGIZA",
    "ANNE-LI",
    "THI GASANG",
    "JOAO",
    "YUSUF",
)

_CHECK_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_WRONG_BY = (1, 3, 4, 5, 6, 7, 8, 9)
"""Not by 2: that is how far apart the check digits of a Korean and of a foreigner are."""
_FOREIGN_DIGITS = 4
"""A foreigner's seventh digit is that of a Korean of the same sex and century, and so much more."""
OLDEST = 115
"""Years: where seven digits are hidden, the century is the one that makes nobody older than this, or unborn."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone fictional. `sex_digit` is the seventh digit of the RRN: odd male, even female.

    1 and 2 were born in the 1900s, 3 and 4 in the 2000s; 5 to 8 are the same of foreigners.
    """

    name: str
    birth_date: date
    sex_digit: int

    def masked_rrn(self, star: str = "*", hidden: int = 6) -> str:
        """The RRN as a certificate shows it when its holder chose to hide the back part: `900101-1******`.

        `hidden` is how many of the seven digits behind the dash are stars: 6, or 7 for `900101-*******`.
        """
        return f"{self.birth_date:%y%m%d}-{str(self.sex_digit)[: 7 - hidden]}{star * hidden}"

    def unmasked_rrn(self, rng: Random) -> str:
        """A whole RRN whose check digit is wrong by the rule for Koreans and by that for foreigners: nobody's."""
        front = f"{self.birth_date:%y%m%d}{self.sex_digit}{rng.randrange(100_000):05d}"
        right = (11 - sum(w * int(d) for w, d in zip(_CHECK_WEIGHTS, front, strict=True)) % 11) % 10
        return f"{front[:6]}-{front[6:]}{(right + rng.choice(_WRONG_BY)) % 10}"

    def century_is_plain(self, on: date) -> bool:
        """Whether six digits alone, read on that day, name the birth date beyond doubt."""
        other = self.birth_date.year + (100 if self.birth_date.year < 2000 else -100)
        unborn = (other, self.birth_date.month, self.birth_date.day) > (on.year, on.month, on.day)
        return unborn or on.year - other > OLDEST

    @property
    def surname(self) -> str | None:
        """The Korean surname that children take; None for a foreign name."""
        if not "가" <= self.name[0] <= "힣":
            return None
        return self.name[:2] if self.name.startswith(_LONG_SURNAMES) else self.name[0]

    @property
    def hanja_name(self) -> str:
        """The name with its Chinese characters, where it has them: `김가상(金佳想)`."""
        if not set(self.name) <= HANJA.keys():
            return self.name
        return f"{self.name}({''.join(HANJA[syllable] for syllable in self.name)})"


def seeded(name: str) -> Random:
    """Chance that takes the same course for the same name, on every machine."""
    return Random(name)  # noqa: S311 - nothing secret is drawn


def sex_digit(birth_year: int, *, male: bool) -> int:
    """The seventh digit of the RRN of someone born in `birth_year`, 1900 to 2099."""
    return (1 if birth_year < 2000 else 3) + (0 if male else 1)


def a_name(rng: Random, surname: str | None = None) -> str:
    """A three-syllable name, of the family named `surname` where one is given."""
    chosen = surname or rng.choices(_SURNAMES, _SURNAME_WEIGHTS)[0]
    return chosen + rng.choice(_FIRST) + rng.choice(_LAST)


def a_rare_name(rng: Random) -> str:
    """A name of two to four syllables, one of them rare, three in ten with a surname of two."""
    surname = rng.choice(_LONG_SURNAMES) if rng.random() < 0.3 else rng.choices(_SURNAMES, _SURNAME_WEIGHTS)[0]
    rare = rng.choice(_RARE)
    return surname + rng.choice((rare, rare + rng.choice(_LAST), rng.choice(_FIRST) + rare))


def a_foreign_name(rng: Random) -> str:
    """A foreigner's name as registers print it: Latin capitals, surname first, with spaces."""
    return f"{rng.choice(_FOREIGN_SURNAMES)} {rng.choice(_FOREIGN_FIRST)}"


def foreign(person: Person, rng: Random) -> Person:
    """`person` as a foreigner: another name and seventh digit."""
    digit = person.sex_digit + (_FOREIGN_DIGITS if person.sex_digit <= _FOREIGN_DIGITS else 0)
    return Person(a_foreign_name(rng), person.birth_date, digit)


def a_person(
    rng: Random, born_from: int, born_to: int, *, surname: str | None = None, male: bool | None = None
) -> Person:
    """Someone born in one of the years `born_from` to `born_to`, both included."""
    first = date(born_from, 1, 1)
    born = first + timedelta(days=rng.randrange((date(born_to + 1, 1, 1) - first).days))
    is_male = rng.random() < 0.5 if male is None else male
    return Person(a_name(rng, surname), born, sex_digit(born.year, male=is_male))


def population(seed: int, *, varied: bool = False) -> Iterator[Person]:
    """Adults without end, born 1943 to 2003, no two alike in name, birth date and sex; the same for the same seed.

    Where `varied`, one in six has a name of rare syllables or of unusual length, or is a foreigner.
    """
    rng = seeded(f"population/{seed}")
    odd = seeded(f"population/{seed}/odd")
    seen: set[Person] = set()
    while True:
        person = a_person(rng, 1943, 2003)
        if varied:
            person = unusual(person, odd)
        if person not in seen:
            seen.add(person)
            yield person


def unusual(person: Person, rng: Random) -> Person:
    """`person`, or, one time in six, the same by a rare name or as a foreigner."""
    match rng.randrange(12):
        case 0:
            return replace(person, name=a_rare_name(rng))
        case 1:
            return foreign(person, rng)
    return person
