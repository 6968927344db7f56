"""One service, chosen at the top: what it does, how long that takes, what waits for it, what its processes use."""

from collections.abc import Mapping

from deploy.grafana.alerts import Alert
from deploy.grafana.panels import MINUTE, SERVICE, Board, Panel, Query, per_minute, within

_IT = 'service="$service"'
_ITS_PROCESSES = f'job="gubi", {_IT}'


def service(alerts: Mapping[str, Alert]) -> Board:
    """Give the board to open when a line of the chain stands out."""
    sections = {
        "How is it?": _state(alerts),
        "What does it do?": _does(alerts),
        "What waits for it?": _waits(alerts),
        "What do its processes use?": _uses(),
    }
    about = "One service by itself, whichever is chosen at the top."
    return Board(SERVICE, "Gubi: one service", about, sections, {"service": "gubi_process_info"})


def _state(alerts: Mapping[str, Alert]) -> list[Panel]:
    down, dead = alerts["GubiServiceDown"], alerts["GubiConsumerDead"]
    return [
        Panel(
            "Processes by version",
            "Two versions for long is a roll-out that stands still.",
            "none", [Query(f"count by (version) (gubi_process_info{{{_IT}}})", "{{version}}")],
            kind="stat", width=4, height=6,
        ),
        Panel(
            "Processes that answer",
            "Silent: it is gone, frozen, or its event loop is blocked.",
            "none", [Query(f"up{{{_ITS_PROCESSES}}}", "{{instance}}")],
            kind="state-timeline", alert=down, states={0: "silent", 1: "answers"}, width=10, height=6,
        ),
        Panel(
            "Consumers",
            "Dead: it never takes a record again, and its process should have ended within seconds.",
            "none", [Query(f"gubi_consumer_alive{{{_IT}}}", "{{consumer}} {{instance}}")],
            kind="state-timeline", alert=dead, states={0: "dead", 1: "lives"}, width=10, height=6,
        ),
    ]  # fmt: skip


def _does(alerts: Mapping[str, Alert]) -> list[Panel]:
    parked, broker = alerts["GubiParked"], alerts["GubiBrokerAway"]
    dead = f"sum by (topic, reason) (increase(gubi_parked_total{{{_IT}}}[15m]))"
    busy = f"avg by (consumer) (rate(gubi_handler_seconds_sum{{{_IT}}}[$__rate_interval]))"
    records, batches = (f"sum(rate(gubi_{name}_total{{{_IT}}}[$__rate_interval]))" for name in ("records", "batches"))
    return [
        Panel(
            "Records taken, by what became of them",
            "given_back is tried again, parked has gone to dead letters, poisoned ends the process.",
            MINUTE, [Query(per_minute(f"gubi_records_total{{{_IT}}}", "topic", "outcome"), "{{topic}}: {{outcome}}")],
        ),
        Panel(
            "Events said",
            "What it tells the others. Nothing, although records are handled: see what is owed, at the chain.",
            MINUTE, [Query(per_minute(f"gubi_events_said_total{{{_IT}}}", "topic"), "{{topic}}")],
        ),
        Panel(
            "Gone to dead letters, in a quarter of an hour",
            "Records that can never work for it, by why. `gubi dead list` names them.",
            "none", [Query(dead, "{{topic}}: {{reason}}")],
            alert=parked, width=8,
        ),
        Panel(
            "Batches given back",
            "What the reason names is away; nothing is lost.",
            MINUTE, [Query(per_minute(f"gubi_given_back_total{{{_IT}}}", "reason"), "{{reason}}")], width=8,
        ),
        Panel(
            "Not confirmed by the broker, in five minutes",
            "Kafka does not confirm what it says; it is owed, and said later.",
            "none", [Query(f"sum(increase(gubi_publish_failures_total{{{_IT}}}[5m]))", "not confirmed")],
            alert=broker, width=8,
        ),
        Panel(
            "Time of one call of a handler",
            "Of a whole batch. Longer with equal batches: the store has become slow, or what is handled has.",
            "s", within(f"gubi_handler_seconds_bucket{{{_IT}}}", "consumer"), width=8,
        ),
        Panel(
            "Share of the time spent in a handler",
            "The mean of its processes. Near 100 % it is full: add processes while there are partitions for them.",
            "percentunit", [Query(busy, "{{consumer}}")], width=8,
        ),
        Panel(
            "Records in a batch",
            "1 is idle. As many as GUBI_BATCH for long: it does not keep up.",
            "none", [Query(f"{records} / {batches}", "records")], width=8,
        ),
    ]  # fmt: skip


def _waits(alerts: Mapping[str, Alert]) -> list[Panel]:
    return [
        Panel(
            "Records that wait",
            "A slope that only rises is a service that does not keep up.",
            "none", [Query(f"sum by (topic) (gubi_consumer_lag_records{{{_IT}}})", "{{topic}}")],
        ),
        Panel(
            "Age of the oldest that waits",
            "It works and does not keep up, or stands still.",
            "s", [Query(f"max by (topic) (gubi_consumer_oldest_seconds{{{_IT}}})", "{{topic}}")],
            alert=alerts["GubiOldestWaiting"],
        ),
        Panel(
            "Partitions assigned",
            "0 everywhere: the group is being dealt out anew. 0 at some: more processes than partitions.",
            "none", [Query(f"gubi_consumer_partitions{{{_IT}}}", "{{consumer}} {{instance}}")],
        ),
        Panel(
            "Time since a consumer got on",
            "Grows: a step hangs. The process ends itself when that has lasted longer than any step takes. See "
            "docs/runbook.md#gubinoprogress.",
            "s", [Query(f"max by (consumer) (gubi_consumer_still_seconds{{{_IT}}})", "{{consumer}}")],
        ),
    ]  # fmt: skip


def _uses() -> list[Panel]:
    files = " / ".join(f"process_{which}_fds{{{_ITS_PROCESSES}}}" for which in ("open", "max"))
    return [
        Panel(
            "Processor",
            "Of one core: a service computes on one. Near 100 % it needs another process. Readers of documents are "
            "processes of their own and not counted.",
            "percentunit",
            [Query(f"rate(process_cpu_seconds_total{{{_ITS_PROCESSES}}}[$__rate_interval])", "{{instance}}")], width=8,
        ),
        Panel(
            "Memory",
            "Rises for hours at an equal load: a leak. Readers of documents are not counted.",
            "bytes", [Query(f"process_resident_memory_bytes{{{_ITS_PROCESSES}}}", "{{instance}}")], width=8,
        ),
        Panel(
            "Open files, of those allowed",
            "Near 100 % nobody can connect any more.",
            "percentunit", [Query(files, "{{instance}}")], width=8,
        ),
    ]  # fmt: skip
