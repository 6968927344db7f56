"""Runs the tests on the most real stack this machine can run, and says which.

python -m tests.run              everything, with the short form of the fault tests; or what follows, as pytest takes it
python -m tests.run gate         the history of the gate under fire, checked; what follows goes to `tests.gate_history`
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from deploy.stack import StackUnavailable, down, prefer_compiled, up

FOLDER = Path("var/test-stack")


def main(arguments: list[str]) -> int:
    """Take a stack of the tests' own up, run pytest on it, take it down; give pytest's exit code."""
    began = time.monotonic()
    environment_file = FOLDER / "local.env"
    gate = arguments[:1] == ["gate"]
    if gate:  # a faster store lets more happen at once
        prefer_compiled(print)
    try:
        stack = up(folder=FOLDER / "stack", environment_file=environment_file, fresh=True, say=print)
    except StackUnavailable as trouble:
        print(trouble.sentence)
        return 1
    print(f"Testing on the stack '{stack.name}'.", flush=True)
    environment = {
        **os.environ,
        "GUBI_STACK": stack.name,
        "GUBI_KAFKA": stack.kafka,
        "GUBI_MONGO": stack.mongo,
        "GUBI_TEST_STACK": "up",
    }
    program = ["tests.gate_history", *arguments[1:]] if gate else ["pytest", *arguments]
    try:
        done = subprocess.run([sys.executable, "-m", *program], env=environment, check=False)
        return done.returncode
    finally:
        down(FOLDER / "stack", environment_file=environment_file, say=print)
        print(f"Tested on the stack '{stack.name}' in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
