"""An address is in Seoul, is not, or cannot be told: never by a 구 (district) alone, never by a street's name."""

import re
import unicodedata
from typing import Literal

Place = Literal["inside", "outside", "unknown"]
"""In the region that was asked about, outside it, or not to be told by the address."""

SEOUL = {
    "11110": "종로구",
    "11140": "중구",
    "11170": "용산구",
    "11200": "성동구",
    "11215": "광진구",
    "11230": "동대문구",
    "11260": "중랑구",
    "11290": "성북구",
    "11305": "강북구",
    "11320": "도봉구",
    "11350": "노원구",
    "11380": "은평구",
    "11410": "서대문구",
    "11440": "마포구",
    "11470": "양천구",
    "11500": "강서구",
    "11530": "구로구",
    "11545": "금천구",
    "11560": "영등포구",
    "11590": "동작구",
    "11620": "관악구",
    "11650": "서초구",
    "11680": "강남구",
    "11710": "송파구",
    "11740": "강동구",
}
"""The 25 districts of Seoul by the first five digits of their 법정동코드 (legal-district code)."""

REGIONS = frozenset({"seoul", "capital_area", *SEOUL.values()})
"""What can be asked for: Seoul, the capital area (수도권: Seoul, Incheon, Gyeonggi), or a district of Seoul by name."""

_POSTAL_CODE = re.compile(r"^\s*(?:[(\[]\s*(?:우\s*)?\d{5}\s*[)\]]|(?:우\s*)?\d{5}(?=\s))\s*")
_IN_SEOUL = re.compile(rf"(?:서울특별시|서울시|서울)\s*({'|'.join(SEOUL.values())})(?=\s|$)")
_ELSEWHERE_IN_FULL = re.compile(
    r"(?:(?:부산|대구|인천|광주|대전|울산)광역시|세종특별자치시|(?:강원|전북|제주)특별자치도"
    r"|(?:경기|강원|제주|(?:충청|전라|경상)[북남])도)(?=\s|$)"
)
_ELSEWHERE_IN_SHORT = re.compile(
    r"(?:(?:부산|대구|인천|광주|대전|울산)시?|세종시?|경기|강원|충북|충남|전북|전남|경북|경남|제주)"
    r"\s*[가-힣]{1,5}[시군구](?=\s|$)"
)
"""A short name counts only before a 시, 군 or 구: 세종대로 110 is a street in Seoul, 광주식당 may be anywhere."""
_NEAR_SEOUL = re.compile("인천|경기")
_SEAT = re.compile(r"본사|본점")
"""The seat of a firm says nothing of where one of its people works."""
_BRANCH_ELSEWHERE = re.compile(
    r"(?:부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주)\S{0,6}"
    r"(?:지점|지사|지부|공장|사업소|영업소|출장소)"
)


def in_region(region: str, address: str, district_code: str | None = None) -> Place:
    """Tell whether an address is in one of `REGIONS`, as `in_seoul` does for Seoul."""
    in_city = in_seoul(address, district_code)
    if region == "seoul":
        return in_city
    text = _plain(address)
    if region == "capital_area":
        return "inside" if in_city == "outside" and _NEAR_SEOUL.match(text) else in_city
    if in_city != "inside":
        return in_city
    named = _IN_SEOUL.match(text)
    said = {named.group(1) if named else None, SEOUL.get((district_code or "")[:5])} - {None}
    return "unknown" if len(said) != 1 else "inside" if said == {region} else "outside"


def workplace_in_seoul(name: str, address: str, district_code: str | None = None) -> Place:
    """Tell whether a workplace is in Seoul, as `in_seoul` does for its address.

    It is unknown, too, where the address is said to be the firm's seat, and where a Seoul address stands beside the
    name of a branch elsewhere: 서울산업(주) 부산지점.
    """
    if _SEAT.search(address):
        return "unknown"
    place = in_seoul(address, district_code)
    return "unknown" if place == "inside" and _BRANCH_ELSEWHERE.search(name) else place


def in_seoul(address: str, district_code: str | None = None) -> Place:
    """Tell whether an address, with its 10-digit 법정동코드 where that is known, is in Seoul.

    Where code and text say different things it is unknown, as it is where neither says enough.
    """
    by_text: Place = _by_text(address) if address else "unknown"
    by_code = _by_code(district_code)
    if by_text == by_code or by_code == "unknown":
        return by_text
    return by_code if by_text == "unknown" else "unknown"


def _by_code(code: str | None) -> Place:
    if code is None or not re.fullmatch(r"[1-9]\d{9}", code, flags=re.ASCII):
        return "unknown"
    if code.startswith("11"):
        return "inside" if code[:5] in SEOUL else "unknown"
    return "outside"


def _plain(address: str) -> str:
    return _POSTAL_CODE.sub("", " ".join(unicodedata.normalize("NFKC", address).split()), count=1)


def _by_text(address: str) -> Place:
    text = _plain(address)
    if _IN_SEOUL.match(text):
        return "inside"
    if _ELSEWHERE_IN_FULL.match(text) or _ELSEWHERE_IN_SHORT.match(text):
        return "outside"
    return "unknown"
