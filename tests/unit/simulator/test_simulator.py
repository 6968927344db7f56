"""The wallet simulator: membership, one wallet for all apps, certificates, and sending through the real door."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.app import build as build_door
from services.wallet_simulator.app import build
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer, Person, population
from services.wallet_simulator.sending import ones_own
from services.wallet_simulator.world import wallet_address
from shared.catalog import load
from shared.settings import Settings
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.builders.wallets import register

DOOR = "http://127.0.0.1:8810"
PROGRAMME = "SONMOK9988_2022"


@asynccontextmanager
async def simulator(folder: Path, door: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[httpx.AsyncClient]:
    keys, issuer = ensure_wallet_keys(folder), Issuer.open(folder / "sample-issuer")
    api = build(DOOR, load(), keys, issuer, transport=door)
    async with (
        api.router.lifespan_context(api),
        httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://simulator") as client,
    ):
        yield client


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with simulator(tmp_path / "keys", httpx.MockTransport(unreachable)) as client:
        yield client


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there", request=request)


@pytest.fixture
async def with_door(settings: Settings, keyring: Keyring) -> AsyncIterator[httpx.AsyncClient]:
    """The simulator before the real intake door on a real store; no broker is needed to receive."""
    keys = ensure_wallet_keys(settings.keys)
    wiring = Wiring.of(settings.model_copy(update={"public_url": DOOR}))
    door = build_door(wiring, load())
    async with wiring.open(), simulator(settings.keys, httpx.ASGITransport(door)) as client:
        await register(wiring.database("intake"), keys.values())
        yield client


async def post(client: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def a_wallet(client: httpx.AsyncClient, **member: Any) -> str:
    holder = await post(client, "/members", **member)
    return str((await post(client, f"/holders/{holder['id']}/wallet"))["wallet"])


async def test_a_wallet_takes_membership_and_there_is_one_for_each_person(alone: httpx.AsyncClient) -> None:
    refused = await alone.post("/holders/h-1/wallet")
    assert (refused.status_code, refused.json()["code"]) == (409, "gov24-membership-required")
    address = await a_wallet(alone)
    assert re.fullmatch(r"1[1-9A-HJ-NP-Za-km-z]{38}", address)
    again = await alone.post("/holders/h-1/wallet")
    assert (again.status_code, again.json()["wallet"]) == (200, address)


async def test_the_same_person_is_one_member_and_has_the_same_wallet_after_a_restart(tmp_path: Path) -> None:
    described = {"name": "김가상", "birth_date": "1990-01-01", "sex_digit": 1}
    addresses = []
    for _ in range(2):
        async with simulator(tmp_path) as client:
            addresses += [await a_wallet(client, person=described), await a_wallet(client, person=described)]
    assert len(set(addresses)) == 1


def test_two_people_have_two_wallets() -> None:
    people = population(3)
    assert len({wallet_address(next(people)) for _ in range(500)}) == 500
    assert wallet_address(Person("김가상", datetime(1990, 1, 1, tzinfo=UTC).date(), 1)).startswith("1")


async def test_only_delivery_into_the_wallet_puts_a_certificate_there(alone: httpx.AsyncClient) -> None:
    address = await a_wallet(alone)
    printed = await post(alone, f"/wallets/{address}/certificates", kind="EI_HIST", delivery="온라인발급(본인출력)")
    assert printed["in_wallet"] is False
    assert (await alone.get(f"/wallets/{address}/certificates")).json() == []
    issued = await post(
        alone, f"/wallets/{address}/certificates", kind="EI_HIST", seed=3, delivery="온라인발급(전자문서지갑)"
    )
    assert issued["in_wallet"] is True
    [listed] = (await alone.get(f"/wallets/{address}/certificates")).json()
    assert (listed["id"], listed["kind"]) == (issued["id"], "EI_HIST")
    pdf = await alone.get(f"/wallets/{address}/certificates/{issued['id']}.pdf")
    assert pdf.content.startswith(b"%PDF-")


async def test_the_same_certificate_issued_again_is_the_same_one(alone: httpx.AsyncClient) -> None:
    address = await a_wallet(alone)
    first, second, other = [
        await post(alone, f"/wallets/{address}/certificates", kind="RR_FULL", seed=seed, issued_on="2022-12-12")
        for seed in (1, 1, 2)
    ]
    assert first["id"] == second["id"] != other["id"]


async def test_what_cannot_be_made_is_refused(alone: httpx.AsyncClient) -> None:
    address = await a_wallet(alone)
    for asked in ({"kind": "NO_SUCH"}, {"kind": "EI_HIST", "case": "no_such"}):
        refused = await alone.post(f"/wallets/{address}/certificates", json=asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "certificate-cannot-be-made")
    assert (await alone.get("/wallets/1nobody/certificates")).status_code == 404


async def test_what_one_app_sent_another_takes_back(with_door: httpx.AsyncClient) -> None:
    address = await a_wallet(with_door)
    certificate = await post(with_door, f"/wallets/{address}/certificates", kind="EI_HIST")
    receipt = await post(
        with_door, f"/wallets/{address}/submissions", app="toss", programme=PROGRAMME, certificates=[certificate["id"]]
    )
    sid = receipt["submission_id"]
    status = (await with_door.get(f"/wallets/{address}/submissions/{sid}", params={"app": "seoul"})).json()
    assert (status["state"], status["can_take_back"]) == ("held", True)
    back = await post(with_door, f"/wallets/{address}/submissions/{sid}/take-back", app="kakao")
    assert back["state"] == "taking_back"
    [sent] = (await with_door.get(f"/wallets/{address}/submissions")).json()
    assert (sent["submission_id"], sent["app"], sent["kinds"]) == (sid, "toss", ["EI_HIST"])


async def test_what_the_door_refuses_is_passed_on_as_it_said_it(with_door: httpx.AsyncClient) -> None:
    address = await a_wallet(with_door)
    certificate = await post(with_door, f"/wallets/{address}/certificates", kind="EI_HIST")
    refused = await with_door.post(
        f"/wallets/{address}/submissions",
        json={"app": "shinhan", "programme": PROGRAMME, "certificates": [certificate["id"]]},
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "certificate-kind-not-sent")
    assert refused.headers["content-type"] == "application/problem+json"


async def test_a_door_that_is_down_is_said_to_be(alone: httpx.AsyncClient) -> None:
    address = await a_wallet(alone)
    certificate = await post(alone, f"/wallets/{address}/certificates", kind="EI_HIST")
    refused = await alone.post(
        f"/wallets/{address}/submissions",
        json={"app": "toss", "programme": PROGRAMME, "certificates": [certificate["id"]]},
    )
    assert (refused.status_code, refused.json()["code"]) == (502, "door-unreachable")


async def test_the_page_says_in_korean_that_it_is_made_up_and_shows_the_articles_figures(
    alone: httpx.AsyncClient,
) -> None:
    await post(alone, "/members", person={"name": "<b>김</b>", "birth_date": "1990-01-01"})
    page = (await alone.get("/")).text
    assert "가상" in page
    assert "예시" in page
    figures = re.findall(r'<th scope="row">([^<]+)</th><td class="number">([^<]+)</td>', page)
    assert dict(figures) == {
        "정부24": "약 300", "네이버": "62", "카카오": "7", "신한은행": "5", "토스": "64", "서울지갑": "8",
    }  # fmt: skip
    assert "<b>" not in page


def test_many_holders_spread_over_all_offices_and_each_stays_with_one() -> None:
    people, offices = population(5), ["a", "b", "c", "d"]
    chosen = Counter(ones_own(wallet_address(next(people)), offices) for _ in range(400))
    assert min(chosen[office] for office in offices) > 60
    assert ones_own("1somebody", offices) == ones_own("1somebody", offices)
    assert ones_own("1somebody", offices[:1]) is ones_own("1somebody", []) is None


async def test_holders_send_to_the_districts_of_a_programme_unless_they_say_which(
    settings: Settings, keyring: Keyring
) -> None:
    del keyring
    keys, catalog = ensure_wallet_keys(settings.keys), load()
    asset = catalog.programmes["ASSET_2023"].model_copy(update={"closes_at": None})
    opened = replace(catalog, programmes={**catalog.programmes, asset.id: asset})
    wiring = Wiring.of(settings.model_copy(update={"public_url": DOOR}))
    door = build_door(wiring, opened)
    received: Counter[str] = Counter()
    async with wiring.open(), simulator(settings.keys, httpx.ASGITransport(door)) as client:
        await register(wiring.database("intake"), keys.values())
        for number in range(6):
            address = await a_wallet(client)
            kept = await post(client, f"/wallets/{address}/certificates", kind="RR_FULL", seed=number)
            sending = {
                "app": "toss",
                "programme": asset.id,
                "certificates": [kept["id"]],
                "idempotency_key": f"key-{number:08}",
            }
            twice = [await post(client, f"/wallets/{address}/submissions", **sending) for _ in range(2)]
            assert twice[0] == twice[1]
            received[twice[0]["office"]] += 1
        said = await post(
            client,
            f"/wallets/{address}/submissions",
            **sending | {"idempotency_key": "key-said", "office": "gangbuk_asset"},
        )
        assert said["office"] == "gangbuk_asset"
        elsewhere = await client.post(
            f"/wallets/{address}/submissions", json=sending | {"idempotency_key": "key-none", "office": "sonmok9988"}
        )
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "office-not-receiving")
    assert received.keys() <= set(asset.offices)
    assert len(received) > 2
