"""Everything a page works with, put together once and handed to each request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.dashboard.counting import Counting
from services.dashboard.covers import Covers
from services.dashboard.deciding import Deciding
from services.dashboard.figuring import Figuring
from services.dashboard.folding import Folding
from services.dashboard.live import Live
from services.dashboard.oidc import Provider
from services.dashboard.store import Stores
from shared.catalog import Catalog
from shared.clock import Clock
from shared.events import Event
from shared.gate import Gate
from shared.published import Published
from shared.questions import Questions
from shared.sandbox import Done, Stopped
from shared.settings import Settings
from shared.uptake import Uptake

Render = Callable[[bytes, int, Covers | None], Awaitable[Done | Stopped]]
"""Makes a PNG of one page (from 1) of a certificate, inside the sandbox, with what is to be covered painted over."""

_SLOWEST = 50
"""Decisions that are made in a second, at the least."""


@dataclass(frozen=True)
class Desk:
    """The desk, as requests see it."""

    settings: Settings
    clock: Clock
    catalog: Catalog
    gate: Gate
    questions: Questions
    published: Published
    uptake: Uptake
    stores: Stores
    counting: Counting
    folding: Folding
    deciding: Deciding
    live: Live
    figuring: Figuring
    render: Render
    provider: Provider | None
    """Who officials sign in with; None where nobody can, or only the fictional ones of development."""
    soon: Callable[..., None]
    """Say these events, just committed, as soon as may be."""

    @property
    def origin(self) -> str:
        """The desk's origin as browsers know it, whatever stands in between; empty where the settings do not say."""
        return (self.settings.desk_url or "").rstrip("/")

    @property
    def https(self) -> bool:
        """Tell whether that is by https."""
        return self.origin.startswith("https://")

    async def done(self, *events: Event | None) -> None:
        """Show at once, and say soon, what the gate or a question has just committed."""
        self.soon(*events)
        await self.folding.own(*events)

    def say_at(self, programme_id: str, now: datetime, rows: int = 1) -> datetime:
        """Give the instant until which decisions of now, on so many submissions, can be undone.

        Of many, none may be said while the others are still being decided: so they have as long as that may take, too.
        """
        programme = self.catalog.programmes.get(programme_id)
        minutes = timedelta(minutes=programme.undo_minutes if programme else 0)
        override = self.settings.undo_seconds
        undo = minutes if override is None else timedelta(seconds=override)
        return now + undo + timedelta(seconds=rows // _SLOWEST)

    def office_of(self, programme_id: str) -> str:
        """Give the office responsible for a programme; empty where the catalogue no longer has it."""
        programme = self.catalog.programmes.get(programme_id)
        return programme.office if programme else ""

    def within(self, programme_id: str, office: str) -> tuple[str, ...]:
        """Give the offices that are meant by one of a programme's, or, where that is empty, by all together."""
        return (office,) if office else self.catalog.offices_of(programme_id) or ("",)

    def two_decide(self, programme_id: str) -> bool:
        """Tell whether a bulk decision of this programme needs a second official."""
        programme = self.catalog.programmes.get(programme_id)
        return bool(programme and programme.selection and programme.selection.second_approver)
