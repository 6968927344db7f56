"""Alerts: what promtool says of them, that each has its paragraph, and that what they ask for is there."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.kafka.pulse import SEEN_AFTER
from shared.metrics import AWAY, REGISTRY
from tests.unit.deploy import manifests
from tests.unit.deploy.known import ROOT, SERVICES
from tests.unit.deploy.promql import complaints, said_of, told

MONITORING = ROOT / "deploy" / "monitoring"
RUNBOOK = ROOT / "docs" / "runbook.md"


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


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


def paragraphs_of(runbook: str) -> dict[str, str]:
    parts = re.split(r"^### (\w+)\n", runbook, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def unexplained(runbook: str) -> set[str]:
    """What a batch may be given back for, and the runbook does not say what to do about."""
    return AWAY - set(re.findall(r"`(\w+)`", paragraphs_of(runbook)["GubiNoProgress"]))


def test_every_alert_has_its_paragraph_and_every_paragraph_its_alert() -> None:
    paragraphs = paragraphs_of(RUNBOOK.read_text())
    assert list(paragraphs) == [rule["alert"] for rule in rules()]
    assert all(len(text.split()) > 25 for text in paragraphs.values())
    for rule in rules():
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["labels"]["severity"] in ("page", "warn")


def test_whatever_a_batch_is_given_back_for_is_explained() -> None:
    runbook = RUNBOOK.read_text()
    assert unexplained(runbook) == set()
    assert unexplained(runbook.replace("`audit`", "the log")) == {"audit"}


def test_who_hangs_or_is_cut_off_alerts_when_its_readiness_tells() -> None:
    asked = {rule["alert"]: rule["expr"] for rule in rules()}
    assert asked["GubiConsumerHangs"] == f"gubi_consumer_still_seconds > {SEEN_AFTER:g}"
    assert asked["GubiCutOff"] == f"gubi_consumer_unanswered_seconds > {SEEN_AFTER:g}"


def test_what_alerts_and_the_runbook_ask_for_is_there() -> None:
    assert {rule["alert"]: found for rule in rules() if (found := list(complaints(rule["expr"])))} == {}
    families = {family.name for family in REGISTRY.collect()}
    assert set(re.findall(r"`(gubi_\w+)`", RUNBOOK.read_text())) <= told().keys() | families


def test_what_is_not_there_is_noticed() -> None:
    for expression, said in (
        ('gubi_readings_total{reason="read"} > gubi_recods_total', "nobody tells gubi_recods_total"),
        ("rate(gubi_records[5m])", "nobody tells gubi_records"),
        ("sum by (topics) (gubi_owed_events)", "gubi_owed_events has no label topics"),
        ('gubi_owed_events{consumer="c"}', "gubi_owed_events has no label consumer"),
        ("sum by (le) (rate(gubi_handler_seconds_count[5m]))", "gubi_handler_seconds_count has no label le"),
        ('increase(gubi_records_total{outcome="hadled"}[10m])', "outcome is never hadled"),
    ):
        assert list(complaints(expression)) == [said]


def test_the_example_of_a_configuration_finds_every_service() -> None:
    [job] = yaml.safe_load((MONITORING / "prometheus.yaml").read_text())["scrape_configs"]
    assert job["dns_sd_configs"][0]["names"] == list(SERVICES)


@pytest.fixture
def on_kubernetes(tmp_path: Path) -> Path:
    """The example, which finds pods in a file: Debian's promtool is built without Kubernetes' own discovery."""
    shutil.copytree(MONITORING, tmp_path, dirs_exist_ok=True)
    example = yaml.safe_load((MONITORING / "prometheus-kubernetes.yaml").read_text())
    [job] = example["scrape_configs"]
    found = job.pop("kubernetes_sd_configs")
    assert found == [{"role": "pod", "namespaces": {"names": [manifests.NAMESPACE]}}]
    job["file_sd_configs"] = [{"files": ["pods.json"]}]
    (tmp_path / "prometheus.yaml").write_text(yaml.safe_dump(example))
    return tmp_path


def pods(phase: str = "Running") -> list[dict[str, Any]]:
    """Each port of each pod of the base, as Prometheus finds it (kubernetes_sd_config, role pod)."""
    found = []
    for name, manifest in manifests.of(manifests.load(), *manifests.RUNNING).items():
        labels = manifest["spec"]["template"]["metadata"]["labels"]
        meta = {f"pod_label_{re.sub(r'[^a-zA-Z0-9_]', '_', key)}": value for key, value in labels.items()}
        meta |= {"pod_name": f"{name}-x", "pod_phase": phase}
        for port in manifests.container(manifest).get("ports", [{"name": "", "containerPort": 80}]):
            about = meta | {"pod_container_port_name": port["name"]}
            meta_labels = {f"__meta_kubernetes_{key}": value for key, value in about.items()}
            found.append({"targets": [f"10.0.0.1:{port['containerPort']}"], "labels": meta_labels})
    return found


def scraped(promtool: str, folder: Path, found: list[dict[str, Any]]) -> list[dict[str, str]]:
    """What Prometheus makes of these pods."""
    (folder / "pods.json").write_text(json.dumps(found))
    command = [promtool, "check", "service-discovery", "--timeout=2s", "prometheus.yaml", "gubi"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return sorted((one["labels"] for one in json.loads(done.stdout) if one["labels"]), key=lambda it: it["service"])


def test_on_kubernetes_each_service_is_asked_under_its_name_where_it_tells(promtool: str, on_kubernetes: Path) -> None:
    assert said_of(promtool, on_kubernetes, "check", "config", "prometheus.yaml") == ""
    names = ("job", "service", "instance", "__address__", "__metrics_path__")
    assert [[labels[name] for name in names] for labels in scraped(promtool, on_kubernetes, pods())] == [
        ["gubi", name, f"{name}-x", "10.0.0.1:8900", "/metrics"] for name in sorted(SERVICES)
    ]
    assert scraped(promtool, on_kubernetes, pods("Failed")) == [], "a pod that has ended is no service that is down"


def test_a_process_says_itself_which_service_it_is_in_both_examples() -> None:
    for name in ("prometheus.yaml", "prometheus-kubernetes.yaml"):
        [job] = yaml.safe_load((MONITORING / name).read_text())["scrape_configs"]
        assert (job["job_name"], job["honor_labels"]) == ("gubi", True)
