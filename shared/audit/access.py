"""What an entry of the access log says: who, when, from where, why, what, and whose data. Pure.

개인정보의 안전성 확보조치 기준 제8조 asks for the account, the time, the origin (접속지), whose data and what was done.
Nothing read from a certificate is in an entry, and no name: a submission is named by its id, a holder by a keyed token.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, NamedTuple

What = Literal["viewed", "exported", "page", "decided", "read", "unmasked", "corrected", "asked", "found"]
"""An official opened what was read · took it along in a table · looked at the picture of a certificate's page ·
confirmed a decision, which opens nothing · the machine read, which is not viewing · an official had what names a person
shown · corrected values, or read them by hand · asked for a better certificate, which opens nothing · searched by name
and found these, which shows no name and opens nothing."""


class Mark(NamedTuple):
    """An entry by when it was and where it stands: from one on, earlier ones are asked for."""

    at: datetime
    place: str


@dataclass(frozen=True, kw_only=True)
class Access:
    """One access. A person's carries `official` and `office`, the machine's `machine`; the other is empty."""

    what: What
    at: datetime
    act: str = ""
    """Names a person's act: however often it is repeated, it is one entry."""
    official: str = ""
    office: str = ""
    address: str = ""
    """The network address the official acted from (접속지)."""
    machine: str = ""
    """The service that read."""
    purpose: str = ""
    part_of: str = ""
    """The one act, such as an export, that took this access and others."""
    programme_id: str = ""
    submissions: tuple[str, ...] = ()
    """Whose data: these submissions."""
    holders: tuple[str, ...] = ()
    """Whose data: keyed tokens of the holders, in the order of `submissions`."""
    whole_programme: str = ""
    """A selection run's programme: every submission of it that was open and read by then."""
    part: int = -1
    """Of a picture: which certificate, from 0, and which page of it, from 1."""
    page: int = 0
    place: str = ""
    """Where the entry stands in the log; empty before it does."""

    @property
    def mark(self) -> Mark:
        """When it was, and where it stands."""
        return Mark(self.at, self.place)

    def to_document(self) -> dict[str, Any]:
        """Give the fields that say something, as the log keeps them."""
        found = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "place"}
        said = {name: value for name, value in found.items() if value != _SILENT.get(name)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> "Access":
        """Read `to_document`'s form, with the fields of the chain beside it."""
        known: dict[str, Any] = {name: document[name] for name in _NAMES & document.keys()}
        lists: dict[str, Any] = {name: tuple(known[name]) for name in ("submissions", "holders") if name in known}
        return Access(**known | lists, place=document["_id"])


_SILENT = {field.name: field.default for field in fields(Access)}
_NAMES = {field.name for field in fields(Access)} - {"place"}
