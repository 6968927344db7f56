"""The Kubernetes base: schemas, and what schemas do not know. Each check is tried on a violation."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.unit.deploy import manifests as checks
from tests.unit.deploy.complaining import Check, Sentence, checks_of, name_of, provoked, sentences
from tests.unit.deploy.known import VERSION, no_such_command, no_such_settings, settings_of
from tests.unit.deploy.manifests import BASE, SCHEMAS, Manifests, complaints, container, of, pod, schema_complaints

OLDEST = "1.31"  # PodDisruptionBudget.unhealthyPodEvictionPolicy is stable from there on
VERSIONS = (OLDEST, kubernetes_validate.latest_version())
CHECKS = checks_of(checks, "manifests")


@pytest.fixture
def manifests() -> Manifests:
    return checks.load()


def test_every_file_of_the_base_is_named_by_its_kustomization() -> None:
    named = yaml.safe_load((BASE / "kustomization.yaml").read_text())
    assert {*named["resources"], "kustomization.yaml"} == {path.name for path in BASE.iterdir()}
    assert [image["newTag"] for image in named["images"]] == [VERSION]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_strictly_what_kubernetes_takes(manifests: Manifests, version: str) -> None:
    for manifest in manifests:
        if manifest["kind"] not in SCHEMAS:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_misspelt_field_is_not_taken(manifests: Manifests, version: str) -> None:
    broken = of(manifests, "Deployment")["extraction"]
    container(broken)["livenessProb"] = container(broken).pop("livenessProbe")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, version, strict=True)


def test_every_scaled_object_is_strictly_what_we_use_of_keda(manifests: Manifests, tmp_path: Path) -> None:
    assert schema_complaints(tmp_path, manifests) == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("offsetResetPolicy", "latest"),
        ("excludePersistentLag", "false"),
        ("excludePersistentLag", True),
        ("lagThreshold", 100),
        ("allowIdleConsumers", "true"),
    ],
)
def test_a_trigger_that_loses_or_scales_in_vain_is_not_taken(
    manifests: Manifests, tmp_path: Path, field: str, value: object
) -> None:
    of(manifests, "ScaledObject")["extraction"]["spec"]["triggers"][0]["metadata"][field] = value
    assert "extraction" in schema_complaints(tmp_path, manifests)


def test_the_settings_are_ones_a_service_starts_with(manifests: Manifests, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(of(manifests, "ConfigMap")["gubi"]["data"], monkeypatch)
    assert (settings.partitions, settings.replication) == (12, 3)


def test_nothing_is_to_be_complained_of(manifests: Manifests) -> None:
    assert complaints(manifests) == []


def one(kind: str, name: str, change: Callable[[checks.Manifest], object]) -> Callable[[Manifests], object]:
    return lambda manifests: change(of(manifests, kind)[name])


def put(manifest: checks.Manifest, *way: object, to: object) -> None:
    *steps, last = way
    for step in steps:
        manifest = manifest[step]
    manifest[last] = to


def deployed(name: str, change: Callable[[checks.Manifest], object]) -> Callable[[Manifests], object]:
    return one("Deployment", name, change)


WORLD = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}}], "ports": [{"port": 443}]}
LABELS = ("spec", "template", "metadata", "labels")
ROOT_OF_ALL = {"name": "before", "securityContext": {"runAsUser": 0, "privileged": True}}


def policy(name: str, egress: list[object]) -> checks.Manifest:
    """One more for extraction's pods."""
    chosen = {"matchLabels": {"app.kubernetes.io/name": "extraction"}}
    spec = {"podSelector": chosen, "policyTypes": ["Egress"], "egress": egress}
    return {"kind": "NetworkPolicy", "metadata": {"name": name}, "spec": spec}


