"""No attack on a signed file ends as genuine, whichever way it is checked; most end as altered."""

import re
from io import BytesIO

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm

from services.extraction.signatures import Verdict
from services.wallet_simulator.samples.pdf import body, stream, tail, update, with_entry
from services.wallet_simulator.samples.shadows import overlaid
from services.wallet_simulator.samples.signature import sign
from services.wallet_simulator.samples.timestamps import government_stamp
from tests.unit.extraction.attacks import AFTER, FORGED, flipped, signed_range
from tests.unit.extraction.sealing import AT, CATALOGUE, PAGE, SHOWN, VALUE, both, by_pyhanko, issuer, page, shows

NOT_READ = Verdict("unverified", "pades:unreadable")
NOT_ALTERED = {
    # These cannot be read, or are unchanged but sealed by a stranger.
    "a byte of the signature is changed": NOT_READ,
    "a table alone points elsewhere": NOT_READ,
    "something is put before it": NOT_READ,
    "the end is cut off": NOT_READ,
    "a stranger stamps": Verdict("certificate_failed", "timestamp:untrusted"),
    "a stranger signs": Verdict("certificate_failed", "pades:untrusted"),
}
DECEPTIVE = [
    "a page is appended",
    "the content is replaced",
    "the content is hidden",
    "the page names another content",
    "the catalogue names another tree of pages",
    "the trailer names another catalogue",
    "the font is replaced",
    "an unlisted object, behind a table of short lines",
    "an unlisted object, and an end too far to be found",
    "the signed parts are moved apart",
    "the field is emptied, the content replaced",
]


@pytest.fixture(scope="module")
def signed() -> bytes:
    return sign(page(), issuer(), AT)


@pytest.mark.parametrize("attack", AFTER)
def test_no_attack_ends_as_genuine(attack: str, signed: bytes) -> None:
    verdict = both(AFTER[attack](signed))
    if attack in NOT_ALTERED:
        assert verdict == NOT_ALTERED[attack]
    else:
        assert verdict.authenticity == "altered"


@pytest.mark.parametrize("attack", DECEPTIVE)
def test_an_attack_does_show_something_else(attack: str, signed: bytes) -> None:
    assert shows(AFTER[attack](signed)) != SHOWN


@pytest.mark.parametrize("attack", ["a page is appended", "the content is replaced", "a comment is added"])
def test_a_government_timestamp_withstands_it_too(attack: str) -> None:
    stamped = government_stamp(page(), issuer(), AT)
    assert both(AFTER[attack](stamped)) == Verdict("altered", "timestamp:appended")


def test_every_byte_of_what_is_signed_counts(signed: bytes) -> None:
    first, second, _ = signed_range(signed)
    for at in [*range(20, first, 29), *range(second, len(signed), 11)]:
        assert both(flipped(signed, at, 4)).authenticity != "genuine", at


@pytest.mark.parametrize("stamped", [False, True], ids=["signature", "government timestamp"])
def test_every_byte_of_the_seal_itself_counts(stamped: bool, signed: bytes) -> None:
    sealed = government_stamp(page(), issuer(), AT) if stamped else signed
    first, second, _ = signed_range(sealed)
    used = len(bytes.fromhex(sealed[first + 1 : second - 1].decode()).rstrip(b"\0"))
    padding = first + 1 + 2 * used
    spine = range(first, first + 130, 3)  # all that says how long the rest is, and which versions and digests are used
    for at in [*spine, *range(first, padding, 61), padding, padding + 1, second - 2, second - 1]:
        assert both(flipped(sealed, at, 2)).authenticity != "genuine", at - first


def test_the_case_of_a_digit_counts(signed: bytes) -> None:
    first, second, _ = signed_range(signed)
    at = first + re.search(rb"[a-f]", signed[first:second]).start()
    assert both(flipped(signed, at, 32)).authenticity == "altered"


def certified(permission: MDPPerm) -> bytes:
    field = b"<</FT/Tx/T(since)/V(2020)/Type/Annot/Subtype/Widget/Rect[60 600 200 620]/P %d 0 R>>" % PAGE
    return by_pyhanko(page(form=field), certify=True, docmdp_permissions=permission)


@pytest.mark.parametrize("permission", list(MDPPerm))
def test_a_certified_file_is_genuine_as_it_is(permission: MDPPerm) -> None:
    assert both(certified(permission)) == Verdict("genuine", "pades:whole_file")


@pytest.mark.parametrize("permission", list(MDPPerm))
def test_what_a_certification_permits_an_issuer_does_not(permission: MDPPerm) -> None:
    file = certified(permission)
    writer = IncrementalPdfFileWriter(BytesIO(file))
    writer.root["/AcroForm"]["/Fields"][0].get_object()[generic.pdf_name("/V")] = generic.pdf_string("1999")
    writer.mark_update(generic.Reference(VALUE, 0, writer.prev))
    filled = BytesIO()
    writer.write(filled)
    for changed in (filled.getvalue(), annotated(file)):
        assert changed.startswith(file)
        assert both(changed) == Verdict("altered", "pades:appended")


def annotated(file: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(file))
    note = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Contents"): generic.pdf_string(FORGED),
            generic.pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(n) for n in (60, 690, 400, 730)),
        }
    )
    shown = writer.root["/Pages"]["/Kids"][0].get_object()
    shown.setdefault(generic.pdf_name("/Annots"), generic.ArrayObject())
    shown["/Annots"].append(writer.add_object(note))
    writer.update_container(shown["/Annots"])
    writer.update_container(shown)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_harmless_update_is_not_an_attack(signed: bytes) -> None:
    # Validation material alone; without this, a check that refuses everything would pass the tests above.
    free = tail(signed).size
    material = {
        CATALOGUE: with_entry(body(signed, CATALOGUE), b"/DSS", b"<</Certs[%d 0 R]>>" % free),
        free: stream(b"a certificate"),
    }
    assert both(update(signed, material)) == Verdict("genuine", "pades:whole_revision")


def test_an_annotation_after_the_authority_stamped_is_altered(signed: bytes) -> None:
    assert both(overlaid(government_stamp(signed, issuer(), AT))).authenticity == "altered"
