"""Addresses of one submission: for wallet apps, which sign, and the receipt link, a page for whoever has it.

The receipt link is a capability: 130 bits of keyed token over the submission's id stand behind the id, so that knowing
an id, which wallet apps and officials do, is not having the link. It grants looking at where things stand, and never an
act: those are signed for. It cannot be taken for anything else: an id begins `s-`, a link `r-`.
"""

import hmac
import re

from shared.ids import is_submission_id
from shared.vault import Keyring

_LINK = re.compile(r"r-([a-z2-7]{26})-([a-z2-7]{26})")


class Links:
    """Makes addresses, and opens receipt links."""

    def __init__(self, keyring: Keyring, origin: str, *, sandbox: bool = False) -> None:
        """Take the keyring, whose token secret every intake process shares, and the door's public origin.

        `sandbox` is whether what they lead to is of a sandbox: receipts say so.
        """
        self.sandbox = sandbox
        self._keyring = keyring
        self._origin = origin

    def name(self, submission_id: str) -> str:
        """Give the receipt link's own part of its address. `submission_id` must have an id's shape."""
        return f"r-{submission_id.removeprefix('s-')}-{self._keyring.token('receipt-link', submission_id)}"

    def page(self, submission_id: str) -> str:
        """Give the receipt link."""
        return f"{self._origin}/r/{self.name(submission_id)}"

    def status(self, submission_id: str) -> str:
        """Give where a wallet app asks for the status."""
        return f"{self._origin}/v1/submissions/{submission_id}"

    def submission_of(self, name: str) -> str | None:
        """Give the submission that a receipt link's own part shows; None where it is none of ours."""
        found = _LINK.fullmatch(name)
        submission_id = f"s-{found[1]}" if found else ""
        if found is None or not is_submission_id(submission_id):
            return None
        true = self._keyring.token("receipt-link", submission_id)
        return submission_id if hmac.compare_digest(found[2], true) else None
