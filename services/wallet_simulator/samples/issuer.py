"""The made-up issuer: a root, under it a signing and a timestamping certificate, and detached signatures over a digest.

ECDSA on P-256 with SHA-256; nonces are derived from key and message (RFC 6979), so a signature is a function of what is
signed. All certificates say in their names that they are samples (예시, 가상).
"""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from services.wallet_simulator.samples.cms import signed_data
from shared.trust import SAMPLE_ROOT

_BUNDLE_FILE = "sample-issuer.pem"
_KEY = b"-----BEGIN PRIVATE KEY-----"
_ROOT_NAME = "예시 루트 인증기관 (가상)"
_ISSUER_NAME = "예시 발급기관 (가상)"
_AUTHORITY_NAME = "예시 시점확인기관 (가상)"
# Fixed, so that nothing here reads the clock and a certificate made for any plausible day of issue is valid on it.
_VALID = datetime(2015, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True, repr=False)
class Authority:
    """Whoever puts times under the samples (TSA, RFC 3161): its certificate is for timestamping alone."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, repr=False)
class Issuer:
    """Whoever signs the samples. Its key is only for samples: it is made on the spot and vouches for nothing."""

    root: x509.Certificate
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey
    authority: Authority | None
    """None where the issuer was made before there were timestamps: its root's key is forgotten."""

    @classmethod
    def new(cls) -> "Issuer":
        """A new root and new certificates under it; the root's key is forgotten, so it signs nothing else."""
        root_key, key, stamping_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
        root = _certificate(_ROOT_NAME, root_key, _ROOT_NAME, root_key, is_root=True)
        signing = _certificate(_ISSUER_NAME, key, _ROOT_NAME, root_key, is_root=False)
        only_for = ExtendedKeyUsageOID.TIME_STAMPING
        stamping = _certificate(_AUTHORITY_NAME, stamping_key, _ROOT_NAME, root_key, is_root=False, only_for=only_for)
        return cls(root, signing, key, Authority(stamping, stamping_key))

    @classmethod
    def open(cls, folder: Path) -> "Issuer":
        """The issuer kept in `folder`, made there by whoever comes first, and its root as `folder/sample-root.pem`.

        The keys stand in `sample-issuer.pem`, readable by its owner only (0600). Safe to call from several processes at
        once: all get the same issuer.
        """
        folder.mkdir(parents=True, exist_ok=True)
        bundle = folder / _BUNDLE_FILE
        if not bundle.exists():
            _publish(bundle, cls.new()._bundle(), mode=0o600)
        issuer = cls._load(bundle.read_bytes())
        root = issuer.root.public_bytes(serialization.Encoding.PEM)
        if not (folder / SAMPLE_ROOT).exists():
            _publish(folder / SAMPLE_ROOT, root, mode=0o644)
        return issuer

    def _bundle(self) -> bytes:
        pem = serialization.Encoding.PEM
        plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        certificates, keys = [self.root, self.certificate], [self.key]
        if self.authority:
            certificates.append(self.authority.certificate)
            keys.append(self.authority.key)
        return b"".join(
            [certificate.public_bytes(pem) for certificate in certificates]
            + [key.private_bytes(pem, *plain) for key in keys]
        )

    @classmethod
    def _load(cls, bundle: bytes) -> "Issuer":
        root, certificate, *stamping = x509.load_pem_x509_certificates(bundle)
        key, *stamping_key = (_key(_KEY + block) for block in bundle.split(_KEY)[1:])
        authority = Authority(stamping[0], stamping_key[0]) if stamping else None
        return cls(root, certificate, key, authority)

    def sign(self, digest: bytes) -> bytes:
        """A detached CMS signature, in DER, over data whose SHA-256 is `digest`."""
        algorithm = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        return signed_data(digest, self.certificate, lambda data: self.key.sign(data, algorithm))


def _key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{_BUNDLE_FILE} does not hold keys on an elliptic curve")
    return key


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: str,
    by_key: ec.EllipticCurvePrivateKey,
    *,
    is_root: bool,
    only_for: x509.ObjectIdentifier | None = None,
) -> x509.Certificate:
    usage = x509.KeyUsage(not is_root, not is_root, False, False, False, is_root, is_root, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID[0])
        .not_valid_after(_VALID[1])
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=0 if is_root else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by_key.public_key()), critical=False)
    )
    if only_for:
        builder = builder.add_extension(x509.ExtendedKeyUsage([only_for]), critical=True)
    return builder.sign(by_key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    organization = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "예시")
    return x509.Name([organization, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _publish(path: Path, content: bytes, *, mode: int) -> None:
    """Put a whole file in place at once; where one stands already, leave it as it is."""
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), mode)
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
