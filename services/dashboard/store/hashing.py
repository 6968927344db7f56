"""Secrets that only browsers keep: the store has their hash, so that reading it signs nobody in."""

import hashlib


def hashed(secret: str) -> str:
    """Give the SHA-256 of a random secret; those are too long to be guessed, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
