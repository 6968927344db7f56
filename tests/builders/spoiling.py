"""Submissions that cannot be read for a while, since their certificate is not where it should be."""

import signal
from collections.abc import Sequence
from typing import Any

from deploy.gubi.installation import Installation
from shared.mongo import close, connect, database
from tests.builders.citizens import PROGRAMME, Citizen, wallet_apps


async def spoil(
    place: Installation, sending: Sequence[Citizen], programme: str = PROGRAMME
) -> tuple[list[str], list[dict[str, Any]]]:
    """Have these sent, and their certificates away when they are to be read: what they are named, and what is away."""
    place.supervisor.kill("extraction", signal.SIGSTOP)
    client = connect(place.settings)
    files = database(client, place.settings, "vault").get_collection("certificates")
    async with wallet_apps(place) as apps:
        names = [
            (await apps["toss"].submit(programme, one.person, [one.certificate]))["submission_id"] for one in sending
        ]
    kept = await files.find({"submission_id": {"$in": names}}).to_list(None)
    await files.delete_many({"submission_id": {"$in": names}})
    place.supervisor.kill("extraction", signal.SIGCONT)
    await close(client)
    return names, kept


async def put_back(place: Installation, kept: Sequence[dict[str, Any]]) -> None:
    """Have what was away where it belongs."""
    client = connect(place.settings)
    await database(client, place.settings, "vault").get_collection("certificates").insert_many(kept)
    await close(client)
