"""What several sources say of one certificate, made one: the first that says a value gives it, unless another differs.

Where sources disagree, the value is taken from none of them and an official is told what each says. Pure.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias, cast

from pydantic import JsonValue

from services.extraction.page.layout import Box
from shared.catalog.templates import OWN_FIELDS, CertificateKind, Table, ValueType, key
from shared.facts import Claim, Finding, Provenance, Source

_Row: TypeAlias = "dict[str, JsonValue]"


class Account(NamedTuple):
    """What one source says: values by name, the certificate's own fields among them, and where each stood."""

    source: Source
    values: Mapping[str, JsonValue]
    stood: Mapping[str, Provenance]


class Merged(NamedTuple):
    """What all sources say together."""

    values: Mapping[str, JsonValue]
    stood: Mapping[str, Provenance]
    findings: tuple[Finding, ...] = ()

    @property
    def disputed(self) -> frozenset[str]:
        """The names of the values that were taken from no source, because the sources disagree."""
        return frozenset(
            one for finding in self.findings if finding.code == "sources_disagree" for one in finding.names
        )


class _Said(NamedTuple):
    """What one account says of the value in question."""

    account: Account
    value: JsonValue


class _Cell(NamedTuple):
    row: int
    name: str
    said: Sequence[_Said]
    agreed: bool


def merge(accounts: Sequence[Account], kind: CertificateKind) -> Merged:
    """Return what `accounts` say together; the one to be believed first stands first.

    A value that several say has the first of them as its source, and its place on the page where one of them is print.
    Of a table, a cell in which they differ is null; the whole table is left out where they have not the same number of
    rows, or where null in that cell would say something. What only the data beside the certificate says is a finding:
    no signature covers it.
    """
    if [account.source for account in accounts] == ["text"]:
        return Merged(accounts[0].values, accounts[0].stood)
    merging = _Merging(kind.types)
    tables = {table.name: table for table in kind.tables}
    more = dict.fromkeys(name for account in accounts for name in account.values)
    for name in dict.fromkeys((*OWN_FIELDS, *kind.value_names, *more)):
        said = [_Said(account, account.values[name]) for account in accounts if name in account.values]
        if said and name in tables:
            merging.take_table(tables[name], said)
        elif said:
            merging.take(name, said)
    return merging.merged()


class _Merging:
    """What is settled so far."""

    def __init__(self, types: Mapping[str, ValueType]) -> None:
        self._types = types
        self._values: dict[str, JsonValue] = {}
        self._stood: dict[str, Provenance] = {}
        self._disputes: list[Finding] = []
        self._unsigned: list[str] = []

    def merged(self) -> Merged:
        """Return it."""
        unsigned = (Finding(code="metadata_only", names=tuple(self._unsigned)),) if self._unsigned else ()
        return Merged(self._values, self._stood, (*self._disputes, *unsigned))

    def take(self, name: str, said: Sequence[_Said]) -> None:
        """Settle a value that stands by itself."""
        if _agree(said, self._types.get(name)):
            self._values[name] = said[0].value
            self._place(name, said)
            self._note_unsigned(name, said)
        else:
            self._dispute(name, said)

    def take_table(self, table: Table, said: Sequence[_Said]) -> None:
        """Settle a table cell by cell, or not at all."""
        parts = [part for column in table.columns for part in column.parts]
        weighty = {part.name for part in parts if part.required or part.strict}
        rows = [cast("list[_Row]", one.value) for one in said]
        cells = list(self._cells(table, said, rows)) if len({len(each) for each in rows}) == 1 else None
        if cells is None or any(cell.name in weighty for cell in cells if not cell.agreed):
            self._dispute(table.name, said)
            return
        taken: list[_Row] = [{} for _ in rows[0]]
        for cell in cells:
            path = f"{table.name}[{cell.row}].{cell.name}"
            taken[cell.row][cell.name] = cell.said[0].value if cell.agreed else None
            if not cell.agreed:
                self._dispute(path, cell.said)
                continue
            self._place(path, cell.said)
            if len(said) > 1:
                self._note_unsigned(path, cell.said)
        self._values[table.name] = [*taken]
        self._note_unsigned(table.name, said)

    def _cells(self, table: Table, said: Sequence[_Said], rows: Sequence[list[_Row]]) -> Iterator[_Cell]:
        parts = {part.name: part for column in table.columns for part in column.parts}
        names = dict.fromkeys([*parts, *(name for each in rows for cells in each for name in cells)])
        for number, row in enumerate(zip(*rows, strict=True)):
            for name, part in ((name, parts.get(name)) for name in names):
                written = [
                    _Said(one.account, cells[name]) for one, cells in zip(said, row, strict=True) if name in cells
                ]
                # A blank cell of another kind may be one that could not be read, so it does not contradict.
                strict = part is not None and part.strict
                speaking = [one for one in written if one.value is not None or strict] or written[:1]
                if speaking:
                    yield _Cell(number, name, speaking, _agree(speaking, part.type if part else None))

    def _place(self, path: str, said: Sequence[_Said]) -> None:
        places = [one.account.stood[path] for one in said if path in one.account.stood]
        if places:
            printed = next((place for place in places if place.page), places[0])
            surest = max(place.confidence for place in places)
            self._stood[path] = printed.model_copy(update={"source": places[0].source, "confidence": surest})

    def _dispute(self, path: str, said: Sequence[_Said]) -> None:
        claims = tuple(_claim(path, one) for one in said)
        self._disputes.append(Finding(code="sources_disagree", names=(path,), claims=claims))

    def _note_unsigned(self, path: str, said: Sequence[_Said]) -> None:
        if all(one.account.source == "metadata" and one.value is not None for one in said):
            self._unsigned.append(path)


def _agree(said: Sequence[_Said], as_type: ValueType | None) -> bool:
    first, *others = (_compared(one.value, as_type) for one in said)
    return all(other == first for other in others)


def _compared(value: JsonValue, as_type: ValueType | None) -> JsonValue:
    """Return a value without what may differ in spelling: spaces, width and case, and the dashes of a number."""
    if not isinstance(value, str):
        return value
    folded = key(value).casefold()
    return "".join(filter(str.isalnum, folded)) if as_type == "number" else folded


def _claim(path: str, said: _Said) -> Claim:
    stood = said.account.stood
    places = [stood[path]] if path in stood else [place for name, place in stood.items() if name.startswith(f"{path}[")]
    page = min((place.page for place in places), default=0)
    boxes = [place.box for place in places if place.page == page and place.box]
    return Claim(source=said.account.source, value=said.value, page=page, box=_around(boxes) if boxes else None)


def _around(boxes: Sequence[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)
