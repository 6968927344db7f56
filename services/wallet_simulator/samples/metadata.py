"""The data that an issuer makes a certificate from, in the example schema (예시): beside a sample, or put inside it.

Wallets hand it in as Base64 of JSON or XML (`elcrtMetaInfo`); a PDF can carry it as an attached file, as a property of
its XMP packet, or as form fields. What no page prints is not in it either, so a reader gains nothing but certainty.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape

from pydantic import JsonValue

import shared.catalog
from services.wallet_simulator.samples.pdf import body, entries, stream, tail, update, with_entry
from shared.catalog.metadata import MetadataSchema, Place, load_schemas
from shared.catalog.templates import CertificateKind, load_certificates
from shared.facts import Certificate, Finding

_CATALOG = Path(shared.catalog.__file__).parent
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="">{}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)


@cache
def _catalog() -> tuple[MetadataSchema, Mapping[str, CertificateKind]]:
    kinds = load_certificates(_CATALOG / "certificates")
    return next(schema for schema in load_schemas(_CATALOG / "metadata", kinds) if schema.id == "example"), kinds


def handed_in(says: Certificate, form: Literal["json", "xml"] = "json") -> bytes:
    """What a wallet hands in beside the certificate that `says` that: Base64 of JSON or XML."""
    return b64encode(as_json(says) if form == "json" else as_xml(says))


def as_json(says: Certificate) -> bytes:
    """The data as JSON."""
    schema, _ = _catalog()
    assert schema.in_json
    tree = {schema.in_json.at: schema.in_json.says, **_tree(says)}
    return json.dumps(tree, ensure_ascii=False, indent=1).encode()


def as_xml(says: Certificate) -> bytes:
    """The data as XML."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_document(says)}\n'.encode()


def attached(pdf: bytes, data: bytes) -> bytes:
    """`pdf`, unsigned, with `data` attached as a file."""
    end = tail(pdf)
    names = b"<</EmbeddedFiles<</Names[(metadata) %d 0 R]>>>>" % end.size
    return update(
        pdf,
        {
            end.size: b"<</Type/Filespec/F(metadata)/UF(metadata)/EF<</F %d 0 R>>>>" % (end.size + 1),
            end.size + 1: stream(data, b"/Type/EmbeddedFile"),
            end.root: with_entry(body(pdf, end.root), b"/Names", names),
        },
    )


def in_packet(pdf: bytes, says: Certificate) -> bytes:
    """`pdf`, unsigned, with the data as a property of its XMP packet, which replaces the one it has."""
    end = tail(pdf)
    packet = _PACKET.format(_document(says, ' rdf:parseType="Resource"')).encode()
    kept = [b"%s %s" % entry for entry in entries(body(pdf, end.root)).items() if entry[0] != b"/Metadata"]
    catalogue = b"<<%s/Metadata %d 0 R>>" % (b"".join(kept), end.size)
    return update(pdf, {end.size: stream(packet, b"/Type/Metadata/Subtype/XML"), end.root: catalogue})


def in_fields(pdf: bytes, says: Certificate) -> bytes:
    """`pdf`, unsigned and without form fields, with the data as hidden ones."""
    end = tail(pdf)
    schema, _ = _catalog()
    objects: dict[int, bytes] = {}

    def field(name: str, node: Any, parent: int) -> int:
        number = end.size + len(objects)
        objects[number] = b""
        head = b"/T%s" % _text(name) + (b"/Parent %d 0 R" % parent if parent else b"")
        if not isinstance(node, dict):
            objects[number] = b"<<%s/FT/Tx/V%s>>" % (head, _text("" if node is None else str(node)))
            return number
        kids = [
            field(f"{inner}[{place}]" if isinstance(each, list) else inner, one, number)
            for inner, each in node.items()
            for place, one in enumerate(each if isinstance(each, list) else [each])
        ]
        objects[number] = b"<<%s/Kids[%s]>>" % (head, b" ".join(b"%d 0 R" % kid for kid in kids))
        return number

    root = field(str(schema.in_form), _tree(says), 0)
    catalogue = with_entry(body(pdf, end.root), b"/AcroForm", b"<</Fields[%d 0 R]>>" % root)
    return update(pdf, {**objects, end.root: catalogue})


