"""The chain: is anything wrong, how much goes through, and what waits."""

from collections.abc import Mapping

from deploy.grafana.alerts import Alert
from deploy.grafana.panels import MINUTE, Board, Panel, Query, per_minute, within
from shared.events import SAYS

_STEPS = {
    "received": "submission-received-v1",
    "read": "submission-extracted-v1",
    "could not be read": "extraction-failed-v1",
    "screened": "submission-screened-v1",
    "viewed": "submission-viewed-v1",
    "decided": "submission-decided-v1",
    "taken back": "submission-taken-back-v1",
    "withdrawn": "submission-withdrawn-v1",
}


def chain(alerts: Mapping[str, Alert]) -> Board:
    """Give the board that is open on the wall."""
    sections = {
        "Is anything wrong?": _wrong(alerts),
        "How much goes through?": _through(alerts),
        "What waits?": _waits(alerts),
    }
    about = "All six services at once: where submissions come through, and where they stand still."
    return Board("gubi-chain", "Gubi: the chain", about, sections)


def _wrong(alerts: Mapping[str, Alert]) -> list[Panel]:
    restarts, broker = alerts["GubiRestartsAgainAndAgain"], alerts["GubiBrokerAway"]
    dead, store, down = alerts["GubiConsumerDead"], alerts["GubiStoreAway"], alerts["GubiServiceDown"]
    hangs, cut_off = alerts["GubiConsumerHangs"], alerts["GubiCutOff"]
    firing = 'ALERTS{alertname=~"Gubi.+", alertstate="firing"}'
    return [
        Panel(
            "Alerts that fire",
            "No data is good. Each has its paragraph in docs/runbook.md; `gubi doctor` looks at all of it at once.",
            "none",
            [Query(firing, "{{alertname}} {{service}} {{topic}} {{wallet_app}}")],
            kind="state-timeline", states={1: "fires"}, width=24, height=6,
        ),
        Panel(
            "Processes that answer",
            "Silent: it is gone, frozen, or its event loop is blocked.",
            "none",
            [Query(down.watched, "{{service}} {{instance}}")],
            kind="state-timeline", alert=down, states={0: "silent", 1: "answers"},
        ),
        Panel(
            "Processes of each service",
            "None: nobody runs it. The topics keep everything, and it goes on where it stood.",
            "none",
            [Query(f'sum(gubi_process_info{{service="{service}"}}) or vector(0)', service) for service in SAYS],
            kind="state-timeline", alert=alerts["GubiServiceAbsent"], states={0: "none"},
        ),
        Panel(
            "Consumers",
            "Dead: it never takes a record again, and its process should have ended within seconds.",
            "none",
            [Query(f"min by (service, consumer) ({dead.watched})", "{{service}} {{consumer}}")],
            kind="state-timeline", alert=dead, states={0: "dead", 1: "lives"},
        ),
        Panel(
            "Since a consumer last got on with what it holds",
            "One that hangs: a worker is unready by then, a door goes on answering, and both are ended in the end.",
            "s", [Query(hangs.watched, "{{service}} {{consumer}}")], alert=hangs,
        ),
        Panel(
            "Since a consumer's brokers last answered it",
            "It is cut off, or a partition has no leader: nothing is lost, and nothing moves.",
            "s", [Query(cut_off.watched, "{{service}} {{consumer}}")], alert=cut_off,
        ),
        Panel(
            "The store, as each service sees it",
            "Away: MongoDB does not answer within two seconds. All goes on by itself once it does.",
            "none",
            [Query(f"min by (service) ({store.watched})", "{{service}}")],
            kind="state-timeline", alert=store, states={0: "away", 1: "answers"},
        ),
        Panel(
            "Starts in a quarter of an hour",
            "A process that dies soon after each start; its exit code says of what.",
            "none", [Query(restarts.watched, "{{service}} {{instance}}")], alert=restarts,
        ),
        Panel(
            "Not confirmed by the broker, in five minutes",
            "Kafka does not confirm what a service says; it is owed, and said later.",
            "none", [Query(broker.watched, "{{service}}")], alert=broker,
        ),
    ]  # fmt: skip


