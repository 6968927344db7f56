"""The ways Gubi fails on purpose, in one tree.

    GubiError
    ├── Unprocessable   this message can never work: it is parked, with its reason
    └── Unavailable     the message is fine, the world is not: it is given back and tried again

Only adapters (a store, the vault, a wallet's endpoint) raise `Unavailable`, and a handler that gives the rest of a long
batch back; handlers never catch either. Everything
else that is raised is a bug. Expected ends (an unreadable PDF, a refused take-back) are values, never exceptions.
"""

import re

_CODE = re.compile(r"[a-z0-9_.:/-]{1,200}")


class GubiError(Exception):
    """A failure named by a code. Codes are all an exception may carry: a value read from a certificate never is one."""

    def __init__(self, code: str) -> None:
        """Take `code`, lower-case words joined by `_ .

        : / -`; anything else is replaced, lest it carry personal data.
        """
        self.code = code if _CODE.fullmatch(code) else "unprintable"
        super().__init__(self.code)


class Unprocessable(GubiError):
    """This message can never work, however often it is tried."""


class Unavailable(GubiError):
    """The message is fine, the world is not: a store, a broker or an endpoint did not answer."""
