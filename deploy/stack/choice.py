"""Decides which stack to run: the one asked for, else the most real one that this machine can run, with the reason."""

import os
from collections.abc import Mapping

from deploy.stack.model import STACKS, Choice, StackName, StackUnavailable
from deploy.stack.probes import THIS_MACHINE, Probes

_MOST_REAL_FIRST: tuple[StackName, ...] = ("containers", "jvm", "embedded")
_WITH_THREE_BROKERS: tuple[StackName, ...] = ("jvm", "external")


def choose(
    wanted: str | None,
    *,
    brokers: int = 1,
    failed: Mapping[str, str] | None = None,
    probes: Probes = THIS_MACHINE,
) -> Choice:
    """Return the stack to run.

    `wanted`, else GUBI_STACK, names one; nothing else is then taken. Otherwise it is the first of containers, jvm and
    embedded that the machine can run; those in `failed` (name → why) were tried already and are passed over. `external`
    is only ever taken by name, so that no local command ends up in a cluster by accident.

    Raises StackUnavailable with the remedy when the one named, or every one, is not possible.
    """
    name = wanted or os.environ.get("GUBI_STACK")
    if name:
        return _named(name, "it was asked for" if wanted else f"GUBI_STACK={name}", brokers, probes)
    passed_over = dict(failed or {})
    for candidate in _MOST_REAL_FIRST:
        if candidate in passed_over:
            continue
        missing = _missing(candidate, brokers, probes)
        if not missing:
            return Choice(candidate, _why(passed_over))
        passed_over[candidate] = missing
    raise StackUnavailable("No stack can run here. " + _list(passed_over))


def _named(name: str, reason: str, brokers: int, probes: Probes) -> Choice:
    known = next((stack for stack in STACKS if stack == name), None)
    if known is None:
        raise StackUnavailable(f"There is no stack called '{name}': choose one of {', '.join(STACKS)}.")
    missing = _missing(known, brokers, probes)
    if missing:
        raise StackUnavailable(missing)
    return Choice(known, reason, by_name=True)


def _missing(name: StackName, brokers: int, probes: Probes) -> str:
    if brokers not in (1, 3):
        return f"A stack has one broker or three, not {brokers}."
    if brokers == 3 and name not in _WITH_THREE_BROKERS:
        return f"The {name} stack runs one broker only; for three: 'gubi stack up jvm --brokers 3'."
    return probes[name]()


def _why(passed_over: Mapping[str, str]) -> str:
    reason = "the most real stack that this machine can run"
    return f"{reason}. {_list(passed_over)}" if passed_over else reason


def _list(passed_over: Mapping[str, str]) -> str:
    return " ".join(f"Not {name}: {passed_over[name]}" for name in _MOST_REAL_FIRST if name in passed_over)
