"""The wallet simulator's keys, registered as an operator registers a real app's."""

from collections.abc import Mapping

from deploy.gubi.wallets.registering import key_store
from deploy.trouble import Trouble
from gubi_wallet import AppKey
from services.intake.keys.model import WalletKey, read_public_key
from shared.clock import utc_now
from shared.settings import Settings


async def register_development_keys(settings: Settings, keys: Mapping[str, AppKey]) -> None:
    """Register what the wallet simulator signs with. Raises `Unavailable`, and `Trouble` where its keys were lost."""
    now = utc_now()
    async with key_store(settings) as store:
        for app_key in keys.values():
            public_key = read_public_key(app_key.public_pem)
            assert not isinstance(public_key, str)
            key = WalletKey(app_key.keyid, app_key.app, public_key, now, now, "operator")
            if await store.add(key) == "keyid_taken":
                raise Trouble(
                    f"The store knows another key called {app_key.keyid} than the one in {settings.keys}: restore that "
                    "folder, or begin with an empty database (GUBI_DATABASE_PREFIX)."
                )
