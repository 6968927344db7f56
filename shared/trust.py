"""By whose roots certificates' signatures are checked: never the sample issuer's where real certificates are taken."""

from pathlib import Path

from shared.settings import Settings

SAMPLE_ROOT = "sample-root.pem"
"""The sample issuer's root among the trust roots, as `gubi prepare` puts it there."""


def trust_roots(settings: Settings) -> str:
    """Give the roots in PEM, one after another.

    A sandbox trusts the sample root and no other; a development installation all there are; any other all but that.
    """
    found = sorted(settings.trust_roots.glob("*.pem"))
    return "".join(path.read_text() for path in found if _counts(path, settings))


def _counts(path: Path, settings: Settings) -> bool:
    is_sample = path.name == SAMPLE_ROOT
    return is_sample if settings.sandbox else settings.development or not is_sample
