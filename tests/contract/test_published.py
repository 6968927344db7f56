"""What the store of published versions promises, on either driver, and how a catalogue keeps up with it."""

import asyncio
from datetime import date, datetime, timedelta

import pytest

from services.dashboard.people import Person
from services.dashboard.store import VersionDrafts
from services.dashboard.versions import Draft, beginning
from shared.catalog import Bilingual, Catalog, CatalogError, Closing, load
from shared.clock import SEOUL, utc_now
from shared.mongo import Client, database
from shared.published import Closed, Hand, Publication, Published
from shared.settings import Settings
from shared.uptake import Uptake

pytestmark = pytest.mark.both_drivers

ID, NEW = "SONMOK9988_2022", "SONMOK9988_2027"
KIM, LEE = Person("kim", "김예시", "sonmok9988"), Person("lee", "이예시", "sonmok9988")
NOW = datetime(2026, 12, 1, 9, tzinfo=SEOUL)
BECAUSE = Bilingual(ko="예산이 모두 쓰였습니다.", en="The budget is used up.")


def hand(request_id: str = "one") -> Hand:
    return Hand("kim", "김예시", "sonmok9988", utc_now().replace(microsecond=0), request_id)


def publication(programme_id: str = NEW, version: int = 1, first: date | None = None, **changes: str) -> Publication:
    text = beginning(load().sheets[ID, 1].text, programme_id, version, first)
    for old, new in changes.items():
        text = text.replace(f"{old}: ", f"{new}: ", 1)
    return Publication(f"{programme_id}.v{version}", text, hand())


@pytest.fixture
def published(client: Client, settings: Settings) -> Published:
    return Published(database(client, settings, "gate"))


@pytest.fixture
def drafts(client: Client, settings: Settings) -> VersionDrafts:
    return VersionDrafts(database(client, settings, "dashboard"))


def uptake(published: Published, catalog: Catalog | None = None, now: datetime = NOW) -> Uptake:
    return Uptake(published, catalog or load(today=now.date()), lambda: now)


async def test_of_many_who_publish_one_version_at_once_one_is_first_and_all_are_told_whose_it_is(
    published: Published,
) -> None:
    one = publication()
    tried = [Publication(one.name, f"{one.text}\n# {n}\n", hand(f"r{n}")) for n in range(8)]
    stand = await asyncio.gather(*(published.publish(each) for each in tried))
    assert len({each.text for each in stand}) == 1
    assert stand[0] in tried
    assert await published.publish(stand[0]) == stand[0], "the same again is told the same"


async def test_a_version_is_never_changed(published: Published) -> None:
    one = await published.publish(publication())
    await published.publish(Publication(one.name, "id: OTHER", hand("two")))
    assert await published.publications([one.name]) == [one]


async def test_the_first_closing_stands(published: Published) -> None:
    first = Closed(Closing(ID, 1, NOW, BECAUSE), hand())
    assert await published.close(first) == first
    later = Closed(Closing(ID, 1, NOW + timedelta(days=1), BECAUSE), hand("two"))
    assert await published.close(later) == first


async def test_a_catalogue_takes_up_what_is_published_and_closed_while_it_is_in_use(published: Published) -> None:
    keeping = uptake(published)
    await keeping.prepare()
    assert NEW not in keeping.catalog.programmes
    await published.publish(publication())
    await published.close(Closed(Closing(ID, 1, NOW, BECAUSE), hand()))
    await keeping.look()
    assert keeping.catalog.programmes[NEW].version == 1
    assert keeping.catalog.programmes[ID].closed_because == BECAUSE
    await keeping.look()
    assert keeping.catalog.programmes[NEW].version == 1


async def test_a_start_takes_up_all_versions_of_a_programme_in_their_order(published: Published) -> None:
    for version in range(2, 12):
        await published.publish(publication(ID, version, date(2026, 11, version)))
    keeping = uptake(published)
    await keeping.prepare()
    assert keeping.catalog.programmes[ID].version == 11
    assert {number for name, number in keeping.catalog.versions if name == ID} == set(range(1, 12))


async def test_a_programme_that_is_not_known_is_looked_for_before_it_is_called_unknown(published: Published) -> None:
    keeping = uptake(published)
    await published.publish(publication())
    await keeping.know([ID])
    assert NEW not in keeping.catalog.programmes, "what is known asks nobody"
    await keeping.know([ID, NEW])
    assert NEW in keeping.catalog.programmes
    await published.publish(publication(NEW, 2, date(2026, 12, 2)))
    await keeping.know_version(NEW, 2)
    assert (NEW, 2) in keeping.catalog.versions


async def test_looks_that_cross_take_a_version_up_once(published: Published) -> None:
    keeping = uptake(published)
    await published.publish(publication())
    await asyncio.gather(*(keeping.look() for _ in range(5)))
    assert keeping.refused == set()
    assert NEW in keeping.catalog.programmes


async def test_a_version_of_a_newer_desk_is_left_out_by_a_service_that_runs_and_refused_by_one_that_starts(
    published: Published,
) -> None:
    running = uptake(published)
    await published.publish(publication("NEWER_2027", undo_minutes="undo_moons"))
    await published.publish(publication())
    await published.close(Closed(Closing(ID, 1, NOW, BECAUSE), hand()))
    await running.look()
    assert running.refused == {"NEWER_2027.v1"}
    assert NEW in running.catalog.programmes
    assert running.catalog.programmes[ID].closed_because == BECAUSE
    with pytest.raises(CatalogError, match=r"programmes/NEWER_2027.v1.yaml, line \d+, at undo_moons"):
        await uptake(published).prepare()


async def test_a_file_that_says_what_was_published_is_taken_for_it_and_one_that_does_not_stops_the_start(
    published: Published,
) -> None:
    one = publication()
    await published.publish(one)
    same, other = load(today=NOW.date()), load(today=NOW.date())
    same.take_up([one.sheet], today=NOW.date())
    await uptake(published, same).prepare()
    other.take_up([Publication(one.name, one.text + "# more\n", hand()).sheet], today=NOW.date())
    with pytest.raises(CatalogError, match="stands in two files"):
        await uptake(published, other).prepare()


# --- Drafts.


def draft(text: str = "one", revision: int = 1, person: Person = KIM) -> Draft:
    return Draft(ID, 2, "sonmok9988", text, revision, person, utc_now().replace(microsecond=0))


async def test_a_draft_is_begun_once(drafts: VersionDrafts) -> None:
    assert (await drafts.begin(draft())).text == "one"
    assert (await drafts.begin(draft("two", person=LEE))).text == "one"
    assert [one.name for one in await drafts.all()] == [f"{ID}.v2"]


async def test_of_two_who_saw_one_revision_one_saves_and_the_other_is_shown_what_stands(drafts: VersionDrafts) -> None:
    await drafts.begin(draft())
    mine, theirs = draft("mine", 2), draft("theirs", 2, LEE)
    assert await drafts.save(mine) == mine
    assert await drafts.save(theirs) == mine
    assert await drafts.save(mine) == mine, "the same form, sent twice"


async def test_a_draft_that_is_gone_is_not_saved(drafts: VersionDrafts) -> None:
    await drafts.begin(draft())
    await drafts.drop(f"{ID}.v2")
    await drafts.drop(f"{ID}.v2")
    assert await drafts.save(draft("late", 2)) is None
    assert await drafts.all() == []
