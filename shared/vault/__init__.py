"""The vault: certificates and all that was read from them, each submission under a data key of its own.

`Keyring` wraps data keys under a key that lives outside MongoDB; `Seal` encrypts and decrypts for one submission;
`Vault` keeps the ciphertexts. Destroying a submission's wrapped key (the gate does) is what makes everything here
unreadable at once; sweeping the ciphertexts follows.

AES-256-GCM by the `cryptography` package, which is not a KCMVP-validated module: a validated one is put in place of
`shared.vault.keyring`, and the envelope names algorithm and provider so that old records say how they were made.
"""

from shared.vault.keyring import Keyring, Seal, WrappedKey
from shared.vault.store import SealedRow, Vault

__all__ = ["Keyring", "Seal", "SealedRow", "Vault", "WrappedKey"]
