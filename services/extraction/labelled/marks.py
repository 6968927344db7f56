"""Options with their marks as text, in which a ring stands with the option that it is nearer to. Pure."""

from collections.abc import Sequence

from services.extraction.normalise.choices import YES
from services.extraction.page.layout import Word
from services.extraction.page.wrapping import Line

_NEARER = 1.5
"""A mark is an option's if what follows is so many times further away."""


def marked(block: Sequence[Line]) -> str:
    """Return the lines as one text: a mark touches the option before it, unless the one behind may as well be meant."""
    return " ".join(_marked(line.words) for line in block)


def _marked(words: Sequence[Word]) -> str:
    text = words[0].text
    for place, word in enumerate(words[1:], start=1):
        text += word.text if _belongs_before(words, place) else f" {word.text}"
    return text


def _belongs_before(words: Sequence[Word], place: int) -> bool:
    word, before = words[place], words[place - 1]
    if len(word.text) > 1 or word.text not in YES:
        return False
    if place + 1 == len(words):
        return True
    return (word.left - before.right) * _NEARER < words[place + 1].left - word.right
