"""Runs a program that ends when its parent does, also when that is killed: a run leaves nobody behind who calls on.

python -m tests.gate_history.tied PARENT PROGRAM...      PARENT is the process id of who starts it

Linux kills it then, whatever it is doing, also when it is stopped; other systems do not know how.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_SIGNAL_WHEN_THE_PARENT_ENDS = 1  # linux/prctl.h: PR_SET_PDEATHSIG, which stays through exec


def tied(program: Sequence[str]) -> list[str]:
    """Give the command that runs a program tied to this process."""
    return [sys.executable, "-m", "tests.gate_history.tied", str(os.getpid()), *program]


def main(parent: int, program: Sequence[str]) -> None:
    """Become the program."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SIGNAL_WHEN_THE_PARENT_ENDS, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == parent:  # else it has ended already
        os.execv(program[0], program)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
