"""A holder whose office asks for a better certificate: it is issued anew and sent, once, through the real door."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from gubi_wallet import Certificate, Person, WalletClient
from services.intake.app import build as build_door
from services.wallet_simulator.answering import Answering
from services.wallet_simulator.inbox import Notice
from services.wallet_simulator.issuing import NewCertificate, Press
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer
from services.wallet_simulator.sending import Apps
from services.wallet_simulator.world import Sent, World
from shared.catalog import load
from shared.clock import seoul_date, utc_now
from shared.gate import Case, Official, Opened
from shared.settings import Settings
from shared.vault import Keyring
from shared.wiring import Wiring
from tests.builders.waiting import until
from tests.builders.wallets import register

DOOR = "http://127.0.0.1:8810"
KIM = Official("kim", "시민건강국")


@dataclass
class Way(httpx.AsyncBaseTransport):
    """The way to the door, which may be closed for some requests."""

    to: httpx.AsyncBaseTransport
    closed: int = 0
    paths: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/supplement"):
            self.paths.append(request.url.path)
            if self.closed:
                self.closed -= 1
                raise httpx.ConnectError("nobody there", request=request)
        return await self.to.handle_async_request(request)


@dataclass
class Scene:
    """A submission at the door, whose holder can be told."""

    wiring: Wiring
    way: Way
    world: World
    answering: Answering
    name: str

    def tell(self, webhook_id: str = "msg_00000001", times: int = 1) -> None:
        told = Notice(webhook_id, "toss", self.name, "supplement_asked", utc_now(), utc_now(), {}, times)
        self.answering.told(told)

    async def case(self) -> Case:
        found = await self.wiring.gate.case(self.name)
        assert found is not None
        return found

    async def ask(self) -> None:
        opened = await self.wiring.gate.view(self.name, official=KIM, purpose="심사", request_id="look-1")
        assert isinstance(opened, Opened)
        due_on = seoul_date(utc_now()) + timedelta(days=14)
        await self.wiring.gate.ask(
            self.name, part=0, why="unreadable", due_on=due_on, official=KIM, look_id="look-1", request_id="ask-1"
        )


@asynccontextmanager
async def a_scene(settings: Settings) -> AsyncIterator[Scene]:
    keys, issuer = ensure_wallet_keys(settings.keys), Issuer.open(settings.keys / "sample-issuer")
    wiring = Wiring.of(settings.model_copy(update={"public_url": DOOR}))
    way, world, press = Way(httpx.ASGITransport(build_door(wiring, load()))), World(), Press(issuer, utc_now)
    async with wiring.open(), WalletClient(DOOR, keys["toss"], transport=way) as toss:
        await register(wiring.database("intake"), keys.values())
        holder, _ = world.join()
        world.open_wallet(holder.id)
        kept = world.keep(holder, await press.issue(NewCertificate(kind="RR_FULL", case="scan"), holder.person))
        sender = Person(holder.address or "", holder.person.name, holder.person.birth_date)
        receipt = await toss.submit("SONMOK9988_2022", sender, [Certificate(kept.kind, kept.pdf)])
        name = receipt["submission_id"]
        world.remember(Sent(name, receipt["receipt"], "SONMOK9988_2022", "toss", holder.id, ("RR_FULL",), utc_now()))
        answering = Answering(world, Apps({"toss": toss}), press, 0.0)
        yield Scene(wiring, way, world, answering, name)
        await answering.close()


@pytest.fixture
async def scene(settings: Settings, keyring: Keyring) -> AsyncIterator[Scene]:
    del keyring  # made where the door loads it from
    async with a_scene(settings) as made:
        yield made


async def test_what_is_asked_for_is_sent_once_and_the_place_in_line_stays(scene: Scene) -> None:
    await scene.ask()
    before = await scene.case()
    scene.tell()
    scene.tell(times=2)

    async def answered() -> bool:
        return (await scene.case()).revision == 2

    await until(answered)
    after = await scene.case()
    assert (after.received_at, after.receipt) == (before.received_at, before.receipt)
    assert after.awaited is None
    assert [one.revision for one in after.certificates] == [1, 2]
    assert len(scene.way.paths) == 1
    assert len(scene.world.holder("h-1").certificates) == 2


async def test_a_door_that_is_away_is_tried_again(scene: Scene) -> None:
    scene.way.closed = 1
    await scene.ask()
    scene.tell()

    async def answered() -> bool:
        return (await scene.case()).revision == 2

    await until(answered)
    assert len(scene.way.paths) == 2


async def test_nothing_is_sent_for_another_notice_or_tried_again_once_it_is_refused(scene: Scene) -> None:
    scene.answering.told(Notice("msg_00000003", "toss", scene.name, "viewed", utc_now(), utc_now(), {}, 1))
    scene.answering.told(Notice("msg_00000003", "toss", "s-other", "supplement_asked", utc_now(), utc_now(), {}, 1))
    scene.tell("msg_00000002")  # nobody has asked

    async def refused() -> bool:
        return len(scene.way.paths) == 1 and not scene.answering.busy

    await until(refused)
    assert (await scene.case()).revision == 1
