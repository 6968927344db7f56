"""What an official reads names the document and the page, from the provenance that is sealed beside the facts."""

from collections.abc import AsyncIterator

import pytest

from shared.facts import CertificateProvenance, FactsProvenance, Provenance
from shared.gate import Official, Opened
from shared.settings import Settings
from shared.vault import Keyring, SealedRow
from tests.builders.screening import Desk, a_screening_desk
from tests.unit.eligibility.cases import household

pytestmark = pytest.mark.both_drivers
PLACE = Provenance(page=2, box=None, raw="", normaliser="address", source="text", confidence=1.0)


@pytest.fixture
async def desk(settings: Settings, keyring: Keyring) -> AsyncIterator[Desk]:
    del keyring  # made where the wiring loads it from
    async with a_screening_desk(settings) as made:
        yield made


async def reasons(desk: Desk, name: str) -> dict[str, str]:
    [mark] = (await desk.read(name)).done
    opened = await desk.wiring.gate.view(
        name, official=Official("kim", "o"), purpose="심사", request_id="v", screening=mark.name
    )
    assert isinstance(opened, Opened)
    assert opened.screening is not None
    conditions: list[dict[str, str]] = opened.screening["conditions"]  # type: ignore[assignment]
    return {one["code"]: one["reason_ko"] for one in conditions}


async def test_a_reason_names_the_page_where_the_value_stood(desk: Desk) -> None:
    name = await desk.send("h-1", household())
    seal = (await desk.wiring.gate.for_machine([name]))[name].seal
    stood = FactsProvenance(certificates=(CertificateProvenance(part=0, fields={"address": PLACE}),))
    sealed = seal.seal("provenance", 1, stood.model_dump_json().encode())
    await desk.wiring.vault.put([SealedRow(name, "provenance", 1, sealed)])
    assert "주민등록표(등본) 2쪽에 적힌 주소는" in (await reasons(desk, name))["LIVES_IN_SEOUL"]


async def test_without_provenance_a_reason_names_the_document_alone(desk: Desk) -> None:
    name = await desk.send("h-1", household())
    assert "주민등록표(등본)에 적힌 주소는" in (await reasons(desk, name))["LIVES_IN_SEOUL"]
