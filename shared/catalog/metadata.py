"""What the data that comes with a certificate looks like, as data: adding an issuer's schema is adding a YAML file.

A schema says how its documents are recognised, as JSON, as XML or as form fields, and where in them each value stands.
A place is a path of names from the document's root, as `공통메타데이터/발급번호`; `@이름` is an XML attribute.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.catalog.strict import CatalogError, Entry, Kind, Slug, Text, check, must_be_known, name_of, read_yaml
from shared.catalog.templates import OWN_FIELDS, CertificateKind, ValueType


class _Place(Entry):
    at: Text
    """The path to the value."""
    codes: Mapping[Text, Text] = {}
    """What stands there, as the certificate prints it; where it is not empty, any other code says nothing."""
    type: ValueType | None = None
    """Of a value that no page prints, so that the kind's template does not have it; null for one that it has."""


Place = Annotated[_Place, BeforeValidator(lambda value: {"at": value} if isinstance(value, str) else value)]
"""Where a value stands: a path alone, or with the meaning of the codes that stand there."""


class Rows(Entry):
    """Where a table stands: the path to the element that is there once for each row, and the places inside one."""

    rows: Text
    columns: Mapping[str, Place] = Field(min_length=1)


class KindPlaces(Entry):
    """Where the values of one kind of certificate stand, by their names in its template."""

    values: Mapping[str, Place] = {}
    tables: Mapping[str, Rows] = {}


class JsonMark(Entry):
    """A JSON document is one of the schema's if this text stands at that place."""

    at: Text
    says: Text


class XmlMark(Entry):
    """An XML document is one of the schema's if this is its root; in an XMP packet, if it is a property there."""

    namespace: str = ""
    root: Text


class KindMark(Entry):
    """How a document says which kind of certificate it is about: by a code, by the printed title, or by both."""

    code: Text | None = None
    codes: Mapping[Text, Kind] = {}
    title: Text | None = None


class MetadataSchema(Entry):
    """One schema of the data that certificates are made from."""

    id: Slug
    basis: Literal["예시", "stated_by_issuer"]
    """`예시`: made up, and no issuer's."""
    in_json: JsonMark | None = None
    in_xml: XmlMark | None = None
    in_form: Text | None = None
    """The first part of the full names of a PDF's form fields, the rest of which are paths with dots for slashes."""
    kind: KindMark
    common: Mapping[str, Place] = {}
    """The values that every kind has in one place, such as the number."""
    kinds: Mapping[Kind, KindPlaces]

    @property
    def marks(self) -> tuple[bytes, ...]:
        """Bytes one of which is in every JSON or XML document of the schema."""
        found = [self.in_json.says] if self.in_json else []
        found += [self.in_xml.namespace or f"<{self.in_xml.root}"] if self.in_xml else []
        return tuple(mark.encode() for mark in found)

    @model_validator(mode="after")
    def _can_be_recognised(self) -> Self:
        if not (self.in_json or self.in_xml or self.in_form):
            raise ValueError("nothing says how its documents are recognised")
        if not (self.kind.code or self.kind.title):
            raise ValueError("nothing says which kind of certificate a document is about")
        return self


def load_schemas(folder: Path, kinds: Mapping[str, CertificateKind]) -> tuple[MetadataSchema, ...]:
    """Read every `*.yaml` of `folder`, none where there is no such folder, and return the schemas.

    Raises `CatalogError` for a file that is not a schema or not named after its id, for a kind or a value that `kinds`
    do not have, and for two schemas that are recognised by the same.
    """
    schemas: list[MetadataSchema] = []
    for path in sorted(folder.glob("*.yaml")):
        file = name_of(path)
        schema = check(MetadataSchema, read_yaml(path), file)
        if schema.id != path.stem:
            raise CatalogError(file, "id", f"{schema.id} is not how the file is named")
        for kind, places in schema.kinds.items():
            must_be_known((kind,), kinds, file, "kinds")
            _check_names(schema, places, kinds[kind], file)
        must_be_known(schema.kind.codes.values(), schema.kinds, file, "kind.codes")
        for other in schemas:
            if any(mark and mark in _marks(other) for mark in _marks(schema)):
                raise CatalogError(file, "", f"it is recognised by the same as {other.id}")
        schemas.append(schema)
    return tuple(schemas)


def _check_names(schema: MetadataSchema, places: KindPlaces, kind: CertificateKind, file: str) -> None:
    tables = {
        table.name: {part.name for column in table.columns for part in column.parts}
        for table in kind.tables
        if not table.inline
    }
    names = {*kind.value_names, *OWN_FIELDS} - tables.keys()
    _check_places({**schema.common, **places.values}, names, file, f"kinds.{kind.id}.values")
    must_be_known(places.tables, tables, file, f"kinds.{kind.id}.tables")
    for name, rows in places.tables.items():
        _check_places(rows.columns, tables[name], file, f"kinds.{kind.id}.tables.{name}.columns")


def _check_places(places: Mapping[str, Place], names: Collection[str], file: str, where: str) -> None:
    must_be_known((name for name, place in places.items() if not place.type), names, file, where)
    for name in names:
        if name in places and places[name].type:
            raise CatalogError(file, f"{where}.{name}", "the kind's template says what type it is of")


def _marks(schema: MetadataSchema) -> tuple[Any, ...]:
    return schema.in_json, schema.in_xml, schema.in_form
