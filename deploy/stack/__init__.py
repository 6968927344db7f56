"""Kafka and MongoDB for one machine: the most real pair that it can run, up and down by one call each.

    stack = up(say=print)            # containers, jvm or embedded; GUBI_STACK or an argument names one
    stack.kafka, stack.mongo         # also in var/local.env, as GUBI_KAFKA and GUBI_MONGO
    for line in lines(current(), status()): print(line)
    down()                           # the data stays; up(fresh=True) throws it away

No service imports this, and nothing here is for production: `external` is, and that one only looks.
"""

from deploy.stack.choice import choose
from deploy.stack.lifecycle import FOLDER, current, down, status, up
from deploy.stack.model import Choice, Server, ServerStatus, Stack, StackUnavailable
from deploy.stack.standins import prefer_compiled
from deploy.stack.statuses import lines

__all__ = [
    "FOLDER",
    "Choice",
    "Server",
    "ServerStatus",
    "Stack",
    "StackUnavailable",
    "choose",
    "current",
    "down",
    "lines",
    "prefer_compiled",
    "status",
    "up",
]
