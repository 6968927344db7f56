"""What a person is told of a failure: what is wrong, and what to do about it. Pure."""

import re
from typing import NamedTuple


class Told(NamedTuple):
    """Both halves; a name in braces stands for what is filled in."""

    says: str
    remedy: str

    def filled(self, **values: object) -> "Told":
        """Put values in place of their names; a name of no value stays for another to fill."""
        return Told(*(re.sub(r"\{(\w+)\}", lambda found: str(values.get(found[1], found[0])), half) for half in self))

    @property
    def sentence(self) -> str:
        """Both as one sentence."""
        return f"{self.says}: {self.remedy}."
