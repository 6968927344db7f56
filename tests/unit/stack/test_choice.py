"""Which stack is taken, and what is said when one cannot be."""

import pytest

from deploy.stack import StackUnavailable, choose
from deploy.stack.model import STACKS
from deploy.stack.probes import Probes


def machine(**lacks: str) -> Probes:
    """A machine that can run every stack but those named, each with what it lacks."""
    return {name: (lambda name=name: lacks.get(name, "")) for name in STACKS}


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GUBI_STACK", raising=False)


def test_containers_are_taken_where_docker_answers():
    choice = choose(None, probes=machine())

    assert (choice.name, choice.by_name) == ("containers", False)


def test_without_docker_the_real_broker_on_java_is_taken_and_the_reason_says_why_not_containers():
    choice = choose(None, probes=machine(containers="No engine: start it."))

    assert choice.name == "jvm"
    assert choice.reason == "the most real stack that this machine can run. Not containers: No engine: start it."


def test_without_docker_and_java_python_alone_is_enough():
    assert choose(None, probes=machine(containers="No engine.", jvm="No Java.")).name == "embedded"


def test_a_machine_that_can_run_none_is_told_every_remedy_in_one_breath():
    with pytest.raises(StackUnavailable) as told:
        choose(None, probes=machine(containers="No engine.", jvm="No Java.", embedded="No wheel."))

    assert told.value.sentence == (
        "No stack can run here. Not containers: No engine. Not jvm: No Java. Not embedded: No wheel."
    )


def test_a_stack_that_failed_to_start_is_passed_over():
    choice = choose(None, failed={"jvm": "It ended."}, probes=machine(containers="No engine."))

    assert choice.name == "embedded"
    assert choice.reason.endswith("Not containers: No engine. Not jvm: It ended.")


def test_an_external_cluster_is_never_taken_unless_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUBI_KAFKA", "127.0.0.1:9092")
    monkeypatch.setenv("GUBI_MONGO", "mongodb://127.0.0.1:27017")

    assert choose(None, probes=machine()).name == "containers"
    assert choose("external", probes=machine()).name == "external"


def test_the_environment_names_a_stack(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUBI_STACK", "embedded")

    choice = choose(None, probes=machine())

    assert (choice.name, choice.reason, choice.by_name) == ("embedded", "GUBI_STACK=embedded", True)


def test_an_argument_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GUBI_STACK", "embedded")

    assert choose("jvm", probes=machine()).name == "jvm"


def test_a_stack_named_is_never_replaced_by_another():
    with pytest.raises(StackUnavailable, match=r"^No Java: install one\.$"):
        choose("jvm", probes=machine(jvm="No Java: install one."))


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(StackUnavailable, match="'minikube': choose one of containers, jvm, embedded, external"):
        choose("minikube", probes=machine())


def test_three_brokers_pass_containers_and_embedded_over():
    assert choose(None, brokers=3, probes=machine()).name == "jvm"
    with pytest.raises(StackUnavailable, match=r"one broker only; for three: .gubi stack up jvm --brokers 3"):
        choose("embedded", brokers=3, probes=machine())


def test_two_brokers_are_refused():
    with pytest.raises(StackUnavailable, match="one broker or three, not 2"):
        choose("jvm", brokers=2, probes=machine())


def test_no_probe_is_asked_that_the_choice_does_not_depend_on():
    def must_not_be_asked() -> str:
        raise AssertionError

    probes = dict.fromkeys(STACKS, must_not_be_asked) | {"embedded": lambda: ""}

    assert choose("embedded", probes=probes).name == "embedded"
