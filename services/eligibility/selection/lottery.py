"""A lottery that anyone can recompute.

Before anyone can apply, the office publishes `commitment(seed)`: SHA-256 of 32 secret random bytes, in lower-case
hexadecimal. It may also announce a public value that nobody at the office can choose, such as the numbers of a
lottery draw on a later day. When the run is asked for, the seed itself is disclosed. Then for every submission id

    lot = HMAC-SHA256(key, message)     (RFC 2104, FIPS 198-1)
    key = the 32 bytes of the seed, then the public value in UTF-8 (no byte where there is none)
    message = the submission id in ASCII, as `s-aeb3...`, without a line end

and the smallest lot comes first, its 32 bytes compared as one unsigned big-endian number. With the seed, the public
value and the list of ids any program gives the same order; another seed would not fit the commitment.
"""

import hashlib
import hmac

SEED_BYTES = 32


class BadSeed(ValueError):
    """What was disclosed is not a seed."""


def seed_of(disclosed: str) -> bytes:
    """Give the seed that is written in hexadecimal. Raises `BadSeed` unless it is of 32 bytes."""
    try:
        seed = bytes.fromhex(disclosed)
    except ValueError:
        raise BadSeed("not hexadecimal") from None
    if len(seed) != SEED_BYTES:
        raise BadSeed(f"not {SEED_BYTES} bytes")
    return seed


def commitment(seed: bytes) -> str:
    """Give what is published before: SHA-256 of the seed, in hexadecimal."""
    return hashlib.sha256(seed).hexdigest()


def lot(seed: bytes, public_value: str, submission_id: str) -> bytes:
    """Give the 32 bytes that order a submission; the smallest is drawn first."""
    return hmac.digest(seed + public_value.encode(), submission_id.encode("ascii"), "sha256")
