"""What a new installation needs before its services start; each part is made once and then left alone."""

import asyncio
import os
from collections.abc import Callable

from deploy.gubi.newness import make_only_if_new
from deploy.gubi.wallets.development import register_development_keys
from deploy.trouble import Trouble
from services.notification.registering import ensure_endpoints
from services.wallet_simulator.keys import ensure_wallet_keys
from services.wallet_simulator.samples import Issuer
from shared.audit import AuditKeyError, CheckpointSigner
from shared.catalog import load
from shared.kafka import ensure_topics
from shared.settings import Settings
from shared.signing import Signer, SigningError
from shared.trust import SAMPLE_ROOT
from shared.vault.keyring import Keyring, KeyringError


def trusted_sample_issuer(settings: Settings) -> Issuer:
    """Open the sample issuer, made once, and put its root among those that signatures are checked by."""
    folder = settings.keys / "sample-issuer"
    issuer = Issuer.open(folder)
    settings.trust_roots.mkdir(parents=True, exist_ok=True)
    root = settings.trust_roots / SAMPLE_ROOT
    if not root.exists():
        os.link(folder / SAMPLE_ROOT, root)
    return issuer


def _make_keys(settings: Settings) -> None:
    try:
        Keyring.create(settings.keys)
        CheckpointSigner.create(settings.keys)
        Signer.create(settings.keys)
        ensure_wallet_keys(settings.keys)
        simulator = f"http://{settings.host}:{settings.simulator_port}"
        ensure_endpoints(settings.keys, load(settings.catalog).wallets, origin=simulator)
        trusted_sample_issuer(settings)
    except KeyringError:
        raise Trouble(
            f"The keyring in {settings.keys} is damaged, and nothing sealed by it opens without it: restore it "
            "from the backup of the keys (docs/backup.md)."
        ) from None
    except AuditKeyError:
        raise Trouble(
            f"audit.key in {settings.keys} is damaged, and the access log is signed by it: restore it from the backup "
            "of the keys (docs/backup.md)."
        ) from None
    except SigningError:
        raise Trouble(
            f"signing.json in {settings.keys} is damaged, and records of destruction are signed by it: restore it from "
            "the backup of the keys (docs/backup.md)."
        ) from None
    except OSError as error:
        raise Trouble(
            f"{settings.keys} cannot be written ({type(error).__name__}); set GUBI_KEYS to a folder that can."
        ) from None


def prepare_installation(say: Callable[[str], None], settings: Settings | None = None) -> None:
    """Make keyring, development keys, the sample issuer's root, and the topics; register those keys.

    A key that is missing is made only where the store says that it holds nothing yet: without an answer none is made.
    Raises `Trouble`, `Unavailable`.
    """
    settings = settings or Settings()
    asyncio.run(make_only_if_new(settings))
    _make_keys(settings)
    ours = "a keyring, the access log's key and the key that records of destruction are signed by"
    others = "the wallets' development keys, and a sample issuer that is trusted"
    say(f"Keys are in {settings.keys}: {ours}, {others}.")
    asyncio.run(ensure_topics(settings))
    say("Topics are made.")
    asyncio.run(register_development_keys(settings, ensure_wallet_keys(settings.keys)))
    say("The wallets' development keys are registered.")
