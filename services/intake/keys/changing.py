"""A wallet app changes its own keys: lists them, registers a further one, retires another."""

from dataclasses import replace

from services.intake.claims import NEW_KEY_TAG, read_claims
from services.intake.keys import rules
from services.intake.keys.answers import KeyAnswer
from services.intake.keys.model import WalletKey
from services.intake.keys.registry import Registry
from services.intake.keys.rules import NewKeyForm, RetireForm
from services.intake.keys.store import KeyStore
from services.intake.problems import Refusal, Refused
from services.intake.requests import Taken, accept, json_of
from services.intake.signatures import Signatures, digest_refusal
from shared.clock import Clock

_TAKEN = {"keyid_taken": ("wallet-key-name-taken", "/keyid"), "key_known": ("wallet-key-known", "/public_key")}


class Changing:
    """Answers wallet apps about their keys."""

    def __init__(self, store: KeyStore, registry: Registry, signatures: Signatures, clock: Clock) -> None:
        """Take where the keys stand, this door's view of them, the verifier and the clock."""
        self._store = store
        self._registry = registry
        self._signatures = signatures
        self._clock = clock

    async def listed(self, taken: Taken) -> list[KeyAnswer]:
        """Give the app's keys. Raises `Unavailable`."""
        now = self._clock()
        return [KeyAnswer.of(key, now) for key in (await self._store.known(now, taken.signed.app)).values()]

    async def register(self, taken: Taken) -> tuple[KeyAnswer, bool]:
        """Register a further key; give it, and whether it is new. Raises `Refused` and `Unavailable`.

        Signed twice: by a key in force, which speaks for the app, and by the new one, which shows that its private half
        is there. Asked again, it is answered again.
        """
        asked = json_of(NewKeyForm, taken)
        now, app = self._clock(), taken.signed.app
        key = accept(rules.new_key(asked, app=app, signer=taken.signed.keyid, now=now))
        if refusal := self._possession(key, taken):
            raise Refused(replace(refusal, shown={**refusal.shown, "tag": NEW_KEY_TAG}))
        if await self._store.get(key.keyid) is None:
            known = await self._store.known(now, app)
            if refusal := rules.room(known.values(), now):
                raise Refused(refusal)
        added = await self._store.add(key)
        if added in _TAKEN:
            code, part = _TAKEN[added]
            raise Refused(Refusal(code, part=part))
        self._registry.forget()
        stands = await self._store.get(key.keyid) or key
        return KeyAnswer.of(stands, now), added == "new"

    async def retire(self, taken: Taken, keyid: str) -> KeyAnswer:
        """Retire another key of the app; the key that signs cannot retire itself.

        So nobody is left without a key by one slip. Two keys that retire each other at one moment, or one that retires
        the last other before its own time is over, still leave none: then the operator registers a new one.

        Raises `Refused` and `Unavailable`.
        """
        asked = json_of(RetireForm, taken)
        if keyid == taken.signed.keyid:
            raise Refused(Refusal("wallet-key-own", part="keyid"))
        now = self._clock()
        key = await self._store.retire(keyid, taken.signed.app, max(asked.retired_at or now, now))
        if key is None:
            raise Refused(Refusal("wallet-key-not-found"))
        self._registry.forget()
        return KeyAnswer.of(key, now)

    def _possession(self, key: WalletKey, taken: Taken) -> Refusal | None:
        claims = read_claims(taken.message.headers, NEW_KEY_TAG)
        if isinstance(claims, Refusal):
            return claims
        own = replace(key, active_from=key.registered_at) if claims.keyid == key.keyid else None
        signed = self._signatures.verify(taken.message, claims, own, self._clock())
        return signed if isinstance(signed, Refusal) else digest_refusal(signed, taken.body)
