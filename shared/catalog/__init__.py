"""The catalogue: certificates, programmes, wallet apps and institutions as data, checked whole before use.

    catalog = load()                                  # the packaged one; load(folder) for a city's own
    catalog.programmes["SONMOK9988_2022"]             # the latest version
    catalog.programme_versions["SONMOK9988_2022", 1]  # the one that a screening names
    catalog.search("ㅅㅁㄷㅌ")                         # by name, alias or initial consonants

Nothing else in Gubi reads these files, and nothing is read at import.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeVar

from pydantic import ValidationError

from shared.catalog.metadata import MetadataSchema, load_schemas
from shared.catalog.parties import Institution, Institutions, Wallet, Wallets
from shared.catalog.programmes import Programme
from shared.catalog.search import search
from shared.catalog.strict import Bilingual, CatalogError, Model, Text, check, must_be_known, name_of, read_yaml
from shared.catalog.templates import CertificateKind, load_certificates

__all__ = [
    "Bilingual",
    "Catalog",
    "CatalogError",
    "CertificateKind",
    "Institution",
    "MetadataSchema",
    "Programme",
    "Wallet",
    "load",
]


@dataclass(frozen=True, slots=True)
class Catalog:
    """All that is data, by id, and read only."""

    programmes: Mapping[str, Programme]
    """The latest version of each."""
    programme_versions: Mapping[tuple[str, int], Programme]
    """Every version, by id and version."""
    certificates: Mapping[str, CertificateKind]
    schemas: Mapping[str, MetadataSchema]
    """Of the data that comes with certificates."""
    wallets: Mapping[str, Wallet]
    institutions: Mapping[str, Institution]

    def search(self, query: str) -> list[Programme]:
        """Give the programmes found by name, alias or 초성 (initial consonants), best first; a blank query: all."""
        return search(query, self.programmes.values())


def load(folder: Path | None = None) -> Catalog:
    """Read the catalogue in `folder` (None: the packaged one).

    Raises `CatalogError`, one sentence naming file and place, for a missing file, an unknown field, a bad value or a
    name that nothing answers to.
    """
    root = folder or Path(__file__).parent
    certificates = _certificates(root / "certificates")
    schemas = {schema.id: schema for schema in load_schemas(root / "metadata", certificates)}
    institutions = _by_id(_file(Institutions, root / "institutions.yaml").institutions, "institutions.yaml")
    wallets = _by_id(_file(Wallets, root / "wallets.yaml").wallets, "wallets.yaml")
    for wallet in wallets.values():
        must_be_known(wallet.abilities.sends, certificates, "wallets.yaml", f"{wallet.id}.abilities.sends")
    versions: dict[tuple[str, int], Programme] = {}
    for path in sorted((root / "programmes").glob("*.yaml")):
        programme = _programme(path, certificates, institutions)
        if (programme.id, programme.version) in versions:
            raise CatalogError(name_of(path), "version", f"{programme.id} {programme.version} stands in two files")
        versions[programme.id, programme.version] = programme
    return Catalog(
        programmes=MappingProxyType({key[0]: versions[key] for key in sorted(versions)}),
        programme_versions=MappingProxyType(versions),
        certificates=MappingProxyType(certificates),
        schemas=MappingProxyType(schemas),
        wallets=MappingProxyType(wallets),
        institutions=MappingProxyType(institutions),
    )


def _file(model: type[Model], path: Path) -> Model:
    return check(model, read_yaml(path), path.name)


def _certificates(folder: Path) -> dict[str, CertificateKind]:
    for path in sorted(folder.glob("*.yaml")):
        check(CertificateKind, read_yaml(path), name_of(path))
    try:
        return load_certificates(folder)
    except ValidationError as error:  # pragma: no cover - each file was checked above
        raise CatalogError(folder.name, "", f"{error.error_count()} problems") from error
    except ValueError as error:
        raise CatalogError(folder.name, "", str(error)) from error


def _programme(path: Path, kinds: Mapping[str, CertificateKind], institutions: Mapping[str, Institution]) -> Programme:
    file, data = name_of(path), read_yaml(path)
    programme = check(Programme, data, file)
    if not path.stem.startswith(programme.id):
        raise CatalogError(file, "id", f"{programme.id} is not how the file is named")
    if "titles" in data:
        raise CatalogError(file, "titles", "titles come from the certificates' files and are not written here")
    for place, named in programme.named_kinds.items():
        must_be_known(named, kinds, file, place)
    for leaf in programme.leaves:
        for kind, value in leaf.observes.items():
            must_be_known((value,), kinds[kind].value_names, file, f"conditions.{leaf.code}.observes.{kind}")
    must_be_known((programme.institution,), institutions, file, "institution")
    offices = [office.id for office in institutions[programme.institution].offices]
    must_be_known((programme.office,), offices, file, "office")
    for entry in programme.unverified:
        if not _stands(entry.place.split("."), data):
            raise CatalogError(file, "unverified", f"{entry.place} is no place in this file")
    titles = {kind: Bilingual(ko=kinds[kind].title, en=kinds[kind].english) for kind in programme.accepts.kinds}
    return programme.model_copy(update={"titles": titles})


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
