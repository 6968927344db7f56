"""`make grafana` writes the dashboards as files that Grafana reads."""

import json

from deploy.grafana.alerts import MONITORING, alerts
from deploy.grafana.chain import chain
from deploy.grafana.citizens import citizens
from deploy.grafana.panels import written
from deploy.grafana.service import service

DASHBOARDS = MONITORING / "grafana" / "dashboards"


def files() -> dict[str, str]:
    """Give each file's text by its name."""
    known = alerts()
    boards = (chain(known), service(known), citizens(known))
    return {f"{board.uid}.json": json.dumps(written(board), indent=1, ensure_ascii=False) + "\n" for board in boards}


if __name__ == "__main__":
    for name, text in files().items():
        (DASHBOARDS / name).write_text(text)
