"""Logs: the usual keys, and nothing that is not on the list, whoever tries."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from shared.errors import Unavailable
from shared.logs import ALLOWED, configure, error_fields
from shared.traces import trace_of

ROOT = Path(__file__).parents[3]
SECRET = "김예시 900101-1234567"
SUBMISSION = "s-" + "a" * 26


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_has_the_keys_that_people_look_for(capsys: pytest.CaptureFixture[str]) -> None:
    configure("extraction").info("parked", submission_id=SUBMISSION, topic="t", partition=3, offset=41, attempt=2)
    [line] = lines(capsys)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line.pop("timestamp"))
    assert line == {
        "level": "info", "event": "parked", "service": "extraction", "version": "0.1.0", "submission_id": SUBMISSION,
        "trace_id": trace_of(SUBMISSION), "topic": "t", "partition": 3, "offset": 41, "attempt": 2,
    }  # fmt: skip


def test_a_value_under_a_name_that_is_not_on_the_list_never_reaches_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    log = configure("intake").bind(holder=SECRET)
    log.info("submitted", name=SECRET, submission_id=SUBMISSION)
    [line] = lines(capsys)
    assert SECRET not in json.dumps(line, ensure_ascii=False)
    assert (line["dropped_fields"], line["submission_id"]) == (2, SUBMISSION)


@pytest.mark.parametrize("value", [{"name": SECRET}, [SECRET], SECRET * 20, SECRET.encode(), object()])
def test_what_is_no_short_code_is_not_printed_under_any_name(capsys: pytest.CaptureFixture[str], value: object) -> None:
    configure("intake").info("submitted", reason=value)
    [line] = lines(capsys)
    assert "reason" not in line
    assert line["dropped_fields"] == 1


def test_what_libraries_log_is_named_and_never_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    configure("intake")
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("aiokafka").exception("could not parse %s", SECRET)
    [line] = lines(capsys)
    assert (line["event"], line["error_type"], line["service"]) == ("library", "ValueError", "intake")
    assert SECRET not in json.dumps(line, ensure_ascii=False)


def test_an_exception_is_logged_as_class_place_and_code(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise Unavailable("store:away")
    except Unavailable as error:
        configure("intake").warning("given-back", **error_fields(error))
    [line] = lines(capsys)
    assert (line["error_type"], line["code"]) == ("Unavailable", "store:away")
    assert re.fullmatch(rf"{re.escape(__name__)}\.test_an_exception_is_logged[\w]+:\d+", line["error_at"])


def unlisted(source: str) -> set[str]:
    """Keywords in calls of a logger that no line would ever show."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {
        keyword.arg
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("debug", "info", "warning", "error")
        if "log" in ast.unparse(call.func.value)
        for keyword in call.keywords
        if keyword.arg and keyword.arg not in ALLOWED
    }


def test_nobody_logs_a_field_that_no_line_would_show() -> None:
    files = [path for part in ("services", "shared", "deploy") for path in (ROOT / part).rglob("*.py")]
    assert {path.name: found for path in files if (found := unlisted(path.read_text()))} == {}
    assert unlisted("self._log.error('selection-failed', run=run_id, count=1)") == {"run"}
