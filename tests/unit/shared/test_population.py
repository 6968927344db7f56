"""Cutting all submission ids into stretches."""

import secrets
from collections import Counter
from itertools import pairwise

import pytest

from shared.gate import stretches

LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@pytest.mark.parametrize("count", [1, 2, 3, 7, 180, 1000])
def test_the_stretches_hold_every_id_once(count: int) -> None:
    cut = stretches(count)
    assert len(cut) == count
    assert all(end == start for (_, end), (start, _) in pairwise(cut))
    assert all(start < end for start, end in cut)
    for name in ("s-", "s-" + "2" * 26, "s-" + "z" * 26, "s-one", "s-" + "a" * 26):
        assert sum(start <= name < end for start, end in cut) == 1


def test_random_ids_fall_into_stretches_of_about_as_many() -> None:
    names = ["s-" + "".join(secrets.choice(LETTERS) for _ in range(26)) for _ in range(4_000)]
    cut = stretches(8)
    found = Counter(next(at for at, (start, end) in enumerate(cut) if start <= name < end) for name in names)
    assert all(350 < found[at] < 650 for at in range(8))
