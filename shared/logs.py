"""Logs are JSON lines of an event name and bound fields, and only fields on the list below are ever printed.

An allow-list, because the alternative is to find out in production which field carried a name; and what stands under an
allowed name is a number or a short code, or it is not printed either. How many fields a line lost, it says. Exceptions
are logged as their class and, for Gubi's own, their code: a traceback's values never reach a line. A line about a
submission names its trace, whether or not traces are on.
"""

import logging
import sys
import traceback
from importlib.metadata import version
from types import FrameType
from typing import Any

import structlog

from shared.errors import GubiError
from shared.traces import trace_of

ALLOWED = frozenset(
    {
        "timestamp", "level", "event", "service", "version", "trace_id", "submission_id", "question_id", "event_id",
        "programme_id", "wallet_app", "topic", "partition", "offset", "group", "attempt", "count", "seconds",
        "milliseconds", "outcome", "reason", "error_type", "error_at", "code", "status", "route", "stack", "port",
        "pid", "webhook_id", "notice", "isolation", "workers", "state", "run_id",
    }
)  # fmt: skip
LONGEST = 200
"""Letters of a value: longer than any code, shorter than a document."""


def _printable(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float)) or (isinstance(value, str) and len(value) <= LONGEST)


def _traced(_logger: Any, _method: str, fields: structlog.types.EventDict) -> structlog.types.EventDict:
    if submission_id := fields.get("submission_id"):
        fields["trace_id"] = trace_of(str(submission_id))
    return fields


def _only_allowed(_logger: Any, _method: str, fields: structlog.types.EventDict) -> structlog.types.EventDict:
    dropped = [name for name, value in fields.items() if name not in ALLOWED or not _printable(value)]
    for name in dropped:
        del fields[name]
    if dropped:
        fields["dropped_fields"] = len(dropped)
    return fields


class _LibraryLines(logging.Handler):
    """Libraries' own log records become one line that names logger and exception class.

    Their texts may quote messages.
    """

    def __init__(self, service: str) -> None:
        super().__init__()
        self._log = structlog.get_logger(service=service)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        self._log.warning("library", reason=f"{record.name}:{record.lineno}", error_type=error)


def configure(service: str, level: str = "INFO") -> structlog.stdlib.BoundLogger:
    """Set up this process's logging and return its logger; every line names the service and its version."""
    structlog.contextvars.bind_contextvars(service=service, version=version("gubi"))
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _traced,
            _only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_LibraryLines(service)], level=logging.WARNING, force=True)
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(service=service)
    return logger


def error_fields(error: BaseException) -> dict[str, str]:
    """Give what may be logged of an exception: its class, where it was raised, and a code if it is Gubi's own."""
    fields = {"error_type": type(error).__name__}
    if isinstance(error, GubiError):
        fields["code"] = error.code
    if at := place_of(error):
        fields["error_at"] = at
    return fields


def place_of(error: BaseException) -> str:
    """Give where an exception was raised, as `module.function:line`: of a library's, where it was called from."""
    frames = list(traceback.walk_tb(error.__traceback__))
    for frame, line in reversed([one for one in frames if not _is_library(one[0])] or frames):
        return f"{_module(frame)}.{frame.f_code.co_name}:{line}"
    return ""


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "?"))


def _is_library(frame: FrameType) -> bool:
    return _module(frame).partition(".")[0] in sys.stdlib_module_names or "site-packages" in frame.f_code.co_filename
