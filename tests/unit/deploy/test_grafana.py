"""Dashboards for Grafana: validated, not run. Each check is tried on a violation."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.grafana.__main__ import DASHBOARDS, files
from deploy.grafana.alerts import alerts
from tests.unit.deploy.boards import Board, boards, expressions, misses, panels, without_a_panel
from tests.unit.deploy.promql import Selector, complaints, said_of, selectors, told


def as_rules(of: list[str], folder: Path) -> None:
    """Each expression as a rule of its own: heard when the expression gives anything."""
    rules = [{"alert": f"Panel{number}", "expr": f"count({one}) > 0"} for number, one in enumerate(of)]
    (folder / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))


def series_for(selector: Selector, le: str) -> str:
    """A series that it selects, as promtool writes one."""
    given = {matcher.label: matcher.value.replace(".+", "X") for matcher in selector.matchers if "!" not in matcher.how}
    labels = {label: given.get(label, "x") for label in sorted(told()[selector.series])}
    if "le" in labels:
        labels["le"] = le
    inside = ", ".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{selector.series}{{{inside}}}"


def test_the_files_are_what_is_said_of_them() -> None:
    there = {path.name: path.read_text() for path in DASHBOARDS.glob("*.json")}
    assert there == files(), "make grafana"


def test_dashboards_have_what_grafana_asks_of_them_and_whoever_looks() -> None:
    assert misses(boards()) == []


@pytest.mark.parametrize(
    ("spoil", "miss"),
    [
        (lambda board: board.update(uid="gubi-chain"), "twice"),
        (lambda board: board.update(schemaVersion=None), "version"),
        (lambda board: board["templating"]["list"].pop(0), "cannot be chosen"),
        (lambda board: board["templating"]["list"].pop(1), "nothing is chosen as ['service']"),
        (lambda board: board["templating"]["list"][1]["query"].update(query="label_values(up, topic)"), "not told"),
        (lambda board: board["links"].append({"url": "https://example.org"}), "out of the house"),
        (lambda board: board["links"].append({"url": "/d/gubi-door"}), "gubi-door, which is not there"),
        (lambda board: board["panels"][1].update(type="piechart-of-somebody"), "plugin"),
        (lambda board: board["panels"][1].update(id=1), "one number"),
        (lambda board: board["panels"][1].update(targets=[]), "asks for nothing"),
        (lambda board: board["panels"][5]["targets"].append(board["panels"][5]["targets"][0]), "one letter"),
        (lambda board: board["panels"][1].update(datasource={"type": "prometheus", "uid": "P1"}), "of its own"),
        (lambda board: board["panels"][1].update(description="Versions."), "bad value"),
        (lambda board: board["panels"][1].update(description="Bad when it is GubiServiceBad: see there."), "paragraph"),
        (lambda board: board["panels"][1]["fieldConfig"]["defaults"].pop("unit"), "no unit"),
        (lambda board: board["panels"][1]["targets"][0].update(legendFormat="{{instance}}"), "summed away"),
        (lambda board: board["panels"][1]["gridPos"].update(w=5), "over another"),
        (lambda board: board["panels"][1]["gridPos"].update(w=3), "holes"),
    ],
)  # fmt: skip
def test_a_dashboard_that_lacks_something_is_noticed(spoil: Callable[[Board], Any], miss: str) -> None:
    whole = boards()
    spoil(next(board for board in whole if board["uid"] == "gubi-service"))
    assert any(miss in found for found in misses(whole)), misses(whole)


def test_panels_ask_for_what_processes_tell_by_labels_and_values_that_there_are() -> None:
    """What is noticed is tried in test_monitoring.py."""
    assert {one: found for one in expressions(*boards()) if (found := list(complaints(one)))} == {}


def test_every_alert_has_a_panel_that_names_it_and_shows_what_it_compares_and_with_what() -> None:
    assert without_a_panel(boards()) == []
    for spoil in (
        lambda panel: panel.update(description="Somebody waits, and that is bad."),
        lambda panel: panel["targets"][0].update(expr="gubi_owed_events"),
        lambda panel: panel["fieldConfig"]["defaults"]["thresholds"]["steps"].pop(),
    ):
        whole = copy.deepcopy(boards())
        spoil(next(one for board in whole for one in panels(board) if "GubiOwedTooOld " in one["description"]))
        assert without_a_panel(whole) == ["GubiOwedTooOld"]


def test_of_an_alert_is_read_what_it_compares_with_what_and_how_urgent_it_is() -> None:
    known = alerts()
    bounds = {name: alert.bound for name, alert in known.items()}
    assert (bounds["GubiOldestWaiting"], bounds["GubiReceiptsSlow"], bounds["GubiServiceDown"]) == (300, 0.5, 0)
    assert (bounds["GubiRestartsAgainAndAgain"], bounds["GubiMuchIsUnreadable"], bounds["GubiServiceAbsent"]) == (
        3,
        0.5,
        None,
    )
    assert known["GubiNoticesWait"].watched == "max by (wallet_app) (gubi_notification_due_oldest_seconds)"
    assert (known["GubiOwedTooOld"].colour, known["GubiOldestWaiting"].colour) == ("red", "orange")


def test_promtool_takes_every_expression(promtool: str, tmp_path: Path) -> None:
    as_rules(expressions(*boards()), tmp_path)
    assert said_of(promtool, tmp_path, "check", "rules", "rules.yaml") == ""
    as_rules(["sum by (topic) (gubi_owed_events"], tmp_path)
    assert "unclosed" in said_of(promtool, tmp_path, "check", "rules", "rules.yaml")


def test_every_expression_gives_something_when_its_series_are_there(promtool: str, tmp_path: Path) -> None:
    """An expression whose parts do not meet, by their labels, shows nothing for ever and complains of nothing.

    Left out is what shows only what stands still: its alert's own test hears it.
    """
    standing = alerts()["GubiNoProgress"].rule
    asked = [one.removesuffix(" or vector(0)") for one in expressions(*boards()) if one != standing]

    def silent(of: list[str]) -> str:
        as_rules(of, tmp_path)
        series = {series_for(one, le) for expression in of for one in selectors(expression) for le in ("0.5", "+Inf")}
        inputs = [{"series": one, "values": "1+1x10"} for one in sorted(series)]
        heard = [
            {"eval_time": "10m", "alertname": f"Panel{number}", "exp_alerts": [{"exp_labels": {}}]}
            for number in range(len(of))
        ]
        case = {"interval": "1m", "input_series": inputs, "alert_rule_test": heard}
        test = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [case]}
        (tmp_path / "test.yaml").write_text(yaml.safe_dump(test))
        return said_of(promtool, tmp_path, "test", "rules", "test.yaml")

    assert silent(asked) == ""
    assert "Panel0" in silent(["sum by (service) (gubi_process_info) / sum by (version) (gubi_process_info)"])


def test_the_provisioning_finds_prometheus_and_the_dashboards() -> None:
    [source] = yaml.safe_load((DASHBOARDS.parent / "datasources" / "gubi.yaml").read_text())["datasources"]
    scraped = yaml.safe_load((DASHBOARDS.parents[1] / "prometheus.yaml").read_text())["global"]["scrape_interval"]
    assert (source["type"], source["url"], source["jsonData"]["timeInterval"]) == (
        "prometheus",
        "${PROMETHEUS_URL}",
        scraped,
    )
    [provider] = yaml.safe_load((DASHBOARDS / "gubi.yaml").read_text())["providers"]
    assert (provider["type"], provider["options"]["path"]) == ("file", f"/etc/grafana/provisioning/{DASHBOARDS.name}")
