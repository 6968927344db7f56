"""The sandbox: a door for wallet developers that takes samples and nothing else, and says so in every answer."""

from collections.abc import Callable
from pathlib import Path

from cryptography import x509

from shared.errors import GubiError
from shared.settings import Settings
from shared.trust import SAMPLE_ROOT

IsSample = Callable[[bytes], bool]


class SandboxError(GubiError):
    """A sandbox was asked for, and there is no sample issuer whose certificates it could take."""


def sample_test(root: Path) -> IsSample:
    """Give the test of whether a file is signed under the sample root, as far as it can be told without opening it.

    Every certificate under that root names the root's key (RFC 5280 §4.2.1.1), and a PDF carries its signer's
    certificate in hexadecimal: a real certificate sent by mistake is turned away before it is stored. Whether the
    signature holds is found out in the jail, by the same root alone. Raises `SandboxError`.
    """
    try:
        found = x509.load_pem_x509_certificate(root.read_bytes())
        digest = found.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (OSError, ValueError, x509.ExtensionNotFound):
        raise SandboxError("sandbox:sample_root_missing") from None
    spellings = digest.hex().encode(), digest.hex().upper().encode()
    return lambda pdf: any(spelling in pdf for spelling in spellings)


def samples_only(settings: Settings) -> IsSample | None:
    """Give that test in a sandbox, None at any other door. Raises `SandboxError`."""
    return sample_test(settings.trust_roots / SAMPLE_ROOT) if settings.sandbox else None
