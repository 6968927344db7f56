"""The compose file: Docker's own schema, and what it does not know. Each check is tried on a violation."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.gubi.processes import PROCESSES
from shared.sandbox import Limits
from shared.traces import wanted
from tests.unit.deploy.complaining import Sentence, checks_of, name_of, provoked, sentences
from tests.unit.deploy.known import (
    GRACEFUL_SECONDS,
    ROOM_FOR_BODIES,
    ROOT,
    SERVICES,
    no_such_command,
    no_such_settings,
    settings_of,
)

COMPOSE = ROOT / "deploy" / "compose.yaml"
WORKFLOW = ROOT / ".github" / "workflows" / "containers.yml"
EXAMPLE = ROOT / "deploy" / ".env.example"
OURS = {name: "simulator" if name == "wallet_simulator" else name for name in PROCESSES}
DOORS = ("intake", "dashboard", "simulator")
JAILED = ("extraction", "dashboard")
ASKED_BY = {"kafka": "kafka-broker-api-versions.sh", "mongo": "isWritablePrimary"}
"""What makes a health check one of the broker, or of the store, and not of a container that runs."""
VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")

Compose = dict[str, Any]


@pytest.fixture
def compose() -> Compose:
    return yaml.safe_load(COMPOSE.read_text())


def schema_complaints(text: str, folder: Path) -> str:
    file = folder / "compose.yaml"
    file.write_text(text)
    done = subprocess.run(
        [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", file],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "" if done.returncode == 0 else done.stdout + done.stderr


def complaints(compose: Compose) -> list[str]:
    services, networks = compose["services"], compose["networks"]
    if missing := {"kafka", "mongo", "prepare", "operator", *OURS.values()} - services.keys():
        return [f"there is no {name}" for name in sorted(missing)]
    checks = (_complete, _commands, _contained, _started, _scalable, _fenced, _operated)
    return [complaint for check in checks for complaint in check(services, networks)]


def _ours(services: Compose) -> Compose:
    return {name: services[name] for name in (*OURS.values(), "prepare", "operator")}


def _complete(services: Compose, _: Compose) -> Iterator[str]:
    for process, name in OURS.items():
        if services[name].get("command") != ["run", process]:
            yield f"{name} does not run {process}"
    for name, service in services.items():
        if "image" not in service or re.search(r":latest$|^[^:]+$", VARIABLE.sub(r"\2", service["image"])):
            yield f"{name}'s image has no tag of its own"


def _commands(services: Compose, _: Compose) -> Iterator[str]:
    for name, service in _ours(services).items():
        yield from (f"{name}: {complaint}" for complaint in no_such_command(service["command"]))
        yield from (f"{name}: {complaint}" for complaint in no_such_settings(service["environment"]))


def _contained(services: Compose, _: Compose) -> Iterator[str]:
    for name, service in services.items():
        if service.get("cap_drop") != ["ALL"] or service.get("security_opt") != ["no-new-privileges:true"]:
            yield f"{name} keeps privileges"
        if not service.get("read_only") and name != "kafka":  # whose start writes its configuration
            yield f"{name} may write to its image"
        if "mem_limit" not in service:
            yield f"{name} may take all memory"
        elif name in JAILED and _most(service) < Limits().memory_bytes + (256 << 20):
            yield f"{name} has no room for a reader at its limit"
        elif name == "intake" and _most(service) < ROOM_FOR_BODIES:
            yield f"{name} has no room for all the bodies that it takes at once"
    for name, service in _ours(services).items():
        if int(service.get("stop_grace_period", "10s")[:-1]) <= GRACEFUL_SECONDS:
            yield f"{name} is killed before it has finished"


def _most(service: Compose) -> int:
    amount, unit = service["mem_limit"][:-1], service["mem_limit"][-1]
    return int(amount) << {"m": 20, "g": 30}[unit]


def _started(services: Compose, _: Compose) -> Iterator[str]:
    """Nobody starts before what it needs is well, and who is well is asked of the consumers, not of the process."""
    for name in SERVICES:
        needed = {other: how["condition"] for other, how in services[name]["depends_on"].items()}
        if needed != {
            "kafka": "service_healthy",
            "mongo": "service_healthy",
            "prepare": "service_completed_successfully",
        }:
            yield f"{name} does not wait for what it needs"
        if services[name]["healthcheck"]["test"] != ["CMD", "python", "-m", "deploy.probe", "8900/readyz"]:
            yield f"{name} is not asked whether it consumes"
    for name, asking in ASKED_BY.items():
        if asking not in " ".join(services[name].get("healthcheck", {}).get("test", ())):
            yield f"{name} is not asked how it is"


def _scalable(services: Compose, _: Compose) -> Iterator[str]:
    for name, service in services.items():
        if "container_name" in service:
            yield f"{name} can be there only once"
        if service.get("ports") and name not in DOORS:
            yield f"{name} has a port of the machine"
        yield from (f"{name}'s port is open to the world" for p in service.get("ports", ()) if p[:10] != "127.0.0.1:")


def _fenced(services: Compose, networks: Compose) -> Iterator[str]:
    if networks["inside"] != {"internal": True}:
        yield "the inside leads out"
    for name, service in services.items():
        outside = name in (*DOORS, "notification")
        if service["networks"] != (["inside", "doors"] if outside else ["inside"]):
            yield f"{name} is on {', '.join(service['networks'])}"


def _operated(services: Compose, _: Compose) -> Iterator[str]:
    """An operator's commands run where nothing else does, and have what they ask: keys, erasures, the signed log."""
    if services["operator"].get("profiles") != ["operator"]:
        yield "the operator starts with everything"
    if services["operator"].get("depends_on"):
        yield "the operator waits for who may be ill"
    mounted = {volume.partition(":")[2] for volume in services["operator"]["volumes"]}
    yield from (
        f"the operator lacks {place}" for place in ("/keys", "/checkpoints", "/erasures") if place not in mounted
    )


