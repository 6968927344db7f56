"""What is asked of each overlay beyond what is asked of the base; a check gives its complaints.

That the broker and the store which operators make are those that the services look for, and keep what they are given.

What operators make of a resource, names and labels, is said here once, from Strimzi's published API (`KafkaResources`,
`ResourceLabels`, 1.2.0) and from Percona's documentation (connecting to a replica set, labels; 1.23).
"""

import copy
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pymongo.uri_parser import parse_uri

from shared.kafka.topics import wanted
from shared.settings import Settings
from tests.unit.deploy.known import ROOT, SERVICES
from tests.unit.deploy.kustomize import built
from tests.unit.deploy.manifests import Manifest, Manifests, container, of, pod

KUBERNETES = ROOT / "deploy" / "kubernetes"
OVERLAYS = tuple(sorted(path.name for path in (KUBERNETES / "overlays").iterdir()))
A_YEAR = {"small-city": 10_000, "large-city": 266_000}
"""Submissions a year that an overlay is for; dev is for none in particular."""
YEARS = 5
BYTES = {"broker": 37_860, "store": 88_921}
"""Of one submission, before replicas: as `make bench-scale` measured, the store being SecantusDB."""
SHARED = {("readWrite", "gubi_gate"), ("readWrite", "gubi_vault"), ("access-log", "admin")}
"""What every service with a keyring may beside its own database (`shared.wiring`); the role is for `gubi_audit`."""
WRITTEN_ONLY = {"find", "insert", "createCollection", "createIndex"}
ZONE, NODE = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


@cache
def _built(overlay: str) -> Manifests:
    return built(KUBERNETES / "overlays" / overlay)


def build(overlay: str) -> Manifests:
    """All manifests of an overlay; the caller's own copy."""
    return copy.deepcopy(_built(overlay))


def opened(*parts: str) -> set[str]:
    """Give the databases that a part of the code opens, as it names them."""
    files = ROOT.joinpath(*parts).rglob("*.py")
    return {
        name for file in files for name in re.findall(r'\bdatabase\((?:client, settings, )?"(\w+)"', file.read_text())
    }


def complaints(overlay: str, manifests: Manifests) -> list[str]:
    checks = (_brokers, _topics, _members, _known_by_name, _at_home, _let_in, _apart)
    found = [complaint for check in checks for complaint in check(manifests)]
    return [*found, *_sized(overlay, manifests), *_spare(overlay, manifests)]


def only(manifests: Manifests, kind: str) -> Manifest:
    (found,) = of(manifests, kind).values()
    return found


def brokers(manifests: Manifests) -> Manifests:
    """The pools whose nodes are brokers of the cluster."""
    cluster = only(manifests, "Kafka")["metadata"]
    return [
        pool
        for pool in of(manifests, "KafkaNodePool").values()
        if "broker" in pool["spec"]["roles"]
        and pool["metadata"]["labels"]["strimzi.io/cluster"] == cluster["name"]
        and pool["metadata"]["namespace"] == cluster["namespace"]
    ]


def kafka_labels(manifests: Manifests) -> dict[str, str]:
    name = only(manifests, "Kafka")["metadata"]["name"]
    return {"strimzi.io/cluster": name, "strimzi.io/kind": "Kafka", "strimzi.io/name": f"{name}-kafka"}


def member_labels(manifests: Manifests) -> dict[str, str]:
    store = only(manifests, "PerconaServerMongoDB")
    return {
        "app.kubernetes.io/name": "percona-server-mongodb",
        "app.kubernetes.io/instance": store["metadata"]["name"],
        "app.kubernetes.io/component": "mongod",
        "app.kubernetes.io/replset": store["spec"]["replsets"][0]["name"],
    }


def _settings(manifests: Manifests) -> Settings:
    data = of(manifests, "ConfigMap")["gubi"]["data"]
    return Settings(
        _env_file=None,
        kafka=data["GUBI_KAFKA"],
        partitions=int(data["GUBI_PARTITIONS"]),
        replication=int(data["GUBI_REPLICATION"]),
    )


