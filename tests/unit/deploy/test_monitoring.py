"""Alerts: what promtool says of them, that each has its paragraph, and that what they ask for is there."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.metrics import LABELS, REGISTRY
from tests.unit.deploy.known import ROOT, SERVICES

MONITORING = ROOT / "deploy" / "monitoring"
RUNBOOK = ROOT / "docs" / "runbook.md"
PROMETHEUS_OWN = {"up"}
NAME = re.compile(r"\b(gubi_\w+|process_\w+|up)\b")
MATCHER = re.compile(r'(\w+)!?="([^"]*)"')


@pytest.fixture(scope="session")
def promtool() -> str:
    return shutil.which("promtool") or pytest.skip("promtool is not here: apt-get install prometheus")


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def said_of(promtool: str, folder: Path, *words: str) -> str:
    done = subprocess.run([promtool, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=200)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def names() -> set[str]:
    """Every series that a process of ours can tell."""
    made = {
        name
        for family in REGISTRY.collect()
        for name in (family.name, f"{family.name}_total", f"{family.name}_bucket", f"{family.name}_count")
    }
    return made | {sample.name for family in REGISTRY.collect() for sample in family.samples}


def unknown(expression: str) -> set[str]:
    bare = re.sub(r'"[^"]*"', '""', expression)
    return set(NAME.findall(bare)) - names() - PROMETHEUS_OWN


def never(expression: str) -> Iterator[str]:
    """Matchers for a value that its label never has."""
    for label, value in MATCHER.findall(expression):
        if label in LABELS and label != "route" and value not in LABELS[label]:
            yield f"{label}={value}"


def test_promtool_takes_the_rules_and_the_example_of_a_configuration(promtool: str) -> None:
    assert said_of(promtool, MONITORING, "check", "rules", "alerts.yaml") == ""
    assert said_of(promtool, MONITORING, "check", "config", "prometheus.yaml") == ""


def test_each_alert_is_silent_when_all_is_well_and_heard_when_it_is_not(promtool: str) -> None:
    assert said_of(promtool, MONITORING, "test", "rules", "alerts_test.yaml") == ""
    tried = yaml.safe_load((MONITORING / "alerts_test.yaml").read_text())["tests"]
    for case, heard in zip(tried, (False, True), strict=True):
        asked = {one["alertname"]: bool(one.get("exp_alerts")) for one in case["alert_rule_test"]}
        assert asked == {rule["alert"]: heard for rule in rules()}


def test_a_rule_that_is_never_heard_is_noticed(promtool: str, tmp_path: Path) -> None:
    shutil.copytree(MONITORING, tmp_path, dirs_exist_ok=True)
    spoilt = (tmp_path / "alerts.yaml").read_text().replace("gubi_owed_oldest_seconds) > 60", "gubi_owed_oldest) > 60")
    (tmp_path / "alerts.yaml").write_text(spoilt)
    assert "GubiOwedTooOld" in said_of(promtool, tmp_path, "test", "rules", "alerts_test.yaml")


def test_every_alert_has_its_paragraph_and_every_paragraph_its_alert() -> None:
    parts = re.split(r"^### (\w+)\n", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    paragraphs = dict(zip(parts[::2], parts[1::2], strict=True))
    assert list(paragraphs) == [rule["alert"] for rule in rules()]
    assert all(len(text.split()) > 25 for text in paragraphs.values())
    for rule in rules():
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in ("page", "warn")


def test_what_alerts_and_the_runbook_ask_for_is_there() -> None:
    assert {rule["alert"]: found for rule in rules() if (found := unknown(rule["expr"]))} == {}
    assert unknown(" ".join(re.findall(r"`(gubi_\w+)`", RUNBOOK.read_text()))) == set()
    assert unknown('gubi_records{outcome="up"} > gubi_recods_total') == {"gubi_recods_total"}


def test_alerts_ask_for_values_that_labels_can_have() -> None:
    assert [miss for rule in rules() for miss in never(rule["expr"])] == []
    assert list(never('gubi_records_total{outcome="hadled"}')) == ["outcome=hadled"]


def test_the_example_of_a_configuration_finds_every_service() -> None:
    [job] = yaml.safe_load((MONITORING / "prometheus.yaml").read_text())["scrape_configs"]
    assert job["job_name"] == "gubi"
    assert job["dns_sd_configs"][0]["names"] == list(SERVICES)
