"""What the household copy of the resident register shows of a household: who is on it, and that two are of one."""

import unicodedata
from collections.abc import Sequence

from services.eligibility import readings
from services.eligibility.evidence import Evidence, Look
from services.eligibility.trust import Sent

_KIND = "RR_FULL"
_HEAD = ("본인", "세대주")
"""How the register calls the householder's own row."""
_SPOUSE = "배우자"


def in_register(look: Look) -> Evidence:
    """The holder is listed: a copy on which they are not is not theirs, and was doubted before it came here."""
    return Evidence("met", "in_register", look.sent, paths=(f"{look.value}[{look.sent.holder.row}].name",))


def spouse_in_register(look: Look) -> Evidence:
    """The holder's spouse is listed beside them, which only the rows of a householder and their spouse can say."""
    value, certificate, own_row = look.value, look.sent.certificate, look.sent.holder.row
    relations = [readings.text(row.get("relation")) for row in readings.rows(certificate, value)]
    places = (value, *(f"{value}[{at}].relation" for at in range(len(relations))))
    if disputed := readings.disputed(certificate, places):
        return Evidence("cannot_tell", "sources_disagree", look.sent, paths=disputed)
    own = relations[own_row] if own_row is not None else ""
    wanted = (_SPOUSE,) if own in _HEAD else _HEAD if own == _SPOUSE else ()
    at = next((at for at, relation in enumerate(relations) if relation in wanted), None)
    if at is None:
        return Evidence("cannot_tell", "spouse_not_listed", look.sent, paths=(f"{value}[{own_row}].relation",))
    return Evidence("met", "spouse_listed", look.sent, paths=(f"{value}[{at}].relation",))


def members(sent: Sequence[Sent]) -> int | None:
    """Give how many people the register lists in the holder's household; None where no copy that counts was sent."""
    copy = _copy(sent)
    return len(readings.rows(copy.certificate, "members")) or None if copy else None


def household(sent: Sequence[Sent]) -> str | None:
    """Give a text that is the same for two applicants of one household: its head, by name and birth date, and address.

    None where no copy of the register that counts was sent, or where it does not show all three.
    """
    copy = _copy(sent)
    if copy is None:
        return None
    rows = readings.rows(copy.certificate, "members")
    head = next((row for row in rows if readings.text(row.get("relation")) in _HEAD), {})
    said = (head.get("name"), head.get("birth_date"), copy.certificate.values.get("address"))
    parts = ["".join(unicodedata.normalize("NFKC", readings.text(value)).split()) for value in said]
    return "|".join((_person(parts[0]), *parts[1:])) if all(parts) else None


def _person(name: str) -> str:
    return name.partition("(")[0].casefold()


def _copy(sent: Sequence[Sent]) -> Sent | None:
    return next((one for one in sent if one.certificate.kind == _KIND and one.doubt is None and one.counts), None)