def _brokers(manifests: Manifests) -> Iterator[str]:
    """As many copies as topics want have a broker each, and one may be away; a quorum of controllers has a majority."""
    settings, config = _settings(manifests), only(manifests, "Kafka")["spec"]["kafka"]["config"]
    number = sum(pool["spec"]["replicas"] for pool in brokers(manifests))
    pools = of(manifests, "KafkaNodePool").values()
    controllers = sum(pool["spec"]["replicas"] for pool in pools if "controller" in pool["spec"]["roles"])
    if controllers % 2 == 0:
        yield f"{controllers} controllers are no better than {max(0, controllers - 1)}"
    if settings.replication > number:
        yield f"topics want {settings.replication} copies, and there are {number} brokers"
    copies = {key: value for key, value in config.items() if key.endswith("replication.factor")}
    yield from (f"{key} is {value}, and topics have {settings.replication}" for key, value in copies.items()
                if value != settings.replication)  # fmt: skip
    agreeing = {key: value for key, value in config.items() if key.endswith((".min.isr", "min.insync.replicas"))}
    for key, value in agreeing.items():
        if number > 1 and not 1 < value < settings.replication:
            yield f"{key} is {value} of {settings.replication}: one broker away stops everything, or loses something"
        if value > settings.replication:
            yield f"{key} is {value}, more than there are copies"


def _topics(manifests: Manifests) -> Iterator[str]:
    """The cluster's defaults are what the topics ask for."""
    config = only(manifests, "Kafka")["spec"]["kafka"]["config"]
    for asked in ("min.insync.replicas", "unclean.leader.election.enable"):
        values = {topic.topic_configs[asked] for topic in wanted(_settings(manifests))}
        if {str(config[asked]).lower()} != values:
            yield f"{asked} is {config[asked]}, and topics ask for {', '.join(sorted(values))}"


def _members(manifests: Manifests) -> Iterator[str]:
    """A majority outlives a member; a single one is said to be unsafe."""
    spec = only(manifests, "PerconaServerMongoDB")["spec"]
    size, unsafe = spec["replsets"][0]["size"], "unsafeFlags" in spec
    if size % 2 == 0:
        yield f"{size} members are no better than {size - 1}"
    if size < 3 and not unsafe:
        yield f"the operator refuses {size} member without being told"
    if size >= 3 and unsafe:
        yield "the operator is told to take fewer members than there are"


def _known_by_name(manifests: Manifests) -> Iterator[str]:
    """The services ask at the addresses that the operators give."""
    cluster = only(manifests, "Kafka")
    name, namespace = cluster["metadata"]["name"], cluster["metadata"]["namespace"]
    listeners = [listener for listener in cluster["spec"]["kafka"]["listeners"] if not listener["tls"]]
    addresses = {f"{name}-kafka-bootstrap.{namespace}.svc:{listener['port']}" for listener in listeners}
    if _settings(manifests).kafka not in addresses:
        yield f"services ask for the broker at {_settings(manifests).kafka}, which nobody is"
    store = only(manifests, "PerconaServerMongoDB")
    replset = store["spec"]["replsets"][0]["name"]
    host = f"{store['metadata']['name']}-{replset}.{store['metadata']['namespace']}.svc.cluster.local"
    users = {user["name"]: user for user in store["spec"]["users"]}
    for service, manifest in of(manifests, "Deployment").items():
        address, unknown = _address(manifest)
        yield from (
            f"{service}'s address of the store names {variable}, which is not said before" for variable in unknown
        )
        parsed = parse_uri(address, warn=True)
        if parsed["nodelist"] != [(host, 27017)] or parsed["options"].get("replicaSet") != replset:
            yield f"{service} asks for the store at {parsed['nodelist']}, and it is at {host}, {replset}"
        user = users.get(parsed["username"] or "")
        if user is None or parsed["username"] != service:
            yield f"{service} comes to the store as {parsed['username']}, who is nobody there or another"
        elif parsed["options"].get("authSource") != user["db"]:
            yield f"{service} is not known in {parsed['options'].get('authSource')}"


