"""Nobody in the samples exists, and all of them are plausible."""

import re
from datetime import date
from itertools import islice
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.wallet_simulator.samples import Person, population, town
from services.wallet_simulator.samples.people import HANJA, foreign, sex_digit
from services.wallet_simulator.samples.workplaces import SEOUL_GU, business_number, has_right_check_digit, miswritten

FIRST = "234567892345"
FOREIGNERS = 13
KOREANS = 11


def test_a_population_is_the_same_for_the_same_seed_and_holds_nobody_twice() -> None:
    some = list(islice(population(1), 5_000))
    assert some == list(islice(population(1), 5_000))
    assert len(set(some)) == 5_000
    assert some[:10] != list(islice(population(2), 10))


def test_the_seventh_digit_agrees_with_the_century_of_birth() -> None:
    for person in islice(population(3), 2_000):
        assert person.sex_digit in ((1, 2) if person.birth_date.year < 2000 else (3, 4))


@given(st.integers(0, 2**32), st.dates(date(1930, 1, 1), date(2019, 12, 31)), st.booleans(), st.booleans())
def test_a_whole_registration_number_never_passes_its_checksum(
    seed: int, born: date, male: bool, is_foreign: bool
) -> None:
    person = Person("김가상", born, sex_digit(born.year, male=male))
    digits = (foreign(person, Random(seed)) if is_foreign else person).unmasked_rrn(Random(seed)).replace("-", "")
    total = sum(int(weight) * int(digit) for weight, digit in zip(FIRST, digits[:12], strict=True))
    assert len(digits) == 13
    for rule in (KOREANS, FOREIGNERS):
        assert int(digits[12]) != (rule - total % 11) % 10


def test_a_masked_number_shows_birth_date_and_one_digit() -> None:
    person = Person("김가상", date(1990, 1, 1), 1)
    assert person.masked_rrn() == "900101-1******"
    assert person.masked_rrn("●", hidden=7) == "900101-●●●●●●●"


@pytest.mark.parametrize(
    ("born", "plain"),
    [((1990, 1, 1), True), ((1923, 1, 1), True), ((1922, 6, 1), False), ((2010, 1, 1), False), ((2003, 1, 1), True)],
)
def test_six_digits_name_a_birth_date_unless_two_centuries_are_possible(
    born: tuple[int, int, int], plain: bool
) -> None:
    assert Person("김가상", date(*born), 1).century_is_plain(date(2022, 12, 12)) is plain


@given(st.integers(0, 2**32))
def test_a_business_number_passes_its_check_digit_and_a_miswritten_one_does_not(seed: int) -> None:
    number = business_number(Random(seed))
    assert has_right_check_digit(number)
    assert not has_right_check_digit(miswritten(number, Random(seed)))
    assert re.fullmatch(r"9\d{2}-\d{2}-\d{5}", number)
    digits = [int(digit) for digit in number.replace("-", "")]
    total = sum(w * d for w, d in zip((1, 3, 7, 1, 3, 7, 1, 3, 5), digits[:9], strict=True)) + digits[8] * 5 // 10
    assert digits[9] == (10 - total % 10) % 10


def test_every_syllable_of_a_name_has_its_chinese_character() -> None:
    assert all(set(person.name) <= HANJA.keys() for person in islice(population(4), 2_000))
    assert Person("김가상", date(1990, 1, 1), 1).hanja_name == "김가상(金佳想)"
    assert Person("김뷁상", date(1990, 1, 1), 1).hanja_name == "김뷁상"


def test_a_varied_population_has_rare_names_and_foreigners_among_the_others() -> None:
    some = list(islice(population(1, varied=True), 600))
    foreigners = [person for person in some if person.name.isascii()]
    rare = [person for person in some if not person.name.isascii() and not set(person.name) <= HANJA.keys()]
    assert len(set(some)) == 600
    assert 20 < len(foreigners) < 90
    assert 20 < len(rare) < 90
    assert all(person.sex_digit in (5, 6, 7, 8) for person in foreigners)
    assert all(person.surname is None for person in foreigners)


def test_a_firm_is_in_seoul_exactly_when_its_address_is() -> None:
    firms = town()
    assert len(firms) == len({firm.name for firm in firms}) == 400
    assert len({firm.name for firm in town(1_200)}) == 1_200
    for firm in firms:
        city, district = firm.address.split()[:2]
        assert firm.in_seoul == (city == "서울특별시" and district in SEOUL_GU)
    assert 0.5 < sum(firm.in_seoul for firm in firms) / 400 < 0.7


def test_the_check_digit_is_that_of_the_published_rule() -> None:
    assert has_right_check_digit("120-81-47521")
    assert has_right_check_digit("220-81-70002")
    assert not has_right_check_digit("120-81-47522")


def test_all_twenty_five_districts_of_seoul_are_known() -> None:
    assert len(set(SEOUL_GU)) == 25
