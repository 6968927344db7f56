"""A small page, signed and stamped in every way a test needs, and what PDFium shows of it."""

from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any

import pypdfium2
from asn1crypto import cms, keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from services.extraction.signatures import Verdict, check, check_in_full
from services.wallet_simulator.samples.issuer import Issuer
from services.wallet_simulator.samples.pdf import document, stream
from services.wallet_simulator.samples.timestamps import authority_of, token

AT = datetime(2022, 12, 12, 9, tzinfo=UTC)
NOW = datetime(2022, 12, 20, tzinfo=UTC)
SHOWN = "Employed since 2020"
CATALOGUE, PAGES, PAGE, CONTENT, FONT, VALUE, PACKET = range(1, 8)
_PACKET = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    b'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:ModifyDate="2022-12-12T09:00:00Z" xmp:Label="2020"/></rdf:RDF>'
    b'</x:xmpmeta><?xpacket end="w"?>'
)


@cache
def issuer() -> Issuer:
    return Issuer.new()


@cache
def roots() -> str:
    return issuer().root.public_bytes(Encoding.PEM).decode()


def text(shown: str) -> bytes:
    """The content stream of a page that shows just this."""
    return stream(b"BT /F1 24 Tf 60 700 Td (%s) Tj ET" % shown.encode())


def page(shown: str = SHOWN, form: bytes = b"") -> bytes:
    """A file of one page, with an XMP packet and, where `form` is given, an AcroForm of that text field."""
    fields = b"/AcroForm<</Fields[%d 0 R]>>" % VALUE if form else b""
    return document(
        {
            CATALOGUE: b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R%s>>" % (PAGES, PACKET, fields),
            PAGES: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % PAGE,
            PAGE: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 %d 0 R>>>>/Contents %d 0 R>>"
            % (PAGES, FONT, CONTENT),
            CONTENT: text(shown),
            FONT: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            VALUE: form or b"null",
            PACKET: stream(_PACKET, b"/Type/Metadata/Subtype/XML"),
        },
        b"small",
    )


def shows(pdf: bytes) -> str:
    """What PDFium, which the reader reads by, shows of all pages."""
    opened = pypdfium2.PdfDocument(pdf)
    return " | ".join(opened[number].get_textpage().get_text_bounded().strip() for number in range(len(opened)))


def both(pdf: bytes, trust_roots: str | None = None, moment: datetime = NOW) -> Verdict:
    """The verdict, which is the same whichever way."""
    given = pdf, roots() if trust_roots is None else trust_roots, moment
    verdict = check(*given)
    assert verdict == check_in_full(*given)
    return verdict


def by_pyhanko(
    pdf: bytes, by: Issuer | None = None, name: str = "Other", *, stamped: bool = False, **metadata: Any
) -> bytes:
    """`pdf` signed by another program: baseline B, with a timestamp in the signature, or what `metadata` says."""
    by = by or issuer()
    root, certificate = (
        asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in (by.root, by.certificate)
    )
    key = keys.PrivateKeyInfo.load(by.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    signer = SimpleSigner(
        signing_cert=certificate, signing_key=key, cert_registry=SimpleCertificateStore.from_certs([root])
    )
    trust = ValidationContext(trust_roots=[root], allow_fetching=False, moment=AT)
    wanted = PdfSignatureMetadata(
        field_name=name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        validation_context=trust if metadata.get("embed_validation_info") else None,
        **metadata,
    )
    stamper = Stamper(by) if stamped or metadata.get("use_pades_lta") else None
    out = BytesIO()
    PdfSigner(wanted, signer=signer, timestamper=stamper).sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=out)
    return out.getvalue()


class Stamper(TimeStamper):
    """The sample authority, as pyHanko asks one."""

    def __init__(self, by: Issuer) -> None:
        super().__init__()
        self._authority = authority_of(by)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        digest, nonce = req["message_imprint"]["hashed_message"].native, req["nonce"].native
        made = token(digest, self._authority, AT, nonce)
        return tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": cms.ContentInfo.load(made)})
