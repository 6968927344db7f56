"""python -m tests.gate_history [--operations N] [--seed N] | --recheck: run and check, or check again what was kept."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from tests.gate_history.history import FOLDER
from tests.gate_history.report import report, tell, write
from tests.gate_history.run import Plan, Run

REPORT = Path("var/gate-history.json")


def main() -> int:
    """Give 0 where no law is broken."""
    parser = argparse.ArgumentParser(prog="tests.gate_history")
    parser.add_argument("--operations", type=int, default=20_000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--recheck", action="store_true")
    asked = parser.parse_args()
    if not asked.recheck:
        seed = {} if asked.seed is None else {"seed": asked.seed}
        plan = Plan(asked.operations, os.environ["GUBI_MONGO"], os.environ.get("GUBI_KAFKA", ""), **seed)
        asyncio.run(Run(plan, lambda line: print(line, flush=True)).go())
    elif not (FOLDER / "run.json").exists():
        print(f"No history is kept in {FOLDER}: make one by `make test-gate`.")
        return 1
    found = report(FOLDER)
    write(found, REPORT)
    print("\n".join(tell(found)))
    print(f"The figures are in {REPORT}, the history in {FOLDER}; `make test-gate RECHECK=1` checks it again.")
    return 1 if found["violations"] or found["died_by_themselves"] else 0


if __name__ == "__main__":
    sys.exit(main())
