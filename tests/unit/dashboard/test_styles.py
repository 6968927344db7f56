"""What pages are dressed in: every class has a style, every style is of use, every file is ours and is there."""

import re
import tomllib
from pathlib import Path

import pytest

from services.dashboard import pages

PAGES = Path(pages.__file__).parent
STATIC = PAGES / "static"
SHEETS = {path.name: path.read_text() for path in STATIC.glob("*.css")}
TEMPLATES = {path.name: path.read_text() for path in PAGES.glob("templates/*.html")}
SCRIPTS = "".join(path.read_text() for path in STATIC.glob("*.js"))
OF_THEIR_MARKUP = {"col", "krds-form-chip-outline"}
"""Of KRDS's markup, without a rule of KRDS's."""
FOR_TESTS = {"paper"}
BY_SCRIPTS = {"lit", "said"}
"""Classes that no page names, for a script puts them there."""


def styled(css: str) -> set[str]:
    """The classes that a stylesheet has rules for."""
    selectors = re.sub(r"/\*.*?\*/|\{[^{}]*\}|url\([^)]*\)", " ", css, flags=re.DOTALL)
    return set(re.findall(r"\.(-?[a-zA-Z_][\w-]*)", re.sub(r"@font-face|@keyframes.*", " ", selectors)))


def named(template: str) -> set[str]:
    """The classes that a template names; one that ends in a hyphen is the beginning of several."""
    found = set()
    for said in re.findall(r'(?<=\s)class="((?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*)"', template):
        text = re.sub(r"""\{\{ ['"]([\w -]*)['"] if (?:.*? else '([\w-]*)')?.*?\}\}""", r"\1 \2", said)
        text = re.sub(r"(?<![\w-])\{\{.*?\}\}|\{%.*?%\}", " ", text)
        found |= {*re.sub(r"\{\{.*?\}\}", " ", text).split()}
    return found - OF_THEIR_MARKUP - FOR_TESTS


EVERY_CLASS = {one for css in SHEETS.values() for one in styled(css)}
EVERY_NAME = {one for template in TEMPLATES.values() for one in named(template)}


def unstyled(names: set[str]) -> set[str]:
    return {
        one
        for one in names
        if not (any(known.startswith(one) for known in EVERY_CLASS) if one.endswith("-") else one in EVERY_CLASS)
    }


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_no_page_names_a_class_that_no_stylesheet_has(template: str):
    assert unstyled(named(TEMPLATES[template])) == set(), "style it, or take it away"


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_no_stylesheet_has_a_class_that_no_page_names(sheet: str):
    begun = tuple(one for one in EVERY_NAME if one.endswith("-"))
    idle = {one for one in styled(SHEETS[sheet]) - EVERY_NAME - BY_SCRIPTS if not one.startswith(begun)}
    assert idle == set(), "take it away; of KRDS's own: out of TAKEN in deploy/krds.py, then `make krds`"


def test_a_class_without_a_style_is_found():
    assert unstyled(named('<p class="card{% if x %} krds-nothing{% endif %} tile-{{ y }} nothing-{{ y }}">')) == {
        "krds-nothing",
        "nothing-",
    }


def test_every_file_that_pages_and_stylesheets_name_is_there_and_ours():
    for name, template in TEMPLATES.items():
        for file in re.findall(r"/static/([^\"'?# ]+)", template):
            assert (STATIC / file).is_file(), f"{name} names {file}"
    for name, css in SHEETS.items():
        for file in re.findall(r"url\(\"?([^)\"]+)\"?\)", css):
            assert (STATIC / file.removeprefix("/static/")).is_file(), f"{name} names {file}"


def test_every_icon_that_is_kept_is_of_use():
    named_icons = set(re.findall(r"icons/([\w-]+\.svg)", "".join(SHEETS.values())))
    assert {path.name for path in STATIC.glob("icons/*")} == named_icons


def test_every_file_is_packed_with_the_service():
    packed = tomllib.loads((PAGES.parents[2] / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    kept = {file for said in packed["services.dashboard.pages"] for file in PAGES.glob(said)}
    assert {file for file in STATIC.rglob("*") if file.is_file()} <= kept


def test_no_page_styles_itself_or_says_that_it_is_a_government_site():
    for name, template in TEMPLATES.items():
        assert " style=" not in template, f"{name}: the content-security policy forbids it"
        assert "<style" not in template, f"{name}: the content-security policy forbids it"
        assert "masthead" not in template, f"{name}: KRDS's masthead says so, and nobody has configured it"
