"""A holder follows a submission, takes it back or withdraws it through any wallet app: rights are the holder's.

That the holder is who they say is the wallet app's word: its signature over the holder's address vouches for it.
Another holder's submission is answered as one that does not exist, so that nobody learns which do.
"""

import hmac
from datetime import datetime

from services.intake.answers import ClosingAnswer, Receipt, StatusAnswer, TimelineAnswer
from services.intake.form import HolderForm
from services.intake.links import Links
from services.intake.problems import Refusal, Refused
from services.intake.requests import Taken, json_of
from services.intake.rules import told
from services.intake.store import PATIENCE
from services.intake.stories import Stories
from services.intake.telling import UNSAID, Story, Telling
from services.intake.timeline import citizen_class, timeline
from services.intake.verdicts import SAMPLE, Remedy, verdict
from shared.gate import Accepted, Case, Closing, Gate
from shared.gate import Refused as GateRefused
from shared.ids import is_submission_id
from shared.mongo import within
from shared.outbox import Outbox
from shared.vault import Keyring

_NOT_FOUND = Refusal("submission-not-found")
_LOST_TO: dict[Closing, dict[str, str]] = {
    "take_back": {
        "viewed": "take-back-viewed",
        "decided": "take-back-decided",
        "closed": "take-back-decided",
        "withdrawing": "take-back-withdrawn",
        "withdrawn": "take-back-withdrawn",
        "expired": "take-back-expired",
    },
    "withdraw": {
        "closed": "withdraw-closed",
        "taking_back": "withdraw-taken-back",
        "taken_back": "withdraw-taken-back",
        "expired": "take-back-expired",
    },
}


class Following:
    """Answers holders about what they sent."""

    def __init__(
        self,
        gate: Gate,
        keyring: Keyring,
        stories: Stories,
        telling: Telling,
        links: Links,
        outbox: Outbox,
        remedy: Remedy = SAMPLE,
    ) -> None:
        """Take what answering needs."""
        self._gate = gate
        self._keyring = keyring
        self._stories = stories
        self._telling = telling
        self._links = links
        self._outbox = outbox
        self._remedy = remedy

    async def case(self, taken: Taken, submission_id: str) -> Case:
        """Give a submission's case, to its holder. Raises `Refused` and `Unavailable`."""
        address = taken.signed.fields.get("gubi-holder")
        if address is None:  # told before it is known whether there is such a one
            raise Refused(Refusal("holder-missing", part="gubi-holder"))
        case = await self._gate.case(submission_id) if is_submission_id(submission_id) else None
        if case is None or not hmac.compare_digest(case.holder, self._keyring.token("holder", address)):
            raise Refused(_NOT_FOUND)
        return case

    async def story(self, taken: Taken, submission_id: str) -> Story:
        """Give a submission's story, to its holder. Raises `Refused`, and `Unavailable` soon."""
        with within(PATIENCE):
            return await self._stories.of(await self.case(taken, submission_id))

    async def told(self, story: Story) -> TimelineAnswer:
        """Tell a story, which is its holder's, with why it was decided so. Raises `Unavailable`."""
        decided = story.case.decided if story.case.closed_at else None
        why = await self._gate.why(story.case.submission_id) if decided else None
        return self._telling.answer(story, verdict(decided.decision, why, self._remedy) if decided and why else UNSAID)

    async def status(self, taken: Taken, submission_id: str) -> StatusAnswer:
        """Give where a submission stands, to its holder. Raises `Refused` and `Unavailable`."""
        case, events = await self.story(taken, submission_id)
        return StatusAnswer(
            receipt=Receipt.of(case, self._links),
            state=case.state,
            can_take_back=case.state == "held",
            citizen_class=citizen_class(case, events),
            decision=case.decided.decision if case.decided and case.closed_at else None,
            viewed_notice=self._telling.viewed_notice(case),
            timeline=timeline(case, events),
        )

    async def close(
        self, closing: Closing, taken: Taken, submission_id: str, return_until: datetime | None = None
    ) -> ClosingAnswer:
        """Ask the gate to take a submission back (회수), or to withdraw the application (취하), for its holder.

        Until `return_until` a withdrawn application's certificates can be fetched back; None: they cannot.

        Raises `Refused` and `Unavailable`.
        """
        signed = taken.signed
        asked = json_of(HolderForm, taken)
        if not is_submission_id(submission_id):
            raise Refused(_NOT_FOUND)
        holder = self._keyring.token("holder", asked.holder.wallet_address)
        request_id = f"{closing}:{self._keyring.token('request', f'{signed.keyid}|{signed.nonce}')}"
        answer = await self._gate.request(
            closing, submission_id, holder=holder, request_id=request_id, return_until=return_until
        )
        if isinstance(answer, Accepted):
            self._outbox.soon(answer.event)
            return self._agreed(answer.case)
        raise Refused(await self._lost(closing, submission_id, answer))

    def _agreed(self, case: Case) -> ClosingAnswer:
        return ClosingAnswer(
            submission_id=case.submission_id,
            state=case.state,
            status_url=self._links.status(case.submission_id),
            return_until=case.return_until,
        )

    async def _lost(self, closing: Closing, submission_id: str, refused: GateRefused) -> Refusal:
        code = _LOST_TO[closing].get(refused.reason)
        case = await self._gate.case(submission_id) if code else None
        if code is None or case is None:
            return _NOT_FOUND
        if refused.office is None or refused.at is None:
            return Refusal(code)
        office = self._telling.office_name(refused.office)
        shown = {"by_office": {"id": refused.office, **office.model_dump()}, "at": refused.at.isoformat()}
        facts = {"office_ko": office.ko, "office_en": office.en, "seen_at": told(refused.at)}
        return Refusal(code, facts=facts, shown=shown)
