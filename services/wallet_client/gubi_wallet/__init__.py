"""What a wallet app needs to talk to a Gubi door (구비 지갑 접수 창구).

Signed requests (RFC 9421), repeats that never submit twice, keys changed without a pause, webhooks verified.

    key = AppKey.from_pem("toss", "toss-2026", Path("toss-2026.pem").read_bytes())
    async with WalletClient("https://gubi.example", key) as wallet:
        [programme] = await wallet.programmes("ㅅㅁㄷㅌ")
        receipt = await wallet.submit(programme["id"], person, [Certificate("EI_HIST", pdf)])
        await wallet.status(receipt["submission_id"], person.wallet_address)
        await wallet.take_back(receipt["submission_id"], person.wallet_address)

Answers are what the door's API description (`/openapi.json`) says, as plain dictionaries; a refusal is a `Problem`.
"""

from gubi_wallet.client import WalletClient, programme_of
from gubi_wallet.keys import Algorithm, AppKey, KeyNotUsable
from gubi_wallet.problem import Problem
from gubi_wallet.sent import Certificate, Person
from gubi_wallet.signing import Signing
from gubi_wallet.webhooks import NotVerified, Webhooks

__all__ = [
    "Algorithm",
    "AppKey",
    "Certificate",
    "KeyNotUsable",
    "NotVerified",
    "Person",
    "Problem",
    "Signing",
    "WalletClient",
    "Webhooks",
    "programme_of",
]
