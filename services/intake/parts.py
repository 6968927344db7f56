"""A multipart body taken apart in memory: bounded in size before it gets here, bounded in parts while it is read."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from services.intake.problems import Refusal

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_PLAIN_ENCODINGS = ("", "binary", "8bit", "7bit")


@dataclass(frozen=True)
class Part:
    """One part of the body as sent. A file name is neither needed nor kept."""

    name: str
    media_type: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Its digest in hex."""
        return hashlib.sha256(self.content).hexdigest()


class _Broken(Exception):
    """Carries which rule the body broke."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def _malformed(part: str) -> _Broken:
    return _Broken(Refusal("multipart-malformed", part=part))


class _Collector:
    """Callbacks of the parser; each part is collected and checked when it ends."""

    def __init__(self, certificates: int) -> None:
        self.parts: dict[str, Part] = {}
        self.ended = False
        self._certificates = certificates
        self._begin()

    @property
    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self.on_part_begin,
            "on_header_field": self.on_header_field,
            "on_header_value": self.on_header_value,
            "on_header_end": self.on_header_end,
            "on_part_data": self.on_part_data,
            "on_part_end": self.on_part_end,
            "on_end": self.on_end,
        }

    def _begin(self) -> None:
        self._content = bytearray()
        self._headers: dict[str, bytes] = {}
        self._field = self._value = b""

    def on_part_begin(self) -> None:
        if len(self.parts) == self._certificates + 1:
            limit = self._certificates
            raise _Broken(Refusal("certificates-too-many", facts={"limit": str(limit)}, shown={"limit": limit}))
        self._begin()

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def on_header_end(self) -> None:
        self._headers[self._field.decode("latin-1").lower()] = self._value
        self._field = self._value = b""

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]

    def on_part_end(self) -> None:
        disposition, options = parse_options_header(self._headers.get("content-disposition"))
        name = options.get(b"name", b"").decode("utf-8", "replace")
        if disposition != b"form-data" or not name:
            raise _malformed("content-disposition")
        if name in self.parts:
            raise _malformed("part named twice")
        if self._headers.get("content-transfer-encoding", b"").decode("latin-1").lower() not in _PLAIN_ENCODINGS:
            raise _malformed("content-transfer-encoding")
        media_type, _ = parse_options_header(self._headers.get("content-type"))
        self.parts[name] = Part(name, media_type.decode("latin-1").lower(), bytes(self._content))

    def on_end(self) -> None:
        self.ended = True


def unpack(content_type: str, body: bytes, certificates: int) -> Mapping[str, Part] | Refusal:
    """Take a `multipart/form-data` body (RFC 7578) apart, by name: the form and at most so many `certificates`.

    Refuses another content type, a missing or overlong boundary, a part without a name or named twice, an encoded part,
    and a body that ends before its last boundary.
    """
    media_type, options = parse_options_header(content_type)
    if media_type != b"multipart/form-data":
        return Refusal("content-type-unsupported", part="content-type", facts={"expected": "multipart/form-data"})
    if not options.get(b"boundary"):
        return Refusal("multipart-malformed", part="boundary")
    collector = _Collector(certificates)
    try:
        parser = MultipartParser(options[b"boundary"], collector.callbacks)
        parser.write(body)
        parser.finalize()
    except _Broken as broken:
        return broken.refusal
    except FormParserError:
        return Refusal("multipart-malformed", part="structure")
    return collector.parts if collector.ended else Refusal("multipart-malformed", part="last boundary")
