"""The commands, each a thin door to where the work is done."""

import json
import sys
from pathlib import Path
from typing import Annotated

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Gubi needs Python 3.11, 3.12 or 3.13, and this is {sys.version.split()[0]}; install one of them.")

import typer
from rich.console import Console

from deploy.gubi import processes

app = typer.Typer(
    help="Gubi: mobile electronic certificates, read and screened in bulk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
stack_app = typer.Typer(help="Kafka and MongoDB for this machine.", no_args_is_help=True)
samples_app = typer.Typer(help="Sample certificates of fictional people.", no_args_is_help=True)
app.add_typer(stack_app, name="stack")
app.add_typer(samples_app, name="samples")
console = Console(highlight=False)


def fail(sentence: str) -> typer.Exit:
    """Print one sentence to standard error; raise what this gives."""
    Console(stderr=True, highlight=False).print(sentence)
    return typer.Exit(1)


@stack_app.command("up")
def stack_up(
    stack: Annotated[
        str | None, typer.Argument(help="containers, jvm, embedded or external; else the most real one")
    ] = None,
    brokers: Annotated[int, typer.Option(help="1, or 3 (replication 3, min.insync.replicas 2)")] = 1,
    fresh: Annotated[bool, typer.Option(help="throw its data away first")] = False,
) -> None:
    """Start Kafka and MongoDB, or find them running; write their addresses to var/local.env."""
    from deploy.stack import StackUnavailable, lines, status, up

    try:
        taken = up(stack, brokers=brokers, fresh=fresh, say=console.print)
    except StackUnavailable as trouble:
        raise fail(trouble.sentence) from None
    for line in lines(taken, status()):
        console.print(line)


@stack_app.command("down")
def stack_down(
    throw_away: Annotated[bool, typer.Option("--throw-away", help="delete its data and containers too")] = False,
) -> None:
    """Stop what `gubi stack up` started; its data stays unless it is thrown away."""
    from deploy.stack import down

    if not down(throw_away=throw_away, say=console.print):
        console.print("No stack is up.")


@stack_app.command("status")
def stack_status() -> None:
    """Say how each server is; the exit code is 1 unless all answer."""
    from deploy.stack import current, lines, status

    found = status()
    for line in lines(current(), found):
        console.print(line)
    raise typer.Exit(0 if found and all(server.answers for server in found) else 1)


@app.command()
def run(
    service: Annotated[str, typer.Argument(help=f"{', '.join(processes.PROCESSES)}, or all")],
    without_simulator: Annotated[bool, typer.Option(help="with all: leave the wallet simulator out")] = False,
) -> None:
    """Run one service in this process, or all of them as processes of their own until Ctrl-C."""
    if service == "all":
        from deploy.gubi.supervisor import run_all

        run_all([name for name in processes.PROCESSES if name != "wallet_simulator" or not without_simulator], console)
        return
    if service not in processes.PROCESSES:
        raise fail(f"There is no service '{service}'. There are {', '.join(processes.PROCESSES)}, and all.")
    try:
        processes.run(service)
    except processes.CannotStart as trouble:
        raise fail(trouble.sentence) from None


@app.command()
def prepare() -> None:
    """Make what a new installation needs: keyring, development keys of the wallets, sample trust root, topics."""
    from deploy.gubi.preparing import prepare_installation

    prepare_installation(console.print)


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(help="PDF files, or folders of them", exists=True)],
    kind: Annotated[str | None, typer.Option(help="certificate kind, such as EI_HIST; else found by its title")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="print JSON, field by field with page, box and source")
    ] = False,
) -> None:
    """Read certificates as the extraction service does, in the jail, and print what was read."""
    from deploy.gubi.extracting import extract_files, print_readings

    found = extract_files(files, kind)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print_readings(found, console)


@samples_app.command("make")
def samples_make(
    kind: Annotated[str, typer.Option(help="certificate kind, such as EI_HIST")],
    count: Annotated[int, typer.Option(min=1)] = 1,
    seed: Annotated[int, typer.Option(help="the same seed gives the same people")] = 1,
    case: Annotated[
        str, typer.Option(help="ordinary, or one of the cases that `gubi samples cases` lists")
    ] = "ordinary",
    out: Annotated[Path, typer.Option(help="folder to write to")] = Path("var/samples"),
) -> None:
    """Make signed sample certificates, each with the reading expected of it beside it."""
    from deploy.gubi.sampling import make_samples

    try:
        for path in make_samples(kind, count, seed, case, out):
            console.print(str(path))
    except ValueError as trouble:
        raise fail(str(trouble)) from None


@samples_app.command("cases")
def samples_cases() -> None:
    """List the cases of samples, each with what should come of it."""
    from deploy.gubi.sampling import print_cases

    print_cases(console)


@app.command()
def demo(
    check: Annotated[
        bool, typer.Option(help="end by itself, write var/demo.json, fail unless everything sums")
    ] = False,
    stack: Annotated[str | None, typer.Option(help="containers, jvm, embedded or external")] = None,
) -> None:
    """Show the whole job with fresh data: wallets submit, officials decide, citizens are told; the desk stays open."""
    from deploy.gubi.demo import run_demo

    raise typer.Exit(run_demo(check=check, stack=stack, console=console))


@app.command()
def bench(
    seconds: Annotated[int, typer.Option(help="how long to submit for")] = 30,
    rate: Annotated[float, typer.Option(help="submissions per second offered; 0 for as fast as it goes")] = 10,
    out: Annotated[Path, typer.Option(help="where the report goes")] = Path("var/bench.json"),
) -> None:
    """Load the whole chain and report receipt and end-to-end times, rate, and CPU by process."""
    from deploy.gubi.bench import run_bench

    run_bench(seconds=seconds, rate=rate, out=out, console=console)


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
