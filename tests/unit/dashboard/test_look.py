"""The desk's look: KRDS tokens and nothing beside them, readable by day and by night, and no claim to be official."""

import hashlib
import re
from pathlib import Path

import pytest

from services.dashboard import pages

STATIC = Path(pages.__file__).parent / "static"
TEMPLATES = STATIC.parent / "templates"
STYLES = {path.name: path.read_text() for path in STATIC.glob("*.css")}
DAY, NIGHT = (
    dict(re.findall(r"(--krds[\w-]+): ([^;]+);", root))
    for root in re.findall(r":root \{(.*?)\}", STYLES["krds.css"], re.DOTALL)
)
UNDECLARED = {
    "--krds-pc-gap-layout-breadcrumb-h2",
    "--krds-mobile-gap-layout-breadcrumb-h2",
    "--krds-light-alpha-black0",
}
"""Of KRDS's own rules, without a declaration of KRDS's."""
VERIFIED = {
    "primary-50": "#256ef4",
    "primary-60": "#0b50d0",
    "danger-50": "#de3412",
    "warning-30": "#ffb114",
}
"""Looked up in the design system's own documents, apart from the file that the tokens were taken from."""
ENOUGH = 4.5
"""KWCAG 2.2, 5.3.3; WCAG 2.2, 1.4.3."""


def roles(theme: str) -> dict[str, str]:
    """What each role's colour is by day or by night, as #rrggbb."""
    of = DAY if theme == "light" else DAY | NIGHT
    found = dict(re.findall(r"--([\w-]+): var\((--krds-light-color[\w-]+)\)", STYLES["desk.css"]))
    for role, token in found.items():
        value = of[token]
        while value.startswith("var("):
            value = of[value[4:-1]]
        found[role] = value
    return found


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_tokens_are_those_of_the_design_system():
    assert {name: DAY[f"--krds-color-light-{name}"] for name in VERIFIED} == VERIFIED
    assert DAY["--krds-typo-font-type"] == "Pretendard GOV"


def test_every_colour_is_a_token_and_every_token_is_there_and_used():
    used, declared = set(), set()
    for name, text in STYLES.items():
        used |= set(re.findall(r"var\((--[\w-]+)\)", text))
        declared |= set(re.findall(r"(--[\w-]+)\s*:", text))
        if name != "krds.css":
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", text) == [], f"{name}: say which token it is"
    assert used - declared == UNDECLARED, "`make krds` takes every token that is named"
    assert DAY.keys() - used == set(), "no style uses these any more: `make krds`"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_stands_out_from_what_it_stands_on(theme: str):
    of = roles(theme)
    pairs = [(text, ground) for text in ("ink", "soft", "primary") for ground in ("page", "card", "faint")]
    pairs += [(name, f"{name}-faint") for name in ("primary", "danger", "success", "warning", "note")]
    pairs += [(name, "card") for name in ("danger", "success", "warning", "note")]
    pairs += [("ink", f"{name}-faint") for name in ("primary", "danger", "warning", "note")]
    faint = {pair: round(contrast(of[pair[0]], of[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < ENOUGH} == {}


def test_too_little_contrast_would_be_found():
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast(DAY["--krds-color-light-warning-30"], DAY["--krds-color-light-gray-0"]) < ENOUGH


def test_everything_a_page_needs_comes_from_our_own_origin():
    for path in (*STATIC.glob("*.css"), *STATIC.glob("*.js"), *TEMPLATES.glob("*.html")):
        assert not re.search(r"(?:src|href|url)[=(][\"']?(?:https?:)?//", path.read_text()), path.name
    for named in re.findall(r"url\((fonts/[^)]+)\)", STYLES["krds.css"]):
        assert (STATIC / named).read_bytes().startswith(b"wOF2")
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "OFL.txt").read_text()


def test_no_page_claims_to_be_an_official_government_site():
    for path in (*TEMPLATES.glob("*.html"), *STATIC.parent.glob("messages/*.po")):
        assert not re.search(
            r"공식 전자정부|공식 누리집|official (?:e-)?government", path.read_text(), re.IGNORECASE
        ), path.name


def test_htmx_is_the_file_that_its_makers_packed():
    """Of htmx.org 4.0.1: the package's own integrity was checked when it was taken out."""
    digest = hashlib.sha256((STATIC / "htmx.min.js").read_bytes()).hexdigest()
    assert digest == "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"
