"""An OpenAPI or AsyncAPI document as one page to read: no script, nothing fetched from anywhere."""

import hashlib
import json
from base64 import b64encode
from typing import Any

from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c1c1c}"
    "h2{margin-top:2.5rem}section{border-top:1px solid #ccc;padding:.5rem 0}h3{margin:.5rem 0}"
    "code,pre{font:14px/1.4 ui-monospace,monospace}pre{background:#f5f5f5;padding:.75rem;overflow:auto}"
    "summary{cursor:pointer}"
)
_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEAD = Markup(
    '<!doctype html><html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{0}</title><style>{1}</style></head><body>"
)
HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}

Document = dict[str, Any]


def reading_page(document: Document) -> HTMLResponse:
    """Give the page of a document."""
    return HTMLResponse(page(document), headers=HEADERS)


def page(document: Document) -> str:
    """Draw a document: what it is, each operation or channel, each schema."""
    info = document["info"]
    about = (info["title"], info["version"], info.get("description", ""))
    parts = [_HEAD.format(info["title"], Markup(_STYLE)), Markup("<h1>{0}</h1><p>{1} · {2}</p>").format(*about)]  # noqa: S704 - ours
    if "paths" in document:
        parts += [Markup("<h2>Operations</h2>"), *_paths(document["paths"])]
    else:
        parts += [Markup("<h2>Channels</h2>"), *_channels(document)]
    parts += [Markup("<h2>Schemas</h2>")]
    parts += [
        _section(name, schema.get("description", ""), schema)
        for name, schema in document.get("components", {}).get("schemas", {}).items()
    ]
    return Markup("").join([*parts, Markup("</body></html>")])


def _paths(paths: Document) -> list[Markup]:
    return [
        _section(f"{method.upper()} {path}", operation.get("description") or operation.get("summary", ""), operation)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if isinstance(operation, dict)
    ]


def _channels(document: Document) -> list[Markup]:
    by_channel: dict[str, list[str]] = {}
    for operation in document["operations"].values():
        name = operation["channel"]["$ref"].rpartition("/")[2]
        by_channel.setdefault(name, []).append(operation["description"])
    return [
        _section(channel["address"], " ".join([channel["description"], *by_channel.get(name, ())]), channel)
        for name, channel in document["channels"].items()
    ]


def _section(title: str, about: str, whole: Document) -> Markup:
    text = json.dumps(whole, ensure_ascii=False, indent=2)
    return Markup(
        "<section><h3><code>{0}</code></h3><p>{1}</p><details><summary>JSON</summary><pre>{2}</pre></details></section>"
    ).format(title, about, escape(text))
