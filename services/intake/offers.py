"""What is offered when the service is down: the programme's office, by visit, post or fax (민원처리법 8조의2).

The store is what is away, so programme and office are taken from what the wallet app has sent and signed; where that
names none, or was never read, every office is offered.
"""

from starlette.requests import Request

from services.intake.answers import Alternative
from services.intake.form import SubmissionForm
from services.intake.parts import unpack
from services.intake.problems import Refusal
from services.intake.requests import Taken, aside
from services.intake.rules import Limits
from services.intake.submitting import read_form
from services.intake.telling import Telling


class Offers:
    """Finds out which offices to offer."""

    def __init__(self, telling: Telling, limits: Limits) -> None:
        """Take what names offices, and the limits that submissions are read within."""
        self._telling = telling
        self._limits = limits

    async def on(self, request: Request) -> tuple[Alternative, ...]:
        """Give the offices to offer to whoever sent `request`, which could not be served."""
        taken: Taken | None = getattr(request.state, "taken", None)
        sent = await aside(len(taken.body), lambda: self._sent(taken)) if taken and taken.body else None
        return self._telling.alternatives(sent.programme, sent.office) if sent else self._telling.alternatives(None)

    def _sent(self, taken: Taken) -> SubmissionForm | None:
        parts = unpack(taken.signed.fields["content-type"], taken.body, self._limits.certificates)
        if isinstance(parts, Refusal):
            return None
        sent = read_form(parts, self._limits, SubmissionForm)
        return None if isinstance(sent, Refusal) else sent
