"""The benches' commands: each writes its report as JSON."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.gubi.saying import console


def bench(
    seconds: Annotated[int, typer.Option(min=1, help="how long to submit for")] = 30,
    rate: Annotated[float, typer.Option(min=0, help="submissions per second offered; 0 for as fast as it goes")] = 10,
    out: Annotated[Path, typer.Option(help="where the report goes")] = Path("var/bench.json"),
) -> None:
    """Load the whole chain, into var/bench.json: receipt and end-to-end times, rate, and CPU by process.

    Exit codes: 0 measured; 1 the installation did not come up, or went down meanwhile.
    """
    from deploy.gubi.bench import run_bench

    run_bench(seconds=seconds, rate=rate, out=out, console=console)


def bench_extract(
    each: Annotated[int, typer.Option(min=1, help="certificates per kind and producer")] = 50,
    seed: Annotated[int, typer.Option(help="another seed is another corpus")] = 1,
    kind: Annotated[list[str] | None, typer.Option(help="only these kinds; may be repeated")] = None,
    producer: Annotated[list[str] | None, typer.Option(help="only these producers; may be repeated")] = None,
    held_out: Annotated[
        str, typer.Option(envvar="HELD_OUT", help="the producer counted apart, that nothing was tuned on")
    ] = "",
    workers: Annotated[int, typer.Option(min=1, help="jailed readers")] = 2,
    out: Annotated[Path, typer.Option(help="where the report goes")] = Path("var/bench-extract.json"),
) -> None:
    """Read certificates of all kinds and producers; precision, recall and CPU time, into var/bench-extract.json.

    Exit codes: 0 precision and recall reach their targets; 1 they do not, or there is no such kind or producer.
    """
    from deploy.gubi.bench_extract.running import run_bench_extract

    reached = run_bench_extract(
        each=each,
        seed=seed,
        kinds=kind or [],
        producers=producer or [],
        held_out=held_out,
        workers=workers,
        out=out,
        console=console,
    )
    raise typer.Exit(0 if reached else 1)


def bench_select(
    population: Annotated[int, typer.Option(min=1_000, help="submissions stored")] = 180_000,
    workers: Annotated[int, typer.Option(min=1, help="processes that decide")] = 2,
    programme: Annotated[str, typer.Option(help="whose submissions they are")] = "SONMOK9988_2023",
    out: Annotated[Path, typer.Option(help="where the report goes")] = Path("var/bench-select.json"),
) -> None:
    """Decide, rank and write a whole programme in one selection run, into var/bench-select.json.

    Exit codes: 0 every run gives the same digest and its classes sum to the population, and, of 100,000 or more,
    it takes ten seconds at most and each process no more memory a row than is said; 1 one of these does not hold,
    as `met` in the report tells.
    """
    from deploy.gubi.bench_select.running import run_bench_select

    right = run_bench_select(population=population, workers=workers, programme_id=programme, out=out, console=console)
    raise typer.Exit(0 if right else 1)


def bench_desk(
    population: Annotated[int, typer.Option(min=1_000, help="submissions stored")] = 180_000,
    samples: Annotated[int, typer.Option(min=5, help="times that each list is asked for, and submissions opened")] = 60,
    out: Annotated[Path, typer.Option(help="where the report goes")] = Path("var/bench-desk.json"),
) -> None:
    """Ask for pages of the officials' queue over a stored population, and open submissions, into var/bench-desk.json.

    Exit codes: 0 every p95 is within its target: 50 ms of server time for a list, 150 ms for one submission, 600
    ms with its first page image; 1 one is beyond it.
    """
    from deploy.gubi.bench_desk.running import run_bench_desk

    right = run_bench_desk(population=population, samples=samples, out=out, console=console)
    raise typer.Exit(0 if right else 1)


def bench_scale(
    part: Annotated[
        list[str] | None, typer.Option(help="throughput, half, stored or soak; may be repeated; else all")
    ] = None,
    seconds: Annotated[int, typer.Option(min=1, help="about how long each load lasts")] = 30,
    workers: Annotated[list[int] | None, typer.Option(help="processes of each service; else 1, 2 and 4")] = None,
    partitions: Annotated[list[int] | None, typer.Option(help="of each topic; else 1, 4 and 12")] = None,
    stored: Annotated[list[int] | None, typer.Option(help="stored already; else 1000, 10000 and 100000")] = None,
    soak: Annotated[float, typer.Option(min=0.5, help="minutes of the soak")] = 20,
    soak_rate: Annotated[float, typer.Option(min=0.1, help="submissions a second of the soak")] = 5,
    out: Annotated[Path, typer.Option(help="where the report goes; parts that are not run stay in it")] = Path(
        "var/bench-scale.json"
    ),
) -> None:
    """How many a second by workers and partitions, at what cost by what is stored, and whether memory grows.

    Into var/bench-scale.json, with a sizing table. On two quiet cores the whole takes about an hour: throughput some
    fifteen minutes, half two, stored twenty, the soak its own time.

    Exit codes: 0 every target is reached: 10 ms of CPU of the six services a submission; 100 a second, on a
    compiled store; at half the load a receipt's p95 below 150 ms and the whole's below 2 s; where most is stored at
    most 1.1 times the CPU of where least is; growth below 1 MB in ten minutes, of a soak of twenty or more; 1 one is
    missed, as `met` in the report tells.
    """
    from deploy.gubi.bench_scale.running import PARTS, Wanted, run_bench_scale

    wanted = Wanted(
        parts=part or PARTS,
        seconds=seconds,
        workers=workers or (1, 2, 4),
        partitions=partitions or (1, 4, 12),
        sizes=stored or (1_000, 10_000, 100_000),
        soak_minutes=soak,
        soak_rate=soak_rate,
    )
    raise typer.Exit(0 if run_bench_scale(wanted, out=out, console=console) else 1)
