"""`gubi extract`: read files as the extraction service does, and show what was read."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.trouble import Trouble
from services.extraction.reading import read_files
from shared.catalog import load
from shared.facts import UnreadableReason
from shared.settings import Settings

WHY: Mapping[UnreadableReason, str] = {
    "not_a_pdf": "it is not a PDF file",
    "polyglot": "it is also another kind of file",
    "active_content": "it holds a program or an action that a certificate has no need of",
    "damaged": "the file is damaged, or was cut short",
    "encrypted": "a password is needed to open it",
    "no_text_layer": "it is a picture: there is no text in it to read",
    "wrong_certificate": "it is another document than was asked for, or of no kind that is known",
    "too_many_pages": "it has more pages than GUBI_MAX_PAGES allows",
    "time_limit": "reading it took longer than is allowed",
    "memory_limit": "reading it took more memory than is allowed",
    "output_limit": "it holds more text than is allowed",
    "reader_failed": "the reader failed on it",
}
"""Every reason in words."""


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(file for file in path.rglob("*.pdf") if file.is_file()) if path.is_dir() else [path]
        if not inside:
            raise Trouble(f"No PDF file in {path}.")
        found += inside
    return found


def extract_files(paths: Sequence[Path], kind: str | None) -> list[dict[str, Any]]:
    """Read these files, and the PDF files in folders among them; one dict a file. Raises `Trouble`, `CatalogError`."""
    settings = Settings()
    kinds = load(settings.catalog).certificates
    if kind is not None and kind not in kinds:
        raise Trouble(f"There is no kind '{kind}'. There are {', '.join(kinds)}.")
    roots = "".join(path.read_text() for path in sorted(settings.trust_roots.glob("*.pem")))
    return asyncio.run(
        read_files(
            _files(paths),
            pages=settings.max_pages,
            kind=kind,
            trust_roots=roots,
            certificates=settings.catalog and settings.catalog / "certificates",
        )
    )


def print_readings(found: Sequence[dict[str, Any]], console: Console) -> None:
    """Print readings as tables for a person."""
    for reading in found:
        file, reason = escape(reading["file"]), reading["unreadable"]
        if reason:
            console.print(f"{file}: cannot be read: {WHY[reason]} ({reason}).", soft_wrap=True)
            continue
        title = f"{file}: {reading['kind']} · {reading['authenticity']} ({reading['evidence']})"
        table = Table(
            "value", "read as", "printed as", "page", "source", title=title, title_justify="left", title_style="bold"
        )
        for item in reading["fields"]:
            shown = (item["name"], str(item["value"]), item["raw"], str(item["page"]), item["source"])
            table.add_row(*map(escape, shown))
        console.print(table)
