"""`gubi extract`: read files as the extraction service does, and show what was read, how long it holds and where."""

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
from shared.clock import seoul_date, utc_now
from shared.facts import FindingCode, UnreadableReason
from shared.regions import Place
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

NOTES: Mapping[FindingCode, str] = {
    "sources_disagree": "the sources disagree about this, so it is taken from none of them",
    "metadata_only": "only the data beside the file says this, and no signature covers it",
    "metadata_unreadable": "data came with it that cannot be understood",
    "business_number_check": "the check digit of this number does not fit",
    "rrn_redacted": "a whole resident registration number stood in it",
}
"""Every finding in words."""

_REGION: Mapping[Place, str] = {
    "inside": "in Seoul",
    "outside": "not in Seoul",
    "unknown": "in Seoul or not, cannot be told",
}


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(file for file in path.rglob("*.pdf") if file.is_file()) if path.is_dir() else [path]
        if not inside:
            raise Trouble(f"No PDF file in {path}.")
        found += inside
    return found


def _data_beside(files: Sequence[Path], metadata: Path | None) -> dict[Path, bytes]:
    if metadata is None:
        beside = {file: file.with_suffix(f".metadata.{form}") for form in ("xml", "json") for file in files}
    elif len(files) == 1:
        beside = {files[0]: metadata}
    else:
        raise Trouble(f"{metadata} can be the data of one file, and there are {len(files)}.")
    return {file: data.read_bytes() for file, data in beside.items() if data.is_file()}


def extract_files(paths: Sequence[Path], kind: str | None, metadata: Path | None = None) -> list[dict[str, Any]]:
    """Read these files, and the PDF files in folders among them; one dict a file. Raises `Trouble`, `CatalogError`.

    `metadata` is the data of the one file there is; else that of `a.pdf` is `a.metadata.json` or `a.metadata.xml`.
    """
    settings = Settings()
    kinds = load(settings.catalog).certificates
    if kind is not None and kind not in kinds:
        raise Trouble(f"There is no kind '{kind}'. There are {', '.join(kinds)}.")
    roots = "".join(path.read_text() for path in sorted(settings.trust_roots.glob("*.pem")))
    files = _files(paths)
    return asyncio.run(
        read_files(
            files,
            metadata=_data_beside(files, metadata),
            pages=settings.max_pages,
            kind=kind,
            trust_roots=roots,
            certificates=settings.catalog and settings.catalog / "certificates",
            today=seoul_date(utc_now()),
        )
    )


def print_readings(found: Sequence[dict[str, Any]], console: Console) -> None:
    """Print readings as tables for a person."""
    for reading in found:
        file, reason = escape(reading["file"]), reading["unreadable"]
        if reason:
            console.print(f"{file}: cannot be read: {WHY[reason]} ({reason}).", soft_wrap=True)
            continue
        console.print(
            f"[bold]{file}: {reading['kind']} · {reading['authenticity']} ({reading['evidence']})", soft_wrap=True
        )
        for line in (_issue(reading), *_notes(reading)):
            console.print(f"  {escape(line)}", soft_wrap=True)
        table = Table("value", "read as", "printed as", "page", "source")
        for item in reading["fields"]:
            shown = (item["name"], _with_region(item), item["raw"], str(item["page"]), item["source"])
            table.add_row(*map(escape, shown))
        console.print(table)


def _issue(reading: Mapping[str, Any]) -> str:
    """Say who issued it and when, under which number, and until when it may be handed in."""
    values, days = reading["values"], reading["days_left"]
    said = f"issued by {values['issuer'] or '?'} on {values['issued_on'] or '?'}, number {values['number'] or '?'}"
    if days is None:
        return said
    left = f" ({abs(days)} {'day' if abs(days) == 1 else 'days'} {'left' if days >= 0 else 'ago'})"
    return f"{said}, valid until {reading['valid_until']}{left}"


def _notes(reading: Mapping[str, Any]) -> list[str]:
    return [
        f"note: {', '.join(finding['names']) or 'the file'}: {NOTES[finding['code']]}"
        for finding in reading["findings"]
    ]


def _with_region(item: Mapping[str, Any]) -> str:
    return f"{item['value']} ({_REGION[item['region']]})" if "region" in item else str(item["value"])
