"""A submission is held once: by one insert at the gate, whatever is sent again, at once, or after a crash."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from services.intake import form, rules
from services.intake.answers import Receipt
from services.intake.form import CertificateEntry, Form, SubmissionForm
from services.intake.links import Links
from services.intake.parts import Part, unpack
from services.intake.problems import Refusal, Refused
from services.intake.requests import Taken, accept, aside
from services.intake.rules import FORM_PART, Limits
from services.intake.sandbox import IsSample
from shared.catalog import Catalog, Programme
from shared.clock import Clock
from shared.errors import Unavailable
from shared.gate import Case, Gate, Held, HeldCertificate, Hold, name_tokens
from shared.outbox import Outbox
from shared.vault import CertificateFile, Keyring, StoredCertificate, Vault

_FIRST = 1
"""The revision a submission begins with."""


def read_form(parts: Mapping[str, Part], limits: Limits, kind: type[Form]) -> Form | Refusal:
    """Read the part `submission`, which must be there, be JSON, and be short."""
    part = parts.get(FORM_PART)
    if part is None:
        return Refusal("multipart-malformed", part=FORM_PART)
    if part.media_type != "application/json":
        return Refusal("content-type-unsupported", part=FORM_PART, facts={"expected": "application/json"})
    if len(part.content) > limits.form:
        return Refusal("body-too-big", part=FORM_PART, facts={"limit": str(limits.form)}, shown={"limit": limits.form})
    return form.read(kind, part.content, FORM_PART)


class Submitting:
    """Takes submissions in."""

    def __init__(
        self,
        catalog: Catalog,
        gate: Gate,
        vault: Vault,
        keyring: Keyring,
        outbox: Outbox,
        clock: Clock,
        limits: Limits,
        links: Links,
        is_sample: IsSample | None = None,
    ) -> None:
        """Take what holding needs, the limits, what makes addresses, and what a sandbox takes for samples."""
        self._catalog = catalog
        self._gate = gate
        self._vault = vault
        self._keyring = keyring
        self._outbox = outbox
        self._clock = clock
        self._limits = limits
        self._links = links
        self._is_sample = is_sample

    async def submit(self, taken: Taken) -> tuple[Receipt, bool]:
        """Hold what was sent; give the receipt, and whether it is a new one. Raises `Refused` and `Unavailable`.

        Whether it was held before is told by the insert itself. Only what would be refused is looked for: a receipt
        that was lost on its way is given again after the programme has closed.
        """
        app, size = taken.signed.app, len(taken.body)
        key = accept(rules.idempotency_key(taken.signed.fields))
        content_type = taken.signed.fields["content-type"]
        parts = accept(await aside(size, lambda: unpack(content_type, taken.body, self._limits.certificates)))
        sent = accept(read_form(parts, self._limits, SubmissionForm))
        submission_id = f"s-{self._keyring.token('submission', f'{app}|{key}')}"
        # Keyed, because a bare hash over a name and a birth date can be found by trying them all.
        digest = self._keyring.token("content", await aside(size, lambda: form.content_digest(sent, parts)))
        now = self._clock()
        programme = await aside(size, lambda: self.all_samples(parts)) or rules.admit(
            sent,
            parts,
            programme=self._catalog.programmes.get(sent.programme),
            wallet=self._catalog.wallets.get(app),
            limits=self._limits,
            now=now,
        )
        if isinstance(programme, Refusal):
            earlier = await self._gate.case(submission_id)
            if earlier is None:
                raise Refused(programme)
            return self._again(earlier, digest), False
        held = await self._hold(submission_id, app, digest, sent, parts, programme, now)
        if not held.fresh:
            return self._again(held.case, digest), False
        self._outbox.soon(held.event)
        return Receipt.of(held.case, self._links), True

    async def _hold(
        self,
        submission_id: str,
        app: str,
        digest: str,
        sent: SubmissionForm,
        parts: Mapping[str, Part],
        programme: Programme,
        now: datetime,
    ) -> Held:
        seal, key = self._keyring.new_key(submission_id)
        certificates = form.named(sent, parts)
        files = [CertificateFile(part.content, entry.metadata_bytes) for entry, part in certificates]
        stored = await self._vault.put_certificates(seal, _FIRST, files, now)
        held = await self._gate.hold(
            Hold(
                submission_id=submission_id,
                receipt=self._receipt_number(submission_id),
                programme_id=programme.id,
                wallet_app=app,
                holder=self._keyring.token("holder", sent.holder.wallet_address),
                office=sent.office or programme.office,
                received_at=now,
                digest=digest,
                key=key,
                submitter=seal.seal("submitter", _FIRST, form.submitter(sent).model_dump_json().encode()),
                certificates=self.held(certificates, stored, _FIRST),
                retain_until=now + timedelta(days=programme.retention_days),
                finds=name_tokens(self._keyring.token, programme.id, form.submitter(sent).name),
            )
        )
        if not held.fresh:
            with suppress(Unavailable):  # orphans are swept in the end; the receipt need not wait for that
                await self._vault.drop_certificates(place.blob_id for place in stored)
        return held

    def held(
        self,
        certificates: Sequence[tuple[CertificateEntry, Part]],
        stored: Sequence[StoredCertificate],
        revision: int,
    ) -> tuple[HeldCertificate, ...]:
        """Give certificates that are in the vault as the gate holds them."""
        return tuple(
            HeldCertificate(place.blob_id, place.key, entry.kind, self._fingerprint(part), len(part.content), revision)
            for place, (entry, part) in zip(stored, certificates, strict=True)
        )

    def _again(self, case: Case, digest: str) -> Receipt:
        if case.digest and case.digest != digest:  # of what has ended none is kept, and a repeat gets its receipt
            raise Refused(Refusal("idempotency-key-reused", part="idempotency-key"))
        return Receipt.of(case, self._links)

    def all_samples(self, parts: Mapping[str, Part]) -> Refusal | None:
        """In a sandbox, refuse any file that is no sample, before anything of it is stored."""
        if self._is_sample is None:
            return None
        files = (part for part in parts.values() if part.name != FORM_PART)
        real = next((part for part in files if not self._is_sample(part.content)), None)
        return Refusal("certificate-not-a-sample", part=real.name) if real else None

    def _fingerprint(self, file: Part) -> str:
        """Keyed, so that after a take-back nobody can show with a copy of the file that it was sent."""
        return self._keyring.token("certificate", file.sha256)

    def _receipt_number(self, submission_id: str) -> str:
        """60 bits in base32: short enough to read out, the same each time, and no 0, 1, 8 or 9 to mistake."""
        letters = self._keyring.token("receipt", submission_id)[:12].upper()
        return f"GB-{letters[:4]}-{letters[4:8]}-{letters[8:]}"