def contradicted(says: Certificate) -> tuple[Certificate, str]:
    """The same but for the name of whom it is about, and under which name that value goes."""
    name = next(name for name in ("holder_name", "householder") if name in says.values)
    return says.model_copy(update={"values": {**says.values, name: "다른사람"}}), name


def expected_of(says: Certificate, case: str) -> Certificate:
    """What a perfect reader returns, where the page and the data of that case are what it can go by."""
    if case == "embedded_disagrees":
        _, name = contradicted(says)
        values = {other: value for other, value in says.values.items() if other != name}
        finding = Finding(code="sources_disagree", names=(name,))
    elif case == "scan_with_metadata":
        values = says.values
        finding = Finding(code="metadata_only", names=tuple(name for name, value in _said(says) if value is not None))
    else:
        return says
    return says.model_copy(update={"values": values, "findings": (finding, *says.findings)})


def _text(text: str) -> bytes:
    return b"<feff%s>" % text.encode("utf-16-be").hex().encode()


def _document(says: Certificate, attribute: str = "") -> str:
    schema, _ = _catalog()
    assert schema.in_xml
    return _element(schema.in_xml.root, _tree(says), attribute, f' xmlns="{schema.in_xml.namespace}"')


def _element(name: str, node: Any, attribute: str, namespace: str = "") -> str:
    """An element, once for each item of a list; `attribute` is for those that have elements in them."""
    if isinstance(node, list):
        return "".join(_element(name, one, attribute) for one in node)
    if not isinstance(node, dict):
        return f"<{name}>{'' if node is None else escape(str(node))}</{name}>"
    inside = "".join(_element(inner, one, attribute) for inner, one in node.items())
    return f"<{name}{namespace}{attribute}>{inside}</{name}>"


def _tree(says: Certificate) -> dict[str, Any]:
    schema, kinds = _catalog()
    kind, places = kinds[says.kind], schema.kinds[says.kind]
    values = dict(_said(says))
    tree: dict[str, Any] = {}
    if schema.kind.title:
        _put(tree, schema.kind.title, kind.title)
    for code, about in schema.kind.codes.items():
        if schema.kind.code and about == kind.id:
            _put(tree, schema.kind.code, code)
    for name, place in {**schema.common, **places.values}.items():
        if name in values:
            _put(tree, place.at, _written(values[name], place, kind.codes.get(name, {})))
    for name, rows in places.tables.items():
        table = values.get(name)
        if isinstance(table, list):
            _put(tree, rows.rows, [_row(row, rows.columns) for row in table if isinstance(row, dict)])
    return tree


def _said(says: Certificate) -> list[tuple[str, JsonValue]]:
    """The values of a certificate, its own fields first, in the order of its kind."""
    _, kinds = _catalog()
    own = {"number": says.number, "issued_on": says.issued_on and says.issued_on.isoformat(), "issuer": says.issuer}
    values = [(name, says.values[name]) for name in kinds[says.kind].value_names if name in says.values]
    return [*((name, value) for name, value in own.items() if value), *values]


def _row(cells: Mapping[str, JsonValue], columns: Mapping[str, Place]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, place in columns.items():
        if name in cells:
            _put(row, place.at, _written(cells[name], place, {}))
    return row


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split("/")
    for step in way:
        tree = tree.setdefault(step, {})
    tree[last] = value


def _written(value: JsonValue, place: Place, codes: Mapping[str, str]) -> Any:
    """A value as the schema writes it: an option by its printed text, or by the schema's own code for that."""
    if isinstance(value, list):
        return [_written(one, place, codes) for one in value]
    printed = next((text for text, code in codes.items() if code == value), value)
    return next((code for code, text in place.codes.items() if text == printed), printed)
