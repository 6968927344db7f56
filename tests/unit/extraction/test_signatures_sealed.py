"""What an issuer could be made to sign that is no seal over the whole file: never genuine, whichever way it is checked.

Universal signature forgery (pdf-insecurity.org, 2019) leaves out or spoils a part of the signature dictionary and hopes
for a reader that then checks nothing. Here each is signed by the issuer itself, so that nothing else is wrong with it.
"""

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from asn1crypto import cms

from services.extraction.signatures import Verdict
from services.wallet_simulator.samples.issuer import Issuer
from services.wallet_simulator.samples.signature import Prepared, prepare
from services.wallet_simulator.samples.timestamps import authority_of, prepare_government, token
from tests.unit.extraction.attacks import signed_range
from tests.unit.extraction.sealing import AT, both, issuer, page

GOOD = prepare(page(), AT)
FIRST, SECOND, LENGTH = signed_range(GOOD.filled(b""))


def in_place(old: bytes, new: bytes) -> Prepared:
    """The good file before it was signed, with `new` for `old`, which is as long or longer."""
    assert GOOD.before.count(old) == 1
    return Prepared(GOOD.before.replace(old, new.ljust(len(old))), GOOD.after)


def ranged(*numbers: int) -> bytes:
    """The file with another byte range, signed over just what that says."""
    old = b"/ByteRange[0 %-10d%-10d%-10d]" % (FIRST, SECOND, LENGTH)
    prepared = in_place(old, b"/ByteRange[%s]" % b" ".join(b"%d" % number for number in numbers))
    file = prepared.filled(b"")
    pairs = zip(numbers[::2], numbers[1::2], strict=False)
    return prepared.filled(issuer().sign(sha256(b"".join(file[at : at + count] for at, count in pairs)).digest()))


def spelled(old: bytes, new: bytes) -> bytes:
    prepared = in_place(old, new)
    return prepared.filled(issuer().sign(prepared.digest))


def gap(string: bytes) -> bytes:
    """The file with that in the stead of the hexadecimal string, filled up with blanks."""
    assert len(string) <= SECOND - FIRST
    return GOOD.before + string.ljust(SECOND - FIRST) + GOOD.after


def signature() -> bytes:
    return issuer().sign(GOOD.digest)


def literal() -> bytes:
    room = (SECOND - FIRST) // 2 - 1
    value = signature().ljust(room, b"\0").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"(%s)" % value.replace(b"\r", b"\\r").replace(b"\n", b"\\n")


def changed(change: Callable[[Any], None]) -> bytes:
    """The good signature with its CMS changed."""
    message = cms.ContentInfo.load(signature())
    change(message["content"])
    return GOOD.filled(message.dump(force=True))


def with_content(signed: Any) -> None:
    signed["encap_content_info"]["content"] = b"what is signed"


