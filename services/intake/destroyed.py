"""What a holder is given at the end: their certificates back, and the signed record of what was destroyed.

Asked for as the status is, by a signed request of any wallet app for the holder named in it.
"""

import hmac
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake import openapi
from services.intake.answers import ClosingAnswer, Documents
from services.intake.following import Following
from services.intake.policy import PolicyAnswer, policy_of
from services.intake.problems import Refusal, Refused
from services.intake.public import ProgrammeId
from services.intake.requests import DESCRIBES, Requests, Taken
from services.intake.submissions import SubmissionId
from shared.catalog import Catalog
from shared.gate import ENDED, Case, State
from shared.gate import Refused as GateRefused
from shared.ids import is_submission_id
from shared.signing import Signer
from shared.wiring import Wiring

Number = Annotated[int, Path(ge=1, le=99, examples=[1])]
Asked = Annotated[Documents, Query(description="What becomes of the certificates", examples=["destroy"])]


class DestructionAnswer(BaseModel):
    """The record of a destruction (파기 확인서)."""

    model_config = ConfigDict(frozen=True)

    submission_id: str
    state: State
    record: str = Field(
        description="Compact JWS (RFC 7515), Ed25519, by a key at `/v1/keys`: `receipt`, `ending`, `request`, "
        "`destroyed_at`, `destroyed` (kinds and counts), `backups_unreadable_after` (a date, or null where the "
        "operator has set none)."
    )


class ReturnedAnswer(BaseModel):
    """A withdrawn application whose certificates the holder has got back: what is left is destroyed within seconds."""

    model_config = ConfigDict(frozen=True)

    submission_id: str
    state: State
    return_until: AwareDatetime | None


class Destroyed:
    """Answers holders at the end."""

    def __init__(self, wiring: Wiring, catalog: Catalog, requests: Requests) -> None:
        """Take the gate and keys, the programmes, and what takes signed requests in."""
        self._wiring = wiring
        self._catalog = catalog
        self._requests = requests

    async def _asked(self, request: Request, submission_id: str) -> Case:
        holder = self._holder(await self._requests.take(request))  # before it is known whether there is such a one
        case = await self._wiring.gate.case(submission_id) if is_submission_id(submission_id) else None
        if case is None or not hmac.compare_digest(case.holder, holder):
            raise Refused(Refusal("submission-not-found"))
        return case

    def _holder(self, taken: Taken) -> str:
        address = taken.signed.fields.get("gubi-holder")
        if address is None:
            raise Refused(Refusal("holder-missing", part="gubi-holder"))
        return self._wiring.keyring.token("holder", address)

    async def record(self, request: Request, submission_id: str) -> DestructionAnswer:
        """Give the signed record. Raises `Refused` where nothing was destroyed yet, and `Unavailable`."""
        case = await self._asked(request, submission_id)
        if case.state not in ENDED or case.destruction is None:
            raise Refused(Refusal("not-destroyed"))
        return DestructionAnswer(submission_id=submission_id, state=case.state, record=case.destruction)

    async def certificate(self, request: Request, submission_id: str, number: int) -> bytes:
        """Give a withdrawn application's certificate back, counted from 1. Raises `Refused` and `Unavailable`."""
        case = await self._asked(request, submission_id)
        given = await self._wiring.gate.given_back(submission_id, number - 1, holder=case.holder)
        if isinstance(given, GateRefused):
            raise Refused(Refusal("not-found" if given.reason == "not_found" else "nothing-to-give-back"))
        return given

    async def got_back(self, request: Request, submission_id: str) -> ReturnedAnswer:
        """Note that the holder has them. Raises `Refused` and `Unavailable`."""
        case = await self._asked(request, submission_id)
        answer = await self._wiring.gate.got_back(submission_id, holder=case.holder)
        if isinstance(answer, GateRefused):
            raise Refused(Refusal("nothing-to-give-back"))
        left = answer.case
        return ReturnedAnswer(submission_id=submission_id, state=left.state, return_until=left.return_until)

    def policy(self, programme_id: str) -> PolicyAnswer:
        """Give a programme's policy. Raises `Refused`."""
        programme = self._catalog.programmes.get(programme_id)
        if programme is None:
            raise Refused(Refusal("programme-not-found"))
        settings = self._wiring.settings
        return policy_of(programme, settings.return_days, settings.access_log_days)


def routes(wiring: Wiring, catalog: Catalog, requests: Requests, following: Following) -> APIRouter:
    """Give the routes of withdrawing and of the end, and those that say what it will be. Raises `SigningError`."""
    api, destroyed = APIRouter(), Destroyed(wiring, catalog, requests)
    public_keys = Signer.load(wiring.settings.keys).public()

    @api.post("/v1/submissions/{submission_id}/withdraw", **openapi.WITHDRAW)
    async def withdraw(request: Request, submission_id: SubmissionId, documents: Asked = "destroy") -> ClosingAnswer:
        """취하, the application as a whole: 202 until the case is closed, also when it was viewed; 409 from then on."""
        taken = await requests.take(request, limit=DESCRIBES)
        days = wiring.settings.return_days if documents == "return" else 0
        until = wiring.clock() + timedelta(days) if days else None
        return await following.close("withdraw", taken, submission_id, until)

    @api.get("/v1/submissions/{submission_id}/destruction-record", **openapi.DESTRUCTION)
    async def record(request: Request, submission_id: SubmissionId) -> DestructionAnswer:
        """파기 확인서. What was destroyed, when, by which request, and until when a backup could open it; signed."""
        return await destroyed.record(request, submission_id)

    @api.get("/v1/submissions/{submission_id}/certificates/{number}", **openapi.GIVEN_BACK)
    async def certificate(request: Request, submission_id: SubmissionId, number: Number) -> Response:
        """반환. A withdrawn application's certificate, back to its holder, until `return_until`."""
        return Response(await destroyed.certificate(request, submission_id, number), media_type="application/pdf")

    @api.delete("/v1/submissions/{submission_id}/certificates", **openapi.GOT_BACK)
    async def got_back(request: Request, submission_id: SubmissionId) -> ReturnedAnswer:
        """반환 완료. The holder has them: what is left is destroyed now rather than at `return_until`."""
        return await destroyed.got_back(request, submission_id)

    @api.get("/v1/programmes/{programme_id}/policy", **openapi.POLICY)
    async def policy(programme_id: ProgrammeId) -> PolicyAnswer:
        """사업의 약속. What counts as viewed, taking back, withdrawing, retention, and the record of destruction."""
        return destroyed.policy(programme_id)

    @api.get("/v1/keys", **openapi.PUBLIC_KEYS)
    async def keys() -> dict[str, Any]:
        """서명 키. The public keys (JWK set, RFC 7517) that records of destruction are signed by."""
        return public_keys

    return api
