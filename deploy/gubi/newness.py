"""Whether an installation is new, so that keys may be made for it: where something is stored, new ones open none of it.

A keyring made anew would also give other submission ids, and so a second receipt to a wallet app that tries again.
"""

from pathlib import Path

from deploy.trouble import Trouble
from shared.events import TAKES
from shared.mongo import adapting, close, connect, database
from shared.settings import Settings

MADE_ONCE = ("keyring.json", "audit.key", "signing.json")
"""The keys that what is stored was sealed or signed by, or is named by."""
DATABASES = ("gate", "vault", "audit", *TAKES)
_BEFORE_KEYS = {("intake", "wallet_keys"), *((service, "operators") for service in TAKES)}
"""What an operator may write before there are keys: wallet apps' public keys, and wishes to drain."""


async def make_only_if_new(settings: Settings) -> None:
    """Raise `Trouble` where a key of `MADE_ONCE` is missing though something is stored that needs it.

    Raises `Unavailable` where one is missing and the store does not say: nothing may be made then either.
    """
    lacking = missing(settings.keys)
    if lacking and (found := await first_stored(settings)):
        raise Trouble(
            f"{' and '.join(lacking)} {'are' if len(lacking) > 1 else 'is'} missing in {settings.keys}, and something "
            f"is stored already (in {found}): restore the backup of the keys (docs/backup.md), or set GUBI_KEYS to "
            "where they are. Made anew, they would open nothing of it. Only an installation whose data may be lost "
            "begins anew, with an empty store: another GUBI_DATABASE_PREFIX, or 'gubi stack up --throw-away'."
        )


def missing(folder: Path) -> list[str]:
    """Give those of `MADE_ONCE` that are not there; one that is damaged is."""
    return [name for name in MADE_ONCE if not (folder / name).exists()]


async def first_stored(settings: Settings) -> str | None:
    """Give the name of a collection of this installation that holds something, None where none does.

    Raises `Unavailable`.
    """
    client = connect(settings)
    try:
        async with adapting():
            for owner in DATABASES:
                own = database(client, settings, owner)
                for name in sorted(await own.list_collection_names()):
                    if (owner, name) not in _BEFORE_KEYS and await own.get_collection(name).find_one({}, {"_id": 1}):
                        return f"{own.name}.{name}"
    finally:
        await close(client)
    return None
