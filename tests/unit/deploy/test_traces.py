"""Traces on a cluster: who may reach the collector, as kustomize builds it; each component opens just what it says."""

import os
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from shared.traces import wanted
from tests.unit.deploy.known import ROOT, SERVICES
from tests.unit.deploy.kustomize import built
from tests.unit.deploy.manifests import Manifests, complaints, container, load, of, reach
from tests.unit.deploy.test_kubernetes import VERSIONS

KUBERNETES = ROOT / "deploy" / "kubernetes"
TRACED = {name for name in SERVICES if name != "extraction"}
COLLECTOR = {"monitoring:4318/TCP"}


def with_components(folder: Path, *components: str) -> Manifests:
    """The base with these, as kustomize builds it."""
    here = os.path.relpath(KUBERNETES, folder)
    overlay = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [f"{here}/base"],
        "components": [f"{here}/components/{name}" for name in components],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    return built(folder)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    return with_components(tmp_path_factory.mktemp("traced").resolve(), "traces")


@pytest.fixture(scope="module")
def all_traced(tmp_path_factory: pytest.TempPathFactory) -> Manifests:
    return with_components(tmp_path_factory.mktemp("all-traced").resolve(), "traces", "traces-of-extraction")


def telling(manifests: Manifests) -> set[str]:
    """The services that tell traces, by what their processes will read."""
    shared = of(manifests, "ConfigMap")["gubi"]["data"]
    said = {
        name: shared | {entry["name"]: entry["value"] for entry in container(one)["env"] if "value" in entry}
        for name, one in of(manifests, "Deployment").items()
    }
    return {name for name, environment in said.items() if wanted(environment)}


def reaching(manifests: Manifests) -> dict[str, set[str]]:
    """What the policies beside the base's let each service reach."""
    there: dict[str, set[str]] = {}
    for name, policy in of(manifests, "NetworkPolicy").items():
        if name in of(load(), "NetworkPolicy"):
            continue
        chosen = policy["spec"]["podSelector"]
        names = [chosen["matchLabels"]["app.kubernetes.io/name"]] if "matchLabels" in chosen else []
        for expression in chosen.get("matchExpressions", ()):
            assert (expression["key"], expression["operator"]) == ("app.kubernetes.io/name", "In")
            names += expression["values"]
        assert policy["spec"]["policyTypes"] == ["Egress"]
        there |= {service: reach(policy["spec"]) for service in names}
    return there


def test_by_itself_the_base_tells_no_traces_and_extraction_never_would() -> None:
    assert telling(load()) == set()
    named = load()
    of(named, "ConfigMap")["gubi"]["data"]["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector.example.org"
    assert telling(named) == TRACED


def test_with_traces_who_tells_them_reaches_the_collector_and_extraction_does_neither(traced: Manifests) -> None:
    assert telling(traced) == TRACED
    assert reaching(traced) == dict.fromkeys(TRACED, COLLECTOR)


def test_extraction_reaches_the_collector_only_where_that_was_decided(all_traced: Manifests) -> None:
    assert telling(all_traced) == {*SERVICES}
    assert reaching(all_traced) == dict.fromkeys(SERVICES, COLLECTOR)


def test_nothing_else_is_another_than_in_the_base(traced: Manifests, all_traced: Manifests) -> None:
    """The images' registry is the base's own doing, as it is in every build."""
    for manifests, policies in ((traced, ["traces"]), (all_traced, ["traces", "traces-of-extraction"])):
        for one in of(manifests, "Deployment", "Job").values():
            container(one)["image"] = container(one)["image"].rpartition("/")[2]
        assert complaints(manifests) == [f"{name} is a policy beside those that are known" for name in policies]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_policies_are_strictly_what_kubernetes_takes(all_traced: Manifests, version: str) -> None:
    for name in ("traces", "traces-of-extraction"):
        kubernetes_validate.validate(of(all_traced, "NetworkPolicy")[name], version, strict=True)


def test_the_collector_that_is_named_is_where_the_policies_lead(all_traced: Manifests) -> None:
    named = of(all_traced, "ConfigMap")["gubi"]["data"]["OTEL_EXPORTER_OTLP_ENDPOINT"]
    assert named == "http://opentelemetry-collector.monitoring.svc:4318"
