"""The files attached to a PDF: by its name tree, by annotations on its pages, or as its associated files (PDF/A-3)."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pypdf import PdfReader
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

_MOST_FILES = 64
_PROGRAM = re.compile(
    r"\.(?:exe|com|scr|pif|bat|cmd|ps1|vb[es]|jse?|ws[fh]|hta|ms[ip]|jar|lnk|dll|cpl|reg|sh|app|apk|dmg|chm)\W*$",
    re.IGNORECASE,
)
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")


class Attachment(NamedTuple):
    """One attached file, by every name it is given, and its content; None where it is more than may be unpacked."""

    names: tuple[str, ...]
    content: bytes | None

    @property
    def is_program(self) -> bool:
        """Whether some system would run it, by its name or by its first bytes."""
        return any(map(_PROGRAM.search, self.names)) or (self.content or b"").startswith(_PROGRAM_STARTS)


def attachments_of(reader: PdfReader) -> Iterator[Attachment]:
    """Yield the files attached to the document. Raises whatever pypdf does for a malformed one."""
    root = reader.root_object
    specifications = [*_named(value_at(root, "/Names", "/EmbeddedFiles")), *_each(value_at(root, "/AF"))]
    for page in reader.pages:
        annotations = _each(value_at(page, "/Annots"))
        specifications += [value_at(one, "/FS") for one in annotations if name_at(one, "/Subtype") == "/FileAttachment"]
    streams: dict[int, Attachment] = {}
    for one in specifications:
        names = tuple(str(name) for key in ("/UF", "/F", "/Desc") if isinstance(name := value_at(one, key), str))
        files = value_at(one, "/EF")
        for stream in map(resolved, files.values() if isinstance(files, DictionaryObject) else ()):
            if isinstance(stream, StreamObject) and id(stream) not in streams:
                if len(streams) >= _MOST_FILES:
                    raise LimitReachedError("too many attached files")
                streams[id(stream)] = Attachment(names, _content(stream))
    yield from streams.values()


def value_at(node: Any, *path: str) -> Any:
    """Return what stands at `path` in nested dictionaries, None where nothing does."""
    for key in path:
        node = resolved(node.get(key)) if isinstance(node, DictionaryObject) else None
    return node


def name_at(node: Any, key: str) -> str:
    """Return the name that stands at `key` of a dictionary, empty where none does."""
    found = value_at(node, key)
    return found if isinstance(found, NameObject) else ""


def resolved(value: Any) -> Any:
    """Return what a reference refers to, and anything else as it is."""
    return value.get_object() if isinstance(value, IndirectObject) else value


def _each(value: Any) -> list[Any]:
    return [resolved(one) for one in value] if isinstance(value, ArrayObject) else []


def _named(tree: Any) -> Iterator[Any]:
    """Yield what the leaves of a name tree name (ISO 32000-1, 7.9.6)."""
    waiting, seen = [tree], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield from _each(value_at(node, "/Names"))[1::2]
            waiting += _each(value_at(node, "/Kids"))


def _content(stream: StreamObject) -> bytes | None:
    try:
        return bytes(stream.get_data())
    except PyPdfError:
        return None
