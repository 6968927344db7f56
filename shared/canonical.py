"""The one way to write content down as JSON, so that equal content has equal digests and signatures. Pure."""

import json
from collections.abc import Callable, Mapping
from typing import Any


def canonical(content: Mapping[str, Any], plain: Callable[[object], str] | None = None) -> bytes:
    """Give JSON with sorted keys and no spaces (as RFC 8785), UTF-8; `plain` writes what JSON has no form for.

    Raises `TypeError` where there is no form.
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain).encode()
