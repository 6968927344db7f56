"""How commands speak: sentences as they are, and instants as an operator writes them."""

from datetime import datetime

from rich.console import Console

from shared.clock import SEOUL

console = Console(highlight=False)


def say(sentence: str) -> None:
    """Print one sentence as it is: a name in brackets is no markup."""
    console.print(sentence, markup=False, soft_wrap=True)


def in_seoul(written: datetime) -> datetime:
    """Give the aware instant that was written: in Seoul time unless it says otherwise."""
    return written if written.tzinfo else written.replace(tzinfo=SEOUL)
