"""The gate's calls as one caller makes them: each written into the journal before it begins and after it has ended."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from shared.clock import utc_now
from shared.errors import GubiError, Unavailable
from shared.events import Event, WithdrawalRequested
from shared.facts import Certificate, Facts, Submitter
from shared.gate import Accepted, Case, Gate, Official, Opened, Refused
from shared.vault import Keyring, SealedRow, Vault
from tests.builders.holding import a_hold
from tests.gate_history.history import Journal, now
from tests.gate_history.model import DUE

HOLDER = "1holder"
Said = Callable[[Event | None], None]
Outcome = tuple[str, Any, dict[str, Any]]
"""ok, fail or info; the answer, by submission where the call is about several; what else is to be kept of it."""


def case_answer(case: Case | None) -> list[Any]:
    """What a read of the gate tells of a submission, as the model says it."""
    if case is None:
        return ["is", None, None, None, False, None]
    return [
        "is",
        case.state,
        case.first_view.request_id if case.first_view else None,
        case.decided.request_id if case.decided else None,
        case.closed_at is not None,
        case.request_id,
    ]


class Caller:
    """Makes calls and keeps the history of one worker."""

    def __init__(self, name: str, journal: Journal, gate: Gate, vault: Vault, keyring: Keyring, said: Said) -> None:
        self._name = name
        self._journal = journal
        self._gate = gate
        self._vault = vault
        self._keyring = keyring
        self._said = said
        self._numbers = count(1)

    def new_request(self, call: str) -> str:
        """A request id that nobody else has."""
        return f"{call}.{self._name}.{next(self._numbers)}"

    async def perform(
        self, call: str, about: str | Sequence[str], request: str = "", **details: Any
    ) -> tuple[str, Any]:
        """Make one call; give how it ended and the answer. Nothing is raised: what goes wrong is in the journal."""
        op = f"{self._name}.{next(self._numbers)}"
        method: Callable[..., Awaitable[Outcome]] = getattr(self, f"_{call}")
        begun = {"is": "invoke", "op": op, "call": call, "s": about, "r": request, "details": details}
        self._journal.write(begun | {"t": now()})
        try:
            ended, answer, kept = await method(about, request, **details)
        except Unavailable as error:
            ended, answer, kept = "info", None, {"why": error.code if hasattr(error, "code") else str(error)}
        except (GubiError, KeyError, TypeError, ValueError) as error:
            ended, answer, kept = "bug", None, {"why": type(error).__name__}
        self._journal.write({"is": ended, "op": op, "t": now(), "answer": answer, **kept})
        return ended, answer

    # --- the citizen's

    async def _hold(self, sid: str, request: str) -> Outcome:
        person = Submitter(wallet_address=HOLDER, name=request, birth_date=date(1990, 1, 1))
        pdf = f"%PDF-1.7 {request}".encode()
        kept = utc_now() + timedelta(days=-1 if request.startswith(DUE) else 365)
        hold, seal = await a_hold(
            self._keyring, self._vault, pdf, submission_id=sid, receipt=request, retain_until=kept
        )
        sealed = seal.seal("submitter", 1, person.model_dump_json().encode())
        answer = await self._gate.hold(replace(hold, submitter=sealed))
        if answer.fresh:
            self._said(answer.event)
            facts = Facts(certificates=(Certificate(part=0, kind="EI_HIST", values={"holder_name": request}),))
            row = seal.seal("facts", 1, facts.model_dump_json().encode())
            try:
                await self._vault.put([SealedRow(sid, "facts", 1, row)])
                if await self._gate.gone([sid]):  # as extraction does: nothing it saves outlives a take-back
                    await self._vault.sweep([sid])
            except Unavailable:
                pass  # nothing is read from it, then
        return "ok", ["held", answer.fresh], {}

    async def _closing(self, kind: Any, sid: str, request: str, holder: str) -> Outcome:
        token = self._keyring.token("holder", holder)
        answer = await self._gate.request(kind, sid, holder=token, request_id=request)
        if isinstance(answer, Refused):
            return "fail", ["refused", answer.reason], {}
        self._said(answer.event)
        return "ok", ["accepted", "own" if answer.event else "earlier"], {}

    async def _take_back(self, sid: str, request: str) -> Outcome:
        return await self._closing("take_back", sid, request, HOLDER)

    async def _withdraw(self, sid: str, request: str) -> Outcome:
        return await self._closing("withdraw", sid, request, HOLDER)

    async def _steal(self, sid: str, request: str) -> Outcome:
        return await self._closing("take_back", sid, request, "2stranger")

    async def _finish_take_back(self, sid: str, request: str) -> Outcome:
        return await self._finish("take_back", sid, request)

    async def _finish_withdraw(self, sid: str, request: str) -> Outcome:
        return await self._finish("withdraw", sid, request)

    async def _finish(self, kind: Any, sid: str, request: str) -> Outcome:
        """What the withdrawal service does, where there is no bus for the real one."""
        cause = WithdrawalRequested.because_of(request, submission_id=sid, at=utc_now(), kind=kind)
        answer = _plain(await self._gate.finish(kind, sid, cause=cause))
        if answer[0] == "ok":
            await self._vault.sweep([sid])
        return answer

    # --- the office's

    async def _view(self, sid: str, request: str, *, official: str) -> Outcome:
        answer = await self._gate.view(
            sid, official=Official(official, "시민건강국"), purpose="심사", request_id=request
        )
        if isinstance(answer, Refused):
            return "fail", ["refused", answer.reason], {}
        assert isinstance(answer, Opened)
        self._said(answer.event)
        read = answer.facts.certificates[0].values["holder_name"] if answer.facts else ""
        shown = {"submitter": answer.submitter.name, "facts": read}
        return "ok", ["shown", answer.event is not None], {"shown": shown}

    async def _certificate(self, sid: str, request: str, *, official: str) -> Outcome:
        pdf = await self._gate.certificate(sid, 0, look_id=request, official=Official(official, "시민건강국"))
        if pdf is None:
            return "fail", ["nothing"], {}
        return "ok", ["file"], {"shown": {"file": pdf.removeprefix(b"%PDF-1.7 ").decode()}}

    async def _decide(self, sid: str, request: str, *, say_at: str) -> Outcome:
        official = Official("o-decides", "시민건강국")
        answer = await self._gate.decide(
            sid, "eligible", official=official, request_id=request, say_at=datetime.fromisoformat(say_at)
        )
        return _plain(answer)

    async def _undo(self, sid: str, request: str) -> Outcome:
        return _plain(await self._gate.undo(sid, decided_by=request))

    async def _close_due(self, _: Any, request: str) -> Outcome:
        events = await self._gate.close_due()
        for event in events:
            self._said(event)
        return "ok", {event.subject: [event.cause] for event in events}, {}

    # --- what comes by itself

    async def _expire(self, sid: str, request: str) -> Outcome:
        answer = _plain(await self._gate.expire(sid))  # it is said by the withdrawal service, once all is swept
        if answer[0] == "ok":
            await self._vault.sweep([sid])
        return answer

    async def _rewrap(self, sid: str, request: str) -> Outcome:
        """Wrap one key anew: that of `sid` where it is under an older one, else of whoever is next."""
        for kek in self._keyring.ids[:-1]:
            portion = await self._gate.rewrap(kek, sid[:-1], 1)
            if portion.after is not None:
                said = "unopenable" if portion.unopenable else "rewrapped" if portion.done else ""
                return "ok", {portion.after: [said]} if said else {}, {}
        return "ok", {}, {}

    # --- the machine's

    async def _machine_read(self, sids: Sequence[str], request: str) -> Outcome:
        found = await self._gate.for_machine(sids)
        shown = {sid: case.submitter.name for sid, case in found.items()}
        return "ok", {sid: ["open" if sid in found else "shut"] for sid in sids}, {"shown": shown}

    async def _gone(self, sids: Sequence[str], request: str) -> Outcome:
        found = await self._gate.gone(sids)
        return "ok", {sid: ["gone" if sid in found else "there"] for sid in sids}, {}

    async def _case(self, sid: str, request: str) -> Outcome:
        return "ok", case_answer(await self._gate.case(sid)), {}


def _plain(answer: Accepted | Refused) -> Outcome:
    if isinstance(answer, Refused):
        return "fail", ["refused", answer.reason], {}
    return "ok", ["accepted"], {}
