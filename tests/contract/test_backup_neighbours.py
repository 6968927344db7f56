"""A backup is of one installation, whatever else stands in the same store."""

from deploy.gubi.backup.documents import empty, is_empty
from shared.mongo import Client, database
from shared.settings import Settings


async def test_what_another_installation_keeps_is_neither_seen_nor_dropped_though_its_prefix_begins_as_ours(
    settings: Settings, client: Client
) -> None:
    another = settings.model_copy(update={"database_prefix": f"{settings.database_prefix}_demo"})
    theirs = database(client, another, "gate").get_collection("submissions")
    await theirs.insert_one({"_id": "s-theirs"})
    assert await is_empty(client, settings)
    ours = database(client, settings, "gate").get_collection("submissions")
    await ours.insert_one({"_id": "s-ours"})
    assert not await is_empty(client, settings)
    await empty(client, settings, but=("gate", "erasures"))
    assert await is_empty(client, settings)
    assert await theirs.find_one() == {"_id": "s-theirs"}
