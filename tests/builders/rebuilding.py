"""Rebuilds the read model in a process of its own, which dies by kill -9 at the step it is told to, or rests at each.

python -m tests.builders.rebuilding SETTINGS STEP [SECONDS]
"""

import asyncio
import os
import signal
import sys
import time

from deploy.gubi.rebuild.building import rebuild
from shared.settings import Settings


def main(settings: str, step: str, rest: str = "0") -> None:
    """Die at the step of this number; end well where there are fewer, and at 0."""
    left = int(step)

    def told(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(float(rest))

    asyncio.run(rebuild(Settings.model_validate_json(settings), told=told))


if __name__ == "__main__":
    main(*sys.argv[1:])
