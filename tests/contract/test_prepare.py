"""Keys are made for an installation that is new, by what its store says, and for no other."""

import asyncio
from pathlib import Path

import pytest

from deploy.gubi.newness import MADE_ONCE
from deploy.gubi.prepare import prepare_installation
from deploy.trouble import Trouble
from shared.errors import Unavailable
from shared.gate import Gate
from shared.mongo import Client, database
from shared.settings import Settings
from shared.vault import Keyring, Vault
from tests.builders.holding import a_hold


async def prepare(settings: Settings) -> None:
    await asyncio.to_thread(prepare_installation, lambda _: None, settings)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def new(settings: Settings, tmp_path: Path) -> Settings:
    """An installation with nothing, whose broker is away: what is made before the topics is seen."""
    return settings.model_copy(update={"kafka": "127.0.0.1:1", "trust_roots": tmp_path / "roots"})


@pytest.fixture
async def holding(new: Settings, gate: Gate, vault: Vault, keyring: Keyring) -> Settings:
    """One whose gate holds a submission."""
    hold, _ = await a_hold(keyring, vault)
    await gate.hold(hold)
    return new


async def test_where_the_store_is_empty_all_keys_are_made_once(new: Settings) -> None:
    for _ in range(2):
        with pytest.raises(Unavailable, match="broker:"):
            await prepare(new)
    first = files(new.keys)
    assert set(MADE_ONCE) <= first.keys()
    with pytest.raises(Unavailable, match="broker:"):
        await prepare(new)
    assert files(new.keys) == first


@pytest.mark.parametrize("name", MADE_ONCE)
async def test_a_key_that_is_lost_while_something_is_held_is_not_made_anew(holding: Settings, name: str) -> None:
    (holding.keys / name).unlink()
    before = files(holding.keys)
    with pytest.raises(Trouble, match=rf"^{name} is missing in .*restore the backup of the keys \(docs/backup\.md\)"):
        await prepare(holding)
    assert files(holding.keys) == before


async def test_where_all_of_them_are_lost_none_is_made(holding: Settings, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"keyring\.json and audit\.key and signing\.json are missing"):
        await prepare(holding.model_copy(update={"keys": tmp_path / "elsewhere"}))
    assert not (tmp_path / "elsewhere").exists()


async def test_where_nothing_is_lost_what_is_held_is_no_matter(holding: Settings) -> None:
    with pytest.raises(Unavailable, match="broker:"):
        await prepare(holding)


@pytest.mark.parametrize("owner", ["vault", "audit", "intake", "dashboard", "withdrawal"])
async def test_whatever_any_database_of_it_holds_counts(new: Settings, client: Client, owner: str) -> None:
    await database(client, new, owner).get_collection("anything").insert_one({"_id": "x"})
    with pytest.raises(Trouble, match=rf"is stored already \(in {new.database_prefix}_{owner}\.anything\)"):
        await prepare(new)
    assert not new.keys.exists()


async def test_what_is_there_before_any_key_does_not_count(new: Settings, client: Client) -> None:
    await database(client, new, "intake").get_collection("wallet_keys").insert_one({"_id": "naver-1"})
    await database(client, new, "extraction").get_collection("operators").insert_one({"_id": "drain"})
    await database(client, new, "gate").create_collection("submissions")
    with pytest.raises(Unavailable, match="broker:"):
        await prepare(new)
    assert set(MADE_ONCE) <= files(new.keys).keys()


async def test_what_another_installation_on_the_same_store_holds_does_not_count(new: Settings, client: Client) -> None:
    other = new.model_copy(update={"database_prefix": f"{new.database_prefix}_other"})
    await database(client, other, "gate").get_collection("submissions").insert_one({"_id": "s-1"})
    with pytest.raises(Unavailable, match="broker:"):
        await prepare(new)
    assert set(MADE_ONCE) <= files(new.keys).keys()


async def test_while_the_store_is_away_nothing_is_made(new: Settings) -> None:
    with pytest.raises(Unavailable, match="store:"):
        await prepare(new.model_copy(update={"mongo": "mongodb://127.0.0.1:1"}))
    assert not new.keys.exists()