def test_it_is_what_docker_compose_takes(tmp_path: Path) -> None:
    assert schema_complaints(COMPOSE.read_text(), tmp_path) == ""


def test_the_workflow_that_runs_it_is_what_github_takes() -> None:
    checking = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*checking, WORKFLOW], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert set(re.findall(r"exec -T (\w+) python -m deploy\.(\w+)", WORKFLOW.read_text())) == {("simulator", "smoke")}


def test_the_workflow_scales_extraction_as_the_compose_file_says_it_can_be() -> None:
    (beginning,) = re.findall(r"docker compose up .*--scale (\S+)", WORKFLOW.read_text())
    assert f"--scale {beginning}" in COMPOSE.read_text()
    assert beginning == "extraction=4"
    assert "grep -c '^extraction healthy$')\" = 4" in WORKFLOW.read_text()


def test_a_misspelt_key_is_not_taken(tmp_path: Path) -> None:
    assert "heathcheck" in schema_complaints(COMPOSE.read_text().replace(" healthcheck:", " heathcheck:"), tmp_path)


def test_nothing_is_to_be_complained_of(compose: Compose) -> None:
    assert complaints(compose) == []


def test_the_settings_are_ones_a_service_starts_with(compose: Compose, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        name: VARIABLE.sub(r"\2", value) for name, value in compose["services"]["extraction"]["environment"].items()
    }
    settings = settings_of(given, monkeypatch)
    assert settings.webhook_hosts == ("simulator",)
    assert json.loads(given["GUBI_WEBHOOK_HOSTS"]) == ["simulator"]


def test_traces_are_off_until_somebody_names_a_collector_and_then_all_services_tell_theirs(compose: Compose) -> None:
    for name in SERVICES:
        said = compose["services"][name]["environment"]
        assert not wanted({key: VARIABLE.sub(r"\2", value) for key, value in said.items()})
        assert wanted({key: VARIABLE.sub("http://collector:4318", value) for key, value in said.items()})


def test_the_example_of_an_environment_lists_every_variable_with_its_default() -> None:
    listed = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))
    assert listed == dict(VARIABLE.findall(COMPOSE.read_text()))


