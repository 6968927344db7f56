"""What `alerts.yaml` says of each alert, for the panels that show the same."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

MONITORING = Path(__file__).parents[1] / "monitoring"
_COMPARED = re.compile(r"\s(==|>=|>)\s*([\d.]+)")


@dataclass(frozen=True)
class Alert:
    """One alert: its rule, for how long that must hold, how urgent it is, and where its paragraph is."""

    name: str
    rule: str
    lasting: str
    severity: str
    runbook: str

    @property
    def watched(self) -> str:
        """What is compared: the rule up to its first comparison with a number, all of it where there is none."""
        found = _COMPARED.search(self.rule)
        return self.rule[: found.start()] if found else self.rule

    @property
    def bound(self) -> float | None:
        """The number it is compared with."""
        found = _COMPARED.search(self.rule)
        return float(found[2]) if found else None

    @property
    def colour(self) -> str:
        """Red wakes somebody, orange can wait until morning."""
        return "red" if self.severity == "page" else "orange"

    @property
    def sentence(self) -> str:
        """Name it, as a panel's description ends."""
        return f"Alert {self.name} ({self.severity}, after {self.lasting}): {self.runbook}"


def alerts() -> dict[str, Alert]:
    """Give all alerts by name."""
    groups = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"]
    return {
        rule["alert"]: Alert(
            rule["alert"],
            " ".join(rule["expr"].split()).replace("( ", "("),
            rule.get("for", "0m"),
            rule["labels"]["severity"],
            rule["annotations"]["runbook_url"],
        )
        for group in groups
        for rule in group["rules"]
    }
