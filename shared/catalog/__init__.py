"""The catalogue: certificates, programmes, wallet apps and institutions as data, checked whole before use.

    catalog = load()                                  # the packaged one; load(folder) for a city's own
    catalog.programmes["SONMOK9988_2022"]             # the newest in force
    catalog.versions["SONMOK9988_2022", 1]            # the one that a screening names
    catalog.search("ㅅㅁㄷㅌ")                         # by name, alias or initial consonants

Nothing else in Gubi reads these files, and nothing is read at import.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from pydantic import ValidationError

from shared.catalog.metadata import MetadataSchema, load_schemas
from shared.catalog.parameters import MedianIncome
from shared.catalog.parties import Contact, Institution, Institutions, Office, Wallet, Wallets
from shared.catalog.programmes import Programme
from shared.catalog.search import search, search_institutions
from shared.catalog.soundness import must_be_sound
from shared.catalog.strict import (
    Bilingual,
    CatalogError,
    Model,
    Text,
    check,
    must_be_known,
    name_of,
    naming_lines,
    read_yaml,
)
from shared.catalog.templates import CertificateKind, load_certificates
from shared.catalog.working_days import WorkingDays
from shared.clock import seoul_date, utc_now

__all__ = [
    "Bilingual",
    "Catalog",
    "CatalogError",
    "CertificateKind",
    "Contact",
    "Institution",
    "MetadataSchema",
    "Office",
    "Programme",
    "Wallet",
    "WorkingDays",
    "load",
]


_FILE_NAME = "call it by id, and by version where that is above 1, as ID.v2.yaml"


@dataclass(frozen=True, slots=True)
class Catalog:
    """All that is data, by id, and read only."""

    programmes: Mapping[str, Programme]
    """The newest version in force of each, in the order in which they opened."""
    versions: Mapping[tuple[str, int], Programme]
    """Every version, drafts too, by id and version."""
    certificates: Mapping[str, CertificateKind]
    schemas: Mapping[str, MetadataSchema]
    """Of the data that comes with certificates."""
    wallets: Mapping[str, Wallet]
    institutions: Mapping[str, Institution]
    working_days: WorkingDays

    def office(self, institution_id: str, office_id: str) -> tuple[Institution, Office] | None:
        """Give an office and its institution; None where the catalogue no longer has it."""
        institution = self.institutions.get(institution_id)
        found = next((one for one in institution.offices if one.id == office_id), None) if institution else None
        return (institution, found) if institution and found else None

    def search(self, query: str) -> list[Programme]:
        """Give the programmes found by name, alias or 초성 (initial consonants), best first; a blank query: all."""
        return search(query, self.programmes.values())

    def search_institutions(self, query: str) -> list[Institution]:
        """Give the institutions (기관) found by name or 초성, best first; a blank query: all."""
        return search_institutions(query, self.institutions.values())


def load(folder: Path | None = None, today: date | None = None) -> Catalog:
    """Read the catalogue in `folder` (None: the packaged one), with the versions in force `today` (None: as it is now).

    It is read once, so a version whose day comes later is taken up by the next start.

    Raises `CatalogError`, one sentence naming file and place, for a missing file, an unknown field, a bad value or a
    name that nothing answers to.
    """
    root = folder or Path(__file__).parent
    certificates = _certificates(root / "certificates")
    schemas = {schema.id: schema for schema in load_schemas(root / "metadata", certificates)}
    institutions = _by_id(_file(Institutions, root / "institutions.yaml").institutions, "institutions.yaml")
    wallets = _by_id(_file(Wallets, root / "wallets.yaml").wallets, "wallets.yaml")
    for wallet in wallets.values():
        with naming_lines(root / "wallets.yaml"):
            must_be_known(wallet.abilities.sends, certificates, "wallets.yaml", f"wallets.{wallet.id}.abilities.sends")
    median = _file(MedianIncome, root / "parameters" / "median_income.yaml")
    versions: dict[tuple[str, int], Programme] = {}
    for path in sorted((root / "programmes").glob("*.yaml"), key=_earlier_versions_first):
        with naming_lines(path):
            programme = _programme(path, certificates, institutions, median)
            _must_follow([one for one in versions.values() if one.id == programme.id], programme, name_of(path))
        versions[programme.id, programme.version] = programme
    return Catalog(
        programmes=MappingProxyType(_in_force(versions, today or seoul_date(utc_now()))),
        versions=MappingProxyType(versions),
        certificates=MappingProxyType(certificates),
        schemas=MappingProxyType(schemas),
        wallets=MappingProxyType(wallets),
        institutions=MappingProxyType(institutions),
        working_days=_file(WorkingDays, root / "holidays.yaml"),
    )


def _in_force(versions: Mapping[tuple[str, int], Programme], today: date) -> dict[str, Programme]:
    rising = (versions[key] for key in sorted(versions))
    newest = {one.id: one for one in rising if not one.draft and (one.in_force_from or today) <= today}
    return {one.id: one for one in sorted(newest.values(), key=_opening)}


def _opening(programme: Programme) -> tuple[bool, datetime, str]:
    opens = programme.opens_at
    return opens is None, opens or datetime.max.replace(tzinfo=UTC), programme.id


def _file(model: type[Model], path: Path) -> Model:
    with naming_lines(path):
        return check(model, read_yaml(path), path.name)


def _certificates(folder: Path) -> dict[str, CertificateKind]:
    for path in sorted(folder.glob("*.yaml")):
        with naming_lines(path):
            check(CertificateKind, read_yaml(path), name_of(path))
    try:
        return load_certificates(folder)
    except ValidationError as error:  # pragma: no cover - each file was checked above
        raise CatalogError(folder.name, "", f"{error.error_count()} problems") from error
    except ValueError as error:
        raise CatalogError(folder.name, "", str(error)) from error


def _programme(
    path: Path, kinds: Mapping[str, CertificateKind], institutions: Mapping[str, Institution], median: MedianIncome
) -> Programme:
    file, data = name_of(path), read_yaml(path)
    programme = check(Programme, data, file)
    if path.stem not in (programme.id, f"{programme.id}.v{programme.version}"):
        raise CatalogError(file, "id", f"{programme.id} is not how the file is named: {_FILE_NAME}")
    for place in ("titles", "printed", "median_income"):
        if place in data:
            raise CatalogError(file, place, f"{place} come from other files and are not written here: take it out")
    must_be_sound(programme, kinds, file)
    must_be_known((programme.institution,), institutions, file, "institution")
    offices = [office.id for office in institutions[programme.institution].offices]
    must_be_known((programme.office,), offices, file, "office")
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


def _earlier_versions_first(path: Path) -> tuple[str, int, str]:
    return path.stem.partition(".")[0], len(path.stem), path.stem


def _must_follow(earlier: Iterable[Programme], programme: Programme, file: str) -> None:
    """Refuse a version that is applied on the same days as another of its programme."""
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


class _Named(Protocol):
    @property
    def id(self) -> Text: ...


Entity = TypeVar("Entity", bound=_Named)


def _by_id(entries: Iterable[Entity], file: str) -> dict[str, Entity]:
    found: dict[str, Entity] = {}
    for entry in entries:
        if entry.id in found:
            raise CatalogError(file, entry.id, "this id stands twice")
        found[entry.id] = entry
    return found