RANGES = {
    "it ends early": (0, FIRST, SECOND, LENGTH - 40),
    "it begins late": (9, FIRST - 9, SECOND, LENGTH),
    "it leaves out what stands before its value": (0, FIRST - 200, SECOND, LENGTH),
    "it leaves out what stands behind its value": (0, FIRST, SECOND + 200, LENGTH - 200),
    "it has three pairs": (0, FIRST, SECOND, 90, SECOND + 99, LENGTH - 99),
    "it has one pair": (0, FIRST),
    "it has the beginning twice": (0, FIRST, 0, FIRST),
    "its length is negative": (0, FIRST, SECOND, -LENGTH),
    "its parts overlap": (0, FIRST, FIRST - 50, LENGTH),
    "it goes beyond the end": (0, FIRST, SECOND, LENGTH + 999),
    "it covers nothing": (0, 0, len(GOOD.filled(b"")), 0),
    "it is empty": (),
}
DICTIONARIES = {
    "no byte range": (b"/ByteRange", b"/BiteRange"),
    "a byte range of null": (b"/ByteRange[0 %-10d%-10d%-10d]" % (FIRST, SECOND, LENGTH), b"/ByteRange null"),
    "a byte range of names": (b"/ByteRange[0 %-10d%-10d%-10d]" % (FIRST, SECOND, LENGTH), b"/ByteRange[/a/b/c/d]"),
    "no value": (b"]/Contents", b"]/Kontents"),
    "no sub-filter": (b"/SubFilter/ETSI.CAdES.detached", b""),
    "a sub-filter of another format": (b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1"),
    "a sub-filter of nobody": (b"/ETSI.CAdES.detached", b"/ETSI.CAdES.detachet"),
    "two sub-filters": (b"/Filter/Adobe.PPKLite", b"/SubFilter/ETSI.RFC3"),
    "another type": (b"/Type/Sig/", b"/Type/Foo/"),
}
GAPS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: gap(b"<>"),
    "zeros": lambda: GOOD.filled(b""),
    "null": lambda: gap(b"null"),
    "a literal string": lambda: gap(literal()),
    "something behind the signature": lambda: GOOD.filled(signature() + b"\x01"),
    "the signature twice": lambda: GOOD.filled(signature() * 2),
    "a shorter string and a blank": lambda: gap(b"<%s>" % signature().hex().encode()),
    "a shorter string and an entry": lambda: gap(b"<%s>/Reason(none)" % signature().hex().encode()),
    "a shorter string and a comment": lambda: gap(b"<%s>%%" % signature().hex().encode()),
    "white space in the string": lambda: gap(b"< " + GOOD.filled(signature())[FIRST + 1 : SECOND - 2] + b">"),
    "digits of either case": lambda: GOOD.filled(signature()).replace(b"2a8648", b"2A8648", 1),
    "a timestamp token": lambda: GOOD.filled(token(GOOD.digest, authority_of(issuer()), AT, 1 << 63)),
}
MESSAGES: dict[str, Callable[[], bytes]] = {
    "over other bytes": lambda: GOOD.filled(issuer().sign(sha256(b"other bytes").digest())),
    "by a stranger of the same name": lambda: GOOD.filled(Issuer.new().sign(GOOD.digest)),
    "by nobody": lambda: changed(lambda signed: signed.__setitem__("signer_infos", [])),
    "by two": lambda: changed(lambda signed: signed["signer_infos"].append(signed["signer_infos"][0])),
    "without a certificate": lambda: changed(lambda signed: signed.__setitem__("certificates", [])),
    "with what it signs inside": lambda: changed(with_content),
    "of another version": lambda: changed(lambda signed: signed.__setitem__("version", "v5")),
    "without signed attributes": lambda: changed(
        lambda signed: signed["signer_infos"][0].__setitem__("signed_attrs", None)
    ),
}


@pytest.mark.parametrize("numbers", RANGES.values(), ids=RANGES)
def test_a_byte_range_that_is_not_the_whole_file_is_never_genuine(numbers: tuple[int, ...]) -> None:
    assert both(ranged(*numbers)).authenticity in ("altered", "unverified")


def test_the_same_way_with_the_right_byte_range_is_genuine() -> None:
    assert both(ranged(0, FIRST, SECOND, LENGTH)) == Verdict("genuine", "pades:whole_file")


@pytest.mark.parametrize("words", DICTIONARIES.values(), ids=DICTIONARIES)
def test_a_signature_of_no_known_form_is_never_genuine(words: tuple[bytes, bytes]) -> None:
    assert both(spelled(*words)).authenticity in ("altered", "unverified")


@pytest.mark.parametrize("made", GAPS.values(), ids=GAPS)
def test_a_gap_with_anything_but_one_signature_is_never_genuine(made: Callable[[], bytes]) -> None:
    assert both(made()).authenticity in ("altered", "unverified")


@pytest.mark.parametrize("made", MESSAGES.values(), ids=MESSAGES)
def test_a_message_that_is_no_plain_signature_is_never_genuine(made: Callable[[], bytes]) -> None:
    assert both(made()).authenticity != "genuine"


def test_a_signature_in_the_stead_of_a_token_is_never_genuine() -> None:
    prepared = prepare_government(page())
    assert both(prepared.filled(issuer().sign(prepared.digest))) == Verdict("unverified", "timestamp:unreadable")
