"""The lotteries of a programme, for anybody."""

from fastapi import APIRouter

from services.intake import openapi
from services.intake.answers import DrawAnswer
from services.intake.draws.store import Draws
from services.intake.problems import Refusal, Refused
from services.intake.public import ProgrammeId
from shared.catalog import Catalog


def routes(catalog: Catalog, draws: Draws) -> APIRouter:
    """Give the route."""
    api = APIRouter()

    @api.get("/v1/programmes/{programme_id}/draws", **openapi.DRAWS)
    async def all_draws(programme_id: ProgrammeId) -> list[DrawAnswer]:
        """추첨 공개. Every commitment to a lottery's seed, in order, and each seed once it is drawn."""
        if programme_id not in catalog.programmes:
            raise Refused(Refusal("programme-not-found"))
        return await draws.of(programme_id)

    return api
