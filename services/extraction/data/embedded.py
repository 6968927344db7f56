"""Data inside a PDF that one of our schemas knows: attached files, a property of its XMP packet, form fields.

The file is not opened for it unless its bytes say that there may be some. Called inside the jail.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pypdf.generic import StreamObject

from services.extraction.data.attachments import value_at
from services.extraction.data.trees import Malformed, Node, Tree, in_packet, parse
from services.extraction.structure import Structure, sound
from shared.catalog.metadata import MetadataSchema

_STEP = re.compile(r"([^\[\]]+)(?:\[(\d{1,3})\])?")
"""One part of a form field's full name: `세대원[0]`."""


def documents_in(structure: Structure, schemas: Sequence[MetadataSchema]) -> tuple[list[Tree], bool]:
    """Return the documents in a file that `schemas` know, and whether there are some that only bear their mark.

    Raises Unsound.
    """
    found: list[Tree] = []
    malformed = False
    for read in _candidates(structure, schemas):
        try:
            tree = read()
        except Malformed:
            malformed = True
        else:
            found += [tree] if tree else []
    return found, malformed


def _candidates(structure: Structure, schemas: Sequence[MetadataSchema]) -> Iterator[Callable[[], Tree | None]]:
    marks = [mark for schema in schemas for mark in schema.marks]
    contents = [attached.content for attached in structure.attachments if attached.content]
    yield from (partial(parse, content) for content in contents if any(mark in content for mark in marks))

    properties = [schema.in_xml for schema in schemas if schema.in_xml and schema.in_xml.namespace]
    packet = _packet(structure, [mark.namespace.encode() for mark in properties])
    for mark in properties:
        if mark.namespace.encode() in packet:
            yield partial(in_packet, packet, mark.namespace, mark.root)

    roots = [schema.in_form for schema in schemas if schema.in_form]
    fields = _fields(structure) if roots and b"Tx" in structure.names else {}
    for root in roots:
        if own := {name: text for name, text in fields.items() if name.startswith(f"{root}.")}:
            yield partial(_tree_of, own, root)


def _packet(structure: Structure, marks: Sequence[bytes]) -> bytes:
    """Return the document's XMP packet, empty where there is none or nothing in it can be a schema's."""
    if not (any(mark in structure.document for mark in marks) or (marks and structure.may_pack_metadata)):
        return b""
    with sound():
        stream = value_at(structure.reader.root_object, "/Metadata")
        return bytes(stream.get_data()) if isinstance(stream, StreamObject) else b""


def _fields(structure: Structure) -> Mapping[str, Any]:
    with sound():
        return structure.reader.get_form_text_fields(full_qualified_name=True)


def _tree_of(fields: Mapping[str, Any], root: str) -> Tree:
    """Return form fields as one document, their full names being the paths. Raises Malformed."""
    top: dict[str | int, Any] = {}
    for full_name, text in fields.items():
        steps: list[str | int] = []
        for part in full_name.split(".")[1:]:
            match = _STEP.fullmatch(part)
            if not match:
                raise Malformed("not the name of a field")
            steps += [match[1], int(match[2])] if match[2] else [match[1]]
        node: Any = top
        for step in steps[:-1]:
            node = node.setdefault(step, {}) if isinstance(node, dict) else None
        if not isinstance(node, dict) or steps[-1] in node:
            raise Malformed("two fields of one name")
        node[steps[-1]] = str(text).strip() if text is not None else ""
    return Tree("fields", _branch(top), root)


def _branch(node: Any) -> Node:
    if not isinstance(node, dict):
        return str(node)
    if all(isinstance(step, int) for step in node):
        return [_branch(node[step]) for step in sorted(node)]
    return {str(step): _branch(inner) for step, inner in node.items()}
