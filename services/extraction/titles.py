"""Knowing a certificate by its title: printed exactly, and the largest; a near miss is another document. Pure."""

import re
from collections.abc import Mapping, Sequence

from services.extraction.layout import Page, around, key_of, lines, phrases
from shared.catalog.templates import CertificateKind, key

_TITLE_AREA = 0.5
"""The title stands in this upper part of the first page."""
_LIKE_A_TITLE = re.compile(r"(증명서?|증명원|확인서|확인원|내역서|등본|초본)(\(.*\))?$")
_BRACKETS = str.maketrans("〔〕[]", "()()")


def find_kind(pages: Sequence[Page], kinds: Mapping[str, CertificateKind]) -> str | None:
    """Return the kind whose title the first page bears, or None: no title, a near miss, or another certificate's.

    Of all that reads like a title in the upper half, the largest is the document's; it must be one of a kind's exactly.
    """
    if not pages:
        return None
    known: dict[str, str | None] = {}
    for kind in kinds.values():
        known |= {_title_key(near_miss): None for near_miss in kind.near_misses}
    for kind in kinds.values():
        known |= dict.fromkeys(map(_title_key, (kind.title, *kind.title_variants)), kind.id)
    titles = [
        (round(height), top, known.get(text))
        for text, height, top in _headings(pages[0])
        if text in known or _LIKE_A_TITLE.search(text)
    ]
    return max(titles, key=lambda title: title[:2])[2] if titles else None


def _title_key(text: str) -> str:
    return key(text).translate(_BRACKETS)


def _headings(page: Page) -> list[tuple[str, float, float]]:
    """Return each text of the upper half that stands by itself, and each line as a whole: text, height, top."""
    found = []
    for line in lines(page.words):
        if line[0].bottom < page.height * (1 - _TITLE_AREA):
            continue
        texts = (line, *phrases(line, page))
        found += [(_title_key(key_of(words)), max(word.height for word in words), around(words)[3]) for words in texts]
    return found
