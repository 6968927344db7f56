"""주민등록표(등본): the household copy of the resident register (주민등록법 시행규칙 별지 제18호서식).

The holder heads the household; its members stand in rows of two lines, the name above the resident registration number.
The sentence of certification follows the 초본's by analogy and is unverified.
"""

from datetime import date, timedelta

from pydantic import JsonValue

from services.wallet_simulator.samples.kinds.drafting import Draft, Kind, Scene
from services.wallet_simulator.samples.people import Person, a_person

Member = tuple[str, Person, date, str]
"""Relation to the householder, who, since when, why."""


def _household(scene: Scene, moved_in_on: date) -> list[Member]:
    """The holder first (본인), then spouse, children, a parent; in the case `two_pages` many cohabitants.

    Nobody is born after 2019: since October 2020 a failing checksum no longer shows that a number is nobody's.
    """
    rng, head = scene.rng, scene.person
    born, male = head.birth_date.year, head.sex_digit % 2 == 1
    found: list[tuple[str, Person]] = [("본인", head)]
    if rng.random() < 0.6:
        spouse = a_person(rng, born - 4, min(born + 4, 2003), male=not male)
        surname = (head if male else spouse).name[0]
        found.append(("배우자", spouse))
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
            youngest = min(born + 40, moved_in_on.year - 1, 2019)
            if youngest >= born + 23:
                found.append(("자녀", a_person(rng, born + 23, youngest, surname=surname)))
    if born > 1955 and rng.random() < 0.15:
        found.append(("모", a_person(rng, born - 35, born - 22, male=False)))
    if scene.case == "two_pages":
        found += [("동거인", a_person(rng, 1950, 2002)) for _ in range(24)]
    namesakes_out = {who.name: (relation, who) for relation, who in reversed(found)}
    return [
        (relation, who, moved_in_on, "전입세대구성" if who is head else "전입")
        for relation, who in reversed(namesakes_out.values())
    ]


def _where(scene: Scene) -> tuple[str, str]:
    """The address, and the mayor or head of district who issues the copy."""
    rng = scene.rng
    home = f"{rng.randint(101, 130)}동 {rng.randint(1, 20)}{rng.randint(1, 8):02d}호 (가상동, 가상아파트)"
    if scene.case == "seoulro":
        return f"경기도 오산시 서울로 1, {home}", "경기도 오산시장"
    district = scene.district(in_seoul=rng.random() < 0.7)
    title = "청장" if district.endswith("구") else "장"
    return f"{district} 가상로 {rng.randint(1, 300)}, {home}", district + title


def draft(scene: Scene) -> Draft:
    """The household of the holder, at one address since one day."""
    rng, head = scene.rng, scene.person
    moved_in_on = scene.as_of - timedelta(days=rng.randint(30, 4_000))
    members = _household(scene, moved_in_on)
    address, issuer = _where(scene)
    number = "-".join(f"{rng.randrange(10_000):04d}" for _ in range(4))
    values: list[JsonValue] = []
    printed: list[JsonValue] = []
    for place, (relation, who, since, reason) in enumerate(members, start=1):
        row = {"relation": relation, "moved_in_on": since.isoformat(), "reason": reason, "status": "거주자"}
        values.append({**row, "number": place, "name": who.name, "birth_date": who.birth_date.isoformat()})
        printed.append({**row, "number": str(place), "name": scene.name(who), "rrn": scene.rrn(who)})
    return Draft(
        data={
            "number": number,
            "applicant": f"{scene.name(head)} ({head.birth_date:%Y-%m-%d})",
            "purpose": "제출용",
            "householder": scene.name(head),
            "formed": f"전입세대구성 {moved_in_on}",
            "address": address,
            "moved_in_on": moved_in_on.isoformat(),
            "move_reason": "전입",
            "members": printed,
            "issued_on": f"{scene.issued_on.year}년 {scene.issued_on.month}월 {scene.issued_on.day}일",
            "issuer": issuer,
        },
        values={
            "householder": head.name,
            "address": address,
            "moved_in_on": moved_in_on.isoformat(),
            "members": values,
        },
        number=number,
        issuer=issuer,
    )


KIND = Kind(
    code="RR_FULL",
    title="주민등록표(등본)",
    template="rr_full",
    cases=frozenset({"title_near_miss", "busan_junggu", "gwangju_gyeonggi", "seoulro", "hanja", "two_pages"}),
    draft=draft,
    near_miss="주민등록표(초본)",
)
