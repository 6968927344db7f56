"""The citizens' side of the demo: everything goes through the wallet apps of the simulator."""

from dataclasses import asdict
from typing import Any

import httpx

from deploy.gubi.demo.cast import Part
from deploy.gubi.demo.ledger import Entry, Notices

PROGRAMME = "SONMOK9988_2022"


class Wallets:
    """Talks to the simulator as people do with their phones."""

    def __init__(self, url: str) -> None:
        """Take the simulator's address."""
        self._http = httpx.AsyncClient(base_url=url, timeout=60)
        self._programme = PROGRAMME

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        response = await self._http.post(path, json=body)
        if response.is_error:
            raise httpx.HTTPError(f"{response.status_code} {response.json().get('code')} at {path.rsplit('/', 1)[-1]}")
        return response.json()

    async def scan(self, poster: str, app: str) -> str:
        """Have an app take a picture of the QR code at the address `poster`; give the Korean name of what it found.

        Everything is sent to that programme from then on.
        """
        picture = await self._http.get(poster)
        response = await self._http.post(f"/apps/{app}/scans", content=picture.raise_for_status().content)
        found = response.raise_for_status().json()
        self._programme = str(found["id"])
        return str(found["name"]["ko"])

    async def wallet_of(self, part: Part) -> str:
        """Join gov24 and open the wallet, as far as that is not done; give its address."""
        person = {**asdict(part.person), "birth_date": part.person.birth_date.isoformat()}
        member = await self._post("/members", {"person": person})
        wallet = await self._post(f"/holders/{member['id']}/wallet", {})
        return str(wallet["wallet"])

    async def issue(self, wallet: str, part: Part) -> str:
        """Have the certificate issued into the wallet; give its id there."""
        asked = {"kind": part.kind, "case": part.case, "seed": part.seed, "employer": part.employer}
        issued = await self._post(f"/wallets/{wallet}/certificates", asked)
        return str(issued["id"])

    async def send(self, wallet: str, part: Part, certificate: str) -> Entry:
        """Send it with the app; give the receipt's entry."""
        asked = {"app": part.app, "programme": self._programme, "certificates": [certificate]}
        receipt = await self._post(
            f"/wallets/{wallet}/submissions", {**asked, "idempotency_key": f"demo-{part.app}-{part.seed:08d}"}
        )
        return Entry(receipt["submission_id"], receipt["receipt"], part, wallet)

    async def ask(self, what: str, entry: Entry, app: str) -> int:
        """Ask to `take-back` or `withdraw` a submission with any app; give the HTTP status of the answer."""
        response = await self._http.post(
            f"/wallets/{entry.wallet}/submissions/{entry.submission_id}/{what}", json={"app": app}
        )
        return response.status_code

    async def status(self, entry: Entry) -> dict[str, Any]:
        """Give what the door tells the holder of a submission."""
        path = f"/wallets/{entry.wallet}/submissions/{entry.submission_id}"
        response = await self._http.get(path, params={"app": entry.part.app})
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    async def notices(self) -> Notices:
        """Give all that the apps were told."""
        response = await self._http.get("/notices")
        response.raise_for_status()
        return Notices.of(response.json()["notices"])
