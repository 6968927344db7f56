"""What the jail's workers do with one document: read it, or redact it. One warm pool does both."""

from typing import Any

from services.extraction import pdf, redaction

prepare = pdf.prepare

_ACTS = {"read": pdf.read, "redact": redaction.redact}


def act(document: bytes, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return what the act named in `arguments["do"]` returns, which is `read` where none is named."""
    return _ACTS[arguments.get("do", "read")](document, arguments)
