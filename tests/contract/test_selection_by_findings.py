"""A programme that rests on what only another office knows: it ranks whoever an official has found to meet it."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.eligibility.selection.lottery import lot
from services.eligibility.selection.ranking import Draw
from services.eligibility.selection.running import Selections
from services.eligibility.store import Groups, Runs
from shared.catalog import load
from shared.events import SelectionRequested
from shared.facts import Facts, Settled
from shared.gate import Accepted, HeldCertificate, Official
from shared.settings import Settings
from shared.vault import Keyring, SealedRow
from shared.wiring import Wiring
from tests.builders.holding import a_hold
from tests.unit.eligibility.cases import certificate, household

HOUSE = load().programmes["DISHOUSE_2023"]
KIM = Official("kim", "disability_housing")
DAY = date(2023, 6, 2)
DRAW = Draw(bytes(32), "")
MET = {"NO_HOME": "met", "NEVER_SUPPLIED": "met"}


async def send(wiring: Wiring, degree: str, findings: dict[str, Any]) -> str:
    """Somebody with this degree of disability, of whom this was found out."""
    hold, seal = await a_hold(wiring.keyring, wiring.vault, programme_id=HOUSE.id)
    name = hold.submission_id
    [held] = hold.certificates
    both: tuple[HeldCertificate, ...] = (held, replace(held, fingerprint=f"{name}-1"))
    head = f"가구{name[2:8]}"
    rows: Any = [
        {"relation": "본인", "name": head, "birth_date": "1988-05-05"},
        {"relation": "배우자", "name": "김가상", "birth_date": "1990-01-01"},
    ]
    own = {"holder_name": "김가상", "birth_date": "1990-01-01", "degree": degree}
    sent = (
        certificate("DISAB", own, issued_on=DAY),
        household(members=rows, issued_on=DAY, part=1),
    )
    plain = Facts(certificates=sent).model_dump_json().encode()
    await wiring.gate.hold(replace(hold, holder=name, certificates=both))
    await wiring.vault.put([SealedRow(name, "facts", 1, seal.seal("facts", 1, plain))])
    await wiring.gate.view(name, official=KIM, purpose="심사", request_id=f"look-{name}")
    said = {code: Settled(result=one, source="전산검색", on=DAY, by="김담당") for code, one in findings.items()}
    done = await wiring.gate.settle(
        name, said, reason="조회 결과를 확인함", official=KIM, look_id=f"look-{name}", request_id=f"f-{name}", expects=0
    )
    assert isinstance(done, Accepted)
    return name


async def test_a_run_over_the_housing_supply_ranks_by_points_whoever_was_found_to_own_no_home(
    settings: Settings, keyring: Keyring
) -> None:
    del keyring  # made where the wiring loads it from
    wiring = Wiring.of(settings)
    runs, groups = Runs(wiring.database("eligibility")), Groups(wiring.database("eligibility"))

    async def nothing(_: object) -> None: ...

    selections = Selections(wiring, load(), runs, groups, nothing, 1)
    async with wiring.open(runs, groups, selections):
        lighter = await send(wiring, "not_severe", MET)
        severe, another = await send(wiring, "severe", MET), await send(wiring, "severe", MET)
        owner = await send(wiring, "severe", MET | {"NO_HOME": "not_met"})
        waits = await send(wiring, "severe", {"NO_HOME": "met"})
        request = SelectionRequested.because_of(
            "run", run_id="run", at=wiring.clock(), programme_id=HOUSE.id, rule_version=1, as_of=DAY, office="o"
        )
        await selections.decide(await selections.pinned(HOUSE, request), "run", "lease", DRAW)
        lines = [line.split("|") for line in await runs.portion("run", "lease", 0)]
    drawn = sorted((severe, another), key=lambda name: lot(DRAW.seed, "", name))
    assert {name: (outcome, standing, place) for name, outcome, standing, place, *_ in lines} == {
        drawn[0]: ("eligible", "selected", "1"),
        drawn[1]: ("eligible", "selected", "2"),
        lighter: ("eligible", "selected", "3"),
        owner: ("ineligible", "none", ""),
        waits: ("review", "none", ""),
    }
