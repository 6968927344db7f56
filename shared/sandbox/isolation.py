"""Giving up rights before the first hostile byte: network, programs, files, then memory, time and descriptors.

Everything here is best effort except the limits: kernels and containers differ in what they let a process give up, so
`close_off` says what it achieved. Linux only; elsewhere nothing but the limits is applied.
"""

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Callable

from shared.sandbox.limits import Limits

_NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000  # CLONE_NEWUSER | CLONE_NEWNET, linux/sched.h
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _SECCOMP_FILTER = 38, 22, 2  # linux/prctl.h, linux/seccomp.h
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same on every architecture
_LANDLOCK_READ = 1 << 2 | 1 << 3  # READ_FILE | READ_DIR, linux/landlock.h
_LANDLOCK_ALL_OF_FIRST_VERSION = (1 << 13) - 1
_OPEN_PATH = getattr(os, "O_PATH", 0) | os.O_CLOEXEC

_CLONE3 = 435  # likewise
_CALLS = {
    # AUDIT_ARCH; clone; then: socket connect bind execve execveat ptrace process_vm_readv process_vm_writev fork vfork
    "x86_64": (0xC000003E, 56, (41, 42, 49, 59, 322, 101, 310, 311, 57, 58)),
    "aarch64": (0xC00000B7, 220, (198, 203, 200, 221, 281, 117, 270, 271)),
}


def close_off(limits: Limits) -> tuple[str, ...]:
    """Give up what can be given up and set `limits` on this process; return what was achieved, one code for each."""
    steps: dict[str, Callable[[], bool]] = {}
    if sys.platform == "linux":
        steps = {"network_namespace": _leave_network, "landlock": _leave_files, "seccomp": _leave_system_calls}
    achieved = [code for code, step in steps.items() if step()]
    _set_limits(limits)
    return (*achieved, "limits")


def renew_cpu(seconds: int) -> None:
    """Allow `seconds` more of CPU time from now; the kernel ends the process with SIGXCPU after them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    # The kernel counts whole seconds, so the part of a second already begun is granted on top.
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY))


def _set_limits(limits: Limits) -> None:
    fixed = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: 16,
        resource.RLIMIT_NPROC: 0,
        resource.RLIMIT_CORE: 0,
    }
    for name, most in fixed.items():
        resource.setrlimit(name, (most, most))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _leave_network() -> bool:
    """Move into a network namespace of its own, in which not even the loopback is up."""
    return bool(_libc().unshare(_NEW_USER_AND_NETWORK) == 0)


def _leave_files() -> bool:
    """Keep no right on files but reading Python's own, where modules that are imported late are found (Landlock)."""
    libc = _libc()
    handled = struct.pack("Q", _LANDLOCK_ALL_OF_FIRST_VERSION)
    ruleset = libc.syscall(_LANDLOCK_CREATE, handled, ctypes.c_size_t(len(handled)), 0)
    if ruleset < 0:
        return False
    try:
        for folder in {sys.prefix, sys.base_prefix}:
            place = os.open(folder, _OPEN_PATH)
            try:
                libc.syscall(_LANDLOCK_ADD, ruleset, 1, struct.pack("=Qi", _LANDLOCK_READ, place), 0)
            finally:
                os.close(place)
        return _no_new_privileges(libc) and libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _leave_system_calls() -> bool:
    """Refuse sockets, new programs, forks and other processes' memory with EPERM (seccomp).

    It matters most where namespaces are denied, as in an ordinary container.
    """
    if platform.machine() not in _CALLS:
        return False
    program = _filter_program(*_CALLS[platform.machine()])
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(buffer))
    libc = _libc()
    return _no_new_privileges(libc) and libc.prctl(_SET_SECCOMP, _SECCOMP_FILTER, header, 0, 0) == 0


def _filter_program(architecture: int, clone: int, calls: tuple[int, ...]) -> bytes:
    """Return a classic BPF program: EPERM for `calls`, for new processes and for any other architecture's calls.

    `clone` stays allowed for threads. `clone3` hides its flags behind a pointer, so it is said not to exist (ENOSYS),
    and the C library falls back to `clone`.
    """
    load, equal, at_least, has_bit, end = 0x20, 0x15, 0x35, 0x45, 0x06  # linux/bpf_common.h
    allow, refuse, unknown = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38  # SECCOMP_RET_…: ALLOW, EPERM, ENOSYS
    x32_calls, clone_thread = 0x40000000, 0x00010000
    ahead = len(calls)
    steps = [
        (load, 0, 0, 4),
        (equal, 0, ahead + 7, architecture),
        (load, 0, 0, 0),
        (at_least, ahead + 5, 0, x32_calls),
        *((equal, ahead + 4 - place, 0, call) for place, call in enumerate(calls)),
        (equal, 5, 0, _CLONE3),
        (equal, 0, 2, clone),
        (load, 0, 0, 16),  # the low word of the first argument: the flags
        (has_bit, 0, 1, clone_thread),
        (end, 0, 0, allow),
        (end, 0, 0, refuse),
        (end, 0, 0, unknown),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def _no_new_privileges(libc: ctypes.CDLL) -> bool:
    return bool(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0)
