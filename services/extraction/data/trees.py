"""JSON and XML of unknown hands as trees of text: of limited size and depth, without a DTD. Called inside the jail.

Both come out alike, so that one path finds a value in either: an element is what a JSON member is, elements of one name
are a list, an attribute is a member whose name begins with `@`.
"""

import json
from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias
from xml.parsers import expat

MOST_BYTES = 1 << 18
"""Of one document: many times what the longest certificate's data takes."""
_MOST_LEVELS = 32
_MOST_ELEMENTS = 20_000
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_CONTAINERS = ("Seq", "Bag", "Alt", "Description")

Node: TypeAlias = "dict[str, Node] | list[Node] | str | None"
"""A branch by names, a list, a text, which is empty for an empty element, or None for what JSON calls null."""


class Malformed(ValueError):
    """It is not JSON or XML, or is more than any honest certificate's data is."""


class Tree(NamedTuple):
    """One document: how it was written, the name of its root where it has one, an XML root's namespace, all in it."""

    form: Literal["json", "xml", "fields"]
    node: Node
    root: str = ""
    namespace: str = ""


class _Element:
    """An XML element while it is read."""

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.namespace, _, self.name = name.rpartition(" ")
        self.attributes, self.children, self.letters = attributes, list["_Element"](), list[str]()


def handed_in(data: bytes) -> Tree:
    """Return the document that `data` is, plain or in Base64. Raises Malformed."""
    plain = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if plain[:1] in (b"{", b"<"):
        return parse(plain)
    try:
        return parse(b64decode(b"".join(data.split()), validate=True))
    except ValueError as error:
        raise Malformed("neither JSON, nor XML, nor Base64") from error


def parse(data: bytes) -> Tree:
    """Return the JSON or XML document `data`, in UTF-8, as a tree. Raises Malformed."""
    if len(data) > MOST_BYTES:
        raise Malformed("too long")
    try:
        text = data.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    if text.startswith("<"):
        root = _xml(text)
        return Tree("xml", _node_of(root), root.name, root.namespace)
    return Tree("json", _json(text))


def in_packet(packet: bytes, namespace: str, root: str) -> Tree | None:
    """Return the property of that name in an XMP packet as a document of its own. Raises Malformed."""
    if len(packet) > MOST_BYTES:
        raise Malformed("too long")
    for element in _all(_xml(packet.decode("utf-8-sig", "replace"))):
        if (element.namespace, element.name) == (namespace, root):
            return Tree("xml", _node_of(element), root, namespace)
    return None


def at(node: Node, path: str) -> Node:
    """Return what stands at `path`: a text, also where attributes stand beside it; None where the way leads nowhere."""
    found = _inside(node, path)
    return found.get("") if isinstance(found, dict) and "" in found else found


def stands_at(node: Node, path: str) -> bool:
    """Whether something stands at `path`, though it may be empty."""
    parent, _, name = path.rpartition("/")
    around = _inside(node, parent)
    return isinstance(around, dict) and name in around


def rows_at(node: Node, path: str) -> Sequence[Node] | None:
    """Return the element at `path` as often as it is there: never, where what it stands in is there and empty.

    None where neither is, or where the element itself is empty: then it is not said how many there are.
    """
    parent, _, name = path.rpartition("/")
    around = _inside(node, parent)
    if isinstance(around, dict) and name in around:
        found = around[name]
        return found if isinstance(found, list) else [found] if found else None
    return [] if parent and around in ("", {}) else None


def _inside(node: Node, path: str) -> Node:
    for name in path.split("/") if path else ():
        node = node.get(name) if isinstance(node, dict) else None
    return node


def texts(node: Node) -> Iterator[str]:
    """Yield every text of a tree."""
    if isinstance(node, str):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from texts(inner)


def _json(text: str) -> Node:
    try:
        # Numbers stay the text they are: a number is a name for something more often than it is a quantity.
        read = json.loads(text, object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed("not JSON") from error
    if not isinstance(read, dict):
        raise Malformed("not a JSON object")
    return _levelled(read, _MOST_LEVELS)


def _once(pairs: list[tuple[str, Node]]) -> dict[str, Node]:
    """Refuse an object that gives a name twice, of which readers take now the first, now the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Malformed("a name stands twice")
    return found


def _refuse(_constant: str) -> Node:
    raise Malformed("not a number")


def _levelled(node: object, levels: int) -> Node:
    if not levels:
        raise Malformed("too deep")
    if isinstance(node, dict):
        return {name: _levelled(inner, levels - 1) for name, inner in node.items()}
    if isinstance(node, list):
        return [_levelled(inner, levels - 1) for inner in node]
    return node.strip() if isinstance(node, str) else None


def _xml(text: str) -> _Element:
    """Return the root of an XML document without a DTD, and so without entities of its own. Raises Malformed."""
    document = _Element("", {})
    way, count = [document], 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(way) > _MOST_LEVELS or count > _MOST_ELEMENTS:
            raise Malformed("too deep or too much")
        element = _Element(name, attributes)
        way[-1].children.append(element)
        way.append(element)

    def write(letters: str) -> None:
        way[-1].letters.append(letters)

    def refuse(*_: object) -> None:
        raise Malformed("a DTD")

    parser = expat.ParserCreate("utf-8", " ")  # whatever encoding the document declares: it was decoded already
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = begin, write
    parser.EndElementHandler = lambda _name: way.pop()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise Malformed("not XML") from error
    return document.children[0]


def _all(element: _Element) -> Iterator[_Element]:
    yield element
    for child in element.children:
        yield from _all(child)


def _node_of(element: _Element) -> Node:
    """Return an element as a tree; the containers of RDF, as in XMP packets, are passed through to their items."""
    if len(element.children) == 1 and (inner := element.children[0]).namespace == _RDF and inner.name in _CONTAINERS:
        return _node_of(inner) if inner.name == "Description" else [_node_of(item) for item in inner.children]
    named: dict[str, list[Node]] = {
        f"@{name}": [text.strip()] for name, text in element.attributes.items() if " " not in name
    }
    for child in element.children:
        named.setdefault(child.name, []).append(_node_of(child))
    found = {name: nodes[0] if len(nodes) == 1 else nodes for name, nodes in named.items()}
    text = "".join(element.letters).strip()
    if not found:
        return text
    return {**found, "": text} if text else found
