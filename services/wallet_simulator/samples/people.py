"""People who do not exist, drawn from a seed.

Names are built from syllables rather than taken from anywhere; resident registration numbers (RRN, 주민등록번호) are
masked or, where a case needs a whole one, fail their checksum.
"""

from collections.abc import Iterator
from dataclasses import dataclass
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

_CHECK_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone fictional. `sex_digit` is the seventh digit of the RRN: 1, 3 male, 2, 4 female, by century of birth."""

    name: str
    birth_date: date
    sex_digit: int

    @property
    def masked_rrn(self) -> str:
        """The RRN as a certificate shows it when its holder chose to hide the back part: `900101-1******`."""
        return f"{self.birth_date:%y%m%d}-{self.sex_digit}******"

    def unmasked_rrn(self, rng: Random) -> str:
        """A whole RRN whose check digit is wrong, so that it is nobody's."""
        front = f"{self.birth_date:%y%m%d}{self.sex_digit}{rng.randrange(100_000):05d}"
        right = (11 - sum(w * int(d) for w, d in zip(_CHECK_WEIGHTS, front, strict=True)) % 11) % 10
        return f"{front[:6]}-{front[6:]}{(right + rng.randint(1, 9)) % 10}"

    @property
    def hanja_name(self) -> str:
        """The name with its Chinese characters: `김가상(金佳想)`."""
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


def a_person(
    rng: Random, born_from: int, born_to: int, *, surname: str | None = None, male: bool | None = None
) -> Person:
    """Someone born in one of the years `born_from` to `born_to`, both included."""
    first = date(born_from, 1, 1)
    born = first + timedelta(days=rng.randrange((date(born_to + 1, 1, 1) - first).days))
    is_male = rng.random() < 0.5 if male is None else male
    return Person(a_name(rng, surname), born, sex_digit(born.year, male=is_male))


def population(seed: int) -> Iterator[Person]:
    """Adults without end, born 1943 to 2003, no two alike in name, birth date and sex; the same for the same seed."""
    rng = seeded(f"population/{seed}")
    seen: set[Person] = set()
    while True:
        person = a_person(rng, 1943, 2003)
        if person not in seen:
            seen.add(person)
            yield person
