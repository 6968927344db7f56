"""Routes of the wallet apps: sending what is in a wallet, following it, taking it back; all through the signed door."""

from collections.abc import Awaitable, Mapping, Sequence
from random import Random
from typing import Any, Literal, TypeVar

import httpx
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from gubi_wallet import Certificate, Person, Problem, WalletClient
from services.wallet_simulator.world import Holder, No, Sent, World
from shared.clock import Clock

Answer = TypeVar("Answer")


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NewSubmission(_Asked):
    """What is sent, and with which app."""

    app: str = Field(examples=["toss"])
    programme: str = Field(examples=["SONMOK9988_2022"])
    certificates: list[str] = Field(min_length=1)
    """Ids of certificates in the wallet."""
    office: str | None = None
    """One of the programme's; not given, each holder sends to one of them, always the same."""
    declared_work: Literal["employee", "civil_servant", "private_school", "self_employed"] | None = None
    idempotency_key: str | None = None


class TakeBack(_Asked):
    """With which app it is taken back or withdrawn: any of them."""

    app: str


class Apps:
    """The wallet apps, by the clients that sign as each."""

    def __init__(self, clients: Mapping[str, WalletClient]) -> None:
        """Take the clients by app."""
        self._clients = clients

    def client(self, app: str) -> WalletClient:
        """Give an app's client. Raises `No`."""
        if app not in self._clients:
            raise No(404, "app-not-found", f"지갑 앱은 {', '.join(self._clients)}입니다.")
        return self._clients[app]


def ones_own(address: str, offices: Sequence[str]) -> str | None:
    """Give the office that a holder sends to, by their wallet's address; None where there is nothing to choose.

    It stands for where they live: the same holder sends to the same one, and many spread over all.
    """
    rng = Random(f"office/{address}")  # noqa: S311 - no secret
    return rng.choice(offices) if len(offices) > 1 else None


async def through(asking: Awaitable[Answer]) -> Answer:
    """Ask the door. Raises `No` where it cannot be reached, and what it refuses by."""
    try:
        return await asking
    except httpx.TransportError:
        raise No(502, "door-unreachable", "접수 창구에 연결할 수 없습니다.") from None


def routes(world: World, apps: Apps, clock: Clock) -> APIRouter:
    """Give the routes. What the door refuses is passed on."""
    api = APIRouter(tags=["apps"])

    def as_sender(holder: Holder, address: str) -> Person:
        return Person(address, holder.person.name, holder.person.birth_date)

    async def office_of(app: str, programme: str, address: str) -> str | None:
        try:
            found = await through(apps.client(app).programme(programme))
        except Problem:  # such a programme is refused when something is sent to it, and that is what is told
            return None
        return ones_own(address, [office["id"] for office in found["offices"]])

    @api.post("/wallets/{address}/submissions", status_code=201)
    async def send(address: str, asked: NewSubmission) -> dict[str, Any]:
        """보내기."""
        holder = world.owner(address)
        chosen = world.chosen(holder, asked.certificates)
        receipt = await through(
            apps.client(asked.app).submit(
                asked.programme,
                as_sender(holder, address),
                [Certificate(kept.kind, kept.pdf) for kept in chosen],
                office=asked.office or await office_of(asked.app, asked.programme, address),
                declared_work=asked.declared_work,
                idempotency_key=asked.idempotency_key,
                consented_at=world.consent(asked.app, asked.idempotency_key, clock()),
            )
        )
        kinds = tuple(kept.kind for kept in chosen)
        sid = receipt["submission_id"]
        world.remember(Sent(sid, receipt["receipt"], asked.programme, asked.app, holder.id, kinds, clock()))
        return receipt

    @api.get("/wallets/{address}/submissions")
    async def submissions(address: str) -> list[Sent]:
        """보낸 것, 오래된 것부터."""
        holder = world.owner(address)
        return [sent for sent in world.sent.values() if sent.holder_id == holder.id]

    @api.get("/wallets/{address}/submissions/{submission_id}")
    async def status(address: str, submission_id: str, app: str) -> dict[str, Any]:
        """지금 어디까지 왔는지."""
        world.owner(address)
        return await through(apps.client(app).status(submission_id, address))

    @api.post("/wallets/{address}/submissions/{submission_id}/take-back", status_code=202)
    async def take_back(address: str, submission_id: str, asked: TakeBack) -> dict[str, Any]:
        """회수: 어느 앱에서나."""
        world.owner(address)
        return await through(apps.client(asked.app).take_back(submission_id, address))

    @api.post("/wallets/{address}/submissions/{submission_id}/withdraw", status_code=202)
    async def withdraw(address: str, submission_id: str, asked: TakeBack) -> dict[str, Any]:
        """취하: 어느 앱에서나."""
        world.owner(address)
        return await through(apps.client(asked.app).withdraw(submission_id, address))

    return api
