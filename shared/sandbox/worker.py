"""The inside of the jail: `python -I -m shared.sandbox.worker <module:function>`, one document after another.

A task is `function(document: bytes, arguments: dict) -> JSON value`; its module may have `prepare(setup: dict)`, called
once before the limits fall, for loading what documents share.
"""

import gc
import importlib
import json
import logging
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from shared.sandbox.frames import ANSWER, DOCUMENT, DONE, READY, STOPPED, TAKEN
from shared.sandbox.isolation import close_off, renew_cpu
from shared.sandbox.limits import Limits

Task = Callable[[bytes, dict[str, Any]], Any]

_LEFT_BEHIND = 20_000
"""Objects that may be made before those that hold each other are looked for: what a document or two leaves behind."""


def main(task_name: str) -> None:
    """Serve documents from standard input until it ends."""
    # Anything a library prints must not be taken for an answer.
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
    logging.disable()  # there is nobody to read it, and libraries quote documents in what they log

    setup = json.loads(requests.read(DOCUMENT.unpack(requests.read(DOCUMENT.size))[0]))
    sys.path.extend(setup["search"])
    limits = Limits.model_validate(setup["limits"])
    module_name, function_name = task_name.split(":")
    module = importlib.import_module(module_name)
    task: Task = getattr(module, function_name)
    if hasattr(module, "prepare"):
        module.prepare(setup["prepare"])
    gc.collect()
    gc.freeze()  # what the task has loaded stays: looking through it again after each few documents would be in vain
    gc.set_threshold(_LEFT_BEHIND)
    _say(answers, READY, json.dumps(close_off(limits)).encode())
    while header := requests.read(DOCUMENT.size):
        _serve(header, requests, answers, task, limits)


def _serve(header: bytes, requests: BinaryIO, answers: Any, task: Task, limits: Limits) -> None:
    arguments_size, document_size = DOCUMENT.unpack(header)
    arguments = requests.read(arguments_size)
    document = requests.read(document_size)
    _say(answers, TAKEN, b"")
    renew_cpu(limits.cpu_seconds)
    kind, payload = _answer(task, document, arguments, limits)
    _say(answers, kind, payload)


def _answer(task: Task, document: bytes, arguments: bytes, limits: Limits) -> tuple[bytes, bytes]:
    """Run the task and return what to say. No exception's text leaves the worker: it may quote the document."""
    try:
        result = task(document, json.loads(arguments))
        payload = json.dumps(result, ensure_ascii=False, allow_nan=False).encode()
    except MemoryError:
        return STOPPED, b"memory_limit"
    except Exception:  # a reader fails in more ways than its own exceptions (reliability notes: 21 of 188 were foreign)
        return STOPPED, b"reader_failed"
    return (DONE, payload) if len(payload) <= limits.output_bytes else (STOPPED, b"output_limit")


def _say(answers: Any, kind: bytes, payload: bytes) -> None:
    message = memoryview(ANSWER.pack(kind, len(payload)) + payload)
    while message:
        message = message[answers.write(message) :]


if __name__ == "__main__":
    main(sys.argv[1])
