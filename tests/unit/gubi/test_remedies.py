"""Every code that an error of ours can carry, found where it is raised, is told with a remedy of its own."""

import ast
import errno
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import errors
from aiokafka.errors import KafkaError
from pymongo.errors import ConfigurationError, OperationFailure, ServerSelectionTimeoutError

from deploy.gubi.known import sentence_of
from deploy.gubi.remedies import CODES, told_of_code
from shared.errors import GubiError, Unavailable

ROOT = Path(__file__).parents[3]
COMPUTED = {"broker", "topics", "store"}
"""What begins so goes on with a name of Kafka's or the driver's."""
PASSED_ON = {"error.code", "screened.broken[name]"}
"""Codes of an error that was caught, raised anew."""


def trees(root: Path = ROOT) -> list[ast.Module]:
    return [
        ast.parse(path.read_text()) for part in ("shared", "services", "deploy") for path in (root / part).rglob("*.py")
    ]


def kinds(parsed: list[ast.Module]) -> set[str]:
    """Give the names of all classes under `GubiError`, by what each says it derives from."""
    derived = [
        (node.name, {ast.unparse(base) for base in node.bases})
        for tree in parsed
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    known = {"GubiError"}
    while more := {name for name, bases in derived if bases & known} - known:
        known |= more
    return known


def raised(parsed: list[ast.Module]) -> Iterator[ast.expr]:
    """Give the code of every error of ours that is made."""
    known = kinds(parsed)
    for tree in parsed:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in known and node.args:
                yield node.args[0]


def codes(parsed: list[ast.Module]) -> set[str]:
    """Give the codes that stand in the code, and of those that are put together how they begin; or what is neither."""
    found = set()
    for code in raised(parsed):
        if isinstance(code, ast.Constant):
            found.add(str(code.value))
        elif isinstance(code, ast.JoinedStr) and isinstance(code.values[0], ast.Constant):
            found.add(f"{str(code.values[0].value).partition(':')[0]}:*")
        else:
            found.add(f"?{ast.unparse(code)}")
    return found


FOUND = codes(trees())


def test_every_code_that_is_raised_has_a_remedy_and_every_remedy_a_code() -> None:
    whole = {code for code in FOUND if not code.startswith("?") and not code.endswith(":*")}
    assert {code[1:] for code in FOUND if code.startswith("?")} == PASSED_ON
    assert {code[:-2] for code in FOUND if code.endswith(":*")} == COMPUTED
    about = {code for code in whole if code.partition(":")[0] not in COMPUTED}
    assert about == CODES.keys()
    assert len(about) > 30, "they are really found"


def test_a_code_without_a_remedy_and_one_put_together_are_found() -> None:
    made = ast.parse(
        "class Torn(Unavailable): ...\nclass Unavailable(GubiError): ...\n"
        "raise errors.Torn('paper:torn')\nraise Torn(f'paper:{how}')\nraise Torn(how)"
    )
    assert codes([made]) == {"paper:torn", "paper:*", "?how"}


WHOLE = sorted(code for code in FOUND if not code.startswith("?") and not code.endswith(":*"))
POINTS = re.compile(
    r"gubi \w|GUBI_[A-Z]|docs/\w+\.md|start|restore|do it again|as it was handed out|leave one|put .+ there|"
    r"wait until|correct|let nothing|\brun |roll back|max\.message\.bytes"
)


@pytest.mark.parametrize("code", [*WHOLE, "store:autoreconnect", "store:code_189", "broker:timeouterror"])
def test_what_is_told_of_a_code_says_what_to_do(code: str) -> None:
    told = sentence_of(Unavailable(code), "desk")
    assert told
    says, _, remedy = told.partition(": ")
    assert says
    assert POINTS.search(remedy), told
    assert "{" not in told, "all is filled in"
    assert "could not go on" not in told


@pytest.mark.parametrize(
    "code", ["keyring:missing_or_damaged", "audit_key:missing_or_damaged", "signing:missing_or_damaged"]
)
def test_a_lost_key_is_restored_and_made_only_for_a_new_installation(code: str) -> None:
    told = sentence_of(GubiError(code), "desk") or ""
    assert told.index("docs/backup.md") < told.index("Only a new installation") < told.index("gubi prepare")


def test_nothing_else_is_answered_with_making_keys_anew() -> None:
    """What prepare makes for the simulator and its samples, real wallets and certificates need not."""
    made_anew = {code for code, told in CODES.items() if "gubi prepare" in told.sentence}
    assert made_anew == {
        "keyring:missing_or_damaged", "audit_key:missing_or_damaged", "signing:missing_or_damaged",
        "sandbox:sample_root_missing", "webhooks:missing_or_malformed",
    }  # fmt: skip


def test_a_key_that_wraps_and_one_that_is_not_there_have_remedies_of_their_own() -> None:
    assert "gubi keys rotate" in told_of_code("keyring:key_is_current").remedy
    assert "gubi keys status" in told_of_code("keyring:key_unknown").remedy


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        (errors.KafkaConnectionError, "gubi stack up"),
        (errors.NoBrokersAvailable, "gubi stack up"),
        (errors.TopicAuthorizationFailedError, "kafka-acls.sh"),
        (errors.GroupAuthorizationFailedError, "kafka-acls.sh"),
        (errors.SaslAuthenticationFailed, "a listener that asks for none"),
        (errors.MessageSizeTooLargeError, "max.message.bytes"),
        (errors.UnknownTopicOrPartitionError, "gubi topics apply"),
        (errors.NotEnoughReplicasError, "start the brokers that are away"),
        (errors.OutOfOrderSequenceNumber, "start desk again"),
        (errors.InvalidReplicationFactorError, "GUBI_REPLICATION"),
    ],
)
def test_ways_that_kafka_fails_are_told_apart_raised_and_by_their_code(kind: type[KafkaError], remedy: str) -> None:
    away = "could not reach Kafka" in (sentence_of(kind(), "desk") or "")
    assert away == (remedy == "gubi stack up")
    assert remedy in (sentence_of(kind(), "desk") or "")
    assert sentence_of(Unavailable(f"broker:{kind.__name__.lower()}"), "desk") == sentence_of(kind(), "desk")


def test_every_error_that_kafka_has_is_told_with_its_remedy() -> None:
    every = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, KafkaError)]
    assert len(every) > 80
    told = {kind: sentence_of(kind(), "desk") or "" for kind in every}
    assert [kind for kind, sentence in told.items() if not POINTS.search(sentence.partition(": ")[2])] == []


def test_a_file_that_cannot_be_used_is_named_and_what_is_no_such_trouble_stays_a_bug() -> None:
    for number, remedy in ((errno.EACCES, "name another place"), (errno.ENOSPC, "make room")):
        said = sentence_of(OSError(number, "words", "/backups/one")) or ""
        assert said.startswith("/backups/one cannot be used (words): ")
        assert remedy in said
    assert sentence_of(OSError(errno.ENOENT, "words", "/backups/one")) is None
    assert sentence_of(OSError(errno.EACCES, "words")) is None
    assert sentence_of(ConnectionResetError()) is None


def test_a_store_that_refuses_is_not_one_that_is_away() -> None:
    assert "readWrite" in (sentence_of(OperationFailure("no", 13), "desk") or "")
    assert "could not reach MongoDB" in (sentence_of(ServerSelectionTimeoutError("away"), "desk") or "")
    assert "GUBI_MONGO" in (sentence_of(ConfigurationError("no"), "desk") or "")
