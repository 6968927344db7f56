"""The overlays as kustomize builds them: schemas, what is asked of the base, and what the operators' side must be.

Each check is tried on a violation. Nothing here was run: no cluster, no operator.
"""

from collections.abc import Callable
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from tests.unit.deploy import manifests as of_the_base
from tests.unit.deploy.known import SERVICES, settings_of
from tests.unit.deploy.manifests import SCHEMAS, Manifest, Manifests, container, of, pod, schema_complaints
from tests.unit.deploy.overlays import KUBERNETES, OVERLAYS, build, complaints, only, opened
from tests.unit.deploy.test_kubernetes import VERSIONS, put

KAFKA = ("spec", "kafka")
REPLSET = ("spec", "replsets", 0)


@pytest.mark.parametrize("part", [*OVERLAYS, "kafka", "mongodb"])
def test_every_file_is_named_by_its_kustomization(part: str) -> None:
    (folder,) = KUBERNETES.glob(f"*/{part}")
    named = yaml.safe_load((folder / "kustomization.yaml").read_text())
    own = {name for name in named["resources"] if not name.startswith("..")}
    assert {*own, "kustomization.yaml"} == {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_manifest_is_strictly_what_kubernetes_takes(overlay: str, version: str) -> None:
    for manifest in build(overlay):
        if manifest["kind"] not in SCHEMAS:
            kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_resource_of_an_operator_is_strictly_what_we_use_of_it(overlay: str, tmp_path: Path) -> None:
    assert {manifest["kind"] for manifest in build(overlay)} >= SCHEMAS.keys()
    assert schema_complaints(tmp_path, build(overlay)) == ""


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_nothing_is_to_be_complained_of(overlay: str) -> None:
    assert of_the_base.complaints(build(overlay)) == []
    assert complaints(overlay, build(overlay)) == []


@pytest.mark.parametrize(
    ("overlay", "partitions", "replication"), [("dev", 3, 1), ("small-city", 12, 3), ("large-city", 12, 3)]
)
def test_the_settings_are_ones_a_service_starts_with(
    overlay: str, partitions: int, replication: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(of(build(overlay), "ConfigMap")["gubi"]["data"], monkeypatch)
    assert (settings.partitions, settings.replication) == (partitions, replication)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_opens_no_other_database_than_it_may(service: str) -> None:
    assert opened("services", service) == {service}
    assert opened("shared") == {"gate", "vault", "audit"}


def test_what_would_lose_messages_or_is_misspelt_is_not_taken_of_an_operator(tmp_path: Path) -> None:
    """One run for all of them, as each run of the checker costs a second: every one must be named."""
    broken: dict[str, tuple[str, Callable[[Manifest], object]]] = {
        "older": ("Kafka", lambda it: it.update(apiVersion="kafka.strimzi.io/v1beta2")),
        "unclean": ("Kafka", lambda it: put(it, *KAFKA, "config", "unclean.leader.election.enable", to=True)),
        "any-topic": ("Kafka", lambda it: put(it, *KAFKA, "config", "auto.create.topics.enable", to=True)),
        "dropped": ("Kafka", lambda it: put(it, *KAFKA, "config", "broker.id", to=1)),
        "by-default": ("Kafka", lambda it: it["spec"]["kafka"]["config"].pop("min.insync.replicas")),
        "sized-as-once": ("Kafka", lambda it: put(it, *KAFKA, "replicas", to=3)),
        "open-to-all": ("Kafka", lambda it: it["spec"]["kafka"]["listeners"][0].pop("networkPolicyPeers")),
        "of-no-cluster": ("KafkaNodePool", lambda it: it["metadata"].pop("labels")),
        "gone-with-its-pod": (
            "KafkaNodePool",
            lambda it: put(it, "spec", "storage", "volumes", 0, "type", to="ephemeral"),
        ),
        "misspelt": ("KafkaNodePool", lambda it: put(it, "spec", "role", to=["broker"])),
        "with-an-arbiter": (
            "PerconaServerMongoDB",
            lambda it: put(it, *REPLSET, "arbiter", to={"enabled": True, "size": 1}),
        ),
        "upgraded-by-itself": (
            "PerconaServerMongoDB",
            lambda it: put(it, "spec", "upgradeOptions", "apply", to="latest"),
        ),
        "a-superuser": (
            "PerconaServerMongoDB",
            lambda it: put(it, "spec", "users", 0, "roles", to=[{"name": "root", "db": "admin"}]),
        ),
    }
    manifests = []
    for name, (kind, violate) in broken.items():
        manifest = only(build("small-city"), kind)
        manifest["metadata"]["name"] = name
        violate(manifest)
        manifests.append(manifest)
    sound = [only(build("small-city"), kind) for kind in ("Kafka", "KafkaNodePool", "PerconaServerMongoDB")]
    said = schema_complaints(tmp_path, manifests + sound)
    assert [name for name, (kind, _) in broken.items() if f"{kind}-{name}.yaml" not in said] == []
    assert [one for one in sound if f"{one['kind']}-{one['metadata']['name']}.yaml" in said] == []


def one(kind: str, name: str, change: Callable[[Manifest], object]) -> Callable[[Manifests], object]:
    return lambda manifests: change(of(manifests, kind)[name])


def of_kind(kind: str, change: Callable[[Manifest], object]) -> Callable[[Manifests], object]:
    return lambda manifests: change(only(manifests, kind))


def kafka(change: Callable[[Manifest], object]) -> Callable[[Manifests], object]:
    return of_kind("Kafka", lambda it: change(it["spec"]["kafka"]))


def store(change: Callable[[Manifest], object]) -> Callable[[Manifests], object]:
    return of_kind("PerconaServerMongoDB", lambda it: change(it["spec"]))


VIOLATIONS: dict[str, tuple[str, Callable[[Manifests], object], str]] = {
    "an even quorum": (
        "small-city",
        of_kind("KafkaNodePool", lambda it: put(it, "spec", "replicas", to=4)),
        "4 controllers are no better than 3",
    ),
    "more copies than brokers": (
        "dev",
        one("ConfigMap", "gubi", lambda it: put(it, "data", "GUBI_REPLICATION", to="3")),
        "topics want 3 copies, and there are 1 brokers",
    ),
    "a pool of another cluster": (
        "large-city",
        of_kind("KafkaNodePool", lambda it: put(it, "metadata", "labels", "strimzi.io/cluster", to="other")),
        "and there are 0 brokers",
    ),
    "offsets in one copy": (
        "small-city",
        kafka(lambda it: put(it, "config", "offsets.topic.replication.factor", to=1)),
        "offsets.topic.replication.factor is 1, and topics have 3",
    ),
    "no broker may be away": (
        "small-city",
        kafka(lambda it: put(it, "config", "min.insync.replicas", to=3)),
        "min.insync.replicas is 3 of 3",
    ),
    "one copy is enough": (
        "small-city",
        kafka(lambda it: put(it, "config", "transaction.state.log.min.isr", to=1)),
        "transaction.state.log.min.isr is 1 of 3",
    ),
    "more agreeing than there are": (
        "dev",
        kafka(lambda it: put(it, "config", "min.insync.replicas", to=2)),
        "more than there are copies",
    ),
    "other than the topics ask": (
        "large-city",
        kafka(lambda it: put(it, "config", "min.insync.replicas", to=1)),
        "and topics ask for 2",
    ),
    "an even store": ("small-city", store(lambda it: put(it, "replsets", 0, "size", to=4)), "no better than 3"),
    "one member by accident": (
        "dev",
        store(lambda it: it.pop("unsafeFlags")),
        "refuses 1 member without being told",
    ),
    "a city told to be unsafe": (
        "small-city",
        store(lambda it: put(it, "unsafeFlags", to={"replsetSize": True})),
        "to take fewer members",
    ),
    "a broker by another name": (
        "small-city",
        of_kind("Kafka", lambda it: put(it, "metadata", "name", to="kafka")),
        "at gubi-kafka-bootstrap.kafka.svc:9092, which nobody is",
    ),
    "a store by another name": (
        "large-city",
        store(lambda it: put(it, "replsets", 0, "name", to="rs1")),
        "and it is at gubi-rs1.mongodb.svc.cluster.local",
    ),
    "a password said too late": (
        "small-city",
        one("Deployment", "intake", lambda it: container(it)["env"].insert(0, container(it)["env"].pop(2))),
        "names STORE_PASSWORD, which is not said before",
    ),
    "somebody else at the store": (
        "small-city",
        one("Deployment", "intake", lambda it: put(container(it), "env", 1, to={"name": "STORE_USER", "value": "x"})),
        "comes to the store as x",
    ),
    "known somewhere else": (
        "small-city",
        store(lambda it: put(it, "users", 0, "db", to="gubi_intake")),
        "intake is not known in admin",
    ),
    "a service that the store does not know": (
        "small-city",
        store(lambda it: it["users"].pop()),
        "users are not the services",
    ),
    "another's password": (
        "small-city",
        store(lambda it: put(it, "users", 0, "passwordSecretRef", "key", to="dashboard")),
        "intake's password is another's",
    ),
    "another's database": (
        "small-city",
        store(lambda it: it["users"][4]["roles"].append({"name": "readWrite", "db": "gubi_vault"})),
        "notification may [('readWrite', 'gubi_vault')]",
    ),
    "an access log that can be emptied": (
        "small-city",
        store(lambda it: it["roles"][0]["privileges"][0]["actions"].append("remove")),
        "services may remove the access log",
    ),
    "a role for everything": (
        "small-city",
        store(lambda it: put(it, "roles", 0, "privileges", 0, "resource", "db", to="gubi_gate")),
        "a role reaches",
    ),
    "a policy for pods that are not": (
        "small-city",
        one(
            "NetworkPolicy",
            "extraction",
            lambda it: put(
                it, "spec", "egress", 1, "to", 0, "podSelector", "matchLabels", "strimzi.io/name", to="kafka"
            ),
        ),
        "extraction may not ask the broker",
    ),
    "a policy for a whole namespace": (
        "small-city",
        one("NetworkPolicy", "extraction", lambda it: it["spec"]["egress"][2]["to"][0].pop("podSelector")),
        "extraction may ask whatever else is beside the store",
    ),
    "a broker that lets nobody in": (
        "small-city",
        kafka(lambda it: it["listeners"][0]["networkPolicyPeers"].pop(0)),
        "the broker does not let topics in",
    ),
    "a broker that KEDA cannot ask": (
        "small-city",
        kafka(lambda it: it["listeners"][0]["networkPolicyPeers"].pop()),
        "does not tell KEDA",
    ),
    "a store that lets no service in": (
        "small-city",
        one("NetworkPolicy", "gubi-store", lambda it: it["spec"]["ingress"][0]["from"].pop()),
        "the store does not let intake in",
    ),
    "a store whose members are alone": (
        "small-city",
        one("NetworkPolicy", "gubi-store", lambda it: it["spec"]["ingress"][0]["from"].pop(0)),
        "do not let each other in",
    ),
    "a guard of nobody": (
        "small-city",
        one("NetworkPolicy", "gubi-store", lambda it: put(it, "metadata", "namespace", to="gubi")),
        "guards no member",
    ),
    "brokers on one node": (
        "small-city",
        of_kind("KafkaNodePool", lambda it: put(it, "spec", "template", "pod", "topologySpreadConstraints", to=[])),
        "brokers are spread over nothing",
    ),
    "brokers spread as others": (
        "small-city",
        of_kind(
            "KafkaNodePool",
            lambda it: put(
                it,
                "spec",
                "template",
                "pod",
                "topologySpreadConstraints",
                0,
                "labelSelector",
                "matchLabels",
                to={"strimzi.io/name": "other-kafka"},
            ),
        ),
        "brokers are spread as others are",
    ),
    "members in one zone": (
        "large-city",
        store(lambda it: it["replsets"][0].pop("topologySpreadConstraints")),
        "members of the store are spread over nothing",
    ),
    "a service in one zone": (
        "large-city",
        one(
            "Deployment",
            "intake",
            lambda it: put(pod(it), "topologySpreadConstraints", 1, "whenUnsatisfiable", to="ScheduleAnyway"),
        ),
        "intake are spread over nothing",
    ),
    "a zone that is gone": (
        "large-city",
        one("Deployment", "intake", lambda it: pod(it)["topologySpreadConstraints"][1].pop("nodeTaintsPolicy")),
        "intake waits for a zone that is gone",
    ),
    "a broker's disk too small": (
        "large-city",
        of_kind("KafkaNodePool", lambda it: put(it, "spec", "storage", "volumes", 0, "size", to="40Gi")),
        "the broker's disk of 40 GiB holds less than 5 years, 47 GiB",
    ),
    "a store's disk too small": (
        "large-city",
        store(
            lambda it: put(
                it, "replsets", 0, "volumeSpec", "persistentVolumeClaim", "resources", "requests", "storage", to="100Gi"
            )
        ),
        "the store's disk of 100 GiB holds less than 5 years, 110 GiB",
    ),
    "a heap that takes all": (
        "small-city",
        of_kind("KafkaNodePool", lambda it: put(it, "spec", "jvmOptions", "-Xmx", to="2g")),
        "leaves nothing for the pages",
    ),
    "one door for a city": (
        "small-city",
        one("ScaledObject", "intake", lambda it: put(it, "spec", "minReplicaCount", to=1)),
        "intake is gone with one of its pods",
    ),
    "less than the least": (
        "large-city",
        one("ScaledObject", "withdrawal", lambda it: put(it, "spec", "maxReplicaCount", to=1)),
        "withdrawal has at least 2 and at most 1",
    ),
}


@pytest.mark.parametrize(("overlay", "violate", "complaint"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_each_check_notices_its_violation(overlay: str, violate: Callable[[Manifests], object], complaint: str) -> None:
    manifests = build(overlay)
    violate(manifests)
    assert complaint in "\n".join(complaints(overlay, manifests))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_an_overlay_beyond_its_partitions_is_noticed(overlay: str) -> None:
    manifests = build(overlay)
    most = int(of(manifests, "ConfigMap")["gubi"]["data"]["GUBI_PARTITIONS"]) + 1
    put(of(manifests, "ScaledObject")["extraction"], "spec", "maxReplicaCount", to=most)
    assert f"extraction is scaled to {most}, beyond" in "\n".join(of_the_base.complaints(manifests))
