"""The desk's KRDS stylesheet, taken anew from the npm package: what the desk uses of it and nothing else.

`make krds` packs krds-uiux at its pinned version by the ordinary npm client, holds the archive to its published digest,
and writes `static/krds.css` and `static/icons/`. A rule is taken as it stands when every class of its selector is in
`TAKEN`; a token when a rule taken, or a stylesheet of our own, names it. KRDS's second palette, which it keeps under
names of its own for whoever chooses high contrast or a dark theme, is put under the first one's names by night.
"""

import base64
import hashlib
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "krds-uiux@1.1.0"
SHA512 = "4cjL3cpnlTaDrkivVceDpWhHxUYgV2AhiRRbO74I8ZKlnM17BcutEjPOlMOz9RQGAmdEubTsSYoyKFhvD1/g+A=="
STATIC = Path(__file__).parents[1] / "services/dashboard/pages/static"
CSS, ICONS = "package/resources/css", "package/resources/img/component/icon"

TAKEN = {
    "sr-only": "",
    "svg-icon": "ico-popup-close",
    "krds-btn": "xsmall small medium primary tertiary text icon svg-icon",
    "krds-input": "small is-error",
    "krds-form-select": "small",
    "krds-form-check": "",
    "krds-form-chip": "small krds-form-chip-outline",
    "krds-check-area": "",
    "form-group": "form-tit form-conts",
    "krds-badge": (
        "bg-light-primary bg-light-gray bg-light-danger bg-light-warning bg-light-success bg-light-information"
    ),
    "krds-tag-wrap": "small krds-btn-tag link btn-delete",
    "krds-table-wrap": "tbl col data",
    "krds-pagination": "page-navi prev next page-links",
    "krds-breadcrumb-wrap": "breadcrumb home txt",
    "krds-critical-alerts": "critical-ban critical-badge critical-txt danger info",
    "krds-disclosure": "btn-conts-expand",
    "krds-modal": "modal-dialog modal-content modal-header modal-title modal-conts conts-area btn-close",
    "krds-info-list": "decimal",
    "krds-spinner": "",
    "krds-file-upload": "file-upload txt",
    "krds-main-menu": "gnb-menu gnb-main-trigger is-link active",
    "#krds-skip-link": "",
    "#krds-header": "header-in header-container inner header-utility utility-list header-branding",
    "#krds-footer": "inner f-btm f-btm-text f-copy",
}
"""Component by component: its own class or id, and the classes beside or within it that the desk's pages name."""

FONTS = "".join(
    f'@font-face {{ font-family: "Pretendard GOV"; font-weight: {weight}; font-display: swap; '
    f'src: url(fonts/PretendardGOV-{name}.subset.woff2) format("woff2"); }}\n'
    for weight, name in ((400, "Regular"), (700, "Bold"))
)
"""Two of the eight weights that it comes with, which stand beside their licence."""

Block = tuple[str, str]
"""A selector, or an at-rule's head, and what stands in its braces."""


def blocks(css: str) -> Iterator[Block]:
    """Give the outermost blocks of a stylesheet, in order."""
    css = re.sub(r"/\*.*?\*/|@(?:charset|import)[^;]*;", "", css, flags=re.DOTALL)
    depth = start = 0
    head = ""
    for found in re.finditer(r"[{}]", css):
        if found[0] == "{":
            if not depth:
                head, start = " ".join(css[start : found.start()].split()), found.end()
            depth += 1
        else:
            depth -= 1
            if not depth:
                yield head, css[start : found.start()]
                start = found.end()


def is_taken(selector: str) -> bool:
    """Say whether a selector is about nothing but one component that the desk uses."""
    names, ids = re.findall(r"\.([\w-]+)", selector), re.findall(r"#[\w-]+", selector)
    if "krds-mode" in selector or "[data-type" in selector:  # its other palette; its full and bottom modals
        return False
    return any(one in (ids or names) and {*names, *ids} <= {one, *more.split()} for one, more in TAKEN.items())