def _through(alerts: Mapping[str, Alert]) -> list[Panel]:
    unreadable, sums = alerts["GubiMuchIsUnreadable"], alerts["GubiClassesDoNotSum"]
    said = 'increase(gubi_events_said_total{{topic="{topic}"}}[$__range])'
    return [
        Panel(
            "In the time shown",
            "Events that the broker confirmed, as Prometheus reckons them; one that is said twice counts twice, and a "
            "submission with a better certificate is read again. The exact counts are at the desk.",
            "none",
            [Query(f"sum({said.format(topic=topic)}) or vector(0)", name) for name, topic in _STEPS.items()],
            kind="stat", width=24, height=4,
        ),
        Panel(
            "Events said",
            "Where the lines of received and screened part for long, something between them does not keep up.",
            MINUTE, [Query(per_minute("gubi_events_said_total", "topic"), "{{topic}}")],
        ),
        Panel(
            "Where submissions stand",
            "By programme and class, as the desk counts them. A class that only grows is work that waits for somebody.",
            "none", [Query("max by (programme, class) (gubi_submissions)", "{{programme}} {{class}}")],
        ),
        Panel(
            "Submissions in no class",
            "Anything but 0 is a defect: begin no selection run on that programme.",
            "none", [Query(f"abs({sums.rule.replace('!=', '-')})", "{{programme}} {{instance}}")], alert=sums,
        ),
        Panel(
            "Refused by the gate",
            "Somebody came second: a take-back after a look, a look after a take-back. Many at once are worth a look.",
            MINUTE, [Query(per_minute("gubi_gate_refusals_total", "act", "reason"), "{{act}}: {{reason}}")],
        ),
        Panel(
            "Could not be read, by reason",
            "wrong_certificate or no_text_layer: an issuer changed a form, or an app sends scans. time_limit, "
            "memory_limit, reader_failed: the readers starve, or somebody sends hostile files.",
            MINUTE, [Query(per_minute('gubi_readings_total{reason!="read"}', "reason"), "{{reason}}")], width=8,
        ),
        Panel(
            "Share that could not be read, in half an hour",
            "Above the line, and with more than twenty read, something has changed at an issuer or an app.",
            "percentunit", [Query(unreadable.watched, "could not be read")], alert=unreadable, width=8,
        ),
        Panel(
            "Time to read one document",
            "In the jail, waiting for a reader included. Slow documents, or too few readers (GUBI_READERS).",
            "s", within("gubi_reading_seconds_bucket"), width=8,
        ),
    ]  # fmt: skip


def _waits(alerts: Mapping[str, Alert]) -> list[Panel]:
    oldest, standing = alerts["GubiOldestWaiting"], alerts["GubiNoProgress"]
    parked, owed, nobody = alerts["GubiParked"], alerts["GubiOwedTooOld"], alerts["GubiNobodyTakes"]
    lag = "sum by (service, topic) (gubi_consumer_lag_records)"
    handled = 'sum by (service, topic) (rate(gubi_records_total{outcome="handled"}[$__rate_interval]))'
    return [
        Panel(
            "Records that wait",
            "A hill is a rush that is worked off; a slope that only rises is a service that does not keep up.",
            "none", [Query(lag, "{{service}} {{topic}}")], width=8,
        ),
        Panel(
            "Age of the oldest that waits",
            "It works and does not keep up, or stands still. Add processes, at most one a partition.",
            "s", [Query(oldest.watched, "{{service}} {{topic}}")], alert=oldest, width=8,
        ),
        Panel(
            "Until it is worked off",
            "What waits, at the pace of now. No line where nothing is handled.",
            "s", [Query(f"{lag} / ({handled} > 0)", "{{service}} {{topic}}")], width=8,
        ),
        Panel(
            "Partitions that each consumer's processes have",
            "None: nobody takes, and so nobody tells how much waits; `gubi doctor` asks the broker.",
            "none", [Query(nobody.watched, "{{service}} {{consumer}}")], alert=nobody,
        ),
        Panel(
            "Waits, and nothing was handled for ten minutes",
            "No data is good. Whatever is here stands still: see what was given back, and why.",
            "none", [Query(standing.rule, "{{service}} {{topic}}")], alert=standing,
        ),
        Panel(
            "Batches given back",
            "What the reason names is away; the batch is tried again, ever more slowly, and nothing is lost.",
            MINUTE, [Query(per_minute("gubi_given_back_total", "service", "reason"), "{{service}}: {{reason}}")],
        ),
        Panel(
            "Gone to dead letters, in a quarter of an hour",
            "Records that can never work. `gubi dead list` names them. Correct the cause, then `gubi dead replay`.",
            "none", [Query(parked.watched, "{{service}} {{topic}}: {{reason}}")], alert=parked,
        ),
        Panel(
            "Events owed",
            "Written down and not said yet: what has happened, and others do not know. 500 at most are counted.",
            "none", [Query("max by (topic) (gubi_owed_events)", "{{topic}}")],
        ),
        Panel(
            "Age of the oldest that is owed",
            "The broker does not take it, or the service that says this topic does not run.",
            "s", [Query(owed.watched, "{{topic}}")], alert=owed,
        ),
    ]  # fmt: skip