def _address(manifest: Manifest) -> tuple[str, list[str]]:
    """Give the store's address as Kubernetes puts it together, and what it names that was not said before."""
    said: dict[str, str] = {}
    unknown: list[str] = []
    labels: Mapping[str, str] = manifest["spec"]["template"]["metadata"]["labels"]
    for entry in container(manifest)["env"]:
        text = entry.get("value", "a-password")
        if path := entry.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath", ""):
            text = labels.get(path.removeprefix("metadata.labels['").removesuffix("']"), "a-field")
        unknown += [name for name in re.findall(r"\$\((\w+)\)", text) if name not in said]
        said[entry["name"]] = re.sub(r"\$\((\w+)\)", lambda found: said.get(found[1], "unknown"), text)
    return said["GUBI_MONGO"], unknown


def _at_home(manifests: Manifests) -> Iterator[str]:
    """Each service reaches its own database and the shared ones; nobody deletes from the access log."""
    spec = only(manifests, "PerconaServerMongoDB")["spec"]
    if {user["name"] for user in spec["users"]} != set(SERVICES):
        yield "the store's users are not the services"
    for user in spec["users"]:
        service = user["name"]
        if user["passwordSecretRef"] != {"name": "gubi-store", "key": service}:
            yield f"{service}'s password is another's"
        may = {(role["name"], role["db"]) for role in user["roles"]}
        should = {("readWrite", f"gubi_{service}")} | (set() if service == "notification" else SHARED)
        if may != should:
            yield f"{service} may {sorted(may ^ should)} at the store, or should"
    privileges = [privilege for role in spec["roles"] for privilege in role["privileges"]]
    for privilege in privileges:
        if privilege["resource"] != {"db": "gubi_audit", "collection": ""}:
            yield f"a role reaches {privilege['resource']}"
        if other := set(privilege["actions"]) ^ WRITTEN_ONLY:
            yield f"services may {', '.join(sorted(other))} the access log, or should"


def _let_in(manifests: Manifests) -> Iterator[str]:
    """Who may ask is answered: both sides' policies name pods that there are."""
    cluster, store = only(manifests, "Kafka"), only(manifests, "PerconaServerMongoDB")
    policies = of(manifests, "NetworkPolicy")
    sides = (
        ("broker", cluster["metadata"]["namespace"], kafka_labels(manifests), (*SERVICES, "topics")),
        ("store", store["metadata"]["namespace"], member_labels(manifests), SERVICES),
    )
    for side, namespace, labels, askers in sides:
        for asker in askers:
            peers = [peer for rule in policies[asker]["spec"]["egress"] for peer in rule["to"]]
            if not any(_names(peer, namespace, labels) for peer in peers):
                yield f"{asker} may not ask the {side}"
            if not any(_names(peer, namespace, labels) and "podSelector" in peer for peer in peers):
                yield f"{asker} may ask whatever else is beside the {side}"
    (listener,) = cluster["spec"]["kafka"]["listeners"]
    guard = policies["gubi-store"]
    if guard["metadata"]["namespace"] != store["metadata"]["namespace"] or not _matches(
        guard["spec"]["podSelector"], member_labels(manifests)
    ):
        yield "the store's policy guards no member"
    let_in = {
        "broker": listener["networkPolicyPeers"],
        "store": [peer for rule in guard["spec"]["ingress"] for peer in rule["from"]],
    }
    here = of(manifests, "Namespace")["gubi"]["metadata"]["name"]
    for name, manifest in of(manifests, "Deployment", "Job").items():
        labels = manifest["spec"]["template"]["metadata"]["labels"]
        yield from (
            f"the {side} does not let {name} in"
            for side, peers in let_in.items()
            if not any(_names(peer, here, labels) for peer in peers)
        )
    if not any(_names(peer, "keda", {}) for peer in let_in["broker"]):
        yield "the broker does not tell KEDA how much waits"
    if {"podSelector": {}} not in let_in["store"]:
        yield "the store's members and their operator do not let each other in"