VIOLATIONS: dict[str, tuple[Callable[[Manifests], object], str]] = {
    "a service without its budget": (
        lambda all_: all_.remove(of(all_, "PodDisruptionBudget")["withdrawal"]),
        "withdrawal has no PodDisruptionBudget",
    ),
    "an account with a token": (
        one("ServiceAccount", "intake", lambda it: put(it, "automountServiceAccountToken", to=True)),
        "hands out a token",
    ),
    "a pod with a token": (
        deployed("intake", lambda it: put(pod(it), "automountServiceAccountToken", to=True)),
        "is given a token",
    ),
    "a budget of another": (
        one(
            "PodDisruptionBudget",
            "intake",
            lambda it: put(it, "spec", "selector", "matchLabels", to={"app.kubernetes.io/name": "dashboard"}),
        ),
        "selects others",
    ),
    "pods of another name": (
        deployed("intake", lambda it: put(it, *LABELS, to={"app.kubernetes.io/name": "inlet"})),
        "intake's pods do not bear its name",
    ),
    "another's account": (
        deployed("intake", lambda it: put(pod(it), "serviceAccountName", to="dashboard")),
        "under another's account",
    ),
    "no such command": (
        one("Job", "topics", lambda it: put(container(it), "args", to=["topic", "create"])),
        "gubi has no command",
    ),
    "no such option": (
        one("Job", "topics", lambda it: put(container(it), "args", to=["topics", "apply", "--no-keys"])),
        "does not know '--no-keys'",
    ),
    "no such service": (deployed("intake", lambda it: put(container(it), "args", to=["run", "inlet"])), "'inlet'"),
    "no such setting": (
        one("ConfigMap", "gubi", lambda it: put(it, "data", "GUBI_KAFKAS", to="x")),
        "no setting is called GUBI_KAFKAS",
    ),
    "another service": (
        deployed("intake", lambda it: put(container(it), "args", to=["run", "dashboard"])),
        "intake does not run itself: run dashboard",
    ),
    "another program": (
        deployed("intake", lambda it: put(container(it), "command", to=["sh", "-c"])),
        "intake runs sh -c in place of gubi",
    ),
    "another version": (deployed("intake", lambda it: put(container(it), "image", to="gubi:latest")), "and this is"),
    "root": (deployed("intake", lambda it: put(pod(it), "securityContext", "runAsUser", to=0)), "does not run as"),
    "no seccomp": (
        deployed("intake", lambda it: pod(it)["securityContext"].pop("seccompProfile")),
        "no seccomp profile",
    ),
    "a root that can be written to": (
        deployed("intake", lambda it: put(container(it), "securityContext", "readOnlyRootFilesystem", to=False)),
        "not restricted",
    ),
    "root before the service begins": (
        deployed("extraction", lambda it: put(pod(it), "initContainers", to=[ROOT_OF_ALL])),
        "extraction's container before is not restricted",
    ),
    "root beside the service": (
        deployed("extraction", lambda it: pod(it)["containers"].append(ROOT_OF_ALL)),
        "extraction's container before is not restricted",
    ),
    "root put into the pod": (
        deployed("extraction", lambda it: put(pod(it), "ephemeralContainers", to=[ROOT_OF_ALL])),
        "extraction's container before is not restricted",
    ),
    "the node's processes": (
        deployed("extraction", lambda it: put(pod(it), "hostPID", to=True)),
        "extraction shares what is its node's",
    ),
    "the node's disk": (
        deployed("extraction", lambda it: pod(it)["volumes"].append({"name": "all", "hostPath": {"path": "/"}})),
        "extraction is given a folder of its node",
    ),
    "nowhere to write": (
        deployed("intake", lambda it: container(it)["volumeMounts"].pop(0)),
        "nowhere to put a temporary file",
    ),
    "another port": (
        deployed("extraction", lambda it: put(container(it), "ports", 0, "containerPort", to=8901)),
        "not those it listens on",
    ),
    "life asked of the door": (
        deployed("intake", lambda it: put(container(it), "livenessProbe", "httpGet", "port", to="door")),
        "where its consumers do not tell",
    ),
    "an eager liveness probe": (
        deployed("extraction", lambda it: put(container(it), "livenessProbe", "failureThreshold", to=2)),
        "sooner than a broker rolls",
    ),
    "a slow readiness probe": (
        deployed("extraction", lambda it: put(container(it), "readinessProbe", "failureThreshold", to=3)),
        "hanging consumer is seen after",
    ),
    "a door that goes with the store": (
        deployed("intake", lambda it: put(container(it), "readinessProbe", "httpGet", "path", to="/readyz")),
        "nobody offers the offices",
    ),
    "readiness asked of life": (
        deployed("extraction", lambda it: put(container(it), "readinessProbe", "httpGet", "path", to="/livez")),
        "not asked whether it is ready",
    ),
    "metrics nobody asks for": (
        deployed("intake", lambda it: it["spec"]["template"]["metadata"].pop("annotations")),
        "intake is not asked for its metrics",
    ),
    "too little grace": (
        deployed("intake", lambda it: put(pod(it), "terminationGracePeriodSeconds", to=30)),
        "killed before it has finished",
    ),
    "no pause before the end": (
        deployed("intake", lambda it: container(it).pop("lifecycle")),
        "requests are still sent",
    ),
    "beyond the partitions": (
        one("ScaledObject", "extraction", lambda it: put(it, "spec", "maxReplicaCount", to=13)),
        "beyond 12 partitions",
    ),
    "fewer partitions": (
        one("ConfigMap", "gubi", lambda it: put(it, "data", "GUBI_PARTITIONS", to="6")),
        "extraction is scaled to 12, beyond 6 partitions",
    ),
    "a surge without a partition": (
        deployed("extraction", lambda it: put(it, "spec", "strategy", "rollingUpdate", "maxSurge", to=1)),
        "waits for ever",
    ),
    "another's replicas": (
        one("ScaledObject", "intake", lambda it: put(it, "spec", "scaleTargetRef", "name", to="dashboard")),
        "intake scales another",
    ),
    "a topic it does not take": (
        one(
            "ScaledObject",
            "withdrawal",
            lambda it: put(it, "spec", "triggers", 0, "metadata", "topic", to="submission-decided-v1"),
        ),
        "withdrawal does not take submission-decided-v1",
    ),
    "a topic that waits unseen": (
        one("ScaledObject", "eligibility", lambda it: it["spec"]["triggers"].pop()),
        "eligibility is not scaled by submission-expired-v1",
    ),
    "another's group": (
        one(
            "ScaledObject",
            "withdrawal",
            lambda it: put(it, "spec", "triggers", 0, "metadata", "consumerGroup", to="intake"),
        ),
        "group is not intake",
    ),
    "replicas said twice": (deployed("intake", lambda it: put(it, "spec", "replicas", to=2)), "said twice"),
    "no default": (
        lambda all_: all_.remove(of(all_, "NetworkPolicy")["nothing-unless-allowed"]),
        "is not denied",
    ),
    "a policy too many": (
        lambda all_: all_.append(policy("more", [{}])),
        "more is a policy beside those that are known",
    ),
    "a policy for another": (
        one("NetworkPolicy", "extraction", lambda it: put(it, "spec", "podSelector", "matchLabels", to={})),
        "extraction's policy is another's",
    ),
    "extraction reaching everything": (
        one("NetworkPolicy", "extraction", lambda it: it["spec"]["egress"].append({})),
        "extraction reaches anywhere:any/TCP",
    ),
    "extraction reaching every port of the broker": (
        one("NetworkPolicy", "extraction", lambda it: put(it, "spec", "egress", 1, "ports", 0, "endPort", to=65535)),
        "extraction reaches kafka:9092 to 65535/TCP",
    ),
    "extraction reaching its siblings": (
        one("NetworkPolicy", "extraction", lambda it: put(it, "spec", "egress", 1, "to", to=[{"podSelector": {}}])),
        "extraction reaches gubi:9092/TCP",
    ),
    "extraction without names": (
        one("NetworkPolicy", "extraction", lambda it: it["spec"]["egress"].pop(0)),
        "extraction does not reach kube-system:53/UDP",
    ),
    "extraction reaching out": (
        one(
            "NetworkPolicy",
            "extraction",
            lambda it: it["spec"]["egress"].append(copy.deepcopy(WORLD)),
        ),
        "extraction reaches 0.0.0.0/0",
    ),
    "notification reaching in": (
        one(
            "NetworkPolicy",
            "notification",
            lambda it: it["spec"]["egress"][-1]["to"][0]["ipBlock"].update({"except": []}),
        ),
        "our own included",
    ),
    "an open worker": (
        one(
            "NetworkPolicy",
            "extraction",
            lambda it: put(it, "spec", "ingress", 0, "ports", to=[{"port": "probes"}, {"port": 22}]),
        ),
        "extraction is reached by",
    ),
    "a policy for one direction": (
        one("NetworkPolicy", "intake", lambda it: put(it, "spec", "policyTypes", to=["Ingress"])),
        "leaves a direction open",
    ),
    "nothing requested": (
        deployed("intake", lambda it: container(it)["resources"]["requests"].pop("memory")),
        "intake requests nothing",
    ),
    "no room for a reader": (
        deployed("extraction", lambda it: put(container(it), "resources", "limits", "memory", to="1Gi")),
        "no room for a reader",
    ),
    "no room for bodies": (
        deployed("intake", lambda it: put(container(it), "resources", "limits", "memory", to="1024Mi")),
        "no room for all the bodies",
    ),
    "checkpoints that go with the pod": (
        deployed("dashboard", lambda it: put(pod(it), "volumes", 3, to={"name": "checkpoints", "emptyDir": {}})),
        "dashboard loses the checkpoints",
    ),
    "a secret in git": (
        lambda all_: all_.append({"kind": "Secret", "metadata": {"name": "gubi-keyring"}}),
        "a secret in git",
    ),
    "a keyring too many": (
        deployed(
            "notification",
            lambda it: pod(it)["volumes"][1]["projected"]["sources"].append({"secret": {"name": "gubi-keyring"}}),
        ),
        "notification holds none",
    ),
    "a signing key too many": (
        deployed(
            "intake",
            lambda it: pod(it)["volumes"][2]["projected"]["sources"].append({"secret": {"name": "gubi-signing"}}),
        ),
        "withdrawal alone holds it",
    ),
    "a sign-in too many": (
        deployed(
            "intake",
            lambda it: pod(it)["volumes"].append({"name": "sign-in", "secret": {"secretName": "gubi-sign-in"}}),
        ),
        "the desk alone knows it",
    ),
    "another's way to the store": (
        deployed("intake", lambda it: put(container(it), "env", 0, "valueFrom", "secretKeyRef", "key", to="dashboard")),
        "not a secret of its own",
    ),
}


