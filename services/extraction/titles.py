"""Knowing a certificate by its title: printed exactly, and the largest; a near miss is another document. Pure."""

import re
from collections.abc import Mapping, Sequence
from functools import cache

from services.extraction.page.layout import Page, key_of
from shared.catalog.templates import CertificateKind, key

_TITLE_AREA = 0.5
"""The title stands in this upper part of the first page."""
_LIKE_A_TITLE = re.compile(
    r"(증명서?|증명원|확인서|확인원|내역서|등본|초본|신청서|통지서|결정서|영수증|고지서|명세서|진단서|등록증|자격증|확인증|안내문)"
    r"(\(.*\))?$"
)
_BRACKETS = str.maketrans("〔〕[]", "()()")


def find_kind(pages: Sequence[Page], kinds: Mapping[str, CertificateKind]) -> str | None:
    """Return the kind whose title the first page bears, or None: no title, a near miss, or another certificate's.

    Of all that reads like a title in the upper half, the largest is the document's; it must be one of a kind's exactly,
    and nothing may be printed anywhere that only stands on another document under the same title.
    """
    if not pages:
        return None
    known: dict[str, str | None] = {}
    for kind in kinds.values():
        known |= dict.fromkeys(map(_known_key, kind.near_misses))
    for kind in kinds.values():
        known |= dict.fromkeys(map(_known_key, (kind.title, *kind.title_variants)), kind.id)
    titles = [
        (round(height), top, known.get(text))
        for text, height, top in _headings(pages[0])
        if text in known or _LIKE_A_TITLE.search(text)
    ]
    found = max(titles, key=lambda title: title[:2])[2] if titles else None
    return None if found is None or _is_another(pages, kinds[found]) else found


def _is_another(pages: Sequence[Page], kind: CertificateKind) -> bool:
    refused = [key(text) for text in kind.refused_by]
    return bool(refused) and any(text in key_of(line) for page in pages for line in page.lines for text in refused)


@cache
def _known_key(title: str) -> str:
    """Return a template's title as it is compared; there are the same few for every document."""
    return key(title).translate(_BRACKETS)


def _headings(page: Page) -> list[tuple[str, float, float]]:
    """Return each text of the upper half that stands by itself, and each line as a whole: text, height, top."""
    found = []
    for line in page.phrases:
        if line[0].words[0].bottom < page.height * (1 - _TITLE_AREA):
            continue
        whole = "".join(phrase.key for phrase in line).translate(_BRACKETS)
        highest = max(word.height for phrase in line for word in phrase.words)
        found.append((whole, highest, max(phrase.box[3] for phrase in line)))
        for phrase in line:
            text, height = phrase.key.translate(_BRACKETS), max(word.height for word in phrase.words)
            found.append((text, height, phrase.box[3]))
    return found
