"""고용보험 자격이력 내역서: a worker's history of employment insurance (고용보험).

The table is as two public parsers of real documents have it; the number's format is unverified. Of the occupations only
식당 서비스 관련 종사자(132) is a real pair of name and code, the others are invented.
"""

from datetime import date, timedelta

from pydantic import JsonValue

from services.wallet_simulator.samples.kinds.drafting import CHILDHOOD_DAYS, Draft, Kind, Scene
from services.wallet_simulator.samples.workplaces import town

_OCCUPATIONS = (
    "식당 서비스 관련 종사자(132)",
    "컴퓨터 시스템 전문가(133)",
    "경영 지원 사무원(026)",
    "매장 판매 종사자(151)",
    "물류 관리 사무원(028)",
    "전기 설비 조작원(862)",
    "보육 교사(231)",
    "건축 설계 기술자(140)",
)

Spell = tuple[str, date, date | None]
"""Workplace, acquired, lost."""


def _career(scene: Scene) -> list[Spell]:
    """Spells of work, latest first; none overlaps the next, and a loss date is the day after the last day of work."""
    rng, firm, as_of = scene.rng, scene.workplace.name, scene.as_of
    if scene.case == "blank_history":
        return []
    if scene.case == "two_pages":
        started = as_of - timedelta(days=scene.work_days(100, 300))
        return [(firm, started, None), *_earlier(scene, started, 44)]
    started = as_of - timedelta(days=scene.work_days(400, 1_500))
    if scene.case == "transfer":
        moved = started + timedelta(days=rng.randint(120, 300))
        return [(firm, moved, None), (firm, started, moved), *_earlier(scene, started, rng.randint(0, 2))]
    lost = {"lost_as_of": as_of, "lost_day_after": as_of + timedelta(days=1)}.get(scene.case)
    return [(firm, started, lost), *_earlier(scene, started, rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 4, 6)))]


def _earlier(scene: Scene, before: date, count: int) -> list[Spell]:
    """`count` spells before that day, one in each of as many equal slots; none where there is no time for them."""
    rng, spells = scene.rng, list[Spell]()
    grown_days = (before - scene.person.birth_date).days - CHILDHOOD_DAYS
    slot = min(1_400, grown_days // max(count, 1))
    if slot < 8:
        return []
    for _ in range(count):
        lost = before - timedelta(days=rng.randint(1, slot // 4))
        before = lost - timedelta(days=rng.randint(slot // 4, slot - slot // 4))
        spells.append((rng.choice(town()).name, before, lost))
    return spells


def _row(serial: int, spell: Spell, occupation: str) -> dict[str, JsonValue]:
    workplace, acquired_on, lost_on = spell
    return {
        "serial": serial,
        "occupation": occupation,
        "workplace": workplace,
        "acquired_on": acquired_on.isoformat(),
        "lost_on": lost_on.isoformat() if lost_on else None,
        "remark": "근로자",
    }


def draft(scene: Scene) -> Draft:
    """The history of the holder, latest work first; the current one is at the scene's workplace."""
    rng, person = scene.rng, scene.person
    rows = [_row(serial, spell, rng.choice(_OCCUPATIONS)) for serial, spell in enumerate(_career(scene), start=1)]
    number = f"{scene.issued_on.year}-{rng.randrange(10_000):04d}-{rng.randrange(1_000_000):06d}"
    issuer = "근로복지공단"
    return Draft(
        data={
            "number": number,
            "holder_name": scene.name(person),
            "rrn": scene.rrn(person),
            "rows": [[str(value or "") for value in row.values()] for row in rows],
            "issued_on": scene.issued_on.isoformat(),
            "issuer": issuer,
        },
        values={"holder_name": person.name, "birth_date": person.birth_date.isoformat(), "employments": [*rows]},
        number=number,
        issuer=issuer,
    )


KIND = Kind(
    code="EI_HIST",
    title="고용보험 자격이력 내역서 (피보험자용)",
    template="ei_hist",
    cases=frozenset({"transfer", "lost_as_of", "lost_day_after", "blank_history", "two_pages"}),
    draft=draft,
)