@pytest.fixture(scope="module")
def all_said() -> dict[Check, list[str]]:
    """Every complaint of each check that any violation provokes."""
    said: dict[Check, list[str]] = {check: [] for check in CHECKS}
    for violate, _ in VIOLATIONS.values():
        spoilt = checks.load()
        violate(spoilt)
        for check in CHECKS:
            said[check] += check(spoilt)
    return said


@pytest.mark.parametrize("sentence", sentences([*CHECKS, no_such_command, no_such_settings]), ids=name_of)
def test_no_complaint_is_believed_that_no_violation_provoked(
    sentence: Sentence, all_said: dict[Check, list[str]]
) -> None:
    assert provoked(sentence, all_said.get(sentence.check, all_said[checks._commands]))


def test_a_complaint_that_nothing_provokes_is_noticed() -> None:
    def check() -> Iterator[str]:
        yield f"{1 + 1} is told nowhere"

    (only,) = sentences([check])
    assert not provoked(only, ["2 is told somewhere"])
    assert provoked(only, ["5 is told nowhere"])


@pytest.mark.parametrize(("violate", "complaint"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_each_check_notices_its_violation(
    manifests: Manifests, violate: Callable[[Manifests], object], complaint: str
) -> None:
    violate(manifests)
    assert complaint in "\n".join(complaints(manifests))
