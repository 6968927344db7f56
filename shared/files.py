"""Files that hold secrets."""

import os
import secrets
from pathlib import Path


def write_once(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, unless it is there.

    Of several writers the first wins, and nobody ever sees half a file: the others read what it wrote.
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
