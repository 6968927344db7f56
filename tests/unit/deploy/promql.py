"""What an expression of PromQL asks for, compared with what processes of ours can tell."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from prometheus_client.metrics import MetricWrapperBase

from shared import metrics
from shared.metrics import LABELS, REGISTRY

OF_THE_TARGET = {"job", "instance", "service"}
"""Labels that Prometheus gives to whatever it is told; see prometheus.yaml."""
OF_PROMETHEUS = {"up": OF_THE_TARGET, "ALERTS": {"alertname", "alertstate", "severity", *OF_THE_TARGET}}
KNOWN_LATER = {"route", "consumer", "code", "wallet_app", "programme", "class"}
"""Labels whose values are known once a service is put together."""
SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_count", "_sum"]}

_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_NAME = re.compile(r'(?<![\w.])([a-zA-Z_]\w*)(?:\{((?:"[^"]*"|[^}"])*)\})?(\s*\()?')
_MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_WORDS = {"and", "or", "unless", "bool"}


class Matcher(NamedTuple):
    label: str
    how: str
    value: str


class Selector(NamedTuple):
    series: str
    matchers: list[Matcher]


@cache
def told() -> dict[str, set[str]]:
    """Every series that a process of ours can tell, with its labels once Prometheus has it."""
    made: dict[str, set[str]] = {}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            for suffix in SUFFIXES[metric._type]:
                labels = {*metric._labelnames, *(["le"] if suffix == "_bucket" else [])}
                made[f"{metric._name}{suffix}"] = labels | OF_THE_TARGET
    of_the_process = [sample.name for family in REGISTRY.collect() for sample in family.samples]
    return made | {name: OF_THE_TARGET for name in of_the_process if name.startswith("process_")} | OF_PROMETHEUS


def grouped(expression: str) -> set[str]:
    """Labels by which it sums or joins."""
    return {label.strip() for labels in _GROUPING.findall(expression) for label in labels.split(",")}


def selectors(expression: str) -> Iterator[Selector]:
    """Every series that it asks for."""
    bare = re.sub(r"\[[^\]]*\]", "", _GROUPING.sub(" ", expression))
    for name, matching, function in _NAME.findall(bare):
        if not function and name not in _WORDS:
            yield Selector(name, [Matcher(*found) for found in _MATCHER.findall(matching)])


def complaints(expression: str) -> Iterator[str]:
    """Series that nobody tells, labels that they do not have, and values that these never have."""
    for series, matchers in selectors(expression):
        if series not in told():
            yield f"nobody tells {series}"
            continue
        wanted = {matcher.label for matcher in matchers} | grouped(expression)
        yield from (f"{series} has no label {label}" for label in sorted(wanted - told()[series]))
        for label, how, value in matchers:
            closed = label in LABELS and label not in KNOWN_LATER and "~" not in how
            if closed and value not in LABELS[label]:
                yield f"{label} is never {value}"


def said_of(promtool: str, folder: Path, *words: str) -> str:
    done = subprocess.run([promtool, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=200)
    return "" if done.returncode == 0 else done.stdout + done.stderr
