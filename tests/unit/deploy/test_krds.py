"""What is taken of KRDS's stylesheets: whole rules of the components that the desk has, and the tokens they use."""

import pytest

from deploy.krds import FONTS, is_taken, taken, without_idle, written

TOKENS = """@charset "utf-8"; :root { /* PRIMITIVE */
--krds-color-light-gray-90: #111; --krds-color-high-contrast-gray-5: #eee; --krds-number-9: 2rem; --krds-number-8: 1rem;
--krds-light-color-text-basic: var(--krds-color-light-gray-90);
--krds-high-contrast-color-text-basic: var(--krds-color-high-contrast-gray-5); }"""


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        (".krds-btn.primary:hover", True),
        (".krds-btn.xlarge", False),
        (".krds-modal .modal-dialog .modal-conts", True),
        (".krds-carousel .krds-btn", False),
        ("#krds-header .header-utility", True),
        ("#krds-header .krds-resize", False),
        ("[data-krds-mode=high-contrast] .krds-btn", False),
        ("button", False),
    ],
)
def test_a_rule_is_taken_when_all_its_classes_are_of_one_component_that_the_desk_has(selector: str, said: bool):
    assert is_taken(selector) is said


def test_of_a_rule_for_many_those_are_taken_that_are_of_use_also_within_a_media_query():
    css = ".krds-btn.primary, .krds-btn.xlarge { color: red } "
    css += "@media (max-width: 767px) { .krds-tts { top: 0 } .krds-btn { top: 0 } }"
    assert taken(css) == [(".krds-btn.primary", "color: red"), ("@media (max-width: 767px)", ".krds-btn { top: 0 }")]


def test_what_a_component_declares_for_parts_that_were_not_taken_is_left_out_however_long_the_chain():
    css = (
        ".krds-btn { --krds-a: 1; --krds-b: var(--krds-a); --krds-c: var(--krds-b); --krds-d: 2; width: var(--krds-d) }"
    )
    assert without_idle(css, "") == ".krds-btn { --krds-d: 2; width: var(--krds-d) }"
    assert "--krds-a" in without_idle(css, "p { width: var(--krds-c) }")


def test_the_tokens_that_are_used_come_along_by_night_with_krds_own_second_palette():
    rule = ".krds-btn { color: var(--krds-light-color-text-basic); background: url(../../img/x/icon/ico_angle.svg) }"
    css = written(TOKENS, "", rule, "p { margin: var(--krds-number-9) }")
    day, night = css.split("@media (prefers-color-scheme: dark)")
    assert FONTS in day
    assert "--krds-number-9: 2rem;" in day
    assert "--krds-number-8" not in css
    assert "--krds-light-color-text-basic: var(--krds-color-light-gray-90);" in day
    assert "--krds-light-color-text-basic: var(--krds-color-high-contrast-gray-5);" in night
    assert "url(icons/ico_angle.svg)" in css
