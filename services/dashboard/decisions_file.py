"""Receipt numbers and decisions that come in as a CSV file: which lines make a decision, and why the others make none.

Pure. A file that the desk exported comes back with its decisions filled in, so columns are found by their headings and
a line without a decision is passed over.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from services.dashboard.batch import Problem
from services.dashboard.reasons import differs, words_of
from services.dashboard.rules import Entry
from services.dashboard.selection import GONE
from shared.events import Decision

RECEIPT, DECISION, REASON = "접수번호", "결정", "사유"
_RECEIPT = (RECEIPT.casefold(), "receipt number", "receipt")
_DECISION = (DECISION, "decision")
_REASON = (REASON, "reason")
_WORDS: Mapping[str, Decision] = {
    "적격": "eligible",
    "부적격": "ineligible",
    "eligible": "eligible",
    "ineligible": "ineligible",
}
_LONGEST = 40
"""Characters that are kept of a receipt number which is none."""


class NotAFile(Exception):
    """The file cannot be taken as a table; the only argument is a code."""


@dataclass(frozen=True)
class Line:
    """One line of the file, by its number in the file from 1."""

    number: int
    receipt: str
    decision: str
    reason: str = ""


def read(content: bytes, most: int) -> list[Line]:
    """Read a CSV file in UTF-8, or in the CP949 that Korean spreadsheets write, with commas, semicolons or tabs.

    Raises `NotAFile`: `not_text`, `no_columns` without the two headings, `too_many` beyond `most` lines.
    """
    text = _decoded(content)
    if text is None:
        raise NotAFile("not_text")
    heading = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        table = [(reader.line_num, [_bare(cell) for cell in cells]) for cells in reader]
    except csv.Error:
        raise NotAFile("not_text") from None
    names = [name.casefold() for name in table[0][1]] if table else []
    receipt, decision = _column(names, _RECEIPT), _column(names, _DECISION)
    if receipt is None or decision is None:
        raise NotAFile("no_columns")
    reason = _column(names, _REASON)
    lines = [
        Line(number, *(_cell(cells, place) for place in (receipt, decision, reason)))
        for number, cells in table[1:]
        if any(cells)
    ]
    if len(lines) > most:
        raise NotAFile("too_many")
    return lines


def judged(
    lines: Iterable[Line],
    entries: Mapping[str, Entry],
    pending: Collection[str],
    *,
    programme_id: str,
    may: Callable[[str], bool],
) -> tuple[list[tuple[Entry, Decision, str]], list[Problem], int]:
    """Give what is to be decided and why, where that is said or must be; the lines that make no decision, and why;
    and how many lines left theirs empty.

    `entries` are by receipt number; `pending` are the submissions whose decision can still be undone; `may` tells of
    an office whether what the programme's citizens sent to it is theirs to decide.
    """
    good: list[tuple[Entry, Decision, str]] = []
    problems: list[Problem] = []
    empty, seen = 0, set[str]()
    for line in lines:
        if not line.decision:
            empty += 1
            continue
        entry, decision = entries.get(line.receipt), _WORDS.get(line.decision.casefold())
        wrong = "twice" if line.receipt in seen else _objection(entry, decision, pending, programme_id, may)
        seen.add(line.receipt)
        reason = words_of(line.reason)
        if wrong is None and not reason and entry and decision and differs(entry.standing, decision):
            wrong = "no_reason"
        if wrong is None and entry is not None and decision is not None:
            good.append((entry, decision, reason))
        else:
            problems.append(Problem(line.number, line.receipt[:_LONGEST], wrong or "not_found"))
    return good, problems, empty


def _objection(
    entry: Entry | None,
    decision: Decision | None,
    pending: Collection[str],
    programme_id: str,
    may: Callable[[str], bool],
) -> str | None:
    if entry is None:
        return "not_found"
    standing = entry.standing
    if not may(standing.office or ""):
        return "other_office"
    if standing.programme_id != programme_id:
        return "other_programme"
    if decision is None:
        return "unknown_decision"
    if standing.submission_class in GONE:
        return standing.submission_class
    if standing.decided_at is not None:
        return "decided"
    if entry.submission_id in pending:
        return "pending"
    if standing.submission_class not in ("eligible", "ineligible", "review"):
        return "not_screened"
    if standing.submission_class != decision and standing.viewed_at is None:
        return "not_looked_at"  # other than what was screened: somebody must have looked
    return None


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _bare(cell: str) -> str:
    """Take off the spaces around a cell, and the apostrophe that keeps a spreadsheet from calculating it."""
    return cell.strip().removeprefix("'").strip()


def _cell(cells: list[str], place: int | None) -> str:
    return cells[place] if place is not None and place < len(cells) else ""


def _column(names: list[str], wanted: tuple[str, ...]) -> int | None:
    return next((place for place, name in enumerate(names) if name in wanted), None)
