"""Rebuilds the read model in a process of its own, which dies by kill -9 at the step it is told to.

python -m tests.builders.rebuilding SETTINGS STEP
"""

import asyncio
import os
import signal
import sys

from deploy.gubi.rebuild.building import rebuild
from shared.settings import Settings


def main(settings: str, step: str) -> None:
    """Die at the step of this number; end well where there are fewer."""
    left = int(step)

    def told(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(rebuild(Settings.model_validate_json(settings), told=told))


if __name__ == "__main__":
    main(*sys.argv[1:])
