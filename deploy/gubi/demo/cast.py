"""Who submits what in the demo: all six wallet apps, every class of outcome. Everybody is fictional."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle

from services.wallet_simulator.samples import CASES, Person, population, town
from shared.catalog import Catalog

EMPLOYER = next(place for place, firm in enumerate(town()) if firm.in_seoul)
"""The firm that many in the demo work for: one answer settles all of them."""

_UNREADABLE = ("scan", "encrypted", "truncated", "title_near_miss")
_HOSTILE = ("hostile_bomb", "hostile_loop", "many_pages")


@dataclass(frozen=True)
class Part:
    """One submission that is going to be made."""

    role: str
    app: str
    kind: str
    person: Person
    seed: int
    case: str = "ordinary"
    employer: int | None = None

    @property
    def unreadable(self) -> bool:
        """Whether reading it is going to fail."""
        return bool(CASES[self.case].unreadable)


def _people() -> tuple[Iterator[Person], Iterator[Person]]:
    """Give people of working age, and people too old for the programme."""
    everybody = population(9988)
    adults = (person for person in everybody if 1962 <= person.birth_date.year <= 2003)
    seniors = (person for person in population(1943) if person.birth_date.year <= 1954)
    return adults, seniors


def cast(catalog: Catalog) -> list[Part]:
    """Give the parts: eleven for each app, and two second submissions of people who submitted with another app."""
    adults, seniors = _people()
    unreadable, hostile = cycle(_UNREADABLE), cycle(_HOSTILE)
    parts: list[Part] = []

    def add(role: str, app: str, kind: str, person: Person, **more: object) -> None:
        parts.append(Part(role, app, kind, person, seed=len(parts) + 1, **more))  # type: ignore[arg-type]

    for app, wallet in catalog.wallets.items():
        sends = wallet.abilities.sends
        for _ in range(4):
            add("resident", app, "RR_FULL", next(adults))
        add("too_old", app, "RR_FULL", next(seniors))
        for _ in range(3):
            if "EI_HIST" in sends:
                add("commuter", app, "EI_HIST", next(adults), employer=EMPLOYER)
            else:
                add("resident", app, "RR_FULL", next(adults))
        if "EMPLOY" in sends:
            add("employed", app, "EMPLOY", next(adults), employer=EMPLOYER)
        else:
            add("altered", app, "RR_FULL", next(adults), case="altered")
        add("unreadable", app, "RR_FULL", next(adults), case=next(unreadable))
        add("hostile", app, "RR_FULL", next(adults), case=next(hostile))
    for first, app in ((parts[0], "toss"), (parts[11], "seoul")):
        add("second_time", app, "RR_FULL", first.person)
    return parts
