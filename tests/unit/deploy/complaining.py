"""Every complaint that checks can make, read out of their source: none is believed that no violation provoked."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

Check = Callable[..., Iterable[str]]


class Sentence(NamedTuple):
    """A complaint as its check is written, with anything at all in its gaps."""

    check: Check
    text: str
    form: re.Pattern[str]


def checks_of(module: ModuleType, given: str) -> list[FunctionType]:
    """The functions of a module that make complaints of what they are `given`, the name of their first argument."""
    return [
        function
        for function in vars(module).values()
        if isinstance(function, FunctionType)
        and function.__module__ == module.__name__
        and next(iter(inspect.signature(function).parameters), "") == given
        and sentences([function])
    ]


def sentences(checks: Iterable[Check]) -> list[Sentence]:
    """All that these functions may complain of; what only hands on another's complaint is left out."""
    found = []
    for check in checks:
        for node in ast.walk(ast.parse(inspect.getsource(check).lstrip())):
            for said in _said(node):
                form = re.compile(_form(said), re.DOTALL)
                if re.search(r"[a-z]{2}", form.pattern):
                    found.append(Sentence(check, ast.unparse(said), form))
    return found


def _said(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.Yield(value=ast.JoinedStr() | ast.Constant() as said):
            yield said
        case ast.YieldFrom(value=ast.GeneratorExp(elt=said)) | ast.Return(value=ast.ListComp(elt=said)):
            yield said
        case ast.Return(value=ast.List(elts=many)):
            yield from many


def _form(said: ast.expr) -> str:
    match said:
        case ast.Constant(value=str(text)):
            return re.escape(text)
        case ast.JoinedStr(values=parts):
            return "".join(_form(part) for part in parts)
    return ".*"


def provoked(sentence: Sentence, complaints: Iterable[str]) -> bool:
    return any(sentence.form.search(complaint) for complaint in complaints)


def name_of(value: Any) -> str:
    """For the report of a run."""
    return f"{value.check.__name__}: {value.text}" if isinstance(value, Sentence) else str(value)
