"""What is asked of the Kubernetes base and of each overlay beyond what schemas know; a check gives its complaints."""

import copy
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shared.events import TAKES
from shared.kafka.pulse import SEEN_AFTER
from shared.kafka.topics import wanted
from shared.sandbox import Limits
from shared.settings import Settings
from tests.unit.deploy.known import (
    GRACEFUL_SECONDS,
    ROOM_FOR_BODIES,
    ROOT,
    SERVICES,
    VERSION,
    image_user,
    no_such_command,
    no_such_settings,
)

BASE = ROOT / "deploy" / "kubernetes" / "base"
NAMESPACE: str = yaml.safe_load((BASE / "kustomization.yaml").read_text())["namespace"]
SEEN_WITHIN = 30.0
"""R7 of the fault plan: seconds until a dead or hanging consumer is seen."""
A_BROKER_ROLL = 60.0
"""Seconds that one broker of a cluster may take to come back, within which nobody may be killed for it."""
JAILED = ("extraction", "dashboard")
LOGGING = ("intake", "extraction", "eligibility", "dashboard")
OUTWARD = ("notification", "dashboard")
"""Who speaks with the world: wallet apps' endpoints, and the provider that officials sign in with."""
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}
POLICIES = ("nothing-unless-allowed", "topics", *SERVICES)
DNS = {"kube-system:53/TCP", "kube-system:53/UDP"}
OURS = (
    {"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"},
    {"::1/128", "fc00::/7", "fe80::/10"},
)
"""Addresses that are not the world's, of IPv4 and of IPv6."""
UNITS = {"Mi": 1 << 20, "Gi": 1 << 30}
RUNNING = ("Deployment", "Job")
SCHEMAS = {
    "ScaledObject": "scaledobject",
    "Kafka": "kafka",
    "KafkaNodePool": "kafka",
    "PerconaServerMongoDB": "perconaservermongodb",
}
"""Kinds that are not Kubernetes' own, and the schema here of what is used of them."""

Manifest = dict[str, Any]
Manifests = list[Manifest]


@cache
def _load() -> Manifests:
    listed = yaml.safe_load((BASE / "kustomization.yaml").read_text())["resources"]
    return [manifest for name in listed for manifest in yaml.safe_load_all((BASE / name).read_text())]


def load() -> Manifests:
    """Everything that the kustomization names; the caller's own copy."""
    return copy.deepcopy(_load())


def of(manifests: Manifests, *kinds: str) -> dict[str, Manifest]:
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] in kinds}


def pod(manifest: Manifest) -> Manifest:
    return manifest["spec"]["template"]["spec"]


def container(manifest: Manifest) -> Manifest:
    """The one that does the work; those beside it are held to what every container is held to."""
    return pod(manifest)["containers"][0]


def containers(manifest: Manifest) -> Manifests:
    """All that a pod runs: before it, beside it, and what was put into it."""
    return [
        one for kind in ("initContainers", "containers", "ephemeralContainers") for one in pod(manifest).get(kind, ())
    ]


