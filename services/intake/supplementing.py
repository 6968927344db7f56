"""A better certificate that the office asked for (보완): taken once, as the next revision of the same submission.

Its place in line, its receipt and its holder stay. The rights are the holder's: any of their apps may send it.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.responses import JSONResponse

from services.intake import examples, form, openapi, rules
from services.intake.answers import SupplementAnswer
from services.intake.form import SupplementForm
from services.intake.parts import Part, unpack
from services.intake.problems import Refusal, Refused
from services.intake.requests import Requests, Taken, accept, aside
from services.intake.rules import Limits
from services.intake.submitting import Submitting, read_form
from shared.catalog import Catalog, Programme, Wallet
from shared.clock import Clock
from shared.errors import Unavailable
from shared.gate import Accepted, Awaiting, Case, Gate
from shared.gate import Refused as GateRefused
from shared.ids import is_submission_id
from shared.outbox import Outbox
from shared.vault import CertificateFile, Keyring, Vault

_LOST_TO = {"not_asked": "supplement-not-asked", "decided": "supplement-decided", "closed": "supplement-decided"}


class Supplementing:
    """Takes better certificates in."""

    def __init__(
        self, catalog: Catalog, gate: Gate, vault: Vault, keyring: Keyring, outbox: Outbox, clock: Clock,
        limits: Limits, submitting: Submitting,
    ) -> None:  # fmt: skip
        """Take what holding needs, and what knows of files whether they may be kept."""
        self._catalog, self._gate, self._vault, self._keyring = catalog, gate, vault, keyring
        self._outbox, self._clock, self._limits, self._submitting = outbox, clock, limits, submitting

    async def supplement(self, taken: Taken, submission_id: str) -> tuple[SupplementAnswer, bool]:
        """Add what was sent; give the answer, and whether it is new. Raises `Refused` and `Unavailable`."""
        app, size = taken.signed.app, len(taken.body)
        key = accept(rules.idempotency_key(taken.signed.fields))
        content_type = taken.signed.fields["content-type"]
        parts = accept(await aside(size, lambda: unpack(content_type, taken.body, self._limits.certificates)))
        sent = accept(read_form(parts, self._limits, SupplementForm))
        request_id = f"supplement:{self._keyring.token('supplement', f'{app}|{submission_id}|{key}')}"
        digest = self._keyring.token("content", await aside(size, lambda: form.content_digest(sent, parts)))
        awaiting = await self._awaiting(submission_id, sent, request_id)
        if awaiting.earlier is not None:
            if awaiting.earlier.digest != digest:
                raise Refused(Refusal("idempotency-key-reused", part="idempotency-key"))
            return _answer(awaiting.case, awaiting.earlier.revision), False
        accept(await aside(size, lambda: self._submitting.all_samples(parts)))
        programme = self._catalog.programmes.get(awaiting.case.programme_id)
        accept(_refused(sent, parts, programme, self._catalog.wallets.get(app), self._limits) or sent)
        return await self._add(awaiting, sent, parts, request_id, digest)

    async def _awaiting(self, submission_id: str, sent: SupplementForm, request_id: str) -> Awaiting:
        if not is_submission_id(submission_id):
            raise Refused(Refusal("submission-not-found"))
        holder = self._keyring.token("holder", sent.holder.wallet_address)
        found = await self._gate.awaiting(submission_id, holder=holder, request_id=request_id)
        if isinstance(found, GateRefused):
            raise Refused(_refusal(found))
        return found

    async def _add(
        self, awaiting: Awaiting, sent: SupplementForm, parts: Mapping[str, Part], request_id: str, digest: str
    ) -> tuple[SupplementAnswer, bool]:
        revision, pairs = awaiting.case.revision + 1, form.named(sent, parts)
        files = [CertificateFile(part.content, entry.metadata_bytes) for entry, part in pairs]
        stored = await self._vault.put_certificates(awaiting.seal, revision, files, self._clock())
        held = self._submitting.held(pairs, stored, revision)
        done = await self._gate.supplement(awaiting.case, held, request_id=request_id, digest=digest)
        if not isinstance(done, Accepted) or done.event is None:
            with suppress(Unavailable):  # orphans are swept in the end
                await self._vault.drop_certificates(place.blob_id for place in stored)
        if isinstance(done, GateRefused):
            raise Refused(_refusal(done))
        self._outbox.soon(done.event)
        mine = next(one for one in done.case.answered if one.request_id == request_id)
        if mine.digest != digest:
            raise Refused(Refusal("idempotency-key-reused", part="idempotency-key"))
        return _answer(done.case, mine.revision), done.event is not None


def _refused(
    sent: SupplementForm, parts: Mapping[str, Part], programme: Programme | None, wallet: Wallet | None, limits: Limits
) -> Refusal | None:
    """The programme's period is not asked: it was received in time, and is supplemented later (민원처리법 22조)."""
    if wallet is None:
        return Refusal("wallet-unknown", part="keyid")
    if programme is None:
        return Refusal("programme-unknown", part="/programme")
    return rules.admit_certificates(sent, parts, programme, wallet, limits)


def _answer(case: Case, revision: int) -> SupplementAnswer:
    sent = sum(one.revision == revision for one in case.certificates)
    return SupplementAnswer(
        submission_id=case.submission_id, receipt=case.receipt, revision=revision, certificates=sent
    )


def _refusal(refused: GateRefused) -> Refusal:
    if refused.reason == "not_found":
        return Refusal("submission-not-found")
    return Refusal(_LOST_TO.get(refused.reason, "supplement-ended"))


def routes(requests: Requests, supplementing: Supplementing, limits: Limits) -> APIRouter:
    """Give the route."""
    api = APIRouter()

    @api.post("/v1/submissions/{submission_id}/supplement", **openapi.SUPPLEMENT)
    async def supplement(
        request: Request, submission_id: Annotated[str, Path(examples=[examples.SUBMISSION_ID])]
    ) -> Response:
        """보완 제출. What the office asked for joins the submission, which keeps its place; sent again, 200."""
        async with requests.taking(request, limit=limits.body) as taken:
            answer, new = await supplementing.supplement(taken, submission_id)
        request.state.subject = submission_id
        return JSONResponse(answer.model_dump(mode="json"), 201 if new else 200)

    return api
