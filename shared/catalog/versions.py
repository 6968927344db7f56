"""Versions of programmes: each read from its sheet, in force from a day on, and closed where somebody closed it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from shared.catalog.parameters import MedianIncome
from shared.catalog.parties import Institution
from shared.catalog.programmes import Programme
from shared.catalog.soundness import must_be_sound
from shared.catalog.strict import Bilingual, CatalogError, Sheet, check, must_be_known, parsed
from shared.catalog.templates import CertificateKind

_FILE_NAME = "call it by id, and by version where that is above 1, as ID.v2.yaml"
_FILLED_IN = ("titles", "printed", "median_income", "closed_because")


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a programme's intake, sooner than its versions say: of this one and of every one before it."""

    programme_id: str
    version: int
    at: datetime
    because: Bilingual
    """As the citizen is told."""


def in_force(
    versions: Mapping[tuple[str, int], Programme], closings: Iterable[Closing], today: date
) -> dict[str, Programme]:
    """Give the newest version in force of each programme, in the order of opening, each closed where it was closed."""
    rising = (versions[key] for key in sorted(versions))
    newest = {one.id: one for one in rising if not one.draft and (one.in_force_from or today) <= today}
    for closing in closings:
        one = newest.get(closing.programme_id)
        if one and one.version <= closing.version and (one.closes_at is None or closing.at < one.closes_at):
            newest[one.id] = one.model_copy(update={"closes_at": closing.at, "closed_because": closing.because})
    return {one.id: one for one in sorted(newest.values(), key=_opening)}


def _opening(programme: Programme) -> tuple[bool, datetime, str]:
    opens = programme.opens_at
    return opens is None, opens or datetime.max.replace(tzinfo=UTC), programme.id


def read_programme(
    sheet: Sheet, kinds: Mapping[str, CertificateKind], institutions: Mapping[str, Institution], median: MedianIncome
) -> Programme:
    """Give the version that a sheet holds, with what comes from other files filled in. Raises `CatalogError`."""
    file, data = sheet.name, parsed(sheet)
    programme = check(Programme, data, file)
    if sheet.stem not in (programme.id, f"{programme.id}.v{programme.version}"):
        raise CatalogError(file, "id", f"{programme.id} is not how the file is named: {_FILE_NAME}")
    for place in _FILLED_IN:
        if place in data:
            raise CatalogError(file, place, f"{place} come from other files and are not written here: take it out")
    must_be_sound(programme, kinds, file)
    must_be_known((programme.institution,), institutions, file, "institution")
    offices = [office.id for office in institutions[programme.institution].offices]
    must_be_known((programme.office,), offices, file, "office")
    everywhere = [office.id for institution in institutions.values() for office in institution.offices]
    must_be_known(programme.districts, everywhere, file, "districts")
    for at, entry in enumerate(programme.unverified):
        if not _stands(entry.place.split("."), data):
            raise CatalogError(file, f"unverified.{at}", f"{entry.place} is no place in this file")
    titles = {kind: Bilingual(ko=kinds[kind].title, en=kinds[kind].english) for kind in programme.accepts.kinds}
    printed = {
        f"{kind}.{value}.{code}": text
        for kind in programme.accepts.kinds
        for value, codes in kinds[kind].codes.items()
        for text, code in reversed(codes.items())
    }
    compares = any(leaf.test.kind == "income_at_most" for leaf in programme.leaves)
    filled = {"titles": titles, "printed": printed, "median_income": median if compares else None}
    return programme.model_copy(update=filled)


def must_follow(earlier: Iterable[Programme], programme: Programme, file: str) -> None:
    """Refuse a version that is applied on the same days as another of its programme. Raises `CatalogError`."""
    for one in earlier:
        if one.version == programme.version:
            raise CatalogError(
                file, "version", f"{one.id} {one.version} stands in two files: give one a higher version"
            )
        older, newer = sorted((one, programme), key=lambda each: each.version)
        begin, until = older.in_force_from or date.min, newer.in_force_from or date.min
        if not (older.draft or newer.draft) and until <= begin:
            problem = (
                f"version {newer.version} of {one.id} must be in force from a later day than version {older.version}"
            )
            raise CatalogError(file, "in_force_from", f"{problem}: the two overlap; write a later day, or draft: true")


def _stands(steps: list[str], data: object) -> bool:
    """Whether the path leads somewhere: through mappings by key, through lists by `code`, `id` or place."""
    for step in steps:
        if isinstance(data, list):
            named = {str(part.get("code", part.get("id", place))): part for place, part in enumerate(data)}
            data = {str(place): part for place, part in enumerate(data)} | named
        if not isinstance(data, dict) or step not in data:
            return False
        data = data[step]
    return True
