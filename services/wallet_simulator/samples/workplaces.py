"""Firms and addresses that do not exist: one town, always the same.

Streets are all 가상로 ("imaginary road"); business numbers (사업자등록번호) begin with 9 and carry a right check digit.
"""

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
    total = sum(w * d for w, d in zip(_BUSINESS_WEIGHTS, digits, strict=True)) + digits[8] * 5 // 10
    text = "".join(map(str, [*digits, (10 - total % 10) % 10]))
    return f"{text[:3]}-{text[3:5]}-{text[5:]}"


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
