"""A catalogue file is taken whole or refused in one sentence that names the file and the place."""

import json
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Any, Self, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Kind = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,39}$")]
"""Id of a certificate kind, as `RR_FULL`."""
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
"""Id of an institution, an office or a wallet app, as `gov24`."""


class CatalogError(ValueError):
    """A catalogue file cannot be taken. The text is one sentence for whoever edits it, and holds no person's data."""

    def __init__(self, file: str, place: str, problem: str, line: int | None = None) -> None:
        """Take the file's name, the dotted place inside it (may be empty), what is wrong there, and on which line."""
        where = [file, *([f"line {line}"] if line else []), *([f"at {place}"] if place else [])]
        super().__init__(f"{', '.join(where)}: {problem.rstrip('.')}.")
        self.file, self.place, self.problem, self.line = file, place, problem, line


class Entry(BaseModel):
    """What every part of the catalogue is: frozen, with nothing unknown in it and nothing converted in silence."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy it, with these changes, and without what was worked out from it before them."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied


class Bilingual(Entry):
    """One text in Korean and in English."""

    ko: Text
    en: Text


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the faster of the two
    """YAML as JSON would have it: a date stays text until its field reads it, and a key may stand only once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {name} stands twice", node.start_mark)
            seen.add(name)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A catalogue file's name, as errors give it, and its text."""

    name: str
    text: str

    @staticmethod
    def of(path: Path) -> "Sheet":
        """Read a file. Raises `CatalogError` where it cannot be read."""
        try:
            return Sheet(name_of(path), path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise CatalogError(name_of(path), "", f"the file cannot be read ({type(error).__name__})") from error

    @property
    def stem(self) -> str:
        """The file's name without folder and ending."""
        return PurePath(self.name).stem


def read_yaml(path: Path) -> Any:
    """Give what the YAML file at `path` holds, dates as text.

    Raises `CatalogError` where it is missing, is not YAML, or gives a key twice.
    """
    return parsed(Sheet.of(path))


def parsed(sheet: Sheet) -> Any:
    """Give what a sheet holds, dates as text. Raises `CatalogError` where it is not YAML, or gives a key twice."""
    try:
        return yaml.load(sheet.text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise _not_yaml(sheet, error) from error
    except ValueError as error:  # 2026-02-30 as a date, a number beyond all bounds
        raise CatalogError(sheet.name, "", f"a value cannot be read ({error})") from error


_DEEPEST = 40
"""Brackets in brackets: the conditions of the deepest programme need ten; the C parser dies of some thousand."""


def must_be_plain(sheet: Sheet) -> None:
    """Refuse text that was not written by a person with care, before it is read whole.

    Raises `CatalogError` for what is not YAML, for brackets in too many brackets, which end the process, for aliases,
    by which a few lines stand for more than fits into memory, and for tags, which make of a text what it does not say.
    """
    depth = 0
    try:
        for event in yaml.parse(sheet.text, _Loader):
            line = event.start_mark.line + 1 if event.start_mark else None
            tag = getattr(event, "tag", None)
            if isinstance(event, yaml.AliasEvent):
                raise CatalogError(sheet.name, "", "an alias (*) stands here: write out what it stands for", line)
            if tag is not None:
                raise CatalogError(sheet.name, "", f"a tag ({tag}) stands here: take it out", line)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise CatalogError(sheet.name, "", f"more than {_DEEPEST} levels stand in each other", line)
    except yaml.YAMLError as error:
        raise _not_yaml(sheet, error) from error


def _not_yaml(sheet: Sheet, error: yaml.YAMLError) -> CatalogError:
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "this is not YAML")
    return CatalogError(sheet.name, "", problem, mark.line + 1 if mark else None)


@contextmanager
def naming_lines(about: Path | Sheet) -> Iterator[None]:
    """Give every `CatalogError` raised about a file the line of the place it names."""
    try:
        yield
    except CatalogError as error:
        if error.line is not None or (isinstance(about, Path) and not about.is_file()):
            raise
        sheet = about if isinstance(about, Sheet) else Sheet.of(about)
        root = yaml.compose(sheet.text, _Loader)
        raise CatalogError(error.file, error.place, error.problem, _line(root, error.place)) from error


def _line(node: yaml.Node | None, place: str) -> int:
    """Find the line of `place`, or of the nearest thing around it: list items by `code`, `id` or place from 0."""
    line = node.start_mark.line if node else 0
    for step in place.split("."):
        for key, value in _children(node):
            if step == key.value if isinstance(key, yaml.ScalarNode) else step in key:
                line, node = (key if isinstance(key, yaml.Node) else value).start_mark.line, value
                break
    return line + 1


def _children(node: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode | tuple[str, ...], yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from node.value
    elif isinstance(node, yaml.SequenceNode):
        for at, item in enumerate(node.value):
            named = [value.value for key, value in _children(item) if getattr(key, "value", "") in ("code", "id")]
            yield (str(at), *map(str, named)), item


def check(model: type[Model], data: object, file: str) -> Model:
    """Give `data` as a `model`. Raises `CatalogError` for the first thing wrong, with the count of the others."""
    try:
        plain = json.dumps(data)
    except (TypeError, ValueError) as error:  # YAML's own types: sets, bytes, a list as a key
        raise CatalogError(file, "", f"something is neither text, number, list nor mapping ({error})") from error
    try:
        return model.model_validate_json(plain, strict=True)
    except ValidationError as error:
        first, *others = sorted(error.errors(include_url=False), key=lambda one: one["type"] != "extra_forbidden")
        place = ".".join(str(step) for step in first["loc"] if not str(step).startswith("as "))
        more = f" (and {len(others)} more)" if others else ""
        raise CatalogError(file, place, f"{_sentence(first['msg'])}{more}") from error


_UNKNOWN = "this field is not known: correct its name, or take it out"


def _sentence(message: str) -> str:
    if message == "Field required":
        return "this field is needed: add it"
    return message.removeprefix("Value error, ").replace("Extra inputs are not permitted", _UNKNOWN)


def must_be_known(names: Iterable[str], known: Collection[str], file: str, place: str) -> None:
    """Raise `CatalogError` for the first of `names`, which `place` gives, that is not one of `known`."""
    for name in names:
        if name not in known:
            raise CatalogError(file, place, f"{name} is not known; known are {', '.join(sorted(known))}")


def name_of(path: Path) -> str:
    """Give a file's name with its folder's, enough to find it and free of the machine's own paths."""
    return f"{path.parent.name}/{path.name}"
