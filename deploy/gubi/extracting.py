"""`gubi extract`: read files as the extraction service does, and show what was read."""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from services.extraction.reading import read_files
from shared.settings import Settings


def _files(paths: Iterable[Path]) -> list[Path]:
    found = (sorted(path.rglob("*.pdf")) if path.is_dir() else [path] for path in paths)
    return [path for group in found for path in group]


def extract_files(paths: Sequence[Path], kind: str | None) -> list[dict[str, Any]]:
    """Read these files, and the PDF files in folders among them; one dict a file."""
    roots = "".join(path.read_text() for path in sorted(Settings().trust_roots.glob("*.pem")))
    return asyncio.run(read_files(_files(paths), kind=kind, trust_roots=roots))


def print_readings(found: Sequence[dict[str, Any]], console: Console) -> None:
    """Print readings as tables for a person."""
    for reading in found:
        if reading["unreadable"]:
            console.print(f"{reading['file']}: cannot be read ({reading['unreadable']})")
            continue
        title = f"{reading['file']}: {reading['kind']} · {reading['authenticity']} ({reading['evidence']})"
        table = Table(
            "value", "read as", "printed as", "page", "source", title=title, title_justify="left", title_style="bold"
        )
        for item in reading["fields"]:
            table.add_row(item["name"], str(item["value"]), item["raw"], str(item["page"]), item["source"])
        console.print(table)
