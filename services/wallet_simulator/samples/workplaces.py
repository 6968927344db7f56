"""Firms and addresses that do not exist: one town, always the same, and stranger ones for certificates that vary.

Streets are all 가상로 ("imaginary road"); business numbers (사업자등록번호) begin with 9 and carry a right check digit,
unless a wrong one is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from random import Random

from services.wallet_simulator.samples.people import seeded

SEOUL_GU = (
    "종로구",
    "중구",
    "용산구",
    "성동구",
    "광진구",
    "동대문구",
    "중랑구",
    "성북구",
    "강북구",
    "도봉구",
    "노원구",
    "은평구",
    "서대문구",
    "마포구",
    "양천구",
    "강서구",
    "구로구",
    "금천구",
    "영등포구",
    "동작구",
    "관악구",
    "서초구",
    "강남구",
    "송파구",
    "강동구",
)
_ELSEWHERE = (
    "경기도 성남시 분당구",
    "경기도 고양시 일산동구",
    "인천광역시 남동구",
    "경기도 부천시",
    "대전광역시 서구",
    "경기도 수원시 팔달구",
)
_STEMS = (
    "한빛",
    "미소",
    "나루",
    "다온",
    "가온",
    "해담",
    "누리",
    "라온",
    "새솔",
    "아람",
    "보람",
    "푸름",
    "마루",
    "바른",
    "하늘",
    "소담",
    "이음",
    "두레",
    "도담",
    "늘봄",
)
_TRADES = (
    "상사",
    "정보",
    "물류",
    "식품",
    "건설",
    "교육",
    "전자",
    "디자인",
    "의료기",
    "유통",
    "기획",
    "섬유",
)
_SHAPES = ("주식회사 {}", "{} 주식회사", "(주){}", "유한회사 {}", "{}")
_ODD_NAMES = (
    "㈜{}",
    "(재){} 부설 가상평생교육원",
    "사회복지법인 {}복지재단 가상노인종합복지관",
    "{} 주식회사 서울가상지점",
    "가상대학교 산학협력단({} 기술사업화센터)",
    "{} 제2물류센터 협력업체 관리사무소",
    "GASANG {} KOREA LTD.",
    "가상시 시설관리공단 {} 사업소",
)
_STREETS = ("가상로", "가상대로", "가상대로12길", "가상로3가길", "가상중앙로")
_HOUSES = (
    "{a}동 {b}호 (가상동, 가상아파트)",
    "{a}동 {b}호 (가상동, 가상마을 푸른숲 1단지 아파트)",
    "지하층 {a}호 (가상동)",
    "{a}호 (가상동1가, 가상오피스텔)",
    "(가상동)",
    "가상빌라 {a}동 {b}호",
)
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)


@dataclass(frozen=True, slots=True)
class Workplace:
    """A fictional firm. `business_number` is `###-##-#####` (사업자등록번호); `in_seoul` is true of its address."""

    name: str
    address: str
    business_number: str
    in_seoul: bool


def business_number(rng: Random) -> str:
    """A 사업자등록번호 whose check digit is right, beginning with 9."""
    digits = [
        9,
        *(rng.randrange(10) for _ in range(2)),
        8,
        rng.choice((1, 6, 7)),
        *(rng.randrange(10) for _ in range(4)),
    ]
    text = "".join(map(str, [*digits, _check_digit(digits)]))
    return f"{text[:3]}-{text[3:5]}-{text[5:]}"


def _check_digit(digits: Sequence[int]) -> int:
    total = sum(w * d for w, d in zip(_BUSINESS_WEIGHTS, digits, strict=True)) + digits[8] * 5 // 10
    return (10 - total % 10) % 10


def has_right_check_digit(number: str) -> bool:
    """Whether the last digit of that 사업자등록번호, `###-##-#####`, follows from the nine before it."""
    *digits, last = (int(digit) for digit in number if digit != "-")
    return _check_digit(digits) == last


def miswritten(number: str, rng: Random) -> str:
    """That 사업자등록번호 with another last digit, so that its check fails."""
    return f"{number[:-1]}{(int(number[-1]) + rng.randint(1, 9)) % 10}"


def an_odd_firm_name(rng: Random) -> str:
    """The name of a firm as some are: long, with words before and after, with signs and Latin letters."""
    return rng.choice(_ODD_NAMES).format(rng.choice(_STEMS) + "가상")


def a_home(rng: Random) -> str:
    """What follows the district in the address of a home: street, house, and, often, the quarter in brackets."""
    house = rng.choice(_HOUSES).format(a=rng.randint(101, 130), b=f"{rng.randint(1, 20)}{rng.randint(1, 8):02d}")
    return f"{rng.choice(_STREETS)} {rng.randint(1, 300)}, {house}".replace(", (", " (")


def head_of(district: str) -> str:
    """The mayor or head of a district, who signs its certificates: `서울특별시 종로구청장`, `경기도 부천시장`."""
    return district + ("청장" if district.endswith("구") else "장")


def a_district(rng: Random, *, in_seoul: bool) -> str:
    """Province or city and district, as an address begins: `서울특별시 종로구`."""
    return f"서울특별시 {rng.choice(SEOUL_GU)}" if in_seoul else rng.choice(_ELSEWHERE)


@cache
def town(size: int = 400) -> tuple[Workplace, ...]:
    """The `size` (at most 1,200) firms where everyone works: always the same, six in ten in Seoul, all names apart."""
    rng = seeded("town")
    names = [f"{stem}가상{trade}" for stem, trade in product(_STEMS, _TRADES)]
    names = [shape.format(name) for shape, name in product(_SHAPES, names)]
    rng.shuffle(names)
    return tuple(_a_workplace(rng, name) for name in names[:size])


def _a_workplace(rng: Random, name: str) -> Workplace:
    in_seoul = rng.random() < 0.6
    address = f"{a_district(rng, in_seoul=in_seoul)} 가상로 {rng.randint(1, 300)}, {rng.randint(2, 19)}층"
    return Workplace(name, address, business_number(rng), in_seoul)
