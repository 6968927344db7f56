"""A wallet app's connection to a door: every request signed, every submission safe to send again."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, unquote, urlsplit
from uuid import uuid4

import httpx

from gubi_wallet.keys import AppKey
from gubi_wallet.problem import Problem
from gubi_wallet.sent import Certificate, Person, parts_of, supplement_of
from gubi_wallet.signing import Clock, Signing, now, origin_of

Answer = dict[str, Any]

_LONGEST_WAIT = 30.0
_AGAIN_LATER = (429, 503)


def programme_of(scanned: str, origin: str) -> str | None:
    """Give the programme's id out of what a QR code says; None when it does not lead to the door at `origin`.

    A code is anybody's sticker on a wall: an app follows it only to a door it knows.
    """
    address, door = urlsplit(scanned), urlsplit(origin)
    start, _, name = address.path.rpartition("/")
    same = (address.scheme, address.netloc, start) == (door.scheme, door.netloc, "/v1/programmes")
    return unquote(name) or None if same else None


class WalletClient:
    """One wallet app's connection to one door. An asynchronous context manager; safe to share between tasks."""

    def __init__(
        self,
        door: str,
        key: AppKey,
        *,
        origin: str | None = None,
        clock: Clock = now,
        transport: httpx.AsyncBaseTransport | None = None,
        tries: int = 4,
        pause: float = 0.2,
        language: str = "ko",
    ) -> None:
        """Take the door's address and the app's key.

        `origin` is the door's public address where it differs. What did not get through, or was answered by 503 or
        429, is sent again up to `tries` times in all, after `pause` seconds and then longer ones, or when the door
        says; each time signed anew and otherwise the same, which the door makes harmless. `language` is that of
        refusals, ko or en. Raises `ValueError` for an address with a path: a door has none.
        """
        self.origin = origin_of(origin or door)
        self._clock = clock
        self._tries = tries
        self._pause = pause
        self._key = key
        self._http = httpx.AsyncClient(
            base_url=origin_of(door),
            transport=transport,
            timeout=httpx.Timeout(30.0),
            headers={"accept-language": language},
        )

    async def __aenter__(self) -> Self:
        """Open nothing yet: connections are made when used."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._http.aclose()

    # What there is to send to.

    async def institutions(self, query: str = "") -> list[Answer]:
        """Search institutions (기관) by name or 초성 (initial consonants)."""
        return await self._list("GET", "/v1/institutions", params={"q": query})

    async def programmes_of(self, institution_id: str) -> list[Answer]:
        """List the programmes (사업) of an institution, each with the certificates it needs."""
        return await self._list("GET", f"/v1/institutions/{_step(institution_id)}/programmes")

    async def programmes(self, query: str = "") -> list[Answer]:
        """Search programmes by name, alias or 초성."""
        return await self._list("GET", "/v1/programmes", params={"q": query})

    async def programme(self, programme_id: str) -> Answer:
        """Look one programme up: its period, what it takes, its policy on take-backs."""
        return await self._object("GET", f"/v1/programmes/{_step(programme_id)}")

    async def scanned(self, text: str) -> Answer | None:
        """Look up the programme that a QR code leads to; None when the code leads to another door."""
        found = programme_of(text, self.origin)
        return await self.programme(found) if found else None

    # Submissions.

    async def submit(
        self,
        programme: str,
        holder: Person,
        certificates: Sequence[Certificate],
        *,
        office: str | None = None,
        declared_work: str | None = None,
        idempotency_key: str | None = None,
        consented_at: datetime | None = None,
    ) -> Answer:
        """Send certificates and give the receipt. To send the same again later, give the same key and consent time.

        `office` is one of the programme's `offices` (구, for one); without it they go to the responsible one.
        """
        files = parts_of(programme, holder, certificates, declared_work, consented_at or self._clock(), office)
        headers = {"idempotency-key": idempotency_key or str(uuid4())}
        return await self._object("POST", "/v1/submissions", files=files, headers=headers)

    async def supplement(
        self,
        submission_id: str,
        wallet_address: str,
        certificates: Sequence[Certificate],
        *,
        idempotency_key: str | None = None,
    ) -> Answer:
        """Send the better certificate that the office asked for (보완). Raises `Problem` with 409 when none is."""
        headers = {"idempotency-key": idempotency_key or str(uuid4())}
        path = f"/v1/submissions/{_step(submission_id)}/supplement"
        return await self._object("POST", path, files=supplement_of(wallet_address, certificates), headers=headers)

    async def status(self, submission_id: str, wallet_address: str) -> Answer:
        """Ask where a submission stands."""
        return await self._object("GET", f"/v1/submissions/{_step(submission_id)}", headers=_for(wallet_address))

    async def timeline(self, submission_id: str, wallet_address: str) -> Answer:
        """Ask what happened, in words of Korean and English, what is expected next, and by when."""
        path = f"/v1/submissions/{_step(submission_id)}/timeline"
        return await self._object("GET", path, headers=_for(wallet_address))

    async def accesses(self, submission_id: str, wallet_address: str) -> list[Answer]:
        """List who read it, when and why, newest first: offices, and the machine, which is not viewing."""
        path: str | None = f"/v1/submissions/{_step(submission_id)}/accesses"
        found: list[Answer] = []
        while path:
            page = await self._object("GET", path, headers=_for(wallet_address))
            found += page["entries"]
            path = page["next"]
        return found

    async def take_back(self, submission_id: str, wallet_address: str) -> Answer:
        """Take a submission back (회수). Raises `Problem` with 409 when somebody has looked."""
        return await self._close("take-back", submission_id, wallet_address)

    async def withdraw(self, submission_id: str, wallet_address: str, *, give_back: bool = False) -> Answer:
        """Withdraw the application (취하). Raises `Problem` with 409 when the case is closed.

        With `give_back` its certificates can be fetched by `given_back` for some days; else they are destroyed now.
        """
        more = {"params": {"documents": "return"}} if give_back else {}
        return await self._close("withdraw", submission_id, wallet_address, **more)

    async def given_back(self, submission_id: str, wallet_address: str, number: int) -> bytes:
        """Fetch a withdrawn application's certificate, counted from 1, as it was kept."""
        path = f"/v1/submissions/{_step(submission_id)}/certificates/{number}"
        return (await self._answered("GET", path, headers=_for(wallet_address))).content

    async def got_back(self, submission_id: str, wallet_address: str) -> Answer:
        """Tell the door that the holder has them: what is left there is destroyed at once."""
        path = f"/v1/submissions/{_step(submission_id)}/certificates"
        return await self._object("DELETE", path, headers=_for(wallet_address))

    async def destruction_record(self, submission_id: str, wallet_address: str) -> Answer:
        """Fetch the signed record of what was destroyed (파기 확인서). Raises `Problem` with 409 until it was."""
        path = f"/v1/submissions/{_step(submission_id)}/destruction-record"
        return await self._object("GET", path, headers=_for(wallet_address))

    async def _close(self, what: str, submission_id: str, wallet_address: str, **more: Any) -> Answer:
        body = {"holder": {"wallet_address": wallet_address}}
        return await self._object("POST", f"/v1/submissions/{_step(submission_id)}/{what}", json=body, **more)

    # The app's own keys.

    async def keys(self) -> list[Answer]:
        """List this app's keys, the retired ones too."""
        return await self._list("GET", "/v1/wallet-keys")

    async def register_key(self, new_key: AppKey, *, active_from: datetime | None = None) -> Answer:
        """Register a further key, signed for by this client's key and by the new one itself; from when it holds.

        The client goes on signing with its own key: make a client with the new one, then retire the old.
        """
        body: Answer = {"keyid": new_key.keyid, "algorithm": new_key.algorithm, "public_key": new_key.public_pem}
        if active_from is not None:
            body["active_from"] = active_from.isoformat()
        return await self._object("POST", "/v1/wallet-keys", json=body, new_key=new_key)

    async def retire_key(self, keyid: str, *, retired_at: datetime | None = None) -> Answer:
        """Retire another key of this app, at once or at a later instant."""
        body = {} if retired_at is None else {"retired_at": retired_at.isoformat()}
        return await self._object("POST", f"/v1/wallet-keys/{_step(keyid)}/retire", json=body)

    async def _list(self, method: str, path: str, **parts: Any) -> list[Answer]:
        found: list[Answer] = (await self._answered(method, path, **parts)).json()
        return found

    async def _object(self, method: str, path: str, **parts: Any) -> Answer:
        found: Answer = (await self._answered(method, path, **parts)).json()
        return found

    async def _answered(self, method: str, path: str, *, new_key: AppKey | None = None, **parts: Any) -> httpx.Response:
        auth = Signing(self._key, origin=self.origin, clock=self._clock, new_key=new_key)
        for attempt in range(1, self._tries + 1):
            last = attempt == self._tries
            try:
                response = await self._http.request(method, path, auth=auth, **parts)
            except httpx.TransportError:
                if last:
                    raise
                await asyncio.sleep(self._wait(attempt, {}))
                continue
            if response.status_code not in _AGAIN_LATER or last:
                break
            await asyncio.sleep(self._wait(attempt, response.headers))
        if response.is_success:
            return response
        told = response.headers.get("content-type", "").startswith("application/problem+json")
        raise Problem(response.status_code, response.json() if told else {})

    def _wait(self, attempt: int, headers: Mapping[str, str]) -> float:
        asked = headers.get("retry-after", "")
        longer = float(asked) if asked.isdecimal() else self._pause * 2 ** (attempt - 1)
        # A little more, by chance, so that apps which failed together do not come again together.
        return min(longer, _LONGEST_WAIT) * random.uniform(1.0, 1.25)  # noqa: S311 - no secret


def _for(wallet_address: str) -> dict[str, str]:
    return {"gubi-holder": wallet_address}


def _step(name: str) -> str:
    return quote(name, safe="")
