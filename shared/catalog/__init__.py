"""The catalogue: certificates, programmes, wallet apps and institutions as data, checked whole before use.

    catalog = load()                                  # the packaged one; load(folder) for a city's own
    catalog.programmes["SONMOK9988_2022"]             # the newest in force
    catalog.versions["SONMOK9988_2022", 1]            # the one that a screening names
    catalog.search("ㅅㅁㄷㅌ")                         # by name, alias or initial consonants

Nothing else in Gubi reads these files, and nothing is read at import.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from pydantic import ValidationError

from shared.catalog.metadata import MetadataSchema, load_schemas
from shared.catalog.parameters import MedianIncome
from shared.catalog.parties import Contact, Institution, Institutions, Office, Wallet, Wallets
from shared.catalog.programmes import Programme
from shared.catalog.search import search, search_institutions
from shared.catalog.strict import (
    Bilingual,
    CatalogError,
    Model,
    Sheet,
    Text,
    check,
    must_be_known,
    must_be_plain,
    name_of,
    naming_lines,
    read_yaml,
)
from shared.catalog.templates import CertificateKind, load_certificates
from shared.catalog.versions import Closing, in_force, must_follow, read_programme
from shared.catalog.working_days import WorkingDays
from shared.clock import seoul_date, utc_now

__all__ = [
    "Bilingual",
    "Catalog",
    "CatalogError",
    "CertificateKind",
    "Closing",
    "Contact",
    "Institution",
    "MetadataSchema",
    "Office",
    "Programme",
    "Sheet",
    "Wallet",
    "WorkingDays",
    "load",
]


@dataclass(slots=True)
class Catalog:
    """All that is data, by id, and read only; but that further versions of programmes are taken up, and closed."""

    programmes: Mapping[str, Programme]
    """The newest version in force of each, in the order in which they opened, and closed where it was closed."""
    versions: Mapping[tuple[str, int], Programme]
    """Every version, drafts too, by id and version, as it was written: what pins one is touched by no closing."""
    sheets: Mapping[tuple[str, int], Sheet]
    """What each version was read from."""
    closings: Mapping[tuple[str, int], Closing]
    """By programme, and the newest version that it closes."""
    certificates: Mapping[str, CertificateKind]
    schemas: Mapping[str, MetadataSchema]
    """Of the data that comes with certificates."""
    wallets: Mapping[str, Wallet]
    institutions: Mapping[str, Institution]
    working_days: WorkingDays
    median_income: MedianIncome

    def read(self, sheet: Sheet) -> Programme:
        """Give the version that a sheet from anywhere holds, as `take_up` takes it.

        Raises `CatalogError`, naming the line.
        """
        must_be_plain(sheet)
        return self._read(sheet, self.versions)

    def has(self, sheet: Sheet) -> bool:
        """Tell whether this very text was taken up, under whatever file name."""
        return any(one.text == sheet.text for one in self.sheets.values())

    def take_up(
        self, sheets: Iterable[Sheet] = (), closings: Iterable[Closing] = (), *, today: date | None = None
    ) -> None:
        """Take up further versions, in rising order, and closings; and what is in force `today` (None: as it is now).

        Raises `CatalogError` and leaves everything as it was.
        """
        versions, texts = dict(self.versions), dict(self.sheets)
        for sheet in sheets:
            programme = self._read(sheet, versions)
            versions[programme.id, programme.version], texts[programme.id, programme.version] = programme, sheet
        closed = dict(self.closings) | {(one.programme_id, one.version): one for one in closings}
        newest = in_force(versions, closed.values(), today or seoul_date(utc_now()))
        self.programmes, self.versions = MappingProxyType(newest), MappingProxyType(versions)
        self.sheets, self.closings = MappingProxyType(texts), MappingProxyType(closed)

    def _read(self, sheet: Sheet, versions: Mapping[tuple[str, int], Programme]) -> Programme:
        with naming_lines(sheet):
            programme = read_programme(sheet, self.certificates, self.institutions, self.median_income)
            must_follow([one for one in versions.values() if one.id == programme.id], programme, sheet.name)
        return programme

    @property
    def offices(self) -> tuple[tuple[Institution, Office], ...]:
        """Every office there is, with its institution."""
        return tuple((place, office) for place in self.institutions.values() for office in place.offices)

    def office(self, office_id: str) -> tuple[Institution, Office] | None:
        """Give an office and its institution; None where the catalogue no longer has it."""
        return next((found for found in self.offices if found[1].id == office_id), None)

    def offices_of(self, programme_id: str) -> tuple[str, ...]:
        """Give every office that receives for a programme or did by an earlier version, the responsible one first.

        Of a programme that is not in force there is none.
        """
        programme = self.programmes.get(programme_id)
        if programme is None:
            return ()
        earlier = (
            one
            for (name, version), one in sorted(self.versions.items(), reverse=True)
            if name == programme_id and version < programme.version and not one.draft
        )
        return tuple(dict.fromkeys((*programme.offices, *(office for one in earlier for office in one.offices))))

    def search(self, query: str) -> list[Programme]:
        """Give the programmes found by name, alias or 초성 (initial consonants), best first; a blank query: all."""
        return search(query, self.programmes.values())

    def search_institutions(self, query: str) -> list[Institution]:
        """Give the institutions (기관) found by name or 초성, best first; a blank query: all."""
        return search_institutions(query, self.institutions.values())


def load(folder: Path | None = None, today: date | None = None) -> Catalog:
    """Read the catalogue in `folder` (None: the packaged one), with the versions in force `today` (None: as it is now).

    The files are read once. A version whose day comes later is in force once `take_up` is called on that day.

    Raises `CatalogError`, one sentence naming file and place, for a missing file, an unknown field, a bad value or a
    name that nothing answers to.
    """
    root = folder or Path(__file__).parent
    certificates = _certificates(root / "certificates")
    schemas = {schema.id: schema for schema in load_schemas(root / "metadata", certificates)}
    institutions = _by_id(_file(Institutions, root / "institutions.yaml").institutions, "institutions.yaml")
    # Events name an office by its id alone.
    _by_id((office for one in institutions.values() for office in one.offices), "institutions.yaml")
    wallets = _by_id(_file(Wallets, root / "wallets.yaml").wallets, "wallets.yaml")
    for wallet in wallets.values():
        with naming_lines(root / "wallets.yaml"):
            must_be_known(wallet.abilities.sends, certificates, "wallets.yaml", f"wallets.{wallet.id}.abilities.sends")
    catalog = Catalog(
        programmes={},
        versions={},
        sheets={},
        closings={},
        certificates=MappingProxyType(certificates),
        schemas=MappingProxyType(schemas),
        wallets=MappingProxyType(wallets),
        institutions=MappingProxyType(institutions),
        working_days=_file(WorkingDays, root / "holidays.yaml"),
        median_income=_file(MedianIncome, root / "parameters" / "median_income.yaml"),
    )
    files = sorted((root / "programmes").glob("*.yaml"), key=_earlier_versions_first)
    catalog.take_up(map(Sheet.of, files), today=today)
    return catalog


def _earlier_versions_first(path: Path) -> tuple[str, int, str]:
    return path.stem.partition(".")[0], len(path.stem), path.stem


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
