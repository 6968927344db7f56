"""What citizens meet: the doors that are asked, and the notices that wallet apps are told."""

from collections.abc import Mapping

from deploy.grafana.alerts import Alert
from deploy.grafana.panels import MINUTE, Board, Panel, Query, per_minute, within

_DOOR = 'service="$door"'
_RECEIPTS = 'service="intake", route="/v1/submissions", method="POST"'
_SECONDS = "gubi_http_request_seconds"


def citizens(alerts: Mapping[str, Alert]) -> Board:
    """Give the board to open when somebody calls."""
    sections = {
        "Are citizens received?": _received(alerts),
        "The door of $door": _door(),
        "Are wallet apps told?": _told(alerts),
    }
    about = "Requests at the wallets' door and at the desk, and the notices to wallet apps."
    return Board("gubi-citizens", "Gubi: doors and notices", about, sections, {"door": f"{_SECONDS}_count"})


def _received(alerts: Mapping[str, Alert]) -> list[Panel]:
    slow, fails = alerts["GubiReceiptsSlow"], alerts["GubiDoorFails"]
    half, _ = within(f"{_SECONDS}_bucket{{{_RECEIPTS}}}")
    return [
        Panel(
            "Time to a receipt",
            "From the first byte to the last. Slow: see the store first, then intake's processors.",
            "s", [half, Query(slow.watched, "95 of 100 within")], alert=slow, width=8,
        ),
        Panel(
            "Submissions, by how they were answered",
            "4xx: an app sends what is not in order, or by the wrong key. 5xx: see the share that fails.",
            MINUTE, [Query(per_minute(f"{_SECONDS}_count{{{_RECEIPTS}}}", "status"), "{{status}}")], width=8,
        ),
        Panel(
            "Share of requests that fail",
            "Answered 5xx: the store is away (503), or a defect. No line: none has failed.",
            "percentunit", [Query(fails.watched, "{{service}}")], alert=fails, width=8,
        ),
    ]  # fmt: skip


def _by_route(matching: str) -> Query:
    return Query(per_minute(f"{_SECONDS}_count{{{matching}}}", "method", "route"), "{{method}} {{route}}")


def _door() -> list[Panel]:
    return [
        Panel(
            "Requests, by route",
            "none is a path that no route serves: somebody is trying doors.",
            MINUTE, [_by_route(_DOOR)],
        ),
        Panel(
            "Time of a request, 95 of 100 within, by route",
            "What is followed as it happens stays open for long and says nothing here. 120 s is the most that is told.",
            "s", within(f"{_SECONDS}_bucket{{{_DOOR}}}", "route")[1:],
        ),
        Panel(
            "Refused, by route",
            "Answered 4xx. One route after a roll-out: an app and the door understand it differently.",
            MINUTE, [_by_route(f'{_DOOR}, status="4xx"')],
        ),
        Panel(
            "Failed, by route",
            "Answered 5xx. One route alone is a defect; all of them, the store.",
            MINUTE, [_by_route(f'{_DOOR}, status="5xx"')],
        ),
    ]  # fmt: skip


def _told(alerts: Mapping[str, Alert]) -> list[Panel]:
    away, exhausted = alerts["GubiWalletAway"], alerts["GubiNotificationExhausted"]
    suspended, waiting = alerts["GubiEndpointSuspended"], alerts["GubiNoticesWait"]
    attempts = per_minute("gubi_notification_attempts_total", "wallet_app", "state")
    codes = 'sum by (wallet_app, code) (increase(gubi_notification_attempts_total{state!="delivered"}[15m]))'
    return [
        Panel(
            "Attempts to tell a wallet app",
            "due is tried again, ever further apart, for about a day; exhausted is given up.",
            MINUTE, [Query(attempts, "{{wallet_app}}: {{state}}")],
        ),
        Panel(
            "How attempts failed, in a quarter of an hour",
            "http_401 or http_403: keys were changed on one side only. address_not_public, host_not_found, not_https: "
            "the app's entry in the registry of endpoints is wrong.",
            "none", [Query(codes, "{{wallet_app}}: {{code}}")],
        ),
        Panel(
            "Failed attempts, in a quarter of an hour",
            "Above the line, and with none accepted: that app accepts nothing now. The others are not held up.",
            "none", [Query(away.watched, "{{wallet_app}}")], alert=away,
        ),
        Panel(
            "Notices given up, in an hour",
            "Citizens who were not told. `gubi wallets replay` sends them once the app accepts again.",
            "none", [Query(exhausted.watched, "{{wallet_app}}")], alert=exhausted,
        ),
        Panel(
            "Endpoints",
            "Suspended: it counts as dead, and what its app should be told waits. `gubi wallets endpoints` says why.",
            "none", [Query(suspended.watched, "{{wallet_app}}")],
            kind="state-timeline", alert=suspended, states={1: "suspended", 0: "is told"}, width=8,
        ),
        Panel(
            "Notices due and not taken up",
            "Held back by the pace the app can take, or the courier stands still. 1,000 at most are counted.",
            "none", [Query("max by (wallet_app) (gubi_notification_due)", "{{wallet_app}}")], width=8,
        ),
        Panel(
            "For how long the first of them is due",
            "Above the line, and the endpoint is not suspended: nobody takes them up.",
            "s", [Query(waiting.watched, "{{wallet_app}}")], alert=waiting, width=8,
        ),
    ]  # fmt: skip
