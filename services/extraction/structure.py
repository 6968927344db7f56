"""A PDF below its pages, and whether anything in it acts: a certificate has no need of programs.

The bytes decide for most files: the structure is read only where a telling name stands in them, or what can hide one.
Called inside the jail.
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from services.extraction.data.attachments import Attachment, attachments_of, name_at

_ACTIONS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE"),
        *("/Rendition", "/Movie", "/Sound", "/RichMediaExecute"),
    }
)
"""What runs, sends, fetches or plays something. Links (`/URI`) and destinations only lead somewhere, when clicked."""
_ANNOTATIONS = frozenset(["/RichMedia", "/Movie", "/Sound", "/3D"])
_ACTING = frozenset(name[1:].encode() for name in (*_ACTIONS, *_ANNOTATIONS, "/XFA"))
_HIDING = frozenset((b"ObjStm", b"Encrypt"))
_CARRYING = frozenset((b"EF", b"Tx"))

_END = rb"\x00\t\n\f\r ()<>\[\]{}/%"
_TELLING = b"|".join(sorted(_ACTING | _HIDING | _CARRYING))
_NAME = re.compile(rb"/(%b)(?![^%b])|/([^%b#]*#[^%b]*)" % (_TELLING, _END, _END, _END))
"""A telling name, or any with an escape in it."""
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_OBJECT_STREAM = re.compile(rb"(\d{1,10})\s+\d{1,5}\s+obj\s*<<(?:(?!endobj|stream).){0,500}?/ObjStm", re.DOTALL)
_ACTION = re.compile(rb"/S[\x00\t\n\f\r ]*(?:%b)(?![^%b])" % ("|".join(sorted(_ACTIONS)).encode(), _END))

_LIMITS = Configuration(
    maximum_declared_stream_length=32 << 20,
    zlib_maximum_output_length=8 << 20,
    lzw_maximum_output_length=8 << 20,
    run_length_maximum_output_length=8 << 20,
    brotli_maximum_output_length=8 << 20,
    array_based_stream_maximum_output_length=8 << 20,
    zlib_maximum_recovery_input_length=1 << 20,
    stream_filters_maximum_length=4,
    stream_decoding_work_maximum_length=32 << 20,
    page_tree_maximum_entries=10_000,
    page_tree_maximum_page_entries=10_000,
    form_fields_maximum_entries=5_000,
    form_fields_maximum_depth=32,
    jbig2dec_binary=None,
    disable_legacy_handling=True,
)
"""What reading a structure may take: pypdf's own limits, tightened to what a certificate needs."""


class Unsound(Exception):
    """The structure cannot be read, so what is in it cannot be known."""


class Structure:
    """A PDF file below its pages. Raises Unsound where its objects are needed and cannot be read."""

    def __init__(self, document: bytes) -> None:
        self.document = document
        self.names = _names(document)
        """The telling names that stand anywhere in the file, object streams included."""
        self._object_streams: dict[int, bytes] = {}
        if self.names & _HIDING:
            self._object_streams = dict(self._unpacked())
            self.names |= frozenset().union(*map(_names, self._object_streams.values()))

    @cached_property
    def reader(self) -> PdfReader:
        """The file, opened."""
        with sound():
            return PdfReader(
                io.BytesIO(self.document), root_object_recovery_limit=200, xref_stream_maximum_entries=200_000
            )

    @property
    def may_pack_metadata(self) -> bool:
        """Whether an XMP packet may be in the file that does not stand in its bytes as it is."""
        if self.names & _HIDING:
            return True
        at = -1
        while (at := self.document.find(b"/XML", at + 1)) >= 0:
            if b"/Filter" in self.document[max(0, at - 200) : at + 200]:
                return True
        return False

    def acts(self) -> bool:
        """Whether anything in the file runs, sends, fetches or plays something, or is a program."""
        if any(attached.is_program for attached in self.attachments):
            return True
        if not self.names & _ACTING:
            return False
        with sound():
            if any(map(_acts, self._dictionaries())):
                return True
            listed = {stream for stream, _ in self.reader.xref_objStm.values()}
        # What the tables do not list, a reader that repairs them finds; and of a name that is given twice in one
        # dictionary, readers take now the first, now the last.
        unlisted = [data for number, data in self._object_streams.items() if number not in listed]
        if any(_names(data) & _ACTING for data in unlisted):
            return True
        return any(map(_spells_an_action, (self.document, *self._object_streams.values())))

    @cached_property
    def attachments(self) -> list[Attachment]:
        """The attached files."""
        if b"EF" not in self.names:
            return []
        with sound():
            return list(attachments_of(self.reader))

    def _unpacked(self) -> Iterator[tuple[int, bytes]]:
        """Yield the object streams by number, whether the cross-reference tables list them or not."""
        with sound():
            numbers = {stream for stream, _ in self.reader.xref_objStm.values()}
            numbers |= {int(match[1]) for match in _OBJECT_STREAM.finditer(_unescaped(self.document))}
            for number in sorted(numbers):
                stream = self.reader.get_object(number)
                if isinstance(stream, StreamObject):
                    yield number, stream.get_data()

    def _dictionaries(self) -> Iterator[DictionaryObject]:
        """Yield every dictionary in the file, used or not."""
        reader = self.reader
        numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
        waiting: list[Any] = [reader.trailer]
        for number, generation in (*numbers, *((number, 0) for number in reader.xref_objStm)):
            waiting.append(reader.get_object(IndirectObject(number, generation, reader)))
            while waiting:
                found = waiting.pop()
                if isinstance(found, DictionaryObject):
                    yield found
                    waiting += found.values()
                elif isinstance(found, ArrayObject):
                    waiting += found


@contextmanager
def sound() -> Iterator[None]:
    """Keep pypdf to the limits, and turn whatever a malformed file raises into Unsound: not only its own exceptions."""
    try:
        with apply_configuration(_LIMITS):
            yield
    except (MemoryError, Unsound):
        raise
    except Exception as error:
        raise Unsound from error


def _names(data: bytes) -> frozenset[bytes]:
    return frozenset(plain or _unescaped(escaped) for plain, escaped in _NAME.findall(data))


def _unescaped(data: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: bytes.fromhex(match[1].decode()), data)


def _acts(dictionary: DictionaryObject) -> bool:
    action, annotation = name_at(dictionary, "/S"), name_at(dictionary, "/Subtype")
    return action in _ACTIONS or annotation in _ANNOTATIONS or "/XFA" in dictionary


def _spells_an_action(data: bytes) -> bool:
    """Whether an action is written out in `data` where no stream is."""
    plain = _unescaped(data)
    for match in _ACTION.finditer(plain):
        before = plain.rfind(b"stream", 0, match.start())
        if before < 0 or plain.startswith(b"end", before - 3):
            return True
    return False
