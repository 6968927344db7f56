"""Dashboards as Grafana takes them (the classic JSON model), from what is worth saying of each panel.

Only panels that come with Grafana are used, and only what differs from Grafana's own defaults is written. The source of
the figures is a variable, so that whoever has a Prometheus already chooses it at the top of the screen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from deploy.grafana.alerts import Alert

Json = dict[str, Any]
Kind = Literal["timeseries", "stat", "state-timeline"]

SCHEMA = 39
"""Of Grafana 10.4; later ones read it too."""
SOURCE = {"type": "prometheus", "uid": "${prometheus}"}
SERVICE = "gubi-service"
"""Where a line that bears a service's name leads."""
COLUMNS = 24
MINUTE = "suffix:/min"
_SHARE = {0.5: "half within", 0.95: "95 of 100 within"}


@dataclass(frozen=True)
class Query:
    """An expression of PromQL, and what each of its lines is called."""

    expression: str
    name: str


@dataclass(frozen=True)
class Panel:
    """One panel: what it shows, in which unit, and what a bad value means.

    Of an `alert` the bound is drawn and the paragraph in the runbook named. `states` are words for values, the bad one
    first.
    """

    title: str
    about: str
    unit: str
    queries: Sequence[Query]
    kind: Kind = "timeseries"
    alert: Alert | None = None
    states: Mapping[int, str] = field(default_factory=dict)
    width: int = 12
    height: int = 8


@dataclass(frozen=True)
class Board:
    """One dashboard: panels under headings, and what can be chosen at its top, each as a label of a series."""

    uid: str
    title: str
    about: str
    sections: Mapping[str, Sequence[Panel]]
    choices: Mapping[str, str] = field(default_factory=dict)


def per_minute(series: str, *by: str) -> str:
    """Give the expression for how often a counter rises in a minute."""
    return f"60 * sum by ({', '.join(by)}) (rate({series}[$__rate_interval]))"


def within(buckets: str, *by: str) -> list[Query]:
    """Give queries for the times within which a half, and 95 of 100, are done."""
    summed = f"sum by ({', '.join(['le', *by])}) (rate({buckets}[$__rate_interval]))"
    names = " ".join(f"{{{{{label}}}}}" for label in by)
    return [
        Query(f"histogram_quantile({share}, {summed})", f"{names} {words}".strip()) for share, words in _SHARE.items()
    ]


def written(board: Board) -> Json:
    """Give a board as Grafana reads it."""
    return {
        "uid": board.uid,
        "title": board.title,
        "description": f"{board.about} Made by deploy/grafana: change it there.",
        "tags": ["gubi"],
        "schemaVersion": SCHEMA,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [_OTHER_BOARDS],
        "templating": {"list": [_source(), *(_choice(name, series) for name, series in board.choices.items())]},
        "panels": list(_placed(board.sections)),
    }


def _source() -> Json:
    return {"type": "datasource", "name": "prometheus", "label": "Prometheus", "query": "prometheus", "refresh": 1}


def _choice(name: str, series: str) -> Json:
    values = f"label_values({series}, service)"
    query = {"qryType": 1, "query": values, "refId": "Values"}
    about = {"datasource": SOURCE, "query": query, "refresh": 2, "sort": 1}
    return {"type": "query", "name": name, "label": name.capitalize(), **about}


def _placed(sections: Mapping[str, Sequence[Panel]]) -> Iterator[Json]:
    number, top = 1, 0
    for heading, panels in sections.items():
        at = {"x": 0, "y": top, "w": COLUMNS, "h": 1}
        yield {"id": number, "type": "row", "title": heading, "collapsed": False, "gridPos": at, "panels": []}
        number, top, left = number + 1, top + 1, 0
        for panel in panels:
            at = {"x": left, "y": top, "w": panel.width, "h": panel.height}
            yield {"id": number, **_panel(panel), "gridPos": at}
            number, left = number + 1, left + panel.width
            if left == COLUMNS:
                top, left = top + panel.height, 0


def _panel(panel: Panel) -> Json:
    about = panel.about if panel.alert is None else f"{panel.about}\n\n{panel.alert.sentence}"
    targets = [
        {"refId": chr(ord("A") + place), "expr": query.expression, "legendFormat": query.name, **_asked(panel.kind)}
        for place, query in enumerate(panel.queries)
    ]
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": about,
        "datasource": SOURCE,
        "targets": targets,
        "fieldConfig": {"defaults": _field(panel), "overrides": []},
        "options": _OPTIONS[panel.kind],
    }


def _asked(kind: Kind) -> Json:
    return {"instant": True, "range": False} if kind == "stat" else {"instant": False, "range": True}


def _field(panel: Panel) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if panel.alert and panel.alert.bound is not None and panel.kind == "timeseries":
        steps.append({"color": panel.alert.colour, "value": panel.alert.bound})
    about: Json = {"unit": panel.unit, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.kind == "timeseries":
        style = {"mode": "dashed" if len(steps) > 1 else "off"}
        about |= {"min": 0, "custom": {"fillOpacity": 10, "showPoints": "never", "thresholdsStyle": style}}
    if panel.kind == "state-timeline":
        about |= {"color": {"mode": "thresholds"}, "mappings": [_mapping(panel)]}
    if panel.kind == "stat":
        about |= {"decimals": 0}
    if any("{{service}}" in query.name for query in panel.queries):
        place = f"/d/{SERVICE}?var-service=${{__field.labels.service}}&${{__url_time_range}}"
        about |= {"links": [{"title": "This service", "url": place}]}
    return about


def _mapping(panel: Panel) -> Json:
    colours = [panel.alert.colour if panel.alert else "red", "green"]
    words = zip(panel.states.items(), colours, strict=False)
    options = {str(value): {"text": text, "color": colour} for (value, text), colour in words}
    return {"type": "value", "options": options}


_OTHER_BOARDS = {
    "type": "dashboards", "title": "Gubi", "tags": ["gubi"], "keepTime": True, "includeVars": False,
    "asDropdown": False, "targetBlank": False, "icon": "", "tooltip": "",
}  # fmt: skip
_OPTIONS: dict[Kind, Json] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {
        "colorMode": "none", "graphMode": "none", "textMode": "value_and_name",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    },
    "state-timeline": {
        "mergeValues": True, "showValue": "auto", "rowHeight": 0.8,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        "tooltip": {"mode": "single", "sort": "none"},
    },
}  # fmt: skip
