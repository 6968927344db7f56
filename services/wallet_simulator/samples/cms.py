"""A detached signature as CMS (RFC 5652) in the shape PAdES baseline wants (ETSI EN 319 142-1), written byte by byte.

Signed are the content type, the digest and which certificate signs (RFC 5035), not the time, which stands in the PDF.
A general ASN.1 library takes 5 ms for the same bytes, longer than it takes to set the page.
"""

from collections.abc import Callable
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

_INTEGER, _OCTETS, _SEQUENCE, _SET, _TAGGED_0 = 0x02, 0x04, 0x30, 0x31, 0xA0


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        digits = [arc & 0x7F]
        while arc := arc >> 7:
            digits.append(0x80 | arc & 0x7F)
        out += bytes(reversed(digits))
    return _der(0x06, bytes(out))


_VERSION_1 = _der(_INTEGER, b"\x01")
_DATA = _oid("1.2.840.113549.1.7.1")
_SIGNED_DATA = _oid("1.2.840.113549.1.7.2")
_CONTENT_TYPE = _oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = _oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE_V2 = _oid("1.2.840.113549.1.9.16.2.47")
_SHA256 = _der(_SEQUENCE, _oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_WITH_SHA256 = _der(_SEQUENCE, _oid("1.2.840.10045.4.3.2"))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return _der(_SEQUENCE, kind, _der(_SET, value))


@cache
def _of(certificate: x509.Certificate) -> tuple[bytes, bytes, bytes]:
    """The certificate, how a signer is named by it, and the attribute that binds a signature to it."""
    whole = certificate.public_bytes(Encoding.DER)
    serial = certificate.serial_number
    number = _der(_INTEGER, serial.to_bytes(serial.bit_length() // 8 + 1, "big"))
    names = _der(_SEQUENCE, _der(_SEQUENCE, _der(_SEQUENCE, _der(_OCTETS, sha256(whole).digest()))))
    return whole, _der(_SEQUENCE, certificate.issuer.public_bytes(), number), _attribute(_SIGNING_CERTIFICATE_V2, names)


def signed_data(digest: bytes, certificate: x509.Certificate, sign: Callable[[bytes], bytes]) -> bytes:
    """The DER of a signature over data whose SHA-256 is `digest`.

    `sign` returns an ECDSA-with-SHA-256 signature, in DER, over the bytes it is given, by the key of `certificate`.
    """
    whole, signer, binding = _of(certificate)
    attributes = [
        _attribute(_CONTENT_TYPE, _DATA),
        _attribute(_MESSAGE_DIGEST, _der(_OCTETS, digest)),
        binding,
    ]
    content = b"".join(sorted(attributes))
    info = _der(
        _SEQUENCE,
        _VERSION_1,
        signer,
        _SHA256,
        _der(_TAGGED_0, content),
        _ECDSA_WITH_SHA256,
        # Signed as the SET they are, stored under the tag of the field they stand in (RFC 5652, 5.4).
        _der(_OCTETS, sign(_der(_SET, content))),
    )
    data = _der(
        _SEQUENCE, _VERSION_1, _der(_SET, _SHA256), _der(_SEQUENCE, _DATA), _der(_TAGGED_0, whole), _der(_SET, info)
    )
    return _der(_SEQUENCE, _SIGNED_DATA, _der(_TAGGED_0, data))
