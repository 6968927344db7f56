"""What Grafana, and whoever looks, asks of a dashboard."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from deploy.grafana.__main__ import DASHBOARDS
from deploy.grafana.alerts import alerts
from tests.unit.deploy.promql import grouped, selectors, told

ITS_OWN_PANELS = {"row", "stat", "state-timeline", "timeseries"}
UNITS = {"none", "s", "bytes", "percentunit", "suffix:/min"}
GIVEN = {"__rate_interval", "__range", "__field", "__url_time_range"}
"""Variables that Grafana has by itself."""
CHOSEN = {"$service": "extraction", "$door": "intake", "$__rate_interval": "5m", "$__range": "6h"}
PARAGRAPHS = {name.lower() for name in alerts()}

Board = dict[str, Any]


def boards() -> list[Board]:
    return [json.loads(path.read_text()) for path in sorted(DASHBOARDS.glob("*.json"))]


def panels(board: Board) -> list[Board]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def expressions(*of: Board) -> list[str]:
    """What the panels ask Prometheus, with something chosen at their top."""
    found = []
    for panel in (panel for board in of for panel in panels(board)):
        for target in panel["targets"]:
            expression = target["expr"]
            for variable, value in CHOSEN.items():
                expression = expression.replace(variable, value)
            found.append(expression)
    return found


def misses(all_of_them: list[Board]) -> list[str]:
    """What Grafana, or somebody who looks, would miss."""
    uids = [board["uid"] for board in all_of_them]
    found = [f"{uid} is there twice" for uid, times in Counter(uids).items() if times > 1]
    for board in all_of_them:
        found += [f"{board['uid']}: {miss}" for check in (_head, _panels, _places) for miss in check(board)]
        links = re.findall(r'"url": "/d/([\w-]+)', json.dumps(board))
        found += [f"{board['uid']} leads to {uid}, which is not there" for uid in sorted(set(links) - set(uids))]
    return found


def _head(board: Board) -> Iterator[str]:
    if not re.fullmatch(r"[a-z-]{1,40}", board["uid"]) or not board["title"].startswith("Gubi: "):
        yield "uid or title is out of order"
    if board.get("schemaVersion") != 39 or "id" in board:
        yield "it is of another version, or of one Grafana alone"
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    if variables.get("prometheus", {}).get("type") != "datasource":
        yield "its Prometheus cannot be chosen"
    text = json.dumps(board)
    if unknown := set(re.findall(r"\$\{?(\w+)", text)) - variables.keys() - GIVEN:
        yield f"nothing is chosen as {sorted(unknown)}"
    for name, variable in variables.items():
        if variable["type"] == "query":
            series, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"]).groups()
            if label not in told().get(series, ()):
                yield f"{name} is chosen from what is not told"
    if re.search(r"\bhttps?:|//", text):
        yield "it leads out of the house"


def _panels(board: Board) -> Iterator[str]:
    numbers = [panel["id"] for panel in board["panels"]]
    if len(set(numbers)) < len(numbers):
        yield "two panels have one number"
    for panel in board["panels"]:
        if not panel["title"] or panel["type"] not in ITS_OWN_PANELS:
            yield f"{panel['title']!r} has no title, or needs a plugin"
    for panel in panels(board):
        yield from (f"{panel['title']} {miss}" for check in (_asks, _says) for miss in check(panel))


def _asks(panel: Board) -> Iterator[str]:
    targets = panel["targets"]
    if not targets or not all(target["expr"] and target["legendFormat"] for target in targets):
        yield "asks for nothing, or does not say what it asks for"
    if len({target["refId"] for target in targets}) < len(targets):
        yield "has two queries under one letter"
    if panel["datasource"] != {"type": "prometheus", "uid": "${prometheus}"}:
        yield "asks a Prometheus of its own"
    for target in targets:
        labels = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        if "by" in target["expr"].split() and labels - grouped(target["expr"]):
            yield "calls its lines by what was summed away"


def _says(panel: Board) -> Iterator[str]:
    if len(panel["description"].split()) < 5:
        yield "does not say what a bad value means"
    if panel["fieldConfig"]["defaults"].get("unit") not in UNITS:
        yield "has no unit"
    named = re.findall(r"docs/runbook\.md#(\w+)|\b(Gubi[A-Z]\w+)", panel["description"])
    if {"".join(name).lower() for name in named} - PARAGRAPHS:
        yield "names a paragraph that is not there"


def _places(board: Board) -> Iterator[str]:
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        x, y, w, h = (panel["gridPos"][name] for name in "xywh")
        cells = {(column, row) for column in range(x, x + w) for row in range(y, y + h)}
        if taken & cells or x + w > 24:
            yield f"{panel['title']} lies over another, or beyond the screen"
        taken |= cells
    if len(taken) != 24 * len({row for _, row in taken}):
        yield "there are holes in it"


def without_a_panel(all_of_them: list[Board]) -> list[str]:
    """Alerts that no panel both names and shows, with its bound."""
    found = []
    for alert in alerts().values():
        watched = {selector.series for selector in selectors(alert.watched)}
        for panel in (panel for board in all_of_them for panel in panels(board)):
            shown = {selector.series for target in panel["targets"] for selector in selectors(target["expr"])}
            defaults = panel["fieldConfig"]["defaults"]
            drawn = [step["value"] for step in defaults["thresholds"]["steps"][1:]]
            coloured = [float(value) for mapping in defaults.get("mappings", []) for value in [*mapping["options"]][:1]]
            bound = alert.bound is None or alert.bound in drawn + coloured
            if f"{alert.name} " in panel["description"] and watched <= shown and bound:
                break
        else:
            found.append(alert.name)
    return found
