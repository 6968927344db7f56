"""The sandbox takes samples only and says so in every answer; outside it a sample is nothing that counts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gubi_wallet import Certificate
from services.extraction.signatures import check
from services.intake.sandbox import SandboxError, sample_test, samples_only
from services.wallet_simulator.samples import Issuer, make, population
from services.wallet_simulator.samples.producers import PRODUCERS
from shared.settings import Settings
from shared.trust import SAMPLE_ROOT, trust_roots
from shared.vault import Keyring
from tests.builders.doors import HOLDER, PDF, PROGRAMME, Door, opened, refused
from tests.builders.papers import EACH_PRODUCER

pytestmark = pytest.mark.connected
ISSUED = datetime(2026, 11, 1, 3, tzinfo=UTC)


def a_sample(issuer: Issuer, kind: str = "EI_HIST", producer: str = "typst") -> bytes:
    someone = next(population(1))
    return make(kind, person=someone, seed=1, issued_on=ISSUED.date(), issuer=issuer, producer=producer).pdf


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    """The issuer of a sandbox, its root alone among the trust roots, as `gubi prepare` puts it."""
    made = Issuer.open(tmp_path / "issuer")
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / SAMPLE_ROOT).write_text((tmp_path / "issuer" / SAMPLE_ROOT).read_text())
    return made


@pytest.fixture
async def sandbox(settings: Settings, keyring: Keyring, issuer: Issuer, tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(settings, sandbox=True, trust_roots=tmp_path / "trust") as door:
        yield door


async def test_a_sample_is_taken_and_its_receipt_says_that_it_is_of_a_sandbox(sandbox: Door, issuer: Issuer) -> None:
    async with sandbox.app() as toss:
        receipt = await toss.submit(PROGRAMME, HOLDER, [Certificate("EI_HIST", a_sample(issuer))])
        status = await toss.status(receipt["submission_id"], HOLDER.wallet_address)
    assert receipt["sandbox"] is True
    assert status["receipt"] == receipt


async def test_what_is_no_sample_of_this_sandbox_is_refused_and_kept_nowhere(sandbox: Door, tmp_path: Path) -> None:
    strange = a_sample(Issuer.open(tmp_path / "another"))
    async with sandbox.app() as toss:
        for pdf in (PDF, strange):
            problem = await refused(toss.submit(PROGRAMME, HOLDER, [Certificate("EI_HIST", pdf)]))
            assert (problem.status, problem.code, problem.part) == (422, "certificate-not-a-sample", "certificate-1")
    assert await sandbox.wiring.database("vault")["certificates"].count_documents({}) == 0


async def test_every_answer_says_that_it_is_a_sandbox_and_no_other_door_does(sandbox: Door, door: Door) -> None:
    paths = ("/v1/programmes", "/nowhere", "/v1/wallet-keys", f"/v1/programmes/{PROGRAMME}/qr.png", "/openapi.json")
    for path in paths:
        async with sandbox.plain() as http:
            assert (await http.get(path)).headers["gubi-sandbox"] == "true"
        async with door.plain() as http:
            assert "gubi-sandbox" not in (await http.get(path)).headers


@pytest.mark.parametrize("producer", EACH_PRODUCER)
def test_a_sample_is_known_by_whoever_set_it(issuer: Issuer, tmp_path: Path, producer: str) -> None:
    assert producer in PRODUCERS
    is_sample = sample_test(tmp_path / "trust" / SAMPLE_ROOT)
    assert is_sample(a_sample(issuer, producer=producer))
    assert not is_sample(a_sample(Issuer.open(tmp_path / "another"), producer=producer))


def test_a_sandbox_without_a_sample_issuer_does_not_open(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, sandbox=True, trust_roots=tmp_path)  # type: ignore[call-arg]
    with pytest.raises(SandboxError):
        samples_only(settings)
    assert samples_only(settings.model_copy(update={"sandbox": False})) is None


def test_the_sample_root_is_trusted_in_a_sandbox_alone_and_while_developing(issuer: Issuer, tmp_path: Path) -> None:
    """By that root and no other is a sample genuine; where it is not trusted, 인증서 검증 실패 is what is found."""
    folder, pdf = tmp_path / "trust", a_sample(issuer)
    other = Issuer.open(tmp_path / "another")
    (folder / "real.pem").write_text((tmp_path / "another" / SAMPLE_ROOT).read_text())
    assert other.root != issuer.root

    def judged(**modes: bool) -> str:
        settings = Settings(_env_file=None, trust_roots=folder, **modes)  # type: ignore[arg-type]
        return check(pdf, trust_roots(settings), ISSUED).authenticity

    assert judged(sandbox=True) == judged(development=True) == "genuine"
    assert judged() == "certificate_failed"
    real = a_sample(other)
    settings = Settings(_env_file=None, trust_roots=folder, sandbox=True)  # type: ignore[call-arg]
    assert check(real, trust_roots(settings), ISSUED).authenticity == "certificate_failed"
