"""Where an operator's commands are run, and what docs/operating.md says of it. Each check is tried on a violation."""

import re
import shlex
from collections.abc import Iterator
from textwrap import dedent

import kubernetes_validate
import pytest
import yaml

from deploy.gubi.doctor.at_files import _SECRETS as LOOKED_AT
from tests.unit.deploy.known import ROOT, VERSION, no_such_command
from tests.unit.deploy.manifests import DNS, Manifest, Manifests, complaints, container, load, of, pod, reach
from tests.unit.deploy.test_kubernetes import ROOT_OF_ALL, VERSIONS, WORLD

OPERATOR = ROOT / "deploy" / "kubernetes" / "operator"
BESIDE_THE_BASE = [
    "operator runs sleep 3600 in place of gubi",
    "operator is a policy beside those that are known",
]
"""All that is said of base and operator together, who holds every key and reaches every database."""
TEXT = (ROOT / "docs" / "operating.md").read_text()
COMMANDS = re.compile(r"(?:^|[ `;(])(?:operator|gubi) ((?!\{)[a-z][^`\n;&>|']*)", re.MULTILINE)


@pytest.fixture
def operator() -> Manifests:
    named = yaml.safe_load((OPERATOR / "kustomization.yaml").read_text())
    return [manifest for name in named["resources"] for manifest in yaml.safe_load_all((OPERATOR / name).read_text())]


