"""What all parts tell in one way."""

import platform
from collections.abc import Callable
from typing import Any

from deploy.gubi.installation import Installation

Say = Callable[[str], None]


def stack_of(place: Installation) -> dict[str, Any]:
    """Give what a part was measured on."""
    servers = {server.name: f"{server.product} {server.version}" for server in place.stack.servers}
    return {"name": place.stack.name, "python": platform.python_version(), **servers}
