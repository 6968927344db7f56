"""Versions that come while a service runs: read by the loader itself, in force from their day, closed at an instant."""

import re
import subprocess
import sys
from datetime import date, timedelta

import pytest

from shared.catalog import Bilingual, Catalog, CatalogError, Closing, Sheet, load
from shared.clock import utc_now

ID = "FOOD_2023"
TODAY, TOMORROW = date(2026, 12, 1), date(2026, 12, 2)
BECAUSE = Bilingual(ko="예산이 모두 쓰였습니다.", en="The budget is used up.")


@pytest.fixture
def catalog() -> Catalog:
    return load(today=TODAY)


def sheet(catalog: Catalog, version: int = 2, first: date | None = TOMORROW, old: str = "", new: str = "") -> Sheet:
    """The next version of a programme, with one thing changed in it."""
    own = f"id: {ID}\nversion: {version}" + (f"\nin_force_from: {first}" if first else "")
    text = re.sub(rf"^id: {ID}\nversion: 1$", own, catalog.sheets[ID, 1].text, flags=re.MULTILINE)
    assert old in text
    return Sheet(f"programmes/{ID}.v{version}.yaml", text.replace(old, new, 1))


def test_a_version_is_in_force_from_its_day_without_another_start(catalog: Catalog) -> None:
    catalog.take_up([sheet(catalog)], today=TODAY)
    assert catalog.programmes[ID].version == 1
    assert catalog.versions[ID, 2].version == 2
    catalog.take_up(today=TOMORROW)
    assert catalog.programmes[ID].version == 2
    assert catalog.versions[ID, 1].version == 1


def test_whatever_is_wrong_is_told_with_its_line_and_changes_nothing(catalog: Catalog) -> None:
    before = dict(catalog.versions)
    bad = sheet(catalog, old="undo_minutes:", new="undo_hours:")
    line = bad.text.splitlines().index(next(one for one in bad.text.splitlines() if "undo_hours" in one)) + 1
    with pytest.raises(CatalogError, match=f"programmes/{ID}.v2.yaml, line {line}, at undo_hours"):
        catalog.take_up([bad], today=TODAY)
    with pytest.raises(CatalogError, match=f"line {line}, at undo_hours"):
        catalog.read(bad)
    assert dict(catalog.versions) == before


def test_a_version_that_is_there_is_never_replaced(catalog: Catalog) -> None:
    catalog.take_up([sheet(catalog)], today=TODAY)
    with pytest.raises(CatalogError, match="give one a higher version"):
        catalog.take_up([sheet(catalog, old="undo_minutes: 10", new="undo_minutes: 11")], today=TODAY)
    assert catalog.versions[ID, 2].undo_minutes == 10


def test_a_closing_ends_intake_at_its_instant_and_says_why(catalog: Catalog) -> None:
    programme = catalog.programmes["SONMOK9988_2022"]
    at = utc_now()
    assert programme.is_open(at)
    catalog.take_up(closings=[Closing(programme.id, 1, at, BECAUSE)], today=TODAY)
    closed = catalog.programmes[programme.id]
    assert (closed.is_open(at - timedelta(microseconds=1)), closed.is_open(at)) == (True, False)
    assert closed.closed_because == BECAUSE


def test_what_pins_a_version_is_touched_by_no_closing(catalog: Catalog) -> None:
    before = catalog.versions[ID, 1]
    catalog.take_up(closings=[Closing(ID, 1, utc_now() - timedelta(days=9000), BECAUSE)], today=TODAY)
    assert catalog.versions[ID, 1] is before


def test_a_closing_holds_for_the_versions_up_to_its_own_and_the_next_one_opens_again(catalog: Catalog) -> None:
    at = utc_now() - timedelta(days=9000)
    catalog.take_up([sheet(catalog)], [Closing(ID, 2, at, BECAUSE)], today=TODAY)
    assert catalog.programmes[ID].closed_because == BECAUSE
    catalog.take_up(today=TOMORROW)
    assert catalog.programmes[ID].closes_at == at
    catalog.take_up([sheet(catalog, 3, date(2026, 12, 3))], today=date(2026, 12, 3))
    assert catalog.programmes[ID].closed_because is None


def test_a_closing_never_lets_intake_go_on_for_longer(catalog: Catalog) -> None:
    ends = catalog.programmes["ASSET_2023"].closes_at
    assert ends is not None
    catalog.take_up(closings=[Closing("ASSET_2023", 1, ends + timedelta(days=1), BECAUSE)], today=TODAY)
    assert catalog.programmes["ASSET_2023"].closes_at == ends
    assert catalog.programmes["ASSET_2023"].closed_because is None


HOSTILE = {
    "a bomb of aliases": "a: &a [x]\nb: *a\n",
    "a tag": "id: !!set {A}\n",
    "another tag": "id: !!python/object:os.system x\n",
    "no mapping": "- 1\n- 2\n",
    "nothing": "",
    "two documents": "id: A\n---\nid: B\n",
    "a list for a key": "? [a, b]\n: 1\n",
    "a number without an end": f"version: {'9' * 9000}\n",
    "a lone surrogate": 'id: "\\ud800"\n',
    "infinity": "version: .inf\n",
    "not closed": "id: [",
    "a closing of its own": "closed_because: {ko: x, en: y}\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_is_written_is_refused_in_one_sentence(catalog: Catalog, text: str) -> None:
    with pytest.raises(CatalogError):
        catalog.read(Sheet("programmes/A.v1.yaml", text))


def test_brackets_in_brackets_do_not_end_the_process() -> None:
    """In a process of its own: the C parser, asked unguarded, ends this one without a word."""
    code = (
        "from shared.catalog import CatalogError, Sheet, load\n"
        "for text in ('[' * 30_000 + ']' * 30_000, '{a: ' * 15_000 + '}' * 15_000):\n"
        "    try:\n        load().read(Sheet('programmes/A.v1.yaml', text))\n"
        "    except CatalogError as error:\n        print(error.problem)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.count("levels stand in each other")) == (0, 2), done.stderr[-500:]
