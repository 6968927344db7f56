"""Nobody in the samples exists, and all of them are plausible."""

import re
from datetime import date
from itertools import islice
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.wallet_simulator.samples import Person, population, town
from services.wallet_simulator.samples.people import HANJA, sex_digit
from services.wallet_simulator.samples.workplaces import SEOUL_GU, business_number

FIRST = "234567892345"


def test_a_population_is_the_same_for_the_same_seed_and_holds_nobody_twice() -> None:
    some = list(islice(population(1), 5_000))
    assert some == list(islice(population(1), 5_000))
    assert len(set(some)) == 5_000
    assert some[:10] != list(islice(population(2), 10))


def test_the_seventh_digit_agrees_with_the_century_of_birth() -> None:
    for person in islice(population(3), 2_000):
        assert person.sex_digit in ((1, 2) if person.birth_date.year < 2000 else (3, 4))


@given(st.integers(0, 2**32), st.dates(date(1930, 1, 1), date(2019, 12, 31)), st.booleans())
def test_a_whole_registration_number_never_passes_its_checksum(seed: int, born: date, male: bool) -> None:
    person = Person("김가상", born, sex_digit(born.year, male=male))
    digits = person.unmasked_rrn(Random(seed)).replace("-", "")
    total = sum(int(weight) * int(digit) for weight, digit in zip(FIRST, digits[:12], strict=True))
    assert len(digits) == 13
    assert int(digits[12]) != (11 - total % 11) % 10


def test_a_masked_number_shows_birth_date_and_one_digit() -> None:
    assert Person("김가상", date(1990, 1, 1), 1).masked_rrn == "900101-1******"


@given(st.integers(0, 2**32))
def test_a_business_number_passes_its_check_digit(seed: int) -> None:
    number = business_number(Random(seed))
    assert re.fullmatch(r"9\d{2}-\d{2}-\d{5}", number)
    digits = [int(digit) for digit in number.replace("-", "")]
    total = sum(w * d for w, d in zip((1, 3, 7, 1, 3, 7, 1, 3, 5), digits[:9], strict=True)) + digits[8] * 5 // 10
    assert digits[9] == (10 - total % 10) % 10


def test_every_syllable_of_a_name_has_its_chinese_character() -> None:
    assert all(set(person.name) <= HANJA.keys() for person in islice(population(4), 2_000))
    assert Person("김가상", date(1990, 1, 1), 1).hanja_name == "김가상(金佳想)"


def test_a_firm_is_in_seoul_exactly_when_its_address_is() -> None:
    firms = town()
    assert len(firms) == len({firm.name for firm in firms}) == 400
    assert len({firm.name for firm in town(1_200)}) == 1_200
    for firm in firms:
        city, district = firm.address.split()[:2]
        assert firm.in_seoul == (city == "서울특별시" and district in SEOUL_GU)
    assert 0.5 < sum(firm.in_seoul for firm in firms) / 400 < 0.7


def test_all_twenty_five_districts_of_seoul_are_known() -> None:
    assert len(set(SEOUL_GU)) == 25
