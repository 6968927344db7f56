"""The keys' folder copied and put back, apart from the store and without the erasure log."""

import hashlib
import shutil
from pathlib import Path

from pydantic import BaseModel

from deploy.gubi.backup.documents import MANIFEST as OF_THE_STORE
from deploy.gubi.backup.documents import new_folder
from deploy.trouble import Trouble
from shared.files import replace
from shared.settings import Settings
from shared.vault.keyring import FILE, Keys

MANIFEST = "keys.json"


class Copied(BaseModel):
    """What a copy holds: the sums of its files, by their paths in it. Written last."""

    files: dict[str, str]


def copy_keys(settings: Settings, folder: Path) -> int:
    """Copy all keys to an empty folder; give how many files. Raises `KeyringError`, `Trouble`, `OSError`.

    The erasure log is left out: put back with the keys, it would be an old one, and bring back what it forbids.
    """
    Keys.read(settings.keys)
    if any((place / OF_THE_STORE).exists() for place in (folder, *folder.resolve().parents)):
        raise Trouble(f"{folder} is in a backup of the store. Whoever has both can read everything: keep them apart.")
    new_folder(folder)
    files = {}
    for path in sorted(settings.keys.rglob("*")):
        name = path.relative_to(settings.keys)
        if path.is_file() and not name.name.startswith(".") and path.resolve() != settings.erasures.resolve():
            files[str(name)] = _copy(path, folder / name)
    replace(folder / MANIFEST, Copied(files=files).model_dump_json(indent=1).encode())
    return len(files)


def put_keys_back(settings: Settings, folder: Path, *, over_others: bool) -> int:
    """Put a copy in place of what is there; give how many files. Raises `Trouble`, `OSError`.

    Another keyring that is there is not replaced unless that is meant: what it sealed would open nowhere any more.
    """
    try:
        copied = Copied.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        raise Trouble(f"{folder} holds no whole copy of the keys: its {MANIFEST} is missing or damaged.") from None
    for name, digest in copied.files.items():
        path = folder / name
        if not path.is_file() or _sum(path) != digest:
            raise Trouble(f"{path} is missing or is not as it was written: use another copy.")
    there = settings.keys / FILE
    if there.exists() and _sum(there) != copied.files.get(FILE) and not over_others:
        raise Trouble(f"{there} is another keyring; keep a copy of it, then say --replace.")
    for name in copied.files:
        _copy(folder / name, settings.keys / name)
    return len(copied.files)


def _copy(source: Path, target: Path) -> str:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace(target, source.read_bytes())
    shutil.copystat(source, target)
    return _sum(target)


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
