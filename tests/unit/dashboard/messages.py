"""Every message of the desk, found where it is written; and what is Korean outside of any message."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast
from jinja2.nodes import Node

HANGUL = re.compile("[가-힣ㄱ-ㅎ]")
_SAYING = ("_", "gettext", "ngettext")


def in_template(source: str) -> set[str]:
    """Give the messages of a template."""
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    environment.policies["ext.i18n.trimmed"] = True
    tree = environment.parse(source)
    said = (message if isinstance(message, tuple) else (message,) for _, _, message in extract_from_ast(tree))
    return {text for texts in said for text in texts if text}  # a tuple where there are arguments, or a plural


def beside_messages_in_template(source: str) -> list[str]:
    """Give what is Korean in a template and no message: text, or a string in an expression."""
    environment = Environment(extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    return [text for text in _unsaid(environment.parse(source)) if HANGUL.search(text)]


def _unsaid(node: Node) -> Iterator[str]:
    from jinja2 import nodes

    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in _SAYING:
        children = [*node.args[1:], *(keyword.value for keyword in node.kwargs)]
    else:
        children = list(node.iter_child_nodes())
    if isinstance(node, nodes.TemplateData):
        yield node.data
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in children:
        yield from _unsaid(child)


def in_python(source: str) -> set[str]:
    """Give the messages of a module: what `_` is given, and the words of each table of words."""
    return {text for text, said in _strings(ast.parse(source), said=False) if said and HANGUL.search(text)}


def beside_messages_in_python(source: str) -> list[str]:
    """Give what is Korean in a module and no message, docstrings aside."""
    return [text for text, said in _strings(ast.parse(source), said=False) if not said and HANGUL.search(text)]


def _strings(node: ast.AST, *, said: bool) -> Iterator[tuple[str, bool]]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SAYING:
        said = True
    if isinstance(node, ast.BinOp) and isinstance(node.left, ast.Name) and node.left.id == "WORDS":
        said = True
    if isinstance(node, ast.JoinedStr):
        said = False  # a sentence put together has no name of its own; what stands in its braces may be said
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value, said
    for child in ast.iter_child_nodes(node):
        yield from _strings(child, said=said)


def found(pages: Path) -> set[str]:
    """Give every message of the desk's pages."""
    templates = {message for path in pages.glob("templates/*.html") for message in in_template(path.read_text())}
    return templates | {message for path in pages.glob("*.py") for message in in_python(path.read_text())}
