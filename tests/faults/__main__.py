"""python -m tests.faults [NAME …] [--seconds N] [--rate N] [--seed N] [--brokers 1|3]: break it, and compare."""

import argparse
import asyncio
import logging
import random
import sys
from collections.abc import Mapping

from deploy.gubi.installation import free_port, installation
from deploy.gubi.supervisor import stop_on_signals
from deploy.stack import prefer_compiled
from deploy.trouble import Trouble
from tests.faults.kinds import FAULTS
from tests.faults.official import SOON
from tests.faults.report import REPORT, Figures, write
from tests.faults.run import Plan, Run
from tests.faults.table import summary


def say(text: str) -> None:
    print(text, flush=True)


def own_ports(dice: random.Random) -> dict[str, str]:
    """None of the usual: while a service is dead, any other installation on this machine would take its port, and be
    sent what was meant for it. And none that the system gives to whoever connects.
    """
    doors = ("INTAKE", "DASHBOARD", "SIMULATOR")
    return {f"GUBI_{door}_PORT": str(free_port(dice.randrange(10_000, 30_000))) for door in doors}


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
        settings = own_ports(random.Random()) | SOON
        with installation("faults", say, stack="jvm", brokers=asked.brokers, **settings) as place:
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
