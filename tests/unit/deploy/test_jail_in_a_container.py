"""What the jail needs of a container: what Docker's and Kubernetes' own profile leaves a process, put on here by hand.

That profile denies new namespaces to all but the mighty. The jail then goes without its network namespace, and the
other walls must stand: no sockets, no programs, no files, limits.
"""

import json
import subprocess
import sys

import pytest

from tests.unit.deploy.known import ROOT

AS_IN_A_CONTAINER = """
import asyncio, ctypes, json, platform, struct

from shared.sandbox import Jail
from shared.sandbox.isolation import _no_new_privileges, _SET_SECCOMP, _SECCOMP_FILTER

UNSHARE, SETNS = {"x86_64": (272, 308), "aarch64": (97, 268)}[platform.machine()]
libc = ctypes.CDLL(None, use_errno=True)


def as_in_a_container():
    steps = [
        (0x20, 0, 0, 0),
        (0x15, 2, 0, UNSHARE),
        (0x15, 1, 0, SETNS),
        (0x06, 0, 0, 0x7FFF0000),
        (0x06, 0, 0, 0x00050000 | 1),
    ]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    assert _no_new_privileges(libc)
    assert libc.prctl(_SET_SECCOMP, _SECCOMP_FILTER, header, 0, 0) == 0


async def isolation():
    async with Jail("shared.sandbox.render:page_image") as jail:
        return jail.isolation


free = asyncio.run(isolation())
as_in_a_container()
print(json.dumps([free, asyncio.run(isolation())]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="containers are Linux")
def test_where_a_container_denies_namespaces_every_other_wall_of_the_jail_stands() -> None:
    done = subprocess.run(
        [sys.executable, "-c", AS_IN_A_CONTAINER], cwd=ROOT, capture_output=True, text=True, check=True
    )
    free, contained = json.loads(done.stdout)
    assert contained == [wall for wall in free if wall != "network_namespace"]
    assert {"seccomp", "limits"} <= set(contained)
