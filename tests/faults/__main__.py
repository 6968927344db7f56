"""python -m tests.faults [NAME …] [--seconds N] [--rate N] [--seed N] [--brokers 1|3]: break it, and compare."""

import argparse
import asyncio
import logging
import random
import sys
from collections.abc import Iterable, Mapping

from deploy.gubi.installation import installation
from deploy.gubi.supervisor import stop_on_signals
from deploy.stack import prefer_compiled
from deploy.stack.ports import kept
from deploy.trouble import Trouble
from tests.faults.kinds import FAULTS
from tests.faults.official import SOON
from tests.faults.report import REPORT, Figures, write
from tests.faults.run import Plan, Run
from tests.faults.table import summary

DOORS = ("GUBI_INTAKE_PORT", "GUBI_DASHBOARD_PORT", "GUBI_SIMULATOR_PORT")


def say(text: str) -> None:
    print(text, flush=True)


def _on(ports: Iterable[int]) -> dict[str, str]:
    return dict(zip(DOORS, map(str, ports), strict=True))


def main() -> int:
    """Give 0 where every fault bit, nothing was lost or doubled, and what was broken recovered in time."""
    names = [fault.name for fault in FAULTS]
    parser = argparse.ArgumentParser(prog="tests.faults")
    parser.add_argument("only", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; else all")
    parser.add_argument("--seconds", type=float, default=600.0, help="for how long services are killed at random")
    parser.add_argument("--rate", type=float, default=3.0, help="submissions a second")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--brokers", type=int, default=3, choices=(1, 3))
    asked = parser.parse_args()
    if strange := set(asked.only) - set(names):
        parser.error(f"there is no fault called {', '.join(sorted(strange))}: choose of {', '.join(names)}")
    wanted = [fault for fault in FAULTS if not asked.only or fault.name in asked.only]
    chosen = [fault for fault in wanted if fault.brokers <= asked.brokers]
    left_out = {fault.name: "not asked for" for fault in FAULTS if fault not in wanted}
    left_out |= {fault.name: "needs three brokers" for fault in wanted if fault not in chosen}
    stop_on_signals()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # that brokers are away is what is wanted
    prefer_compiled(say)
    judged, ended = dict[str, Figures](), ""
    try:
        # None of the usual ports: what is run by hand keeps none, and would take a dead one's.
        with (
            kept((0, 0, 0)) as ports,
            installation("faults", say, stack="jvm", brokers=asked.brokers, **_on(ports), **SOON) as place,
        ):
            how = {"seed": asked.seed, "rate": asked.rate, "seconds": asked.seconds}

            def keep(done: Mapping[str, Figures]) -> None:
                judged.update(done)
                write(place.stack, done, left_out, how)

            say(f"Seed {asked.seed}; ledgers are in {place.folder / 'ledgers'}, logs in {place.supervisor.logs}.")
            plan = Plan(chosen, asked.seconds, asked.rate, asked.seed)
            asyncio.run(Run(place, plan, say).go(keep))
    except Trouble as trouble:
        ended = trouble.sentence
    for told in summary(judged):
        say(told)
    say(ended or f"The figures are in {REPORT}.")
    return 1 if ended or any(found["failed"] for found in judged.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