def _names(peer: Manifest, namespace: str, labels: Mapping[str, str]) -> bool:
    where = peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name")
    return where == namespace and _matches(peer.get("podSelector", {}), labels)


def _matches(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    return selector.get("matchLabels", {}).items() <= labels.items()


def _apart(manifests: Manifests) -> Iterator[str]:
    """Copies are on nodes of their own, and where zones are told apart, everything is spread over them."""
    zoned = "rack" in only(manifests, "Kafka")["spec"]["kafka"]
    for pool in brokers(manifests):
        spreads = pool["spec"]["template"]["pod"]["topologySpreadConstraints"]
        yield from _spread("brokers", spreads, {NODE, ZONE} if zoned else {NODE}, kafka_labels(manifests))
    members = only(manifests, "PerconaServerMongoDB")["spec"]["replsets"][0].get("topologySpreadConstraints", [])
    yield from _spread("members of the store", members, {ZONE} if zoned else set(), member_labels(manifests))
    for name, manifest in of(manifests, "Deployment").items():
        hard = [
            one for one in pod(manifest)["topologySpreadConstraints"] if one["whenUnsatisfiable"] == "DoNotSchedule"
        ]
        labels = manifest["spec"]["template"]["metadata"]["labels"]
        yield from _spread(name, hard, {ZONE} if zoned else set(), labels)
        if any(one.get("nodeTaintsPolicy") != "Honor" for one in hard):
            yield f"{name} waits for a zone that is gone"


def _spread(what: str, spreads: Manifests, over: set[str], labels: Mapping[str, str]) -> Iterator[str]:
    if {one["topologyKey"] for one in spreads} != over:
        yield f"{what} are spread over {', '.join(sorted(one['topologyKey'] for one in spreads)) or 'nothing'}"
    if not all(_matches(one["labelSelector"], labels) for one in spreads):
        yield f"{what} are spread as others are"


def _sized(overlay: str, manifests: Manifests) -> Iterator[str]:
    """Disks hold five of the overlay's years; the JVM is left half of its memory for the pages of its files."""
    for pool in brokers(manifests):
        disk = sum(_gib(volume["size"]) for volume in pool["spec"]["storage"]["volumes"])
        yield from _small("broker", disk, overlay)
        if _gib(pool["spec"]["jvmOptions"]["-Xmx"]) > _gib(pool["spec"]["resources"]["limits"]["memory"]) / 2:
            yield "the broker's heap leaves nothing for the pages of its files"
    replset = only(manifests, "PerconaServerMongoDB")["spec"]["replsets"][0]
    claim = replset["volumeSpec"]["persistentVolumeClaim"]["resources"]["requests"]["storage"]
    yield from _small("store", _gib(claim), overlay)


def _small(what: str, disk: float, overlay: str) -> Iterator[str]:
    needed = A_YEAR.get(overlay, 0) * YEARS * BYTES[what] / (1 << 30)
    if disk < needed:
        yield f"the {what}'s disk of {disk:g} GiB holds less than {YEARS} years, {needed:.0f} GiB"


def _gib(written: str) -> float:
    found = re.fullmatch(r"(\d+)(Mi|Gi|m|g)", written)
    assert found, f"{written} is no size"
    return int(found[1]) / (1024 if found[2] in ("Mi", "m") else 1)


def _spare(overlay: str, manifests: Manifests) -> Iterator[str]:
    """A city's doors outlive one of them."""
    scaled = of(manifests, "ScaledObject")
    for name, one in scaled.items():
        least, most = one["spec"]["minReplicaCount"], one["spec"]["maxReplicaCount"]
        if least > most:
            yield f"{name} has at least {least} and at most {most}"
        if overlay in A_YEAR and name in of(manifests, "Service") and least < 2:
            yield f"{name} is gone with one of its pods"