def blocks(text: str) -> str:
    """What stands to be typed, a command a line."""
    found = re.findall(r"^ *```\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return re.sub(r"\\\n *", "", "".join(found))


def made(text: str) -> dict[str, set[str]]:
    """What the document makes in the cluster before anything is applied, each with its keys."""
    before = text[: text.index("kubectl apply -k deploy/kubernetes/base")]
    found: dict[str, set[str]] = {}
    for kind, name, rest in re.findall(r"create (?:secret generic|(configmap)) (\S+)(.*)", blocks(before + "```\n")):
        keys = re.findall(r"--from-(?:file|literal)=(?:\S*?/)?([\w.-]+?)(?:=\S*)?(?= |$)", rest)
        found[f"{kind or 'secret'} {name}"] = set(keys)
    return found | {f"claim {name}": set() for name in re.findall(r"metadata: \{name: ([\w-]+)\}", before)}


def unmade(manifests: Manifests, text: str) -> Iterator[str]:
    """What a pod waits for in vain, as neither the manifests nor the document makes it."""
    there = made(text)
    for kind, ours in (("configmap", "ConfigMap"), ("claim", "PersistentVolumeClaim")):
        there |= {f"{kind} {name}": set() for name in of(manifests, ours)}
    for name, manifest in of(manifests, "Deployment", "Job").items():
        for wanted, key in _waits_for(manifest):
            if wanted not in there:
                yield f"{name} waits for {wanted}"
            elif key and key not in there[wanted]:
                yield f"{name} waits for {key} in {wanted}"


def _waits_for(manifest: Manifest) -> Iterator[tuple[str, str]]:
    for volume in pod(manifest)["volumes"]:
        if "persistentVolumeClaim" in volume:
            yield f"claim {volume['persistentVolumeClaim']['claimName']}", ""
        if "secret" in volume:
            yield f"secret {volume['secret']['secretName']}", ""
        if "configMap" in volume:
            yield f"configmap {volume['configMap']['name']}", ""
        for source in volume.get("projected", {}).get("sources", ()):
            yield f"secret {source['secret']['name']}", ""
    for entry in container(manifest).get("env", ()):
        if named := entry.get("valueFrom", {}).get("secretKeyRef"):
            yield f"secret {named['name']}", named["key"]


def keys_of(operator: Manifests, text: str) -> set[str]:
    """The files that the shell finds in its folder of keys."""
    (keys,) = [volume for volume in pod(of(operator, "Job")["operator"])["volumes"] if volume["name"] == "keys"]
    there = made(text)
    return {file for source in keys["projected"]["sources"] for file in there[f"secret {source['secret']['name']}"]}


def misunderstood(text: str) -> list[str]:
    """What of the document's commands the command line does not know."""
    found = COMMANDS.findall(blocks(text))
    assert len(found) > 20, "commands are written in another way"
    return [complaint for words in found for complaint in no_such_command(shlex.split(words))]


def test_it_is_not_part_of_the_base_and_of_the_same_version() -> None:
    named = yaml.safe_load((OPERATOR / "kustomization.yaml").read_text())
    assert named["namespace"] == "gubi"
    assert [image["newTag"] for image in named["images"]] == [VERSION]
    assert {*named["resources"], "kustomization.yaml"} == {path.name for path in OPERATOR.iterdir()}
    assert "operator" not in of(load(), "Job")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_strictly_what_kubernetes_takes(operator: Manifests, version: str) -> None:
    for manifest in operator:
        kubernetes_validate.validate(manifest, version, strict=True)


def test_it_is_held_to_what_every_pod_is_held_to(operator: Manifests) -> None:
    assert complaints(load() + operator) == BESIDE_THE_BASE


def test_a_shell_for_root_is_noticed(operator: Manifests) -> None:
    pod(of(operator, "Job")["operator"])["initContainers"] = [ROOT_OF_ALL]
    assert "operator's container before is not restricted" in complaints(load() + operator)


def test_it_reaches_broker_and_store_and_nobody_reaches_it(operator: Manifests) -> None:
    only = of(operator, "NetworkPolicy")["operator"]["spec"]
    assert only["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "operator"}}
    assert only["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in only
    assert reach(only) == {*DNS, "kafka:9092/TCP", "mongodb:27017/TCP"}
    only["egress"].append(WORLD)
    assert "0.0.0.0/0 our own included:443/TCP" in reach(only)


def test_it_ends_by_itself_and_can_be_made_again_at_once(operator: Manifests) -> None:
    job = of(operator, "Job")["operator"]["spec"]
    assert container(of(operator, "Job")["operator"])["command"] == ["sleep", "3600"]
    assert (job["ttlSecondsAfterFinished"], job["backoffLimit"]) == (0, 0)


def test_it_has_the_keys_that_the_doctor_looks_at_and_the_places_that_commands_write_to(operator: Manifests) -> None:
    assert keys_of(operator, TEXT) >= LOOKED_AT.keys()
    places = {mount["mountPath"] for mount in container(of(operator, "Job")["operator"])["volumeMounts"]}
    assert places == {"/tmp", "/keys", "/erasures", "/checkpoints", "/backups"}
    assert "signing.json" not in keys_of(operator, TEXT.replace("--from-file=keys/signing.json", ""))


def test_what_pods_wait_for_is_made_before_they_are(operator: Manifests) -> None:
    assert list(unmade(load() + operator, TEXT)) == []


@pytest.mark.parametrize(
    ("spoilt", "complaint"),
    [
        ("create secret generic gubi-signing-keys", "intake waits for secret gubi-signing-keys"),
        ("create configmap gubi-trust-roots", "extraction waits for configmap gubi-trust-roots"),
        ("--from-literal=withdrawal=MONGODB_ADDRESS", "withdrawal waits for withdrawal in secret gubi-store"),
        ("metadata: {name: gubi-erasures}", "extraction waits for claim gubi-erasures"),
        ("create secret generic gubi-operator", "operator waits for secret gubi-operator"),
    ],
)
def test_what_the_document_forgets_to_make_is_noticed(operator: Manifests, spoilt: str, complaint: str) -> None:
    assert spoilt in TEXT
    assert complaint in list(unmade(load() + operator, TEXT.replace(spoilt, "")))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_claims_of_the_document_are_strictly_what_kubernetes_takes(version: str) -> None:
    (said,) = re.findall(r"<<END\n(.*?)^ *END$", TEXT, re.MULTILINE | re.DOTALL)
    claims = list(yaml.safe_load_all(dedent(said)))
    assert [claim["metadata"]["name"] for claim in claims] == ["gubi-erasures", "gubi-backups"]
    for claim in claims:
        kubernetes_validate.validate(claim, version, strict=True)


def test_every_command_of_the_document_is_one() -> None:
    assert misunderstood(TEXT) == []
    assert misunderstood(TEXT.replace("gubi dead replay", "gubi dead letters")) != []
    assert misunderstood(TEXT.replace("rotate --only", "rotate --just")) == ["gubi keys does not know '--just'"]
