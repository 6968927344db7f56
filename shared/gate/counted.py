"""Counts what the gate refuses, by why."""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar, get_args

from shared import metrics
from shared.gate.model import RefusalReason, Refused

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")

metrics.permit("reason", get_args(RefusalReason))


def counted(call: Callable[Asked, Awaitable[Answer]]) -> Callable[Asked, Awaitable[Answer]]:
    """Give a call of the gate whose refusals are counted under its name."""

    @functools.wraps(call)
    async def asked(*arguments: Asked.args, **named: Asked.kwargs) -> Answer:
        answer = await call(*arguments, **named)
        if isinstance(answer, Refused):
            metrics.of(metrics.REFUSALS, act=call.__name__, reason=answer.reason).inc()
        return answer

    return asked
