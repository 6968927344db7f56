"""The service grows (점차 확대): another programme is opened by data alone."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import shared.catalog
from services.eligibility.rules import screen
from services.intake.form import CertificateEntry, Consent, Holder, SubmissionForm
from services.intake.parts import Part
from services.intake.public import programme_answer
from services.intake.rules import Limits, admit
from shared.catalog import Catalog, load
from shared.clock import utc_now
from tests.unit.eligibility.cases import certificate, facts, submitter

NOW = datetime(2024, 1, 2, 3, 0, tzinfo=UTC)
FORM = SubmissionForm(
    programme="CHILDCARE_2024",
    holder=Holder(wallet_address="1SampLeWaLLetAddress", name="김가상", birth_date=date(1990, 1, 1)),
    consent=Consent(third_party_provision=True, at=NOW),
    certificates=(CertificateEntry(part="one", kind="SINGLEP"),),
)
PARTS = {"one": Part("one", "application/pdf", b"%PDF-1.7")}
FIFTH = """
id: CHILDCARE_2024
version: 1
name: {ko: 한부모 돌봄 지원, en: Single-parent childcare}
aliases: [한부모 지원]
institution: seoul
office: asset_building
notice: {title: 예시 공고}
opens_at: 2024-01-02T00:00:00+09:00
closes_at: 2024-02-01T00:00:00+09:00
as_of: {policy: fixed_date, day: 2024-01-02}
accepts: {all_of: [SINGLEP]}
freshness_days: {SINGLEP: 30}
undo_minutes: 5
retention_days: 30
take_back_policy: {ko: 열람 전까지 회수할 수 있습니다., en: Until an official has viewed it.}
selection: {order: [lottery], quota: 10, one_per: household, second_approver: false}
conditions:
  all:
    - code: SINGLE_PARENT
      name: {ko: 한부모가족, en: Single-parent family}
      test: {kind: holds}
      observes: {SINGLEP: holder_name}
      met: {ko: "한부모가족입니다. {why}", en: "A single-parent family. {why}"}
      not_met: {ko: "한부모가족이 아닙니다. {why}", en: "Not a single-parent family. {why}"}
      cannot_tell: {ko: "한부모가족인지 확인할 수 없습니다. {why}", en: "Cannot be told. {why}"}
      law: {title: 한부모가족지원법}
    - code: LIVES_IN_DISTRICT
      name: {ko: 강북구 거주, en: Resident in Gangbuk-gu}
      test: {kind: lives_in, region: 강북구}
      observes: {SINGLEP: address}
      met: {ko: "강북구에 거주합니다. {why}", en: "Resident there. {why}"}
      not_met: {ko: "강북구에 거주하지 않습니다. {why}", en: "Not resident there. {why}"}
      cannot_tell: {ko: "강북구에 거주하는지 확인할 수 없습니다. {why}", en: "Cannot be told. {why}"}
      law: {title: 예시 공고}
"""


@pytest.fixture
def grown(tmp_path: Path) -> Catalog:
    folder = tmp_path / "catalog"
    shutil.copytree(Path(shared.catalog.__file__).parent, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (folder / "programmes" / "CHILDCARE_2024.yaml").write_text(FIFTH, "utf-8")
    return load(folder)


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("서울특별시 강북구 도봉로 1", "eligible"),
        ("서울특별시 도봉구 도봉로 1", "ineligible"),
        ("강북구 도봉로 1", "review"),
    ],
)
def test_a_programme_that_is_one_new_file_is_found_offered_taken_and_screened(grown, address, outcome):
    (programme,) = grown.search("ㅎㅂㅁ ㄷㅂ")
    offered = programme_answer(programme, grown, "https://example.org", utc_now)
    assert [(one.kind, one.need, one.issued_within_days) for one in offered.certificates] == [("SINGLEP", "each", 30)]
    assert admit(FORM, PARTS, programme=programme, wallet=grown.wallets["gov24"], limits=Limits(), now=NOW) is programme
    values = {"holder_name": "김가상", "birth_date": "1990-01-01", "address": address}
    sent = facts(certificate("SINGLEP", values, issued_on=date(2024, 1, 2)))
    found = screen(sent, submitter(), programme, as_of=date(2024, 1, 2), answers={})
    assert found.outcome == outcome
    assert "한부모가족 증명서에 적힌" in found.conditions[0].reason_ko