def schema_complaints(folder: Path, manifests: Manifests) -> str:
    """What the schemas here say of the kinds that are not Kubernetes' own."""
    said = []
    for schema in dict.fromkeys(SCHEMAS.values()):
        files = []
        for manifest in manifests:
            if SCHEMAS.get(manifest["kind"]) == schema:
                files.append(folder / f"{manifest['kind']}-{manifest['metadata']['name']}.yaml")
                files[-1].write_text(yaml.safe_dump(manifest))
        if files:
            done = subprocess.run(
                [
                    Path(sys.executable).parent / "check-jsonschema",
                    *("--schemafile", Path(__file__).with_name(f"{schema}.schema.json"), *files),
                ],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            said.append("" if done.returncode == 0 else done.stdout + done.stderr)
    return "".join(said)


def complaints(manifests: Manifests) -> list[str]:
    checks = (
        *(_complete, _named, _commands, _contained, _probed, _scraped, _ended),
        *(_scaled, _fenced, _roomy, _signed, _no_secrets),
    )
    return [complaint for check in checks for complaint in check(manifests)]


def _complete(manifests: Manifests) -> Iterator[str]:
    """Every service has all of its parts."""
    for kind in ("ServiceAccount", "Deployment", "ScaledObject", "PodDisruptionBudget", "NetworkPolicy"):
        have = of(manifests, kind)
        yield from (f"{service} has no {kind}" for service in SERVICES if service not in have)
    for name, account in of(manifests, "ServiceAccount").items():
        if account["automountServiceAccountToken"] is not False:
            yield f"{name}'s account hands out a token"


def _named(manifests: Manifests) -> Iterator[str]:
    """What selects pods selects those of its own name."""
    selectors = {
        "Deployment": lambda spec: spec["selector"]["matchLabels"],
        "Service": lambda spec: spec["selector"],
        "PodDisruptionBudget": lambda spec: spec["selector"]["matchLabels"],
    }
    for kind, selector in selectors.items():
        for name, manifest in of(manifests, kind).items():
            if selector(manifest["spec"]) != {"app.kubernetes.io/name": name}:
                yield f"{kind} {name} selects others than its own"
    for name, manifest in of(manifests, *RUNNING).items():
        if manifest["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] != name:
            yield f"{name}'s pods do not bear its name"
        if pod(manifest)["serviceAccountName"] != name:
            yield f"{name} runs under another's account"


def _commands(manifests: Manifests) -> Iterator[str]:
    """Commands, settings and the image exist."""
    for name, manifest in of(manifests, *RUNNING).items():
        only = container(manifest)
        if "command" in only:
            yield f"{name} runs {' '.join(only['command'])} in place of gubi"
        else:
            yield from (f"{name}: {complaint}" for complaint in no_such_command(only["args"]))
        yield from (f"{name}: {complaint}" for complaint in no_such_settings(_names(only)))
        if only["image"].rpartition("/")[2] != f"gubi:{VERSION}":
            yield f"{name} is of {only['image']}, and this is {VERSION}"
        if manifest["kind"] == "Deployment" and only["args"] != ["run", name]:
            yield f"{name} does not run itself: {' '.join(only['args'])}"
    for name, configured in of(manifests, "ConfigMap").items():
        yield from (f"{name}: {complaint}" for complaint in no_such_settings(configured["data"]))


def _names(only: Manifest) -> list[str]:
    return [entry["name"] for entry in only.get("env", ())]


def _contained(manifests: Manifests) -> Iterator[str]:
    """Nobody is root, may become it, or writes to the image, in no container; the numbers are the image's own."""
    user, group = (int(number) for number in image_user().split(":"))
    for name, manifest in of(manifests, *RUNNING).items():
        whole = pod(manifest).get("securityContext", {})
        if (whole.get("runAsNonRoot"), whole.get("runAsUser"), whole.get("runAsGroup")) != (True, user, group):
            yield f"{name} does not run as the image's {user}:{group}"
        if whole.get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name} has no seccomp profile"
        for one in containers(manifest):
            if one.get("securityContext") != RESTRICTED:
                yield f"{name}'s container {one['name']} is not restricted"
        if any(pod(manifest).get(shared) for shared in ("hostNetwork", "hostPID", "hostIPC")):
            yield f"{name} shares what is its node's"
        if any("hostPath" in volume for volume in pod(manifest)["volumes"]):
            yield f"{name} is given a folder of its node"
        if pod(manifest)["automountServiceAccountToken"] is not False:
            yield f"{name} is given a token"
        places = {mount["mountPath"] for mount in container(manifest)["volumeMounts"]}
        if "/tmp" not in places:  # the only place that can be written to
            yield f"{name} has nowhere to put a temporary file"


def _probed(manifests: Manifests) -> Iterator[str]:
    """A hanging consumer is seen in time, and a broker that is rolled costs no life.

    At a door it is seen by the alert GubiConsumerHangs instead: whoever asks the door is answered all the same.
    """
    for name, manifest in of(manifests, "Deployment").items():
        only = container(manifest)
        ports = {port["name"]: port["containerPort"] for port in only["ports"]}
        if ports["probes"] != 8900 or ports.get("door", 0) != (getattr(Settings(_env_file=None), f"{name}_port", 0)):
            yield f"{name}'s ports are not those it listens on"
        alive, ready = only["livenessProbe"], only["readinessProbe"]
        for probe, path in ((only["startupProbe"], "/livez"), (alive, "/livez")):
            if probe["httpGet"] != {"path": path, "port": "probes"}:
                yield f"{name} is asked whether it lives where its consumers do not tell"
        if alive["failureThreshold"] * alive["periodSeconds"] < A_BROKER_ROLL:
            yield f"{name} is killed sooner than a broker rolls"
        if name == "intake" and ready["httpGet"] != {"path": "/livez", "port": "door"}:
            yield "intake leaves its Service while the store is away, and nobody offers the offices instead"
        if name != "intake" and ready["httpGet"]["path"] != "/readyz":
            yield f"{name} is not asked whether it is ready"
        seen = SEEN_AFTER + ready["periodSeconds"] * ready["failureThreshold"] + ready["timeoutSeconds"]
        if "door" not in ports and seen > SEEN_WITHIN:
            yield f"{name}'s hanging consumer is seen after {seen} s"


def _scraped(manifests: Manifests) -> Iterator[str]:
    """Prometheus is told where each service is asked for its metrics: at the port of its probes."""
    for name, manifest in of(manifests, "Deployment").items():
        (port,) = (port["containerPort"] for port in container(manifest)["ports"] if port["name"] == "probes")
        told = {"prometheus.io/scrape": "true", "prometheus.io/port": str(port), "prometheus.io/path": "/metrics"}
        if manifest["spec"]["template"]["metadata"].get("annotations") != told:
            yield f"{name} is not asked for its metrics"


def _ended(manifests: Manifests) -> Iterator[str]:
    """Who is stopped has the time to finish."""
    for name, manifest in of(manifests, "Deployment").items():
        before = container(manifest).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        if pod(manifest)["terminationGracePeriodSeconds"] <= before + GRACEFUL_SECONDS:
            yield f"{name} is killed before it has finished"
        if "Service" in {other["kind"] for other in manifests if other["metadata"]["name"] == name} and not before:
            yield f"{name} stops while requests are still sent to it"


def _scaled(manifests: Manifests) -> Iterator[str]:
    """Never beyond the partitions, and by each topic that the service takes, and no other."""
    configured = of(manifests, "ConfigMap")["gubi"]["data"]
    settings = Settings(_env_file=None, partitions=int(configured["GUBI_PARTITIONS"]))
    partitions = {topic.name: topic.num_partitions for topic in wanted(settings)}
    deployments = of(manifests, "Deployment")
    for name, scaled in of(manifests, "ScaledObject").items():
        spec = scaled["spec"]
        if spec["scaleTargetRef"]["name"] != name:
            yield f"{name} scales another"
        taken = {event.topic for event in TAKES.get(name, ())}
        triggers = [trigger["metadata"] for trigger in spec["triggers"] if trigger["type"] == "kafka"]
        yield from (f"{name} does not take {one['topic']}" for one in triggers if one["topic"] not in taken)
        by = {one["topic"] for one in triggers}
        yield from (f"{name} is not scaled by {topic}" for topic in sorted(taken - by))
        yield from (f"{name}'s group is not {one['consumerGroup']}" for one in triggers if one["consumerGroup"] != name)
        fewest = min(partitions.get(topic, 0) for topic in taken)
        if spec["maxReplicaCount"] > fewest:
            yield f"{name} is scaled to {spec['maxReplicaCount']}, beyond {fewest} partitions"
        rolling = deployments[name]["spec"]["strategy"]["rollingUpdate"]
        waits_for_partitions = container(deployments[name])["readinessProbe"]["httpGet"]["port"] == "probes"
        if waits_for_partitions and spec["maxReplicaCount"] + rolling["maxSurge"] > fewest:
            yield f"{name}'s rollout waits for ever for a partition that nobody has"
        if "replicas" in deployments[name]["spec"]:
            yield f"{name}'s replicas are said twice"


def _fenced(manifests: Manifests) -> Iterator[str]:
    """Nothing is allowed but what is listed here. Policies add up, so one more is one too many, whatever it says."""
    ours = [one for one in manifests if one["metadata"].get("namespace", "gubi") == "gubi"]
    policies = of(ours, "NetworkPolicy")
    everything = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    if policies.get("nothing-unless-allowed", {}).get("spec") != everything:
        yield "what is not allowed is not denied"
    yield from (f"{name} is a policy beside those that are known" for name in sorted(policies.keys() - {*POLICIES}))
    for name in (*SERVICES, "topics"):
        spec = policies[name]["spec"]
        if spec["podSelector"] != {"matchLabels": {"app.kubernetes.io/name": name}}:
            yield f"{name}'s policy is another's"
        if spec["policyTypes"] != ["Ingress", "Egress"]:
            yield f"{name}'s policy leaves a direction open"
        reached = reach(spec)
        allowed = {*DNS, "kafka:9092/TCP", "mongodb:27017/TCP"}
        allowed -= {"mongodb:27017/TCP"} if name == "topics" else set()
        allowed |= {"0.0.0.0/0:443/TCP", "::/0:443/TCP"} if name in OUTWARD else set()
        yield from (f"{name} reaches {place}" for place in sorted(reached - allowed))
        yield from (f"{name} does not reach {place}" for place in sorted(allowed - reached))
        asked = {place for rule in spec.get("ingress", ()) for place in _places(rule, "from")}
        door = {"ingress-nginx:door/TCP"} if name in of(manifests, "Service") else set()
        if asked != door | ({"monitoring:probes/TCP"} if name in SERVICES else set()):
            yield f"{name} is reached by {', '.join(sorted(asked)) or 'nobody'}"


def reach(spec: Manifest) -> set[str]:
    """Each place that a policy lets its pods reach."""
    return {place for rule in spec.get("egress", ()) for place in _places(rule, "to")}


def _places(rule: Manifest, peers: str) -> Iterator[str]:
    """What a rule does not say, it allows wholly."""
    for peer in rule.get(peers) or [{"namespaceSelector": {}}]:
        for port in rule.get("ports") or [{"port": "any"}]:
            to = f" to {port['endPort']}" if "endPort" in port else ""
            yield f"{_where(peer)}:{port['port']}{to}/{port.get('protocol', 'TCP')}"


def _where(peer: Manifest) -> str:
    if "ipBlock" in peer:
        block, but = peer["ipBlock"]["cidr"], peer["ipBlock"].get("except", ())
        return f"{block} our own included" if OURS[":" in block] - set(but) else str(block)
    if "namespaceSelector" not in peer:
        return "gubi"
    labels = peer["namespaceSelector"].get("matchLabels", {})
    return str(labels.get("kubernetes.io/metadata.name", "anywhere"))


def _roomy(manifests: Manifests) -> Iterator[str]:
    """Who has a jail has room for a reader at its limit, the door for its bodies: else the kernel ends the service."""
    for name, manifest in of(manifests, *RUNNING).items():
        resources = container(manifest)["resources"]
        if not resources["requests"].keys() >= {"cpu", "memory"}:
            yield f"{name} requests nothing"
        written = resources["limits"]["memory"]
        most = int(written[:-2]) * UNITS[written[-2:]]
        if name in JAILED and most < Limits().memory_bytes + (256 << 20):
            yield f"{name} has no room for a reader at its limit"
        if name == "intake" and most < ROOM_FOR_BODIES:
            yield f"{name} has no room for all the bodies that it takes at once"


def _signed(manifests: Manifests) -> Iterator[str]:
    """Who writes the access log signs it where that outlives the pod."""
    for name in LOGGING:
        manifest = of(manifests, "Deployment")[name]
        mounted = {
            mount["name"] for mount in container(manifest)["volumeMounts"] if mount["mountPath"] == "/checkpoints"
        }
        lasting = {volume["name"] for volume in pod(manifest)["volumes"] if "persistentVolumeClaim" in volume}
        if not mounted & lasting:
            yield f"{name} loses the checkpoints of the access log with its pod"


def _no_secrets(manifests: Manifests) -> Iterator[str]:
    """Secrets are named and never here; the keyring is where it is needed and nowhere else."""
    yield from (f"{name} is a secret in git" for name in of(manifests, "Secret"))
    for name, manifest in of(manifests, "Deployment").items():
        sources = [
            source["secret"]["name"]
            for volume in pod(manifest)["volumes"]
            for source in volume.get("projected", {}).get("sources", ())
        ]
        if ("gubi-keyring" in sources) is (name == "notification"):
            yield f"{name} and the keyring: notification holds none, all others one"
        if ("gubi-signing" in sources) is not (name == "withdrawal"):
            yield f"{name} and the signing key: withdrawal alone holds it"
        env = {entry["name"]: entry for entry in container(manifest)["env"]}
        address = env.get("GUBI_MONGO", {}).get("value")
        secret = "STORE_PASSWORD" if address and "$(STORE_PASSWORD)" in address else "GUBI_MONGO"
        taken = {variable: entry["valueFrom"] for variable, entry in env.items() if "valueFrom" in entry}
        secrets = {variable: source["secretKeyRef"] for variable, source in taken.items() if "secretKeyRef" in source}
        if secrets != {secret: {"name": "gubi-store", "key": name}}:
            yield f"{name}'s way to the store is not a secret of its own"
        mounted = {volume["secret"]["secretName"] for volume in pod(manifest)["volumes"] if "secret" in volume}
        if mounted != ({"gubi-sign-in"} if name == "dashboard" else set()):
            yield f"{name} and how officials sign in: the desk alone knows it"
