"""What happens to a wallet app's endpoint."""

from datetime import datetime
from typing import ClassVar

from shared.events.base import Event, SuspensionReason


class EndpointEvent(Event):
    """A fact about the endpoint that one wallet app is told at."""

    wallet_app: str

    @property
    def subject(self) -> str:
        """The wallet app."""
        return self.wallet_app


class EndpointSuspended(EndpointEvent):
    """Notification says so when an endpoint counts as dead; what it should be told waits, and the desk says so."""

    topic: ClassVar[str] = "endpoint-suspended-v1"
    reason: SuspensionReason
    failing_since: datetime | None = None
    code: str | None = None
    """How the last attempt failed."""


class EndpointResumed(EndpointEvent):
    """Notification says so when a suspended endpoint has accepted a notice again; the desk stops warning of it."""

    topic: ClassVar[str] = "endpoint-resumed-v1"
