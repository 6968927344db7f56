"""Routes of the holder: joining gov24, making the wallet, and having certificates issued into it."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.wallet_simulator.issuing import NewCertificate, Press
from services.wallet_simulator.samples import Person, population
from services.wallet_simulator.world import INTO_THE_WALLET, Holder, Kept, World


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MadeUpPerson(_Asked):
    """Somebody fictional, in one's own words. Never a real person."""

    name: str = Field(min_length=1, max_length=40, examples=["김가상"])
    birth_date: date
    sex_digit: int = Field(1, ge=1, le=4)


class NewMember(_Asked):
    """Who joins: a person described, the first of the made-up population of `seed`, or else the next one."""

    person: MadeUpPerson | None = None
    seed: int | None = None


def shown(holder: Holder) -> dict[str, Any]:
    """Give a holder as the JSON API does."""
    return {
        "id": holder.id,
        "name": holder.person.name,
        "birth_date": holder.person.birth_date,
        "wallet": holder.address,
        "certificates": len(holder.certificates),
    }


def _certificate(kept: Kept) -> dict[str, Any]:
    return {
        "id": kept.id,
        "kind": kept.kind,
        "case": kept.case,
        "issued_on": kept.issued_on,
        "size": len(kept.pdf),
    }


def _joining(asked: NewMember) -> Person | None:
    if asked.person is not None:
        return Person(asked.person.name, asked.person.birth_date, asked.person.sex_digit)
    return None if asked.seed is None else next(population(asked.seed))


def routes(world: World, press: Press) -> APIRouter:
    """Give the routes; certificates come from `press`."""
    api = APIRouter(tags=["holders"])

    @api.post("/members", status_code=201)
    async def join(asked: NewMember, response: Response) -> dict[str, Any]:
        """정부24 회원 가입."""
        holder, fresh = world.join(_joining(asked))
        response.status_code = 201 if fresh else 200
        return shown(holder)

    @api.post("/holders/{holder_id}/wallet", status_code=201)
    async def open_wallet(holder_id: str, response: Response) -> dict[str, Any]:
        """전자문서지갑 만들기: 한 사람에 하나."""
        holder, fresh = world.open_wallet(holder_id)
        response.status_code = 201 if fresh else 200
        return shown(holder)

    @api.post("/wallets/{address}/certificates", status_code=201)
    async def issue_certificate(address: str, asked: NewCertificate, response: Response) -> dict[str, Any]:
        """PC에서 발급: 수령방법이 온라인발급(전자문서지갑)일 때만 지갑에 들어온다."""
        holder = world.owner(address)
        if asked.delivery != INTO_THE_WALLET:
            response.status_code = 200
            return {"in_wallet": False, "delivery": asked.delivery}
        kept = world.keep(holder, await press.issue(asked, holder.person))
        return {"in_wallet": True, "delivery": asked.delivery, **_certificate(kept)}

    @api.get("/wallets/{address}/certificates")
    async def certificates(address: str) -> list[dict[str, Any]]:
        """지갑에 있는 증명서."""
        return [_certificate(kept) for kept in world.owner(address).certificates.values()]

    @api.get("/wallets/{address}/certificates/{certificate_id}.pdf")
    async def pdf(address: str, certificate_id: str) -> Response:
        """증명서 파일 (예시)."""
        [kept] = world.chosen(world.owner(address), [certificate_id])
        return Response(kept.pdf, media_type="application/pdf")

    return api
