"""Who sends and who receives: the wallet apps that certificates come from, the institutions and offices they go to."""

from typing import Annotated, Literal

from pydantic import Field

from shared.catalog.strict import Bilingual, Entry, Kind, Slug, Text


class Abilities(Entry):
    """What a wallet app can do for our programmes."""

    basis: Literal["예시", "stated_by_provider"]
    """`예시`: sample data, which says nothing of the real app."""
    sends: tuple[Kind, ...]
    """The kinds of certificate that it can send."""
    told_of_viewing: bool
    """Whether a viewed notice (열람 완료 알림) can be pushed to it."""


class Wallet(Entry):
    """One wallet app (전자문서지갑 앱)."""

    id: Slug
    name: Bilingual
    types_2022_12: int = Field(ge=0)
    """How many kinds of certificate it issued in December 2022."""
    approximate: bool = False
    read_notice: Literal["unknown", "history_shows_view_time"]
    """What is known of the real app: whether it lets the citizen know that a certificate was viewed."""
    source: Annotated[str, Field(pattern=r"^https?://")]
    abilities: Abilities


class Wallets(Entry):
    """The file `wallets.yaml`."""

    wallets: tuple[Wallet, ...]


class Contact(Entry):
    """How an office is reached without an app: offered to whoever cannot submit by one (민원처리법 8조의2)."""

    visit: Bilingual
    post: Bilingual
    fax: Text
    basis: Literal["예시", "stated_by_institution"]
    """`예시`: a sample, shown as one; it reaches nobody."""


class Office(Entry):
    """A part of an institution whose officials decide."""

    id: Slug
    name: Bilingual
    basis: Literal["예시", "stated_by_institution"]
    contact: Contact


class Institution(Entry):
    """A recipient institution (제출기관)."""

    id: Slug
    name: Bilingual
    code: Annotated[str, Field(pattern=r"^\d{7}$")] | None
    """행정표준코드, the 7-digit institution code; null where it was not found."""
    unverified: Text | None = None
    """What was not found, and is therefore null."""
    offices: tuple[Office, ...] = Field(min_length=1)


class Institutions(Entry):
    """The file `institutions.yaml`."""

    institutions: tuple[Institution, ...]
