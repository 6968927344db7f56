"""What is written down about a running stack comes back as it was, or not at all."""

import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values

from deploy.stack import Server, Stack, state

STACK = Stack(
    "jvm",
    1,
    "127.0.0.1:19092",
    "mongodb://127.0.0.1:27117/?directConnection=true",
    (
        Server("kafka-1", "Apache Kafka", "4.3.1", (19092, 19093), pid=11, born="boot/1"),
        Server("mongo", "SecantusDB", "0.7.0b3", (27117,), pid=12, born="boot/2"),
    ),
)


def test_a_stack_written_down_comes_back_the_same(tmp_path: Path):
    state.save(tmp_path, STACK)

    assert state.load(tmp_path) == STACK


def test_a_folder_without_a_stack_has_none(tmp_path: Path):
    assert state.load(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "jvm"}', '{"name": "nomad", "servers": []}', "null"])
def test_a_state_file_that_is_not_ours_counts_as_none(tmp_path: Path, text: str):
    (tmp_path / "stack.json").write_text(text)

    assert state.load(tmp_path) is None


def test_forgetting_leaves_the_data(tmp_path: Path):
    (tmp_path / "data").mkdir()
    state.save(tmp_path, STACK)

    state.forget(tmp_path)
    state.forget(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_only_the_owner_can_read_what_may_hold_a_password(tmp_path: Path):
    state.save(tmp_path, STACK)
    state.save_environment(tmp_path / "local.env", STACK)

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("mongodb://127.0.0.1:27117/?w=majority&journal=true", "mongodb://127.0.0.1:27117/?w=majority&journal=true"),
        ("mongodb://gubi:a b#${HOME}'\\e@mongo", "mongodb://gubi:a b#%24{HOME}%27%5Ce@mongo"),
    ],
)
def test_the_dotenv_file_says_the_same_to_a_shell_and_to_a_dotenv_reader(tmp_path: Path, url: str, read: str):
    path = tmp_path / "local.env"

    state.save_environment(path, Stack("external", 1, "a:1,b:2", url))

    told = {"GUBI_STACK": "external", "GUBI_KAFKA": "a:1,b:2", "GUBI_MONGO": read}
    assert dotenv_values(path) == told
    shell = subprocess.run(
        ["sh", "-c", f'. {path}; printf %s "$GUBI_MONGO"'], capture_output=True, text=True, check=True
    )
    assert shell.stdout == read
