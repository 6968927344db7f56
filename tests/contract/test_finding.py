"""Finding by name: a token of it leads to the row, tells no name, and ends with the key."""

from datetime import timedelta

import pytest

from deploy.gubi.erased.tombstones import is_tombstone
from shared.audit import Access
from shared.clock import utc_now
from shared.gate import Accepted, Gate, Official, name_tokens
from shared.gate.finding import searched_token
from shared.mongo import Client, Document, database
from shared.settings import Settings
from shared.vault import Keyring, Vault
from tests.builders.holding import a_hold

pytestmark = pytest.mark.both_drivers
PROGRAMME, OTHER = "SONMOK9988_2022", "ASSET_2023"
OFFICIAL = Official("kim", "sonmok9988", "10.0.0.7")


async def held(gate: Gate, keyring: Keyring, vault: Vault, name: str, programme: str = PROGRAMME) -> str:
    tokens, holder = name_tokens(keyring.token, programme, name), keyring.token("holder", name)
    hold, _ = await a_hold(keyring, vault, programme_id=programme, finds=tokens, holder=holder)
    await gate.hold(hold)
    return hold.submission_id


async def find(gate: Gate, typed: str, programme: str = PROGRAMME, request_id: str = "f-1", limit: int = 9) -> set[str]:
    found = await gate.find_by_name(programme, typed, official=OFFICIAL, request_id=request_id, limit=limit)
    return set(found)


async def documents(client: Client, settings: Settings) -> list[Document]:
    return await database(client, settings, "gate").get_collection("submissions").find().to_list(None)


async def test_a_name_and_its_initials_find_whoever_has_them_in_that_programme_alone(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    kim = await held(gate, keyring, vault, "김가상")
    same = await held(gate, keyring, vault, "김가상")
    alike = await held(gate, keyring, vault, "강구슬")
    elsewhere = await held(gate, keyring, vault, "김가상", OTHER)
    assert await find(gate, "김가상") == {kim, same}
    assert await find(gate, " 김 가상 ") == {kim, same}
    assert await find(gate, "ㄱㄱㅅ") == {kim, same, alike}
    assert await find(gate, "ᄀᄀᄉ") == {kim, same, alike}  # some keyboards send conjoining letters
    assert await find(gate, "김가상", OTHER) == {elsewhere}
    assert len(await find(gate, "ㄱㄱㅅ", limit=2)) == 2


@pytest.mark.parametrize("typed", ["", " ", "김", "ㄱ", "김가", "가상", "ㄱㄱ", "김ㄱㅅ", "kim"])
async def test_less_than_a_whole_name_finds_nobody(gate: Gate, keyring: Keyring, vault: Vault, typed: str) -> None:
    await held(gate, keyring, vault, "김가상")
    assert await find(gate, typed) == set()


async def test_a_name_without_initials_is_found_however_it_is_spelled(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    smith = await held(gate, keyring, vault, "John SMITH")
    assert await find(gate, "ＪＯＨＮ smith") == {smith}


async def test_no_name_and_no_initials_stand_in_the_store_nor_in_the_log(
    gate: Gate, keyring: Keyring, vault: Vault, client: Client, settings: Settings
) -> None:
    sid = await held(gate, keyring, vault, "남궁예시")
    assert await find(gate, "ㄴㄱㅇㅅ") == {sid}
    entries = await database(client, settings, "audit").get_collection("entries").find().to_list(None)
    stored = str([*await documents(client, settings), *entries])
    assert "남궁" not in stored
    assert "ㄴㄱㅇㅅ" not in stored
    [document] = await documents(client, settings)
    assert len(document["finds"]) == 2
    assert searched_token(keyring.token, OTHER, "남궁예시") not in document["finds"]


async def test_who_searched_and_what_was_found_stands_in_the_access_log_once_and_no_right_is_taken_away(
    gate: Gate, keyring: Keyring, vault: Vault
) -> None:
    sid = await held(gate, keyring, vault, "김가상")
    for _ in range(2):  # the same form, sent twice
        await find(gate, "김가상", request_id="f-twice")
    case = await gate.case(sid)
    assert case is not None
    assert case.first_view is None
    logged = await gate.accesses(case, limit=9)
    assert [(one.what, one.official, one.submissions, one.holders) for one in logged] == [
        ("found", "kim", (sid,), (case.holder,))
    ]
    assert isinstance(logged[0], Access)
    asked = await gate.request("take_back", sid, holder=case.holder, request_id="t")
    assert isinstance(asked, Accepted)


@pytest.mark.parametrize("ending", ["take_back", "withdraw", "expire"])
async def test_the_tokens_end_with_the_key_and_what_is_asked_back_is_found_no_more(
    gate: Gate, keyring: Keyring, vault: Vault, client: Client, settings: Settings, ending: str
) -> None:
    sid = await held(gate, keyring, vault, "김가상")
    case = await gate.case(sid)
    assert case is not None
    if ending == "expire":
        past = {"$set": {"retain_until": utc_now() - timedelta(days=1)}}
        await database(client, settings, "gate").get_collection("submissions").update_one({"_id": sid}, past)
        assert await gate.expire(sid) is not None
    else:
        asked = await gate.request(ending, sid, holder=case.holder, request_id="t")  # type: ignore[arg-type]
        assert isinstance(asked, Accepted)
        assert asked.event is not None
        assert await find(gate, "김가상") == set()
        await gate.finish(ending, sid, cause=asked.event)  # type: ignore[arg-type]
    [document] = await documents(client, settings)
    assert "finds" not in document
    assert is_tombstone("gate.submissions", document, sid)
    assert not is_tombstone("gate.submissions", {**document, "finds": ["x"]}, sid)
    assert await find(gate, "김가상") == set()
