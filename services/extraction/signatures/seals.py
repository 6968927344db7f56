"""What seals a file, a signature or a timestamp, found by its bytes alone: what it covers, and its CMS (RFC 5652)."""

import hashlib
import re
from binascii import Error as NotHex
from binascii import unhexlify
from collections.abc import Sequence
from typing import Literal, NamedTuple

from asn1crypto import cms, core, parser, tsp

from services.extraction.signatures.verdicts import SIGNATURE, TIMESTAMP, Findings

Kind = Literal["signature", "document", "government"]
"""A PAdES signature, a document timestamp (ISO 32000-2, 12.8.5), or the timestamp of 행안부 고시 2021-22."""

FINDINGS: dict[Kind, Findings] = {"signature": SIGNATURE, "document": TIMESTAMP, "government": TIMESTAMP}
GOVERNMENT = "Government Timestamp"
"""The name of its `/Filter`."""
DIGESTS = ("sha256", "sha384", "sha512")

BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_CONTENTS = re.compile(rb"/Contents\s*$")
_LONGEST_VALUE = 1 << 18
"""Bytes in hex: a signature with its certificates takes some thousands."""
_LONGEST_DICTIONARY = 4096
_NAMED = re.compile(rb"/(Type|Filter|SubFilter)\s*(/[^\s/<>\[\]()%]+|\([^()\\]*\))")
_NAMES = re.compile(rb"/(?:Type|Filter|SubFilter)\b")


class Cover(NamedTuple):
    """What a seal covers: the first `end` bytes of a file, but for its own value between two parts of them."""

    before: memoryview
    after: memoryview
    value: bytes
    """What stands in `/Contents`, zeros at the end included."""
    length: int
    """How many bytes of it are a DER value; the others are zero."""
    end: int

    def digest(self, algorithm: str) -> bytes:
        """The digest of what is covered, by one of `DIGESTS`."""
        covered = hashlib.new(algorithm, self.before)
        covered.update(self.after)
        return covered.digest()


def cover(document: bytes, byte_range: Sequence[int]) -> Cover | None:
    """Return what `byte_range` covers, if all it leaves out of its part of `document` is exactly one `/Contents`.

    Exactly: two pairs, the gap one string in hex of one case, in it one DER value and zeros. None for anything else,
    for whatever else stands in the gap could be content that nobody signed.
    """
    if len(byte_range) != 4:
        return None
    start, first, second, rest = (int(number) for number in byte_range)
    end = second + rest
    if start or not 0 < first < second <= end <= len(document) or second - first > _LONGEST_VALUE:
        return None
    text = document[first + 1 : second - 1]
    if document[first] != ord("<") or document[second - 1] != ord(">") or text not in (text.lower(), text.upper()):
        return None
    if not _CONTENTS.search(document, max(0, first - 32), first):
        return None
    try:
        value = unhexlify(text)
        length = parser.peek(value)
    except (NotHex, ValueError):
        return None
    if value[length:].strip(b"\0"):
        return None
    view = memoryview(document)
    return Cover(view[:first], view[second:end], value, length, end)


def kind_by_bytes(document: bytes, covered: Cover) -> Kind | None:
    """Return the kind of seal by the text of its dictionary; None where the text leaves any doubt."""
    first, second = len(covered.before), covered.end - len(covered.after)
    start, stop = document.rfind(b" obj", 0, first), document.find(b"endobj", second)
    if start < 0 or stop < 0 or (first - start) + (stop - second) > _LONGEST_DICTIONARY:
        return None
    text = document[start:first] + document[second:stop]
    named = {match[1]: match[2] for match in _NAMED.finditer(text)}
    if b"endobj" in text or text.count(b"/ByteRange") != 1 or len(_NAMES.findall(text)) != len(named):
        return None
    match named.get(b"Type", b"/Sig"), named.get(b"Filter"), named.get(b"SubFilter"):
        case _, b"/Government#20Timestamp" | b"(Government Timestamp)", _:
            return "government"
        case b"/DocTimeStamp", _, b"/ETSI.RFC3161":
            return "document"
        case b"/Sig", bytes(), b"/ETSI.CAdES.detached" | b"/adbe.pkcs7.detached":
            return "signature"
    return None


def signed_data(covered: Cover) -> cms.SignedData | None:
    """Return the CMS message in a seal, if it is one signer's and what its signature leaves out is as it must be.

    Its versions and the list of digests say nothing that is not said elsewhere (RFC 5652, 5.1 and 5.3); None where they
    say another thing, for then somebody has changed them.
    """
    try:
        message = cms.ContentInfo.load(covered.value[: covered.length], strict=True)
        if message["content_type"].native != "signed_data":
            return None
        signed = message["content"]
        (signer,), (digest,) = signed["signer_infos"], signed["digest_algorithms"]
        by_name = signer["sid"].name == "issuer_and_serial_number"
        of_data = signed["encap_content_info"]["content_type"].native == "data"
        agrees = (
            len(message.contents) == sum(len(message[part].dump()) for part in ("content_type", "content"))
            and digest.native == signer["digest_algorithm"].native
            and digest["parameters"].native is None
            and signer["version"].native == ("v1" if by_name else "v3")
            and signed["version"].native == ("v1" if by_name and of_data else "v3")
        )
    except (ValueError, TypeError, KeyError):
        return None
    return signed if agrees else None


def stamped(signed: cms.SignedData) -> tsp.TSTInfo | None:
    """Return what a timestamp token says (RFC 3161, 2.4.2), by a digest of `DIGESTS`; None if it is no such token."""
    try:
        content = signed["encap_content_info"]["content"]
        info = content.parsed if isinstance(content, core.ParsableOctetString) else None
        by = info["message_imprint"]["hash_algorithm"]["algorithm"].native if isinstance(info, tsp.TSTInfo) else None
    except (ValueError, TypeError, KeyError):
        return None
    return info if by in DIGESTS else None