def test_images_of_broker_and_store_are_those_of_the_local_stack() -> None:
    from deploy.stack import containers

    used = dict(VARIABLE.findall(COMPOSE.read_text()))
    assert used["GUBI_KAFKA_IMAGE"] == containers._KAFKA_IMAGE
    assert used["GUBI_MONGO_IMAGE"] == containers._MONGO_IMAGE


def service(name: str, **change: Any) -> Callable[[Compose], object]:
    return lambda compose: compose["services"][name].update(change)


VIOLATIONS: dict[str, tuple[Callable[[Compose], object], str]] = {
    "another's command": (service("intake", command=["run", "dashboard"]), "intake does not run intake"),
    "no such command": (service("prepare", command=["prepared"]), "gubi has no command"),
    "no such setting": (service("intake", environment={"GUBI_KAFKAS": "x"}), "no setting is called GUBI_KAFKAS"),
    "a tag that moves": (service("kafka", image="apache/kafka:latest"), "no tag of its own"),
    "no tag": (service("mongo", image="mongo"), "no tag of its own"),
    "a missing service": (lambda compose: compose["services"].pop("withdrawal"), "there is no withdrawal"),
    "privileges": (service("extraction", cap_drop=[]), "extraction keeps privileges"),
    "a root that can be written to": (service("extraction", read_only=False), "may write to its image"),
    "no limit": (lambda compose: compose["services"]["kafka"].pop("mem_limit"), "may take all memory"),
    "no room for a reader": (service("extraction", mem_limit="1g"), "no room for a reader"),
    "no room for bodies": (service("intake", mem_limit="1g"), "no room for all the bodies"),
    "too little grace": (service("extraction", stop_grace_period="10s"), "killed before it has finished"),
    "a start too early": (
        service("extraction", depends_on={"kafka": {"condition": "service_started"}}),
        "does not wait",
    ),
    "a probe of the process": (
        service("extraction", healthcheck={"test": ["CMD", "true"]}),
        "not asked whether it consumes",
    ),
    "a broker that is only running": (service("kafka", healthcheck={"test": ["CMD", "true"]}), "kafka is not asked"),
    "a store that is only running": (service("mongo", healthcheck={"test": ["CMD", "true"]}), "mongo is not asked"),
    "an operator always there": (lambda compose: compose["services"]["operator"].pop("profiles"), "with everything"),
    "an operator who waits": (service("operator", depends_on={"kafka": {"condition": "service_healthy"}}), "be ill"),
    "an operator without keys": (service("operator", volumes=["erasures:/erasures"]), "the operator lacks /keys"),
    "a name for one": (service("extraction", container_name="extraction"), "only once"),
    "a port for one": (service("extraction", ports=["127.0.0.1:8900:8900"]), "a port of the machine"),
    "a port for the world": (service("intake", ports=["8810:8810"]), "open to the world"),
    "a way out": (service("extraction", networks=["inside", "doors"]), "extraction is on inside, doors"),
    "an inside that leads out": (lambda compose: compose["networks"].update(inside={}), "leads out"),
}


@pytest.fixture(scope="module")
def all_said() -> list[str]:
    """Every complaint that any violation provokes."""
    said = []
    for violate, _ in VIOLATIONS.values():
        spoilt = yaml.safe_load(COMPOSE.read_text())
        violate(spoilt)
        said += complaints(spoilt)
    return said


@pytest.mark.parametrize(
    "sentence", sentences([complaints, *checks_of(sys.modules[__name__], "services")]), ids=name_of
)
def test_no_complaint_is_believed_that_no_violation_provoked(sentence: Sentence, all_said: list[str]) -> None:
    assert provoked(sentence, all_said)


@pytest.mark.parametrize(("violate", "complaint"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_each_check_notices_its_violation(
    compose: Compose, violate: Callable[[Compose], object], complaint: str
) -> None:
    violate(compose)
    assert complaint in "\n".join(complaints(compose))
