"""The commands, each a thin door to where the work is done."""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated

if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit(f"Gubi needs Python 3.11, 3.12 or 3.13, and this is {sys.version.split()[0]}; install one of them.")

import typer

from deploy.gubi import benches, processes
from deploy.gubi.audit import app as audit_app
from deploy.gubi.backup.commands import backup_app, restore_app
from deploy.gubi.dead.commands import app as dead_app
from deploy.gubi.doctor.command import command as doctor
from deploy.gubi.drain.commands import drain, undrain
from deploy.gubi.erased.command import command as erased
from deploy.gubi.human_actions import command as human_actions
from deploy.gubi.keys.commands import app as keys_app
from deploy.gubi.known import sentence_of
from deploy.gubi.reapplying import command as reapply_erasures
from deploy.gubi.rebuild.commands import app as rebuild_app
from deploy.gubi.registers.commands import app as register_app
from deploy.gubi.saying import console, say
from deploy.gubi.topics.commands import app as topics_app
from deploy.gubi.wallets.commands import app as wallets_app
from deploy.trouble import Trouble

app = typer.Typer(
    help="Gubi: mobile electronic certificates, read and screened in bulk.\n\n"
    "Every command ends in 0 when all went well, in 1 when not, which one sentence on standard error explains, and in "
    "2 when its own words were not understood. What else its exit codes mean, each command's --help says.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
stack_app = typer.Typer(help="Kafka and MongoDB for this machine.", no_args_is_help=True)
samples_app = typer.Typer(help="Sample certificates of fictional people.", no_args_is_help=True)
app.add_typer(stack_app, name="stack")
app.add_typer(samples_app, name="samples")
app.add_typer(register_app, name="register")
app.add_typer(wallets_app, name="wallets")
app.add_typer(audit_app, name="audit")
app.add_typer(keys_app, name="keys")
app.add_typer(topics_app, name="topics")
app.add_typer(dead_app, name="dead")
app.add_typer(rebuild_app, name="rebuild")
app.add_typer(backup_app, name="backup")
app.add_typer(restore_app, name="restore")
app.command("bench")(benches.bench)
app.command("bench-extract")(benches.bench_extract)
app.command("bench-select")(benches.bench_select)
app.command("bench-desk")(benches.bench_desk)
app.command("bench-scale")(benches.bench_scale)
app.command("doctor")(doctor)
app.command("drain")(drain)
app.command("undrain")(undrain)
app.command("erased")(erased)
app.command("reapply-erasures")(reapply_erasures)
app.command("human-actions")(human_actions)


@stack_app.command("up")
def stack_up(
    stack: Annotated[
        str | None,
        typer.Argument(help="else the first this machine can run: containers, jvm, embedded; external only by name"),
    ] = None,
    brokers: Annotated[int, typer.Option(help="1, or 3 (replication 3, min.insync.replicas 2)")] = 1,
    throw_away: Annotated[bool, typer.Option("--throw-away", help="delete its data and containers first")] = False,
) -> None:
    """Start Kafka and MongoDB, or find them running; write their addresses to var/local.env.

    Exit codes: 0 both serve; 1 this machine can run none of it, or one did not come up, and why.
    """
    from deploy.stack import lines, status, up

    taken = up(stack, brokers=brokers, fresh=throw_away, say=say)
    for line in lines(taken, status()):
        say(line)


@stack_app.command("down")
def stack_down(
    throw_away: Annotated[bool, typer.Option("--throw-away", help="delete its data and containers too")] = False,
) -> None:
    """Stop what `gubi stack up` started; its data stays unless it is thrown away.

    Exit codes: 0 it is stopped, or was not up; 1 it could not be, and why.
    """
    from deploy.stack import down

    if not down(throw_away=throw_away, say=say):
        say("No stack is up.")


@stack_app.command("status")
def stack_status() -> None:
    """Say how each server is.

    Exit codes: 0 every server answers; 1 one does not, or no stack is up.
    """
    from deploy.stack import current, lines, status

    found = status()
    for line in lines(current(), found):
        say(line)
    raise typer.Exit(0 if found and all(server.answers for server in found) else 1)


@app.command()
def run(
    service: Annotated[str, typer.Argument(help=f"{', '.join(processes.PROCESSES)}, or all")],
    without_simulator: Annotated[
        bool, typer.Option("--without-simulator", help="with all: leave the wallet simulator out")
    ] = False,
) -> None:
    """Run one service in this process, or all of them as processes of their own until Ctrl-C.

    Exit codes: 0 stopped as it was told; 1 it cannot start, and why; 70 it handles nothing that it takes; 71 a consumer
    is dead; 72 its producer is; 73 a loop beside them is: see GubiRestartsAgainAndAgain in docs/runbook.md.
    """
    if service == "all":
        from deploy.gubi.supervisor import run_all

        run_all([name for name in processes.PROCESSES if name != "wallet_simulator" or not without_simulator], say)
        return
    if service not in processes.PROCESSES:
        raise Trouble(f"There is no service '{service}'. There are {', '.join(processes.PROCESSES)}, and all.")
    processes.run(service)


@app.command()
def prepare() -> None:
    """Make what a new installation needs: keyring, development keys of the wallets, sample trust root, topics.

    Whatever is there stays as it is. Where a key is missing though something is stored already, none is made, as a new
    one would open none of it: restore the backup of the keys. Where keys come from elsewhere, `gubi topics apply` alone
    makes the topics.

    Exit codes: 0 all is there; 1 it is not: a key is lost or damaged, or broker or store is away.
    """
    from deploy.gubi.prepare import prepare_installation

    prepare_installation(say)


@app.command()
def asyncapi() -> None:
    """Print what is said on which topic, by whom and to whom, as an AsyncAPI 3 document in JSON.

    Exit codes: 0 printed; 1 a setting is wrong.
    """
    from shared.asyncapi import document
    from shared.settings import Settings

    print(json.dumps(document(Settings()), ensure_ascii=False, indent=2))


@app.command()
def extract(
    files: Annotated[list[Path], typer.Argument(help="PDF files, or folders of them", exists=True)],
    kind: Annotated[str | None, typer.Option(help="certificate kind, such as EI_HIST; else found by its title")] = None,
    metadata: Annotated[
        Path | None,
        typer.Option(help="the data handed in beside it; else FILE.metadata.json or .xml where it stands", exists=True),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="print JSON, field by field with page, box and source")
    ] = False,
) -> None:
    """Read certificates as the extraction service does, in the jail, and print what was read.

    Exit codes: 0 all of them are read; 1 one cannot be read, or there is no such file or kind.
    """
    from deploy.gubi.extract import extract_files, print_readings

    found = extract_files(files, kind, metadata)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print_readings(found, console)
    raise typer.Exit(1 if any(reading["unreadable"] for reading in found) else 0)


