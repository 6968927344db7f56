"""The vault: certificates and all that was read from them, each submission under a data key of its own.

`Keyring` wraps data keys under a key that lives outside MongoDB; `Seal` encrypts and decrypts for one submission, and
for each of its certificates under a key of that certificate's own; `Vault` keeps the ciphertexts. Destroying a
submission's wrapped key (the gate does) is what makes everything here unreadable at once; dropping one certificate's
key does so for that certificate alone. Sweeping the ciphertexts follows.

AES-256-GCM by the `cryptography` package, which is not a KCMVP-validated module: a validated one is put in place of
`shared.vault.keyring`, and the envelope names algorithm and provider so that old records say how they were made.
"""

from shared.vault.certificates import CertificateFile, StoredCertificate
from shared.vault.keyring import Keyring, Purpose, Seal, WrappedKey
from shared.vault.store import SealedRow, Vault

__all__ = ["CertificateFile", "Keyring", "Purpose", "Seal", "SealedRow", "StoredCertificate", "Vault", "WrappedKey"]