def taken(css: str) -> list[Block]:
    """Give the rules of a stylesheet that the desk uses, each with those of its selectors that are."""
    kept = []
    for head, body in blocks(css):
        if head.startswith("@media"):
            if inner := taken(body):
                kept.append((head, "\n".join(f"{one} {{ {said} }}" for one, said in inner)))
        elif head.startswith("@keyframes"):
            kept.append((head, " ".join(body.split())))
        elif chosen := [one.strip() for one in re.split(r",(?![^(]*\))", head) if is_taken(one)]:
            kept.append((", ".join(chosen), " ".join(body.split())))
    return kept


def declared(css: str) -> dict[str, str]:
    """Give what the roots of a stylesheet declare."""
    roots = "".join(body for head, body in blocks(css) if head == ":root")
    return {name: value.strip() for name, value in re.findall(r"(--[\w-]+)\s*:\s*([^;]+);", roots)}


def named(css: str) -> set[str]:
    """Give the custom properties that a stylesheet makes use of."""
    return set(re.findall(r"var\((--[\w-]+)", css))


def without_idle(css: str, ours: str) -> str:
    """Leave out what components declare for parts that were not taken, until nothing idle is left."""
    before = ""
    while before != css:
        before, used = css, named(css) | named(ours)
        idle = {name for name in re.findall(r"(--krds-[\w-]+)\s*:", css) if name not in used}
        css = re.sub(r"(--krds-[\w-]+)\s*:[^;{}]+;?\s*", lambda one, idle=idle: "" if one[1] in idle else one[0], css)  # type: ignore[misc]
    return re.sub(r"^(?:@media[^{]*\{\s*)?[^{}]*\{\s*\}(?:\s*\})?$\n?", "", css, flags=re.MULTILINE)


def written(tokens: str, common: str, component: str, ours: str) -> str:
    """Put together the desk's stylesheet from KRDS's three and the names that our own use."""
    rules = taken(common) + taken(component)
    css = without_idle("\n".join(f"{head} {{ {body} }}" for head, body in rules), ours)
    known = declared(tokens) | declared(common)
    wanted, light = named(css) | named(ours), "--krds-light-color-"
    night: dict[str, str] = {}
    fresh = set(wanted)
    while fresh:
        night |= {one: known[one.replace("-light-", "-high-contrast-", 1)] for one in fresh if one.startswith(light)}
        said = " ".join([known[one] for one in fresh if one in known] + [night[one] for one in fresh if one in night])
        fresh = named(said) - wanted
        wanted |= fresh
    day = "\n".join(f"  {name}: {value};" for name, value in known.items() if name in wanted)
    dark = "\n".join(f"    {name}: {night[name]};" for name in known if night.get(name, known[name]) != known[name])
    css = re.sub(r"url\(['\"]?[^)]*/([\w-]+\.svg)['\"]?\)", r"url(icons/\1)", css)
    return (
        f"/* Of {PACKAGE}, the Korean government's design system: its own rules and tokens, unchanged but for the\n"
        "   addresses of its icons. Written by `make krds`; what we change stands in mended.css. See NOTICE. */\n"
        f"{FONTS}:root {{\n{day}\n}}\n@media (prefers-color-scheme: dark) {{\n  :root {{\n{dark}\n  }}\n}}\n{css}\n"
    )


def packed(into: Path) -> Path:
    """Fetch the package and give where it lies unpacked; raises `SystemExit` without npm, or where it is another."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing; on Debian: apt-get install npm")
    subprocess.run([npm, "pack", "--silent", PACKAGE], cwd=into, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    archive = next(into.glob("*.tgz"))
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
        raise SystemExit(f"{PACKAGE} is not the package it was: its SHA-512 differs. Nothing was written.")
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    return into


def main() -> None:
    """Write the stylesheet and its icons."""
    with tempfile.TemporaryDirectory() as folder:
        here = packed(Path(folder))
        own = "".join(one.read_text() for one in STATIC.glob("*.css") if one.name != "krds.css")
        tokens, common, component = (
            (here / CSS / name).read_text()
            for name in ("token/krds_tokens.css", "common/common.css", "component/component.css")
        )
        css = written(tokens, common, component, own)
        (STATIC / "krds.css").write_text(css)
        shutil.rmtree(STATIC / "icons", ignore_errors=True)
        (STATIC / "icons").mkdir()
        for name in sorted(set(re.findall(r"url\(icons/([\w-]+\.svg)\)", css + own))):
            shutil.copyfile(here / ICONS / name, STATIC / "icons" / name)


if __name__ == "__main__":
    main()