@samples_app.command("make")
def samples_make(
    kind: Annotated[
        str,
        typer.Option(
            help="EI_HIST, EMPLOY, RR_FULL, RR_ABST, DISAB, BLSS, NEARPOOR, SINGLEP, NHI_HIST, NHI_PAY, INCOME, "
            "LTAX_ITEM, or all"
        ),
    ],
    count: Annotated[int, typer.Option(min=1, help="so many of each kind by each producer")] = 1,
    seed: Annotated[int, typer.Option(help="the same seed gives the same people")] = 1,
    case: Annotated[
        str, typer.Option(help="ordinary, or one of the cases that `gubi samples cases` lists")
    ] = "ordinary",
    producer: Annotated[
        str, typer.Option(help="what sets the page: typst, reportlab, chromium, fpdf, or all")
    ] = "typst",
    varied: Annotated[
        bool, typer.Option("--varied/--plain", help="draw layout, labels, spellings and columns, or the plain form")
    ] = False,
    out: Annotated[Path, typer.Option(help="folder to write to")] = Path("var/samples"),
) -> None:
    """Make signed sample certificates, each with the reading expected of it beside it.

    Exit codes: 0 made; 1 there is no such kind, case or producer, or it is not installed.
    """
    from rich.progress import track

    from deploy.gubi.samples import make_samples, ordered

    order = ordered(kind, producer, count, seed, case, varied=varied)
    watched = console.is_terminal and order.total > 20
    made = make_samples(order, out)
    for path in track(made, "samples", order.total, console=console, disable=not watched):
        say(str(path))


@samples_app.command("cases")
def samples_cases() -> None:
    """List the cases of samples, each with what should come of it.

    Exit codes: 0 listed; 1 what samples are made with is not installed.
    """
    from deploy.gubi.samples import print_cases

    print_cases(console)


@app.command()
def demo(
    check: Annotated[
        bool, typer.Option("--check", help="end by itself, write var/demo.json, fail unless everything sums")
    ] = False,
    stack: Annotated[str | None, typer.Option(help="containers, jvm, embedded or external")] = None,
) -> None:
    """Show the whole job with fresh data: wallets submit, officials decide, citizens are told; the desk stays open.

    Exit codes: 0 everything sums; 1 something does not, or it could not go on; 130 stopped by Ctrl-C before its
    end.
    """
    from deploy.gubi.demo import run_demo

    raise typer.Exit(run_demo(check=check, stack=stack, console=console))


def main() -> None:
    """Run the command line; a known failure is one sentence on standard error, and exit code 1."""
    logging.getLogger("aiokafka").addHandler(logging.NullHandler())  # what it warns of ends in a sentence anyway
    try:
        app()
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
