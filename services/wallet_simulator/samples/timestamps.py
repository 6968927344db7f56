"""A sample timestamping authority and the PDFs it stamps, in one incremental update each.

`/Type /DocTimeStamp` is the document timestamp of PAdES (ISO 32000-2, 12.8.5), `/Filter /Government#20Timestamp` that
of 행안부 고시 2021-22. Both hold a token (RFC 3161) over the whole file but for the token itself.
"""

import re
from datetime import datetime
from hashlib import new as digest_by
from hashlib import sha256

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from services.wallet_simulator.samples.issuer import Authority, Issuer
from services.wallet_simulator.samples.pdf import NotPlain, body, entries, tail, update, with_entry
from services.wallet_simulator.samples.signature import Prepared

_DOCUMENT = b"/Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161"
_GOVERNMENT = b"/Filter/Government#20Timestamp"
_POLICY = "2.25.100722"
"""An identifier without an owner (ITU-T X.667), as the authority is made up."""
_NONCE_BYTES = 8
_HOLE = Prepared(b"", b"").filled(b"")
_RANGE = b"[0 %-10d%-10d%-10d]"
_RANGE_HOLE = _RANGE % (0, 0, 0)
_FIELDS = re.compile(rb"(/Fields\s*\[[^\]]*)\]")


def stamp(pdf: bytes, issuer: Issuer, stamped_at: datetime) -> bytes:
    """`pdf`, signed or not, under a document timestamp by the issuer's authority."""
    return _stamped(prepare(pdf, _DOCUMENT), issuer, stamped_at)


def government_stamp(pdf: bytes, issuer: Issuer, stamped_at: datetime) -> bytes:
    """`pdf`, signed or not, under a government timestamp by the issuer's authority."""
    return _stamped(prepare_government(pdf), issuer, stamped_at)


def forged(old: bytes, new: bytes, issuer: Issuer, stamped_at: datetime) -> bytes:
    """`new` under the government timestamp that `old` got."""
    return _stamped(prepare_government(new), issuer, stamped_at, prepare_government(old).digest)


def _stamped(prepared: Prepared, issuer: Issuer, stamped_at: datetime, digest: bytes = b"") -> bytes:
    digest = digest or prepared.digest
    nonce = int.from_bytes(sha256(b"nonce" + digest).digest()[:_NONCE_BYTES])
    return prepared.filled(token(digest, authority_of(issuer), stamped_at, nonce))


def prepare_government(pdf: bytes) -> Prepared:
    """Append to `pdf` all of a government timestamp but its token. Raises `NotPlain` as `samples.pdf` does."""
    return prepare(pdf, _GOVERNMENT)


def authority_of(issuer: Issuer) -> Authority:
    """The issuer's timestamping authority. Raises ValueError for an issuer kept from before there were any."""
    if issuer.authority is None:
        raise ValueError("the sample issuer was made before there were timestamps; remove it, and a new one is made")
    return issuer.authority


def prepare(pdf: bytes, dictionary: bytes) -> Prepared:
    """Append to `pdf` a field whose value is a timestamp dictionary of those entries.

    The field has no place on a page: nothing is shown. Raises `NotPlain` as `samples.pdf` does.
    """
    end = tail(pdf)
    field = end.size + 1
    made = update(
        pdf,
        {
            end.size: b"<<%s/ByteRange%s/Contents%s>>" % (dictionary, _RANGE_HOLE, _HOLE),
            field: b"<</FT/Sig/T(Timestamp %d)/V %d 0 R>>" % (field, end.size),
            end.root: _with_field(body(pdf, end.root), field),
        },
    )
    start = made.index(_HOLE, len(pdf))
    after = start + len(_HOLE)
    ranges = _RANGE % (start, after, len(made) - after)
    return Prepared(made[:start].replace(_RANGE_HOLE, ranges), made[after:])


def _with_field(catalogue: bytes, field: int) -> bytes:
    if not (form := entries(catalogue).get(b"/AcroForm")):
        return with_entry(catalogue, b"/AcroForm", b"<</Fields[%d 0 R]/SigFlags 3>>" % field)
    grown, count = _FIELDS.subn(rb"\1 %d 0 R]" % field, form)
    if count != 1:
        raise NotPlain("a form that stands elsewhere")
    return catalogue.replace(form, grown)


def token(digest: bytes, authority: Authority, stamped_at: datetime, nonce: int | None) -> bytes:
    """A timestamp token, in DER, over data of that SHA-256 or SHA-512 (by its length).

    The same arguments give the same bytes. 행안부 고시 2021-22 wants a nonce of eight bytes or more.
    """
    name, by = ("sha256", hashes.SHA256()) if len(digest) == 32 else ("sha512", hashes.SHA512())
    certificate = x509.Certificate.load(authority.certificate.public_bytes(Encoding.DER))
    said = {
        "version": "v1",
        "policy": _POLICY,
        "message_imprint": {"hash_algorithm": {"algorithm": name}, "hashed_message": digest},
        "serial_number": int.from_bytes(sha256(b"serial" + digest).digest()[:8]),
        "gen_time": stamped_at,
        "accuracy": {"seconds": 1},
        "nonce": nonce,
        "tsa": x509.GeneralName("directory_name", certificate.subject),
    }
    info = tsp.TSTInfo(said).dump()
    names = {"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": sha256(certificate.dump()).digest()}
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["tst_info"]},
            {"type": "message_digest", "values": [digest_by(name, info).digest()]},
            {"type": "signing_certificate_v2", "values": [{"certs": [names]}]},
        ]
    )
    signature = authority.key.sign(attributes.dump(), ec.ECDSA(by, deterministic_signing=True))
    algorithm = algos.DigestAlgorithm({"algorithm": name})
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            "issuer_and_serial_number", {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        ),
        "digest_algorithm": algorithm,
        "signed_attrs": attributes,
        "signature_algorithm": {"algorithm": f"{name}_ecdsa"},
        "signature": signature,
    }
    signed = {
        "version": "v3",
        "digest_algorithms": [algorithm],
        "encap_content_info": {"content_type": "tst_info", "content": core.ParsableOctetString(info)},
        "certificates": [certificate],
        "signer_infos": [signer],
    }
    made: bytes = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return made
