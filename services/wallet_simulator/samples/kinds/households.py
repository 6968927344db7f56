"""Who lives together: the rows of a resident register, and the families other certificates name."""

from datetime import date

from services.wallet_simulator.samples.kinds.drafting import Scene
from services.wallet_simulator.samples.people import Person

_LAST_BIRTH = 2003
"""Of those who head a household."""
_YOUNGEST = 2019
"""Nobody is born later: since October 2020 a failing checksum no longer shows that a number is nobody's."""


def household(scene: Scene, before: date) -> list[tuple[str, Person]]:
    """The holder first (본인), then spouse, children, a parent, there on that day; each with the relation to the head.

    Many cohabitants in the cases `two_pages` and `long_table`; no two of one name.
    """
    rng, head = scene.rng, scene.person
    born, male = head.birth_date.year, head.sex_digit % 2 == 1
    found: list[tuple[str, Person]] = [("본인", head)]
    if rng.random() < 0.6 and born <= _LAST_BIRTH:
        spouse = scene.someone(born - 4, min(born + 4, _LAST_BIRTH), male=not male)
        surname = (head if male else spouse).surname
        found.append(("배우자", spouse))
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3))):
            youngest = min(born + 40, before.year - 1, _YOUNGEST)
            if youngest >= born + 23:
                found.append(("자녀", scene.someone(born + 23, youngest, surname=surname)))
    if born > 1955 and rng.random() < 0.15:
        found.append(("모", scene.someone(born - 35, born - 22, male=False)))
    cohabitants = {"two_pages": 24, "long_table": 34}.get(scene.case, 0)
    if scene.varied and scene.case == "ordinary" and rng.random() < 0.1:
        cohabitants = rng.randint(1, 30)
    found += [("동거인", scene.someone(1950, 2002)) for _ in range(cohabitants)]
    return _of_different_names(found)


def children(scene: Scene, most: int) -> list[tuple[str, Person]]:
    """None to `most` children (자녀) of the holder, no two of one name, none born before the holder was twenty."""
    rng, parent = scene.rng, scene.person
    first = parent.birth_date.year + 20
    last = min(parent.birth_date.year + 45, scene.issued_on.year - 1, _YOUNGEST)
    if last < first:
        return []
    found = [("본인", parent)]
    found += [("자녀", scene.someone(first, last, surname=parent.surname)) for _ in range(rng.randint(0, most))]
    return _of_different_names(found)[1:]


def _of_different_names(found: list[tuple[str, Person]]) -> list[tuple[str, Person]]:
    namesakes_out = {who.name: (relation, who) for relation, who in reversed(found)}
    return list(reversed(namesakes_out.values()))
