"""What the doctor looks at on this machine's disks."""

import json
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deploy.gubi.doctor import judging
from deploy.gubi.doctor.rows import Row
from services.notification.endpoints import load_endpoints
from shared.audit import CheckpointSigner
from shared.errors import GubiError
from shared.settings import Settings
from shared.signing import Signer
from shared.vault.keyring import FILE as KEYRING
from shared.vault.keyring import Keys
from shared.wiring import checkpoints_folder

_SECRETS: dict[str, Callable[[Path], Any]] = {
    KEYRING: Keys.read,
    "audit.key": CheckpointSigner.load,
    "signing.json": Signer.load,
    "webhooks.json": load_endpoints,
}


def key_files(settings: Settings) -> list[Row]:
    """Read every secret that services need, and see that nobody else can."""
    unusable, open_to_others = [], []
    for name, load in _SECRETS.items():
        path = settings.keys / name
        try:
            load(settings.keys)
            if open_to_more(path.stat(), os.geteuid(), os.getegid()):
                open_to_others.append(name)
        except (GubiError, OSError, json.JSONDecodeError):
            unusable.append(name)
    about = {"folder": str(settings.keys), "unusable": unusable, "readable_by_others": open_to_others}
    if unusable:
        says = f"missing or damaged in {settings.keys}: {', '.join(unusable)}"
        return [
            Row("key files", "ill", says, "Restore them from their backup, or set GUBI_KEYS (docs/backup.md).", about)
        ]
    if open_to_others:
        says = f"others on this machine may read {', '.join(open_to_others)}"
        return [Row("key files", "look", says, f"chmod 600 {settings.keys}/*.json {settings.keys}/audit.key", about)]
    return [Row("key files", "well", "all are there, and nobody else may read them", about=about)]


def open_to_more(file: os.stat_result, user: int, group: int) -> bool:
    """Tell whether others than this user may read a file.

    Kubernetes mounts a secret as root's, for the pod's own group (fsGroup) to read: that group is nobody else.
    """
    mounted_for_us = file.st_uid != user and file.st_gid == group
    return bool(stat.S_IMODE(file.st_mode) & (0o007 if mounted_for_us else 0o077))


def disk(settings: Settings) -> list[Row]:
    """See what room is left where they stand."""
    places = {settings.keys, settings.erasures.parent, checkpoints_folder(settings)}
    free = {str(place): shutil.disk_usage(_existing(place)).free for place in sorted(places)}
    return [judging.of_disk(free)]


def _existing(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path
